"""What a person makes of a proposal: taken as it stands, taken in other words, or rejected.

A proposal never acts by itself. What is taken is an edit like any other: a revision, signatures that are void, drafts
of others that are merged later. Its words keep their origin as long as nobody rewords them; what a person wrote is
never replaced or removed.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from governance import access
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from incidents.models import Entry
from reviews.checks import unsupported
from reviews.enums import ProposalKind, ProposalState, Provenance
from reviews.errors import ProposalRefused
from reviews.images import in_words as picture_words
from reviews.models import Proposal, Review, Section
from reviews.passages import Sentence, compose, parse, require_known
from reviews.placing import flat
from reviews.redrafting import Change
from reviews.services.editing import held, origins_of, replace_body
from reviews.services.proposing import propose, record, rows_of
from reviews.taking import Origin, Wording, take

__all__ = ["accept_all", "accept_proposal", "edit_proposal", "propose", "reject_proposal"]

LONGEST = 5_000
_NOTES = {
    Provenance.EVIDENCE: "From a newer draft",
    Provenance.MODEL: "Suggested by a model",
    Provenance.PERSON: "Proposed",
}
GONE_BY = (
    "The sentence that this would change is no longer there as it was drafted, so nothing was changed. Edit the "
    "section by hand, or reject the proposal."
)


@transaction.atomic
def accept_proposal(*, actor: User, proposal: Proposal) -> Section:
    """Make the proposed change as it stands; its words keep their origin.

    Raises ``ProposalRefused`` when it was decided before, when its sentence is gone or was reworded by a person, and
    when the entries that it cites no longer bear it; ``PublishedText``.
    """
    review, section, row = _held(actor, proposal)
    desk = _Desk(actor, section)
    desk.take(row, row.text, (row.provenance, None))
    desk.save(review, _NOTES[Provenance(row.provenance)])
    record(actor, review, "proposal.accepted", section, proposals=[row.pk])
    return section


@transaction.atomic
def edit_proposal(*, actor: User, proposal: Proposal, text: str) -> Section:
    """Take a proposal in other words, which are then the actor's own; the same words are the proposal as it stands.

    Raises what ``accept_proposal`` raises, ``UnknownCitation``, and ``ProposalRefused`` for no words.
    """
    review, section, row = _held(actor, proposal)
    if row.kind == ProposalKind.REMOVE:
        raise ProposalRefused(
            "This takes a sentence out, so there are no words to change. Take it, or reject it."
        )
    wording = _said(text, row)
    if flat(wording) == flat(row.text):
        return accept_proposal(actor=actor, proposal=proposal)
    desk = _Desk(actor, section)
    desk.take(row, wording, (Provenance.PERSON, actor))
    desk.save(review, f"{_NOTES[Provenance(row.provenance)]}, in other words")
    record(actor, review, "proposal.edited", section, proposals=[row.pk])
    return section


@transaction.atomic
def reject_proposal(*, actor: User, proposal: Proposal) -> Section:
    """Turn a proposal down: the text stays, and the same is never proposed again."""
    review, section, row = _held(actor, proposal)
    _decide(row, actor, ProposalState.REJECTED)
    record(actor, review, "proposal.rejected", section, proposals=[row.pk])
    return section


@transaction.atomic
def accept_all(*, actor: User, section: Section) -> tuple[int, int]:
    """Take every open proposal of a section that can be taken, in one revision: (taken, left over).

    What a model suggested is decided one by one.
    """
    access.require(actor, Permission.EDIT_REVIEW, section)
    review, current = held(section)
    opened = rows_of(current).filter(state=ProposalState.OPEN)
    rows = list(opened.exclude(provenance=Provenance.MODEL))
    if not rows:
        raise ProposalRefused("Nothing is proposed for this section any more. Read it as it is now.")
    desk = _Desk(actor, current)
    taken = [row for row in rows if desk.takes(row)]
    if not taken:
        raise ProposalRefused(
            "Nothing of this fits the text any more, so nothing was changed. Edit the section by hand, or reject it."
        )
    noun = "proposal" if len(taken) == 1 else "proposals"
    desk.save(review, f"{len(taken)} {noun} taken")
    record(actor, review, "proposal.accepted", current, proposals=[row.pk for row in taken])
    return len(taken), len(rows) - len(taken)


class _Desk:
    """A section while proposals are taken into it; nothing is written before ``save``."""

    def __init__(self, actor: User, section: Section) -> None:
        self.actor, self.section = actor, section
        self.wording = Wording(section.body, dict(origins_of(section)))
        self.adding = list(rows_of(section).filter(kind=ProposalKind.ADD).exclude(state=ProposalState.GONE))
        self.decided: list[tuple[Proposal, ProposalState, str]] = []

    def takes(self, row: Proposal) -> bool:
        """Take a proposal as it stands; whether that could be done."""
        try:
            self.take(row, row.text, (row.provenance, None))
        except AfterwordError:
            return False
        return True

    def take(self, row: Proposal, text: str, origin: Origin) -> None:
        """Put these words where the proposal says; raises ``ProposalRefused`` and ``UnknownCitation``."""
        row = next((other for other in self.adding if other.pk == row.pk), row)
        new = set(flat(text))
        if new and new <= set(flat(self.wording.body)):
            raise ProposalRefused(
                "The section says this already, so nothing was changed. Reject the proposal."
            )
        if origin[0] != Provenance.PERSON:
            _require_borne(self.section, text)
        change = Change(ProposalKind(row.kind), row.before, text)
        taken = take(self.wording, change, origin, self._earlier(row))
        if taken is None:
            raise ProposalRefused(GONE_BY)
        self.wording = taken.wording
        if row.kind != ProposalKind.ADD:
            self._lead_on(row.before, taken.instead)
        was = ProposalState.EDITED if origin[0] == Provenance.PERSON else ProposalState.ACCEPTED
        self.decided.append((row, was, text))

    def save(self, review: Review, note: str) -> None:
        """Write the section anew, with all that follows from an edit, and keep what was decided."""
        replace_body(
            actor=self.actor,
            review=review,
            section=self.section,
            body=self.wording.body,
            note=note,
            origins=self.wording.origins,
        )
        for row, state, text in self.decided:
            _decide(row, self.actor, state, text)
        Proposal.objects.bulk_update(self.adding, ["before"])

    def _earlier(self, row: Proposal) -> Collection[Sentence]:
        """What was added from proposals that stand before this one."""
        before = [(other.decided_text or "") for other in self.adding if other.position < row.position]
        before += [text for other, _state, text in self.decided if other.position < row.position]
        return {sentence for text in before for sentence in flat(text)}

    def _lead_on(self, before: str, instead: str) -> None:
        """What was to stand behind a sentence that is another one now stands behind that one."""
        for row in self.adding:
            if row.before == before and row.state == ProposalState.OPEN:
                row.before = instead


def _held(actor: User, proposal: Proposal) -> tuple[Review, Section, Proposal]:
    """The review, the section and the proposal as they are now, held; raises ``ProposalRefused`` once it is decided."""
    access.require(actor, Permission.EDIT_REVIEW, proposal)
    review, section = held(proposal.section)
    row: Proposal = rows_of(section).get(pk=proposal.pk)
    if row.state == ProposalState.GONE:
        raise ProposalRefused(
            "This is not proposed any more, because newer evidence came. Nothing was changed."
        )
    if row.state != ProposalState.OPEN:
        verb = "rejected" if row.state == ProposalState.REJECTED else "took"
        raise ProposalRefused(
            f"{row.decided_by} {verb} this proposal before you, so nothing was changed now. Read the section as it "
            "is now."
        )
    return review, section, row


def _said(text: str, row: Proposal) -> str:
    """The person's words, tidied, an item where one was proposed; ``ProposalRefused`` for none, and for too many."""
    words = compose(parse(text.replace("\x00", "")))
    if row.kind == ProposalKind.ADD and row.text.startswith("- ") and words and not words.startswith("- "):
        words = f"- {words}"
    if not words:
        raise ProposalRefused("Write the words that the section should say, or reject the proposal.")
    if len(words) > LONGEST:
        raise ProposalRefused(
            f"A passage has {LONGEST} characters at most. Shorten it, or edit the section instead."
        )
    return words


def _require_borne(section: Section, text: str) -> None:
    """Raise unless what the sentences cite exists and still bears them: entries may have been corrected since."""
    blocks = parse(text)
    numbers = {number for sentence in flat(text) for number in sentence.citations}
    rows = Entry.objects.filter(incident_id=section.review.incident_id, number__in=numbers)
    entries = {row.number: row for row in rows}
    require_known(blocks, entries)
    for sentence in flat(text):
        cited = [entries[number] for number in sentence.citations]
        if cited and (parts := unsupported(picture_words(sentence.text), cited)):
            raise ProposalRefused(
                f"{', '.join(parts[:3])} is no longer in what this cites: the entries were corrected since. Look for "
                "changes again, or edit the proposal."
            )


def _decide(row: Proposal, actor: User, state: ProposalState, text: str = "") -> None:
    row.state, row.decided_by, row.decided_at, row.decided_text = state, actor, timezone.now(), text
    row.save(update_fields=["state", "decided_by", "decided_at", "decided_text"])
