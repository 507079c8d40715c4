"""Putting a move of the transition table into effect."""

from __future__ import annotations

from django.utils import timezone

from governance import audit
from governance.models import User
from reviews.enums import ReviewState
from reviews.models import Review
from reviews.selectors.standing import ReviewStanding
from reviews.workflow import check

_MOMENTS = {
    ReviewState.IN_REVIEW: "submitted_at",
    ReviewState.APPROVED: "approved_at",
    ReviewState.PUBLISHED: "published_at",
}


def lock(review: Review) -> Review:
    """The review as it is now, held until the transaction ends: changes of one review happen one after the other."""
    current: Review = (
        Review.objects.select_for_update(of=("self",)).select_related("incident").get(pk=review.pk)
    )
    return current


def apply(review: Review, name: str, actor: User | None) -> Review:
    """Make a move, inside the caller's transaction; raises ``InvalidTransition`` when the table does not allow it.

    ``submitted_at`` is the time of the last submission, so a review that is reopened by an edit keeps it.
    """
    current = lock(review)
    transition = check(name, ReviewStanding(current))
    before, current.state = current.state, transition.target
    moment = _MOMENTS.get(transition.target)
    if moment and before != transition.target and name != "reopen":
        setattr(current, moment, timezone.now())
    current.save()
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
