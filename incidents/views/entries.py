"""One entry: its original, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors, services
from incidents.forms import AttachmentForm, CorrectionForm, HideForm, MilestoneForm, first_error
from incidents.models import Entry
from incidents.views.chronology import frame, here_of
from incidents.views.curating import done_by, is_fragment, tell


@require_GET
def entry(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """The entry with its original, its history and its forms."""
    return draw_entry(request, _entry(request, ref, number))


@require_POST
def highlight(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Take the entry into the postmortem's chronology, or out of it (``on`` is 1 or 0)."""
    found = _curated(request, ref, number)
    on = request.POST.get("on") == "1"
    return _act(request, found, partial(services.highlight_entry, actor=request.user, entry=found, on=on))


@require_POST
def hide(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Hide the entry with a reason."""
    found = _curated(request, ref, number)
    form = HideForm(request.POST, auto_id=_ids("hide", number))
    if not form.is_valid():
        return draw_entry(request, found, hide_form=form, status=422)
    version = form.cleaned_data["version"]
    act = partial(
        services.hide_entries,
        actor=request.user,
        incident=found.incident,
        numbers=[number],
        reason=form.cleaned_data["reason"],
        versions={number: version} if version else None,
    )
    return _act(request, found, act, hide_form=form)


@require_POST
def show(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Show a hidden entry again."""
    found = _curated(request, ref, number)
    return _act(request, found, partial(services.show_entry, actor=request.user, entry=found))


@require_POST
def correct(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Correct time or text with a reason."""
    found = _curated(request, ref, number)
    form = CorrectionForm(request.POST, auto_id=_ids("correct", number))
    if not form.is_valid():
        return draw_entry(request, found, correction_form=form, status=422)
    act = partial(services.correct_entry, actor=request.user, entry=found, **form.cleaned_data)
    return _act(request, found, act, correction_form=form)


@require_POST
def milestone(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Let a milestone rest on the entry, or clear it."""
    found = _curated(request, ref, number)
    form = MilestoneForm(request.POST)
    if not form.is_valid():
        return draw_entry(request, found, error=first_error(form), status=422)
    values = {"actor": request.user, "incident": found.incident, "kind": form.cleaned_data["kind"]}
    act: Callable[[], object] = partial(services.set_milestone, **values, entry=found)
    if form.cleaned_data["clear"]:
        act = partial(services.clear_milestone, **values)
    return _act(request, found, act)


def _entry(request: OrganizationRequest, ref: str, number: int) -> Entry:
    return selectors.entry_or_404(selectors.incident_or_404(request.user, ref), number)


def _curated(request: OrganizationRequest, ref: str, number: int) -> Entry:
    found = _entry(request, ref, number)
    access.require(request.user, Permission.CURATE_CHRONOLOGY, found)
    return found


def _act(request: OrganizationRequest, found: Entry, act: Callable[[], object], **forms: Any) -> HttpResponse:
    """Do it; then the row alone for htmx, or back to where the person was."""
    try:
        done = done_by(request, found.incident, act)
    except AccessDenied:
        raise
    except AfterwordError as error:
        current = selectors.entry_or_404(found.incident, found.number)
        told = {"error": str(error), "said_now": _said_now(request, current)}
        for form in forms.values():
            _renew(form, current)
        return draw_entry(request, current, status=422, **told, **forms)
    if is_fragment(request):
        rows = selectors.rows_of(found.incident, [found.number])
        context = {**frame(request, found.incident), "rows": rows, "act": done, "here": here_of(request)}
        return render(request, "incidents/_changed.html", context)
    tell(request, done)
    return _back(request, found)


def _said_now(request: OrganizationRequest, current: Entry) -> str:
    """What an entry says now, for a person who saw an earlier version of it."""
    seen = request.POST.get("version", "")
    if not seen or seen == str(current.version):
        return ""
    hidden = f" It is hidden: {current.hidden_reason}" if current.hidden else ""
    return f"{current.at:%Y-%m-%d %H:%M:%S} UTC, {current.text}{hidden}"


def _renew(form: Any, current: Entry) -> None:
    """Keep what was typed, and take the version that the person sees now as the one that they decide on."""
    form.data = {**form.data.dict(), "version": str(current.version)}


def _back(request: OrganizationRequest, found: Entry) -> HttpResponseRedirect:
    """To the chronology as it was filtered, at the entry; ``here`` may only be a query of that page."""
    here = here_of(request)
    org, ref = request.organization.slug, found.incident.reference
    if here:
        return redirect(f"{reverse('incidents:detail', args=[org, ref])}{here}#e{found.number}")
    return redirect("incidents:entry", org, ref, found.number)


def _ids(form: str, number: int) -> str:
    """Ids of a form's fields that stay apart when several entries stand open on one page."""
    return f"{form}-{number}-%s"


def draw_entry(
    request: OrganizationRequest, found: Entry, *, status: int = 200, **given: Any
) -> HttpResponse:
    """The entry's page, or its folded details for htmx; ``given`` is what a refused change adds to it."""
    incident, number, seen = found.incident, found.number, {"version": found.version}
    context = {
        **frame(request, incident),
        **selectors.beside_of(found),
        "entry": found,
        "rows": selectors.rows_of(incident, [number]),
        "here": here_of(request),
        "corrections": selectors.corrections_of(found),
        "milestones": selectors.milestone_rows(incident),
        "may_read_raw": access.can(request.user, Permission.READ_RAW_EVIDENCE, incident),
        "hide_form": HideForm(initial=seen, auto_id=_ids("hide", number)),
        "correction_form": CorrectionForm(
            initial={"at": found.at, "text": found.text, **seen}, auto_id=_ids("correct", number)
        ),
        "attachment_form": AttachmentForm(auto_id=_ids("attach", number)),
        **given,
    }
    template = "incidents/_rows.html" if is_fragment(request) else "incidents/entry.html"
    return render(request, template, context, status=status)
