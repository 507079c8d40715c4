"""Settings: who stands in for whom, and the days on which the organization works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from governance import access, services
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.forms import CalendarForm, DelegationForm
from governance.middleware import OrganizationRequest
from governance.models import Delegation
from governance.selectors import today_in


@require_http_methods(["GET", "POST"])
def absence(request: OrganizationRequest, org: str) -> HttpResponse:
    """Everybody sees who stands in for whom, and names their own substitute."""
    may_manage = access.can(request.user, Permission.MANAGE_PEOPLE, request.organization)
    form = DelegationForm(
        request.POST or None, organization=request.organization, person=request.user, for_others=may_manage
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = services.delegate(
                actor=request.user, organization=request.organization, **form.cleaned_data
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{row.delegate} signs for {row.principal} in these days.")
            return redirect("governance:absence", org)
    rows = Delegation.objects.visible_to(request.user).select_related("principal", "delegate")
    context = {
        "rows": rows[:100],
        "today": today_in(request.organization.pk),
        "form": form,
        "may_manage": may_manage,
    }
    return render(request, "governance/absence.html", context, status=422 if form.errors else 200)


@require_POST
def absence_end(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    row: Delegation = get_object_or_404(Delegation.objects.visible_to(request.user), pk=pk)
    services.end_delegation(actor=request.user, delegation=row)
    messages.success(request, f"{row.delegate} does not sign for {row.principal} any more.")
    return redirect("governance:absence", org)


@require_http_methods(["GET", "POST"])
def calendar(request: OrganizationRequest, org: str) -> HttpResponse:
    """Working days and holidays, which deadlines in business days count; everybody may look."""
    if request.method == "POST":
        access.require(request.user, Permission.MANAGE_POLICY, request.organization)
    form = CalendarForm(request.POST) if request.method == "POST" else CalendarForm.of(request.organization)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_calendar(actor=request.user, organization=request.organization, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Deadlines count these days from now on.")
            return redirect("governance:calendar", org)
    may_manage = access.can(request.user, Permission.MANAGE_POLICY, request.organization)
    for field in form.fields.values():
        field.disabled = not may_manage
    context = {"form": form, "may_manage": may_manage}
    return render(request, "governance/calendar.html", context, status=422 if form.errors else 200)
