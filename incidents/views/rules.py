"""Rules by which deliveries open incidents, and what an incident must have before it leaves intake."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors, services
from incidents.forms import DescriptionForm, PolicyForm, RuleForm
from incidents.models import IntakeRule
from incidents.services import acceptance
from incidents.services.rules import remove_rule, save_rule
from incidents.views.chronology import frame


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    """Every rule, and the policy."""
    return _draw(request)


@require_http_methods(["GET", "POST"])
def new(request: OrganizationRequest, org: str) -> HttpResponse:
    """Add a rule."""
    return _save(request, None)


@require_http_methods(["GET", "POST"])
def rule(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Change a rule."""
    return _save(request, get_object_or_404(IntakeRule.objects.visible_to(request.user), pk=pk))


@require_POST
def remove(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Take a rule away."""
    found = get_object_or_404(IntakeRule.objects.visible_to(request.user), pk=pk)
    remove_rule(actor=request.user, rule=found)
    messages.success(request, f"The rule “{found}” is gone.")
    return redirect("incidents:rules", org)


@require_POST
def policy(request: OrganizationRequest, org: str) -> HttpResponse:
    """Decide what each severity must have."""
    access.require(request.user, Permission.MANAGE_INTAKE, request.organization)
    form = PolicyForm(request.POST, policy=acceptance.policy_of(request.organization))
    if not form.is_valid():
        return _draw(request, policy_form=form, status=422)
    services.set_policy(
        actor=request.user,
        organization=request.organization,
        required=form.required_fields,
        gap_minutes=form.cleaned_data["gap_minutes"],
    )
    messages.success(request, "The policy holds for every incident that is still in intake.")
    return redirect("incidents:rules", org)


@require_http_methods(["GET", "POST"])
def describe(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Say what is known about an incident, so that it can leave intake."""
    incident = selectors.incident_or_404(request.user, ref)
    access.require(request.user, Permission.CURATE_CHRONOLOGY, incident)
    names = ("severity", "classification", "customer_impact", "region", "detected_by", "data_exposed")
    known = {name: getattr(incident, name) for name in names} | {"services": incident.services.all()}
    form = DescriptionForm(request.POST or None, initial=known, organization=request.organization)
    if request.method == "POST" and form.is_valid():
        try:
            services.describe_incident(actor=request.user, incident=incident, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            return redirect("incidents:detail", org, ref)
    context = {**frame(request, incident), "form": form}
    return render(request, "incidents/describe.html", context, status=422 if form.errors else 200)


def _save(request: OrganizationRequest, found: IntakeRule | None) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_INTAKE, request.organization)
    form = RuleForm(request.POST or None, organization=request.organization, rule=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_rule(
                actor=request.user, organization=request.organization, rule=found, **form.cleaned_data
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The rule “{saved}” is saved.")
            return redirect("incidents:rules", request.organization.slug)
    context = {"form": form, "rule": found}
    return render(request, "incidents/rule.html", context, status=422 if form.errors else 200)


def _draw(request: OrganizationRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    stored = acceptance.policy_of(request.organization)
    context = {
        "rules": selectors.intake.rules_of(request.user),
        "policy": stored,
        "policy_form": PolicyForm(policy=stored),
        "may_manage": access.can(request.user, Permission.MANAGE_INTAKE, request.organization),
        **given,
    }
    return render(request, "incidents/rules.html", context, status=status)
