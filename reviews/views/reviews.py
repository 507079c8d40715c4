"""The list of reviews, the draft, and the workbench."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.middleware import OrganizationRequest
from incidents.selectors import incident_or_404
from reviews import services
from reviews.enums import ReviewState
from reviews.models import Review
from reviews.selectors.due import deadlines
from reviews.selectors.privacy import with_replacement
from reviews.views.objects import drawn_panels, page_context, review_or_404
from reviews.workbench import Workbench

TAKEN_BACK = (ReviewState.SUPERSEDED, ReviewState.WITHDRAWN)


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    rows = (
        with_replacement(Review.objects.visible_to(request.user), request.user)
        .select_related("incident", "author")
        .order_by("incident__is_synthetic", "-created_at", "-id")
    )
    state = request.GET.get("state", "open")
    match state:
        case "published":
            rows = rows.filter(published_at__isnull=False).exclude(state__in=TAKEN_BACK)
        case "closed":
            rows = rows.filter(state__in=TAKEN_BACK)
        case _:
            rows = rows.open()
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    due = {row.incident.pk: row for row in deadlines(request.organization.pk, request.user)}
    lines = [(review, due.get(review.incident_id)) for review in page]
    return render(request, "reviews/list.html", {"page": page, "lines": lines, "state": state})


@require_POST
def draft(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Draft the review from the chronology."""
    incident = incident_or_404(request.user, ref)
    access.require(request.user, Permission.EDIT_REVIEW, incident)
    services.draft_review(actor=request.user, incident=incident)
    messages.success(
        request, "The draft is made from the chronology. Read it, answer what it asks, and edit it."
    )
    return redirect("reviews:detail", org, ref)


@require_GET
def detail(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    review = review_or_404(request, ref)
    context = page_context(request, review)
    drawn = drawn_panels(request, review, may_plan=context["position"].may_plan)
    return render(request, "reviews/detail.html", {**context, "bench": Workbench(review), "panels": drawn})
