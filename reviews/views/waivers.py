"""Exceptions: granting, taking back, and the list of all of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents.models import Incident
from incidents.selectors import incident_or_404
from reviews import services
from reviews.decision_forms import ClosingForm, SkipForm, WaiverForm
from reviews.enums import WaiverKind
from reviews.models import Waiver
from reviews.selectors.waivers import exceptions
from reviews.services.waivers import exemption_of
from reviews.views.objects import Position, page_context, require_open, review_or_404


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    """Every exception of the organization: those in force, or the past ones."""
    past = request.GET.get("show") == "past"
    rows = exceptions(request.organization, request.user, past=past)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    lines = [(row, exemption_of(row).label) for row in page]
    may_revoke = access.can(request.user, Permission.GRANT_WAIVER, request.organization)
    context = {"page": page, "lines": lines, "past": past, "may_revoke": may_revoke}
    return render(request, "reviews/exceptions.html", context)


@require_http_methods(["GET", "POST"])
def grant(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Let a signature go, or let a check fail."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.GRANT_WAIVER, review.incident)
    require_open(request, review)
    context = page_context(request, review)
    initial = {"what": request.GET.get("what", "")}
    position: Position = context["position"]
    form = WaiverForm(
        request.POST or None, seats=position.seats, failing=position.checklist.failing, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.grant_waiver(actor=request.user, incident=review.incident, **form.exception)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The exception is granted. It is printed in the publication.")
            return redirect("reviews:detail", org, ref)
    return render(request, "reviews/waiver.html", {**context, "form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
def skip(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Let an incident go without a postmortem."""
    incident: Incident = incident_or_404(request.user, ref)
    access.require(request.user, Permission.GRANT_WAIVER, incident)
    form = SkipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.grant_waiver(
                actor=request.user, incident=incident, kind=WaiverKind.POSTMORTEM, **form.cleaned_data
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "No postmortem is asked for until that day.")
            return redirect("incidents:detail", org, ref)
    return render(request, "reviews/skip.html", {"form": form, "incident": incident}, status=_status(form))


@require_http_methods(["GET", "POST"])
def revoke(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Take an exception back."""
    rows = Waiver.objects.filter(incident__in=Incident.objects.visible_to(request.user))
    waiver: Waiver = get_object_or_404(rows.select_related("incident", "service", "granted_by"), pk=pk)
    access.require(request.user, Permission.GRANT_WAIVER, waiver.incident)
    form = ClosingForm(request.POST or None, label="Why is it taken back?")
    if request.method == "POST" and form.is_valid():
        try:
            services.revoke_waiver(actor=request.user, waiver=waiver, reason=form.cleaned_data["reason"])
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The exception no longer counts.")
            return redirect("reviews:exceptions", org)
    context: dict[str, Any] = {"form": form, "waiver": waiver, "label": exemption_of(waiver).label}
    return render(request, "reviews/revoke.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.errors else 200
