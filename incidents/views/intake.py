"""The intake: what arrived, what waits for a person, and what people do about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors
from incidents.enums import ArrivalStatus
from incidents.forms import COMMON_ZONES, AttachForm, DeclarationForm, DismissForm, first_error
from incidents.models import Arrival
from incidents.models.intake import IN_WORK, OPEN_STATUSES
from incidents.services import arrivals, handling, raw_reading
from incidents.views.evidence import as_attachment

PER_PAGE = 50


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    """What arrived, by what it waits for."""
    view = request.GET.get("view", "waiting")
    view = view if view in selectors.intake.VIEWS else "waiting"
    page = Paginator(selectors.intake.arrivals_of(request.user, view), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "view": view,
        "counts": selectors.intake.arrival_counts(request.user),
        "may_manage": access.can(request.user, Permission.MANAGE_INTAKE, request.organization),
    }
    return render(request, "incidents/intake.html", context)


@require_GET
def arrival(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """One arrival: how it stands, what it holds without secrets, and what can be done about it."""
    return _draw(request, selectors.intake.arrival_or_404(request.user, pk))


@require_GET
def progress(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """How far the reading is, for a page that waits."""
    found = selectors.intake.arrival_or_404(request.user, pk)
    answer = render(request, "incidents/_arrival_status.html", _context(request, found))
    if found.status not in IN_WORK:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def replay(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Read it again, with what was declared."""
    found = _writable(request, pk)
    form = DeclarationForm(request.POST)
    if not form.is_valid():
        return _draw(request, found, declaration_form=form, status=422)
    act = partial(handling.replay, actor=request.user, arrival=found, declared=form.declared)
    return _act(request, found, act, declaration_form=form)


@require_POST
def attach(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Say to which incident it belongs."""
    found = _writable(request, pk)
    form = AttachForm(request.POST, user=request.user)
    if not form.is_valid():
        return _draw(request, found, attach_form=form, status=422)
    incident = form.cleaned_data["incident"]
    return _act(
        request, found, partial(handling.attach, actor=request.user, arrival=found, incident=incident)
    )


@require_POST
def dismiss(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Say that nobody needs it, and why."""
    found = _writable(request, pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _draw(request, found, error=first_error(form), status=422)
    reason = form.cleaned_data["reason"]
    return _act(request, found, partial(handling.dismiss, actor=request.user, arrival=found, reason=reason))


@require_POST
def cancel(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """Stop the reading."""
    found = _writable(request, pk)
    return _act(request, found, partial(handling.cancel, actor=request.user, arrival=found))


@require_GET
def raw(request: OrganizationRequest, org: str, pk: int) -> FileResponse:
    """The bytes as they came, for those who may read them; each reading is audited."""
    found = selectors.intake.arrival_or_404(request.user, pk)
    raw_reading.read_arrival(actor=request.user, arrival=found)
    return as_attachment(selectors.intake.raw_bytes(found), found.filename)


def _writable(request: OrganizationRequest, pk: int) -> Arrival:
    found = selectors.intake.arrival_or_404(request.user, pk)
    access.require(request.user, Permission.ADD_EVIDENCE, found)
    return found


def _act(
    request: OrganizationRequest, found: Arrival, act: Callable[[], Arrival], **forms: Any
) -> HttpResponse:
    """Do it, read what now can be read at once, and show how it stands."""
    try:
        act()
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _draw(request, found, error=str(error), status=422, **forms)
    if found.size <= arrivals.READ_AT_ONCE:
        arrivals.take_in(found.pk)
    current = selectors.intake.arrival_or_404(request.user, found.pk)
    told = messages.success if current.status not in OPEN_STATUSES else messages.warning
    told(request, f"{current.get_status_display()}. {current.reason}".strip())
    return redirect("incidents:arrival", request.organization.slug, found.pk)


def _context(request: OrganizationRequest, found: Arrival) -> dict[str, Any]:
    share = min(99, found.done * 100 // found.size) if found.size else 0
    return {
        "arrival": found,
        "evidence": found.evidence.select_related("incident"),
        "in_work": found.status in IN_WORK,
        "waits": found.status in OPEN_STATUSES,
        "can_be_dismissed": found.status in (*OPEN_STATUSES, ArrivalStatus.KEPT),
        "share": share,
        "may_add": access.can(request.user, Permission.ADD_EVIDENCE, request.organization),
    }


def _draw(request: OrganizationRequest, found: Arrival, *, status: int = 200, **given: Any) -> HttpResponse:
    context = {
        **_context(request, found),
        "payload": selectors.intake.masked_payload(found),
        "may_read_raw": access.can(request.user, Permission.READ_RAW_EVIDENCE, found.incident or found),
        "declaration_form": DeclarationForm(initial=found.declared),
        "attach_form": AttachForm(user=request.user, initial={"incident": found.incident_id}),
        "dismiss_form": DismissForm(),
        "zones": COMMON_ZONES,
        **given,
    }
    return render(request, "incidents/arrival.html", context, status=status)
