"""Which rules hold for a review, and by which day its exceptions are judged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from governance.models import Organization
from governance.selectors import today_in
from reviews.enums import CLOSED_STATES, ReviewState
from reviews.models import Publication, Review, ReviewPolicy
from reviews.policy import Policy


def current_policy(organization: Organization | int) -> ReviewPolicy | None:
    """The latest version of an organization's rules; None while the defaults hold."""
    pk = organization if isinstance(organization, int) else organization.pk
    row: ReviewPolicy | None = ReviewPolicy.objects.filter(organization_id=pk).order_by("-version").first()
    return row


def rules_of(organization: Organization | int) -> Policy:
    """An organization's rules as they are now."""
    row = current_policy(organization)
    return Policy.from_plain(row.rules) if row else Policy()


def policy_of(review: Review) -> Policy:
    """The rules that this review is held to: the version that it keeps, or the defaults.

    A text that is still written is judged by the present ones, because it takes them when it is submitted.
    """
    if review.state in (ReviewState.DRAFTING, ReviewState.CHANGES_REQUESTED):
        return rules_of(review.organization_id)
    return Policy.from_plain(review.policy.rules) if review.policy else Policy()


def versions_of(organization: Organization) -> Any:
    """Every version of an organization's rules, the latest first."""
    return ReviewPolicy.objects.filter(organization=organization).select_related("created_by")


def today_of(review: Review) -> date:
    """Today, or for a closed review the day of its last publication: what was in force then stays printed."""
    if review.state in CLOSED_STATES and (at := _last_publication(review)):
        return today_in(review.organization_id, at)
    return today_in(review.organization_id)


def _last_publication(review: Review) -> datetime | None:
    last: datetime | None = Publication.objects.filter(review=review).aggregate(at=Max("published_at"))["at"]
    return last
