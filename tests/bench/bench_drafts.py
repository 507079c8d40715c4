"""How much of what was published about ten public incidents their drafts contain, and what in them nothing supports.

The facts stand in ``tests/incidents/timelines/published``, beside the raw files of five of the incidents; hence this
is a measurement of the tests and no command of the product. Nobody curates: the raw files are imported, every
proposed milestone is taken over as it is, and the review is drafted, all by the services. Beside the draft's share
stands what the whole chronology tells: the draft cannot hold more, since nothing outside of the evidence may enter it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from incidents.enums import MilestoneKind
from incidents.models import Entry, Incident, Milestone
from incidents.services import set_milestone
from incidents.services.proposals import kept, propose
from reviews.checks import unsupported
from reviews.enums import SectionKey
from reviews.models import Factor, Passage, Review, Section
from reviews.passages import parse
from reviews.services import draft_review
from tests.bench.containing import KINDS, Account, PublishedFact, agree, contains, read_account
from tests.bench.registry import Measured, bench
from tests.factories import make_incident, make_member, make_organization
from tests.incidents.timelines.replay import HERE, Timeline, timelines

MARGIN = " " * 15
SECTIONS = {
    "impact": SectionKey.CUSTOMER_IMPACT,
    "detection": SectionKey.DETECTION,
    "cause": SectionKey.CONTRIBUTING_FACTORS,
    "factors": SectionKey.CONTRIBUTING_FACTORS,
    "mitigation": SectionKey.MITIGATION,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A published milestone against the proposed one: minutes too late (negative: too early), ``None`` for none."""

    kind: MilestoneKind
    minutes: int | None
    agrees: bool
    is_uncertain: bool

    def __str__(self) -> str:
        if self.minutes is None:
            return f"{self.kind.value} not proposed"
        if self.agrees:
            return f"{self.kind.value} agrees"
        marked = "marked uncertain" if self.is_uncertain else "NOT MARKED"
        return f"{self.kind.value} off by {self.minutes} min, {marked}"


@dataclass(frozen=True, slots=True)
class Judged:
    """One incident: the facts in its draft, those that its evidence tells, unsupported sentences, the milestones."""

    account: Account
    contained: frozenset[PublishedFact]
    told: frozenset[PublishedFact]
    sentences: int
    unsupported: tuple[str, ...]
    moments: tuple[Moment, ...]

    def missing(self) -> list[PublishedFact]:
        """What the evidence tells and the draft leaves out."""
        return [fact for fact in self.account.facts if fact in self.told and fact not in self.contained]


def accounts() -> list[tuple[Timeline, Account]]:
    """The ten incidents with what was published of each."""
    return [(one, read_account(HERE / "published" / f"{one.id}.toml")) for one in timelines()]


def judged(timeline: Timeline, account: Account) -> Judged:
    """Import, take over what is proposed, draft and compare, in an organization of its own."""
    organization = make_organization()
    with scope(organization=organization):
        lead, incident = imported(organization, timeline)
        moments = tuple(_moments(incident, account))
        take_proposals(lead, incident)
        review = draft_review(actor=lead, incident=incident)
        found = {kind: blocks(review, key) for kind, key in SECTIONS.items()}
        said = [_told(entry) for entry in Entry.objects.filter(incident=incident, hidden=False)]
        passages = Passage.objects.filter(section__review=review).prefetch_related("citations__entry")
        return Judged(
            account,
            frozenset(fact for fact in account.facts if contains(found[fact.kind], fact)),
            frozenset(fact for fact in account.facts if contains([" ".join(said), *found[fact.kind]], fact)),
            len(passages),
            tuple(unproven(passages)),
            moments,
        )


def imported(organization: Organization, timeline: Timeline) -> tuple[User, Incident]:
    """Somebody who may draft, and the incident with every raw file brought in."""
    lead = make_member(organization, Role.SRE_LEAD)
    incident = make_incident(organization, lead)
    for file in timeline.files:
        file.bring_in(lead, incident)
    propose(incident)
    return lead, incident


def take_proposals(actor: User, incident: Incident) -> None:
    """Set every milestone as it is proposed."""
    for kind, proposal in kept(incident)["milestones"].items():
        entry = Entry.objects.get(incident=incident, number=proposal["entry"])
        if not Milestone.objects.filter(incident=incident, kind=kind).exists():
            set_milestone(actor=actor, incident=incident, kind=MilestoneKind(kind), entry=entry)


