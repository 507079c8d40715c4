"""Looking whether a draft made now would say something else, passage by passage, without touching what stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from reviews import drafting
from reviews.drafting import DraftQuestion, Material
from reviews.enums import ProposalKind, ProposalState, Provenance
from reviews.models import Proposal, Question, Review, Revision, Section
from reviews.passages import Sentence
from reviews.placing import flat
from reviews.redrafting import News, Said, Standing, changes, said_in
from reviews.selectors.redrafting import COMPARED, news_for
from reviews.selectors.templates import template_in
from reviews.services.asking import ask
from reviews.services.changing import content_changed, require_open
from reviews.services.drafting import material_of
from reviews.services.editing import origins_of
from reviews.services.moving import lock
from reviews.services.proposing import propose
from reviews.services.suspecting import unnamed
from reviews.taking import Wording


@dataclass(frozen=True)
class Looked:
    """What came of looking: how many proposals are open now, how many questions were added or reworded, and how many
    factors are suspected that the review does not name."""

    proposals: int
    questions: int
    factors: int


@transaction.atomic
def look_for_changes(*, actor: User, review: Review) -> Looked:
    """Compare the review with a draft of the chronology as it is now, and propose what differs; no section changes.

    Questions that the evidence raises now are added at once, which voids signatures; looking again finds nothing new.
    Raises ``PublishedText``, and ``AfterwordError`` while the chronology is empty.
    """
    access.require(actor, Permission.EDIT_REVIEW, review)
    current = lock(review)
    require_open(current)
    material = material_of(current.incident)
    if not material.facts:
        raise AfterwordError("The chronology is empty. Import evidence first; a draft is made from it.")
    draft = drafting.draft(material, template_in(current.template))
    sections = list(Section.objects.filter(review=current, key__in=draft.sections).order_by("position"))
    news = _news(current, [*draft.sections.values(), *(section.body for section in sections)])
    found = [_compare(actor, section, draft.sections[section.key], news) for section in sections]
    keys = {section.key for section in sections}
    asked = _ask(actor, current, [one for one in draft.questions if one.section in keys], material)
    audit.record(
        organization=current.organization_id,
        actor=actor,
        action=COMPARED,
        subject=f"review:{current.incident.reference}",
        entries=len(material.facts),
        proposals=sum(found),
        questions=asked,
    )
    return Looked(sum(found), asked, len(unnamed(current, draft.factors)))


def _news(review: Review, bodies: Iterable[str]) -> News:
    cited = {number for body in bodies for sentence in flat(body) for number in sentence.citations}
    return news_for(review, cited)


def _compare(actor: User, section: Section, newer: str, news: News) -> int:
    """Propose for one section; how many proposals of drafts are open for it then."""
    found = changes(_standing(section), newer, news)
    rows = propose(actor=actor, section=section, changes=found, provenance=Provenance.EVIDENCE)
    return len(rows)


def _standing(section: Section) -> Standing:
    wording = Wording(section.body, origins_of(section))
    drafted = {
        sentence
        for sentence, origin in wording.owned()
        if origin is not None and origin[0] == Provenance.EVIDENCE
    }
    return Standing(said_in(section.body), frozenset(drafted), _settled(section))


def _settled(section: Section) -> tuple[Said, ...]:
    """Every sentence that a draft brought in and no newer draft took out again: whatever is missing, a person took.

    Words that a proposal brought and a person changed on the way count as well.
    """
    first = Revision.objects.filter(section=section, author=None).order_by("number").first()
    found: dict[Sentence, Said] = {one.sentence: one for one in said_in(first.body if first else "")}
    taken = Proposal.objects.filter(
        section=section, state__in=[ProposalState.ACCEPTED, ProposalState.EDITED]
    ).order_by("decided_at", "position", "id")
    for row in taken:
        before = flat(row.before)[-1:] if row.kind != ProposalKind.ADD else []
        is_item = any(found[one].is_item for one in before if one in found)
        if row.state == ProposalState.ACCEPTED:
            found = {one: said for one, said in found.items() if one not in before}
        if row.provenance == Provenance.EVIDENCE:
            found |= {one.sentence: Said(one.sentence, one.is_item or is_item) for one in said_in(row.text)}
    return tuple(found.values())


def _ask(actor: User, review: Review, asked: Sequence[DraftQuestion], material: Material) -> int:
    """Ask what was not asked yet, and put anew what nobody answered; how many questions that were."""
    known = {row.code: row for row in Question.objects.filter(review=review)}
    new = [one for one in asked if one.code not in known]
    reworded = [
        (known[one.code], one.text)
        for one in asked
        if one.code in known and not known[one.code].answer and known[one.code].text != one.text
    ]
    for row, text in reworded:
        row.text = text
        row.save(update_fields=["text"])
    ask(review, new, material, actor)
    if new or reworded:
        content_changed(actor=actor, review=review, because="Questions were added after new evidence")
    return len(new) + len(reworded)
