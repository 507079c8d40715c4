"""Fetching evidence from the systems that are connected."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from governance import access
from governance.access import Permission
from governance.enums import ConnectionKind
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors
from incidents.forms import PullForm
from incidents.services import pulling
from incidents.views.chronology import frame


@require_http_methods(["GET", "POST"])
def pull(request: OrganizationRequest, org: str, ref: str, kind: str) -> HttpResponse:
    """Say what is to be fetched; a worker fetches it, and it is read like everything that arrives."""
    incident = selectors.incident_or_404(request.user, ref)
    access.require(request.user, Permission.ADD_EVIDENCE, incident)
    chosen = _kind(kind)
    form = PullForm(request.POST or None, kind=chosen, incident=incident)
    if request.method == "POST" and form.is_valid():
        try:
            pulling.ask_for(actor=request.user, incident=incident, kind=chosen, values=form.values)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{chosen.label} is asked. What it answers appears here.")
            return redirect("incidents:import", org, ref)
    context = {**frame(request, incident), "form": form, "kind": chosen}
    return render(request, "incidents/pull.html", context, status=422 if form.errors else 200)


def _kind(kind: str) -> ConnectionKind:
    try:
        chosen = ConnectionKind(kind)
    except ValueError as error:
        raise Http404("No such system.") from error
    if chosen not in pulling.PULLERS:
        raise Http404("Nothing is fetched from there.")
    return chosen