def blocks(review: Review, key: SectionKey) -> list[str]:
    """The paragraphs and items of a section; the factors belong to theirs."""
    body = Section.objects.get(review=review, key=key).body
    found = [" ".join(sentence.text for sentence in block.sentences) for block in parse(body)]
    if key == SectionKey.CONTRIBUTING_FACTORS:
        found += [f"{row.statement} {row.reasoning}" for row in Factor.objects.filter(review=review)]
    return found


def unproven(passages: Iterable[Passage]) -> Iterator[str]:
    """Sentences that cite nothing, or say more than what they cite."""
    for passage in passages:
        cited = [citation.entry for citation in passage.citations.all()]
        if not cited or unsupported(passage.text, cited):
            yield passage.text


def _told(entry: Entry) -> str:
    return f"{entry.at:%d %b %Y} at {entry.at:%H:%M} {entry.actor} {entry.text}"


def _moments(incident: Incident, account: Account) -> Iterator[Moment]:
    proposals = kept(incident)["milestones"]
    for kind, published in account.milestones.items():
        proposal = proposals.get(kind.value)
        if proposal is None:
            yield Moment(kind, None, agrees=False, is_uncertain=True)
            continue
        at = Entry.objects.get(incident=incident, number=proposal["entry"]).at
        minutes = round((at - published).total_seconds() / 60)
        yield Moment(kind, minutes, agree(at, published), bool(proposal["doubt"]))


def lines(found: Judged) -> Iterator[str]:
    """How one incident is printed."""
    parts = ", ".join(_share(kind, found) for kind in KINDS if found.account.of(kind))
    yield f"{MARGIN}{found.account.id}: {_of_all(found)}; {parts}"
    yield f"{MARGIN}  unsupported {len(found.unsupported)} of {found.sentences} sentences; {_milestones(found)}"
    for fact in found.missing():
        yield f"{MARGIN}  in the evidence, not in the draft ({fact.kind}): {fact.says}"
    for sentence in found.unsupported:
        yield f"{MARGIN}  UNSUPPORTED {sentence}"


def summed(results: list[Judged]) -> Iterator[str]:
    """The figures of all incidents."""
    facts = sum(len(one.account.facts) for one in results)
    told, contained = (sum(len(part) for part in parts) for parts in _sets(results))
    yield (
        f"{MARGIN}all {len(results)}: {contained} of {facts} published facts in the drafts "
        f"({contained / facts:.0%}), {told} in the evidence ({contained / told:.0%} of these); "
        f"unsupported statements {sum(len(one.unsupported) for one in results)}"
    )
    moments = [moment for one in results for moment in one.moments]
    off = [one for one in moments if one.minutes is not None and not one.agrees]
    yield (
        f"{MARGIN}milestones: {sum(one.agrees for one in moments)} of {len(moments)} agree within five minutes, "
        f"{sum(one.minutes is None for one in moments)} not proposed, {len(off)} off, of which "
        f"{sum(one.is_uncertain for one in off)} marked uncertain; agreeing and marked all the same "
        f"{sum(one.agrees and one.is_uncertain for one in moments)}"
    )


def _sets(results: list[Judged]) -> tuple[list[frozenset[PublishedFact]], list[frozenset[PublishedFact]]]:
    return [one.told for one in results], [one.contained for one in results]


def _of_all(found: Judged) -> str:
    facts = len(found.account.facts)
    return f"{len(found.contained)} of {facts} ({len(found.contained) / facts:.0%}), {len(found.told)} in the evidence"


def _share(kind: str, found: Judged) -> str:
    facts = found.account.of(kind)
    return f"{kind} {sum(fact in found.contained for fact in facts)}/{len(facts)}"


def _milestones(found: Judged) -> str:
    return "; ".join(str(moment) for moment in found.moments)


@bench
def drafts_of_ten_incidents() -> Iterator[Measured | str]:
    """Published facts in the drafts, unsupported statements and milestones, incident by incident."""
    results = []
    for timeline, account in accounts():
        results.append(judged(timeline, account))
        yield from lines(results[-1])
    yield from summed(results)
