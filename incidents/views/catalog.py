"""The services of the organization and who owns them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors, services
from incidents.forms import PersonForm, ServiceForm, TermsForm, first_error
from incidents.models import Service

TERMS = ("sla_percent", "minute_cost", "currency")


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    """Every service with its owners."""
    return _draw(request)


@require_http_methods(["GET", "POST"])
def new(request: OrganizationRequest, org: str) -> HttpResponse:
    """Add a service."""
    access.require(request.user, Permission.MANAGE_SERVICES, request.organization)
    form = ServiceForm(request.POST or None, organization=request.organization)
    if request.method == "POST" and form.is_valid():
        try:
            service = _create(request, form)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{service} is in the catalog.")
            return redirect("incidents:services", org)
    return render(request, "incidents/service_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def terms(request: OrganizationRequest, org: str, slug: str) -> HttpResponse:
    """What a service promises, and what a minute of impact costs."""
    service = get_object_or_404(Service.objects.visible_to(request.user), slug=slug)
    access.require(request.user, Permission.MANAGE_SERVICES, service)
    posted = request.POST if request.method == "POST" else None
    form = TermsForm(posted, initial={name: getattr(service, name) for name in TERMS})
    if request.method == "POST" and form.is_valid():
        services.set_terms(actor=request.user, service=service, **form.cleaned_data)
        messages.success(request, f"What {service} promises is set.")
        return redirect("incidents:services", org)
    context = {"form": form, "service": service}
    return render(request, "incidents/service_terms.html", context, status=422 if form.errors else 200)


@require_POST
def owner(request: OrganizationRequest, org: str, slug: str) -> HttpResponse:
    """Appoint an owner, or dismiss one when ``dismiss`` is set."""
    service = get_object_or_404(Service.objects.visible_to(request.user), slug=slug)
    access.require(request.user, Permission.MANAGE_SERVICES, service)
    form = PersonForm(request.POST, organization=request.organization)
    if not form.is_valid():
        return _draw(request, error=f"{service}: {first_error(form)}", status=422)
    person = form.cleaned_data["person"]
    if request.POST.get("dismiss"):
        services.dismiss_owner(actor=request.user, service=service, user=person)
        messages.success(request, f"{person} no longer owns {service}.")
    else:
        services.appoint_owner(actor=request.user, service=service, user=person)
        messages.success(request, f"{person} owns {service}.")
    return redirect("incidents:services", org)


def _create(request: OrganizationRequest, form: ServiceForm) -> Service:
    values = form.cleaned_data
    service = services.create_service(
        actor=request.user,
        organization=request.organization,
        name=values["name"],
        description=values["description"],
    )
    terms = {name: values[name] for name in TERMS}
    if any(value is not None and value != "" for value in terms.values()):
        services.set_terms(actor=request.user, service=service, **terms)
    if values["owner"]:
        services.appoint_owner(actor=request.user, service=service, user=values["owner"])
    return service


def _draw(request: OrganizationRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "services": selectors.services_with_owners(request.user),
        "people": access.members(request.organization),
        "may_manage": access.can(request.user, Permission.MANAGE_SERVICES, request.organization),
        "error": error,
    }
    return render(request, "incidents/services.html", context, status=status)
