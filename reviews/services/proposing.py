"""Keeping what machines propose: each change once, and nothing again that a person decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from reviews.enums import ProposalKind, ProposalState, Provenance
from reviews.models import ModelRun, Proposal, Review, Section
from reviews.passages import compose, parse
from reviews.placing import flat, written
from reviews.redrafting import Change
from reviews.services.editing import held

MOST_BECAUSE = 300


@transaction.atomic
def propose(
    *,
    actor: User,
    section: Section,
    changes: Iterable[Change],
    provenance: Provenance,
    run: ModelRun | None = None,
) -> list[Proposal]:
    """Keep the changes that nobody decided yet, and give them back; the same changes again make nothing new.

    What was rejected, and what the section says already, is not proposed. Open proposals of the same provenance that
    are not among the changes are gone. Raises ``PublishedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, section)
    review, current = held(section)
    book = _Book(current)
    for change in changes:
        book.write(_plain(change), provenance, run)
    book.close(provenance)
    if book.fresh:
        record(actor, review, "section.proposed", current, proposals=book.fresh, provenance=str(provenance))
    return list(book.opened.values())


def rows_of(section: Section) -> Any:
    """Every proposal that was ever made for a section, held until the transaction ends."""
    rows = Proposal.objects.filter(section=section).select_for_update(of=("self",))
    return rows.select_related("decided_by").order_by("position", "id")


def fingerprint_of(change: Change) -> str:
    """The SHA-256 of what a change says; where a sentence is added does not matter, so it is proposed once."""
    before = "" if change.kind == ProposalKind.ADD else change.before
    return hashlib.sha256("\x1f".join([change.kind, before, change.text]).encode()).hexdigest()


def _plain(change: Change) -> Change:
    """The change in the one spelling in which changes are compared."""
    before = flat(change.before)
    return Change(
        change.kind,
        written(before[-1]) if before else "",
        compose(parse(change.text)) if change.kind != ProposalKind.REMOVE else "",
        change.position,
        change.because,
    )


def record(actor: User, review: Review, action: str, section: Section, **data: Any) -> None:
    """Note in the audit trail what became of proposals for a section."""
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action=action,
        subject=f"review:{review.incident.reference}",
        section=section.key,
        **data,
    )


class _Book:
    """Every proposal that was ever made for a section, and those that are open now."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.known = {row.fingerprint: row for row in rows_of(section)}
        self.said = set(flat(section.body))
        self.refused = [set(flat(row.text)) for row in self._in(ProposalState.REJECTED) if row.text]
        self.taken_out = {
            row.before for row in self._in(ProposalState.ACCEPTED) if row.kind != ProposalKind.ADD
        }
        self.opened: dict[int, Proposal] = {}
        self.fresh = 0

    def write(self, change: Change, provenance: Provenance, run: ModelRun | None) -> None:
        """Open a proposal for the change, unless it was decided or the section says it."""
        row = self.known.get(fingerprint_of(change))
        if not self._is_news(change) or (row and not self._may_return(row)):
            return
        if row is None:
            row = Proposal(
                organization_id=self.section.organization_id,
                section=self.section,
                kind=change.kind,
                text=change.text,
                fingerprint=fingerprint_of(change),
            )
        if row.pk is None or row.state != ProposalState.OPEN:
            self.fresh += 1
            row.provenance, row.run = provenance, run
            row.state, row.decided_by, row.decided_at = ProposalState.OPEN, None, None
        row.before, row.position, row.because = change.before, change.position, change.because[:MOST_BECAUSE]
        row.save()
        self.known[row.fingerprint] = self.opened[row.pk] = row

    def close(self, provenance: Provenance) -> None:
        """Let go of what is open and was not proposed again."""
        rows = Proposal.objects.filter(section=self.section, state=ProposalState.OPEN, provenance=provenance)
        rows.exclude(pk__in=self.opened).update(state=ProposalState.GONE)

    def _is_news(self, change: Change) -> bool:
        new = set(flat(change.text))
        if change.kind == ProposalKind.REMOVE:
            return True
        return bool(new) and not new <= self.said and new not in self.refused

    def _may_return(self, row: Proposal) -> bool:
        """Whether a known proposal may be open (again): what was taken returns only once it was undone by another."""
        if row.state in (ProposalState.OPEN, ProposalState.GONE):
            return True
        is_undone = row.kind != ProposalKind.ADD or row.text.removeprefix("- ") in self.taken_out
        return row.state == ProposalState.ACCEPTED and is_undone

    def _in(self, state: ProposalState) -> list[Proposal]:
        return [row for row in self.known.values() if row.state == state]
