"""After a publication, or instead of one: a new edition, a review that another one replaces, a review taken back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import audit
from governance.access import Permission
from governance.models import User
from reviews.enums import CLOSED_STATES, ReviewState
from reviews.errors import RevisionRefused
from reviews.models import Publication, Review
from reviews.services.changing import void_signatures
from reviews.services.deciding import require_right
from reviews.services.moving import apply, lock
from reviews.services.searching import remove_document


@transaction.atomic
def revise_review(*, actor: User, review: Review, reason: str) -> Review:
    """Open a published review again, for its next edition, which says why.

    What is published stays in force until the next edition is. Its signatures stay with it; the new text needs its own.
    """
    require_right(actor, Permission.REVISE_REVIEW, review)
    reason = _said(reason, "Say why the review is opened again; the next edition says it to its readers.")
    current = apply(review, "revise", actor, reason)
    current.edition += 1
    current.revision_because = reason
    current.content_version += 1
    current.save(update_fields=["edition", "revision_because", "content_version"])
    void_signatures(actor=actor, review=current, because=f"Edition {current.edition} is written")
    return current


@transaction.atomic
def supersede_review(*, actor: User, review: Review, by: Review, reason: str) -> Review:
    """Close a review that another one of the organization replaces; what it published stays readable and says so.

    Raises ``RevisionRefused`` when that one is closed itself without being published, or is replaced by this one.
    """
    require_right(actor, Permission.WITHDRAW_REVIEW, review)
    reason = _said(reason, "Say why the other review takes its place.")
    _require_replacement(review, _held_beside(by, review))
    current = _close(actor, review, "supersede", reason)
    current.superseded_by = by
    current.save(update_fields=["superseded_by"])
    now = timezone.now()
    Publication.objects.filter(review=current, superseded_at__isnull=True).update(superseded_at=now)
    remove_document(current)
    audit.record(
        organization=current.organization_id,
        actor=actor,
        action="review.replaced",
        subject=f"review:{current.incident.reference}",
        by=by.incident.reference,
    )
    return current


@transaction.atomic
def withdraw_review(*, actor: User, review: Review, reason: str) -> Review:
    """Take a review back for good; what it published stays readable, marked with the reason."""
    require_right(actor, Permission.WITHDRAW_REVIEW, review)
    reason = _said(reason, "Say why it is withdrawn; the reason stands beside what was published.")
    current = _close(actor, review, "withdraw", reason)
    now = timezone.now()
    Publication.objects.filter(review=current, withdrawn_at__isnull=True).update(withdrawn_at=now)
    remove_document(current)
    return current


def _close(actor: User, review: Review, move: str, reason: str) -> Review:
    """Make the move and say why; signatures on a text that was not published yet stand for nothing any more."""
    was_published = lock(review).state == ReviewState.PUBLISHED
    current = apply(review, move, actor, reason)
    current.closed_because, current.closed_by, current.closed_at = reason, actor, timezone.now()
    current.save(update_fields=["closed_because", "closed_by", "closed_at"])
    if not was_published:
        label = ReviewState(current.state).label.lower()
        void_signatures(actor=actor, review=current, because=f"The review was {label}")
    return current


def _held_beside(by: Review, review: Review) -> Review:
    """``by`` as it is now; both are held, in one order, so that two reviews cannot replace each other at once."""
    if by.organization_id != review.organization_id:
        raise RevisionRefused("Only a review of this organization can take its place.")
    held = {row.pk: lock(row) for row in sorted((review, by), key=lambda row: row.pk)}
    return held[by.pk]


def _require_replacement(review: Review, by: Review) -> None:
    if by.pk == review.pk:
        raise RevisionRefused("A review cannot replace itself. Choose the other one.")
    if by.state in CLOSED_STATES and by.state != ReviewState.PUBLISHED:
        raise RevisionRefused(
            f"The review of {by.incident.reference} is {ReviewState(by.state).label.lower()} itself. Choose one that "
            "is written or published."
        )


def _said(reason: str, otherwise: str) -> str:
    if not reason.strip():
        raise RevisionRefused(otherwise)
    return reason.strip()
