"""The list of incidents, opening one, and its commander."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors, services
from incidents.enums import Severity
from incidents.forms import IncidentForm, PersonForm, first_error

PER_PAGE = 50


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    """All incidents, newest first."""
    page = Paginator(selectors.incidents_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "may_open": access.can(request.user, Permission.OPEN_INCIDENT, request.organization),
        "has_services": bool(page.object_list) or selectors.services_of(request.organization).exists(),
    }
    return render(request, "incidents/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: OrganizationRequest, org: str) -> HttpResponse:
    """Open an incident."""
    access.require(request.user, Permission.OPEN_INCIDENT, request.organization)
    form = IncidentForm(request.POST or None, organization=request.organization)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "severity": Severity(form.cleaned_data["severity"])}
        try:
            incident = services.open_incident(actor=request.user, organization=request.organization, **values)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{incident.reference} is open. Bring in the evidence next.")
            return redirect("incidents:detail", org, incident.reference)
    has_services = selectors.services_of(request.organization).exists()
    context = {"form": form, "has_services": has_services}
    return render(request, "incidents/new.html", context, status=422 if form.errors else 200)


@require_POST
def commander(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Appoint the incident commander."""
    incident = selectors.incident_or_404(request.user, ref)
    access.require(request.user, Permission.APPOINT_COMMANDER, incident)
    form = PersonForm(request.POST, organization=request.organization)
    if not form.is_valid():
        context = {"incident": incident, "error": first_error(form)}
        return render(request, "incidents/refused.html", context, status=422)
    person = form.cleaned_data["person"]
    services.appoint_commander(actor=request.user, incident=incident, user=person)
    messages.success(request, f"{person} commands {incident.reference}.")
    return redirect("incidents:detail", org, ref)
