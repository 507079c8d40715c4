"""Settings: connections to outside systems."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access, services
from governance.access import Permission
from governance.connections import KINDS
from governance.enums import ConnectionKind
from governance.errors import AccessDenied, AfterwordError, OutsideError
from governance.forms import ConnectionForm
from governance.middleware import OrganizationRequest
from governance.models import Connection


@require_GET
def overview(request: OrganizationRequest, org: str) -> HttpResponse:
    """What there is to set, for everybody who belongs here."""
    return render(request, "governance/settings.html", _rights(request))


@require_GET
def connections(request: OrganizationRequest, org: str) -> HttpResponse:
    stored = {row.kind: row for row in Connection.objects.visible_to(request.user)}
    rows = [(kind, KINDS[kind].purpose, stored.get(kind)) for kind in KINDS]
    return render(request, "governance/connections.html", {"rows": rows, **_rights(request)})


@require_http_methods(["GET", "POST"])
def connection(request: OrganizationRequest, org: str, kind: str) -> HttpResponse:
    access.require(request.user, Permission.MANAGE_CONNECTIONS, request.organization)
    chosen = _kind(kind)
    stored = Connection.objects.visible_to(request.user).filter(kind=chosen).first()
    form = ConnectionForm(request.POST or None, kind=chosen, connection=stored)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_connection(
                actor=request.user,
                organization=request.organization,
                kind=chosen,
                base_url=form.cleaned_data["base_url"],
                options=form.options,
                secret=form.cleaned_data["secret"],
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{chosen.label} is saved. Test it before you rely on it.")
            return redirect("governance:connections", org)
    context = {"form": form, "kind": chosen, "stored": stored}
    return render(request, "governance/connection.html", context, status=422 if form.errors else 200)


@require_POST
def test(request: OrganizationRequest, org: str, kind: str) -> HttpResponse:
    """Ask the outside system now; what it says is shown on the list."""
    stored = _stored(request, kind)
    try:
        sentence = services.test_connection(actor=request.user, connection=stored)
    except OutsideError as error:
        messages.error(request, f"{stored.get_kind_display()}: {error}")
    else:
        messages.success(request, f"{stored.get_kind_display()}: {sentence}")
    return redirect("governance:connections", org)


@require_POST
def remove(request: OrganizationRequest, org: str, kind: str) -> HttpResponse:
    services.remove_connection(actor=request.user, connection=_stored(request, kind))
    messages.success(request, f"{_kind(kind).label} is no longer connected.")
    return redirect("governance:connections", org)


def _kind(kind: str) -> ConnectionKind:
    try:
        return ConnectionKind(kind)
    except ValueError as error:
        raise Http404("No such kind of connection.") from error


def _stored(request: OrganizationRequest, kind: str) -> Connection:
    access.require(request.user, Permission.MANAGE_CONNECTIONS, request.organization)
    found: Connection = get_object_or_404(Connection.objects.visible_to(request.user), kind=_kind(kind))
    return found


def _rights(request: OrganizationRequest) -> dict[str, bool]:
    return {
        "may_connect": access.can(request.user, Permission.MANAGE_CONNECTIONS, request.organization),
        "may_manage": access.can(request.user, Permission.MANAGE_PEOPLE, request.organization),
    }
