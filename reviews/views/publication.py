"""A publication: how far each step has come, and its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from governance import access, outbox
from governance.access import Permission
from governance.enums import DeliveryStatus
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from governance.models import Delivery
from reviews.models import Publication, Review
from reviews.publication_steps import label_of
from reviews.publishers.printed import days_of
from reviews.publishers.published import load
from reviews.publishers.signed_pictures import figures_of
from reviews.selectors.editions import editions_of
from reviews.selectors.risks import with_present
from reviews.views.objects import page_context, review_or_404

FILES = {"pdf": ("document", "application/pdf", "pdf"), "record": ("record", "application/json", "json")}
TONES = {
    DeliveryStatus.DELIVERED: "badge-done",
    DeliveryStatus.FAILED: "badge-warn",
    DeliveryStatus.LEASED: "badge-info",
    DeliveryStatus.PENDING: "badge-ask",
}


def edition_or_404(request: OrganizationRequest, review: Review) -> Publication:
    """The edition that ``?number=`` names, otherwise the latest; 404 where there is none."""
    rows = Publication.objects.visible_to(request.user).filter(review=review)
    number = request.GET.get("number", "")
    if number.isdecimal() and len(number) < 6:
        rows = rows.filter(number=int(number))
    row: Publication | None = (
        rows.select_related("snapshot", "published_by", "review").order_by("-number").first()
    )
    if row is None:
        raise Http404("There is no such edition.")
    return row


@require_GET
def publication(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    review = review_or_404(request, ref)
    row = edition_or_404(request, review)
    deliveries = list(Delivery.objects.of_group(row.group))
    steps = [(delivery, label_of(delivery.kind), TONES.get(delivery.status, "")) for delivery in deliveries]
    unfinished = any(delivery.finished_at is None for delivery in deliveries)
    context: dict[str, Any] = {"publication": row, "deliveries": steps, "unfinished": unfinished}
    context["may_retry"] = access.can(request.user, Permission.PUBLISH_REVIEW, review.incident)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reviews/_publication_steps.html", {**context, "incident": review.incident})
    published = load(row.pk)
    context |= {
        "published": published,
        "figures": figures_of(published.content, published.pictures),
        "days": days_of(published),
        "risks": with_present(review, published.risks),
        "editions": editions_of(review),
    }
    return render(request, "reviews/publication.html", {**page_context(request, review), **context})


@require_GET
def download(request: OrganizationRequest, org: str, ref: str, which: str) -> HttpResponseBase:
    """The PDF or the portable record, as a file to keep."""
    review = review_or_404(request, ref)
    if which not in FILES:
        raise Http404("No such file.")
    field, mime, suffix = FILES[which]
    row = edition_or_404(request, review)
    file = getattr(row, field)
    if not file:
        raise Http404("This file is not there yet.")
    name = f"{ref}-postmortem-{row.number}.{suffix}"
    response = FileResponse(file.open("rb"), content_type=mime, as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def retry(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.PUBLISH_REVIEW, review.incident)
    groups = [row.group for row in editions_of(review)]
    delivery: Delivery = get_object_or_404(Delivery.objects.filter(group__in=groups), pk=pk)
    try:
        outbox.retry(actor=request.user, delivery=delivery)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
    return redirect("reviews:publication", org, ref)
