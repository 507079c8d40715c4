"""Who may see an incident: made private, opened again, people named and taken off the list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from governance.models import User
from incidents import selectors, services
from incidents.forms import OpeningForm, ReaderForm, first_error
from incidents.models import Incident
from incidents.selectors import privacy


@require_POST
def make_private(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Let only named people see the incident."""
    incident = _managed(request, ref)
    told = f"{ref} is private now. Only the people named below see it, and what comes of it."
    return _act(
        request, incident, partial(services.make_private, actor=request.user, incident=incident), told
    )


@require_POST
def make_open(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Let every member see it again, with a reason."""
    incident = _managed(request, ref)
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return _refused(request, incident, form)
    act = partial(
        services.make_open, actor=request.user, incident=incident, reason=form.cleaned_data["reason"]
    )
    return _act(request, incident, act, f"Every member of the organization sees {ref} now.")


@require_POST
def name(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Name a person who may see it."""
    incident = _managed(request, ref)
    form = ReaderForm(request.POST, incident=incident)
    if not form.is_valid():
        return _refused(request, incident, form)
    person = form.cleaned_data["person"]
    act = partial(services.name_reader, actor=request.user, incident=incident, person=person)
    return _act(request, incident, act, f"{person} sees {ref} now.")


@require_POST
def remove(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Take a person off the list."""
    incident = _managed(request, ref)
    person = _listed(incident, pk)
    act = partial(services.remove_reader, actor=request.user, incident=incident, person=person)
    return _act(request, incident, act, f"{person} no longer sees {ref}. What they wrote stays theirs.")


def card(request: OrganizationRequest, incident: Incident) -> dict[str, Any]:
    """What the card "Who may see this" shows: the list, and forms for those who manage it."""
    may_manage = access.can(request.user, Permission.MANAGE_PRIVACY, incident)
    if not incident.is_private:
        return {"may_manage_privacy": may_manage}
    return {
        "may_manage_privacy": may_manage,
        "readers": privacy.readers_of(incident),
        "reader_form": ReaderForm(incident=incident) if may_manage else None,
        "opening_form": OpeningForm() if may_manage else None,
    }


def _managed(request: OrganizationRequest, ref: str) -> Incident:
    incident = selectors.incident_or_404(request.user, ref)
    access.require(request.user, Permission.MANAGE_PRIVACY, incident)
    return incident


def _listed(incident: Incident, pk: int) -> User:
    for named in privacy.readers_of(incident):
        if named.person.pk == pk:
            return named.person
    raise Http404("There is nobody like that on the list.")


def _act(
    request: OrganizationRequest, incident: Incident, act: Callable[[], object], told: str
) -> HttpResponse:
    """Do it and go back to the card; who took themselves off the list goes to the incidents that are left."""
    try:
        act()
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _told(request, incident, str(error))
    messages.success(request, told)
    org = request.organization.slug
    current = Incident.objects.visible_to(request.user).filter(pk=incident.pk).exists()
    if not current:
        return redirect("incidents:list", org)
    return redirect(f"{reverse('incidents:detail', args=[org, incident.reference])}#who-sees-this")


def _refused(request: OrganizationRequest, incident: Incident, form: forms.Form) -> HttpResponse:
    return _told(request, incident, first_error(form))


def _told(request: OrganizationRequest, incident: Incident, error: str) -> HttpResponse:
    return render(request, "incidents/refused.html", {"incident": incident, "error": error}, status=422)
