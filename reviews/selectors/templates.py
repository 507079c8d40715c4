"""Which template a review is drafted with, and the versions of every template."""

from __future__ import annotations

from typing import Any

from governance.models import Organization
from reviews.models import Review, ReviewTemplate
from reviews.templating import Template
from reviews.usual import USUAL


def current_template(organization: Organization | int, severity: int | None) -> ReviewTemplate | None:
    """The version that a new review of this severity is drafted with: its own, or that of every severity.

    None while the usual one holds. Without a severity it is the one of every severity.
    """
    own = latest(organization, severity) if severity is not None else None
    return own if own and own.parts else latest(organization, None)


def latest(organization: Organization | int, severity: int | None) -> ReviewTemplate | None:
    """The latest version that was set for just this severity; one without parts says that it has none of its own."""
    row: ReviewTemplate | None = versions_of(organization, severity).first()
    return row


def template_in(row: ReviewTemplate | None) -> Template:
    """What a version says; the usual template where there is none."""
    return Template.from_plain(row.parts) if row and row.parts else USUAL


def template_for(organization: Organization | int, severity: int | None) -> Template:
    """What a new review of this severity consists of."""
    return template_in(current_template(organization, severity))


def template_of(review: Review) -> Template:
    """What this review was drafted with; it keeps that version whatever is set later."""
    return template_in(review.template)


def versions_of(organization: Organization | int, severity: int | None) -> Any:
    """Every version that was set for just this severity (or for every one), the latest first."""
    pk = organization if isinstance(organization, int) else organization.pk
    rows = ReviewTemplate.objects.filter(organization_id=pk, severity=severity)
    return rows.select_related("created_by").order_by("-version")
