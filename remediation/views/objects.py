"""From an address to the object that the person may see."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from governance.middleware import OrganizationRequest
from reviews.models import Review


def review_or_404(request: OrganizationRequest, ref: str) -> Review:
    """The review of the incident with this reference, as far as the person may see it."""
    rows = Review.objects.visible_to(request.user).select_related("incident", "policy")
    review: Review = get_object_or_404(rows, incident__reference=ref)
    return review
