"""Who is writing where, for the scripts that ask again and again: a few bytes of JSON, by section key."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.models import Section
from reviews.selectors.writing import writers_in
from reviews.views.objects import review_or_404


@require_GET
def writers(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Everybody else who is writing in this review."""
    return JsonResponse(writers_in(review_or_404(request, ref), request.user))


@require_POST
def sign(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """The person has the section open, or with ``gone`` no longer; answers who else has."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    row: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    if "gone" in request.POST:
        services.end_presence(actor=request.user, section=row)
        return HttpResponse(status=204)
    services.note_presence(actor=request.user, section=row)
    return JsonResponse(writers_in(review, request.user))
