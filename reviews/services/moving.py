"""Putting a move of the transition table into effect."""

from __future__ import annotations

from django.utils import timezone

from governance import audit
from governance.models import User
from reviews.models import Review, StateChange
from reviews.selectors.standing import ReviewStanding
from reviews.workflow import check

_MOMENTS = {"submit": "submitted_at", "approve": "approved_at", "publish": "published_at"}
#: The first publication is what readers waited for; a later edition leaves its time where it is.
_ONCE = frozenset({"published_at"})


def lock(review: Review) -> Review:
    """The review as it is now, held until the transaction ends: changes of one review happen one after the other."""
    current: Review = (
        Review.objects.select_for_update(of=("self",))
        .select_related("incident", "policy", "author")
        .get(pk=review.pk)
    )
    return current


def apply(review: Review, name: str, actor: User | None, reason: str = "") -> Review:
    """Make a move, inside the caller's transaction; raises ``InvalidTransition`` when the table does not allow it.

    ``submitted_at`` is the time of the last submission, so a review that is reopened by an edit keeps it;
    ``published_at`` is the time of the first publication.
    """
    current = lock(review)
    transition = check(name, ReviewStanding(current))
    before, current.state = current.state, transition.target
    moment = _MOMENTS.get(name)
    if moment and not (moment in _ONCE and getattr(current, moment)):
        setattr(current, moment, timezone.now())
    current.save()
    note_move(current, name, before, actor, reason)
    if before != current.state:
        audit.record(
            organization=current.organization_id,
            actor=actor,
            action=f"review.{current.state}",
            subject=f"review:{current.incident.reference}",
            move=name,
            before=before,
        )
    return current


def note_move(review: Review, name: str, before: str, actor: User | None, reason: str = "") -> None:
    """Keep a move for good: writing is told apart from waiting by these rows. ``before`` is empty for a new draft."""
    StateChange(
        organization_id=review.organization_id,
        review=review,
        move=name,
        source=before,
        target=review.state,
        actor=actor,
        reason=reason,
    ).save(force_insert=True)
