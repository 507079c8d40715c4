"""What people do to a chronology as a whole: several entries at once, taking it back, and clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from governance.models import User
from incidents import selectors, services
from incidents.enums import CurationKind
from incidents.forms import BulkForm, ClockForm, first_error
from incidents.models import Curation, Incident
from incidents.services.clocks import declare_offset, withdraw_offset
from incidents.views.chronology import TOLD, draw_chronology, frame, here_of

PER_PAGE = 50
# After these the list has other rows than before, so that the page is drawn anew.
_REARRANGE = frozenset({CurationKind.SPLIT, CurationKind.CLOCK, CurationKind.CORRECT})


@require_POST
def bulk(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Do one thing with all entries that were chosen."""
    incident = _curated(request, ref)
    form = BulkForm(request.POST)
    form.is_valid()
    try:
        act = done_by(request, incident, lambda: _deed(request, incident, form)())
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _refused(request, incident, form, str(error))
    return _answer(request, incident, act, list(form.versions), main="bulk")


@require_GET
def history(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """What people did, newest first."""
    incident = selectors.incident_or_404(request.user, ref)
    return _history(request, incident)


@require_POST
def undo(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Take back what was done."""
    incident = _curated(request, ref)
    curation = selectors.curation_or_404(incident, pk)
    try:
        services.undo(actor=request.user, curation=curation)
    except AccessDenied:
        raise
    except AfterwordError as error:
        if is_fragment(request):
            return render(request, "incidents/_told.html", {"is_page": True, "error": str(error)}, status=422)
        return _history(request, incident, error=str(error), status=422)
    told = f"Undone: {curation.clause}."
    if is_fragment(request):
        return _undone(request, incident, curation, told)
    messages.success(request, told)
    return _back(request, incident, _numbers(curation))


@require_POST
def clock(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Declare by how much a source's clock ran ahead, or take such a declaration back."""
    incident = _curated(request, ref)
    withdrawn, form = request.POST.get("withdraw", ""), ClockForm(request.POST)
    if not withdrawn and not form.is_valid():
        return draw_chronology(request, incident, status=422, clock_error=first_error(form))
    try:
        if withdrawn:
            offset = selectors.offset_or_404(incident, withdrawn)
            withdraw_offset(actor=request.user, offset=offset)
        else:
            values = {**form.cleaned_data, "pairs": form.cleaned_data["pairs"] or []}
            offset = declare_offset(actor=request.user, incident=incident, **values)
    except AccessDenied:
        raise
    except AfterwordError as error:
        return draw_chronology(request, incident, status=422, clock_error=str(error))
    what = "The declaration is withdrawn" if withdrawn else "The clock is set right"
    messages.success(request, f"{what}: {offset.get_source_display()}. Its entries moved.")
    return redirect("incidents:detail", org, ref)


def done_by(request: OrganizationRequest, incident: Incident, act: Callable[[], object]) -> Curation | None:
    """Do it; what was remembered of it, so that it can be undone, or nothing when nothing changed."""
    before = selectors.newest_act(incident, request.user)
    act()
    newest = selectors.newest_act(incident, request.user)
    return newest if newest and (before is None or newest.pk > before.pk) else None


def tell(request: OrganizationRequest, act: Curation | None) -> None:
    """Let the next page of the chronology say what was done."""
    if act is not None:
        request.session[TOLD] = act.pk


def is_fragment(request: OrganizationRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def _curated(request: OrganizationRequest, ref: str) -> Incident:
    incident = selectors.incident_or_404(request.user, ref)
    access.require(request.user, Permission.CURATE_CHRONOLOGY, incident)
    return incident


def _deed(request: OrganizationRequest, incident: Incident, form: BulkForm) -> Callable[[], object]:
    """The service that does what the form says."""
    versions, values = form.versions, form.cleaned_data
    asked: dict[str, Any] = {"actor": request.user, "incident": incident, "versions": versions}
    several = {**asked, "numbers": list(versions)}
    deeds: dict[str, Callable[[], object]] = {
        "highlight": partial(services.highlight_entries, **several, on=True),
        "unhighlight": partial(services.highlight_entries, **several, on=False),
        "hide": partial(services.hide_entries, **several, reason=values.get("reason", "")),
        "show": partial(services.show_entries, **several),
        "merge": partial(services.merge_entries, **several),
        "split": partial(_split, **several),
        "tag": partial(services.tag_entries, **several, add=form.tag_words),
        "untag": partial(services.tag_entries, **several, remove=form.tag_words),
    }
    return deeds.get(values.get("act", ""), partial(services.highlight_entries, **asked, numbers=[], on=True))


@transaction.atomic
def _split(*, actor: User, incident: Incident, numbers: Iterable[int], versions: dict[int, int]) -> None:
    """All of them, or none."""
    for number in numbers:
        services.split_entry(actor=actor, incident=incident, number=number, versions=versions)


def _refused(request: OrganizationRequest, incident: Incident, form: BulkForm, why: str) -> HttpResponse:
    """The sentence beside what was chosen, which stays chosen."""
    if is_fragment(request):
        return render(request, "incidents/_bulk_answer.html", {"error": why}, status=422)
    typed = {name: form.data.get(name, "") for name in ("reason", "tags")}
    return draw_chronology(request, incident, status=422, error=why, picked=set(form.versions), typed=typed)


def _answer(
    request: OrganizationRequest, incident: Incident, act: Curation | None, numbers: list[int], *, main: str
) -> HttpResponse:
    if not is_fragment(request):
        tell(request, act)
        return _back(request, incident, numbers)
    if act and act.kind in _REARRANGE:
        tell(request, act)
        return _anew(request, incident, numbers, act.pk)
    return _rows(request, incident, numbers, main=main, act=act)


def _undone(request: OrganizationRequest, incident: Incident, curation: Curation, told: str) -> HttpResponse:
    numbers = _numbers(curation)
    if curation.kind in _REARRANGE | {CurationKind.MERGE}:
        messages.success(request, told)
        return _anew(request, incident, numbers, curation.pk)
    return _rows(request, incident, numbers, main="told", undone=told)


def _rows(request: OrganizationRequest, incident: Incident, numbers: list[int], **told: Any) -> HttpResponse:
    """The entries as they are now, each in the place of its row; those that stand inside another leave the list."""
    gone = selectors.folded_numbers(incident, numbers)
    rows = selectors.rows_of(incident, set(numbers) - gone)
    context = {
        **frame(request, incident), "rows": rows, "gone": gone, "beside": True, "here": here_of(request), **told
    }  # fmt: skip
    return render(request, "incidents/_changed.html", context)


def _anew(request: OrganizationRequest, incident: Incident, numbers: list[int], pk: int) -> HttpResponse:
    """Let the browser draw the page again, at the first of the entries."""
    base = reverse("incidents:detail", args=[request.organization.slug, incident.reference])
    answer = HttpResponse(status=200)
    answer["HX-Redirect"] = f"{base}?at=E{min(numbers)}&did={pk}#e{min(numbers)}" if numbers else base
    return answer


def _back(request: OrganizationRequest, incident: Incident, numbers: Iterable[int]) -> HttpResponse:
    base = reverse("incidents:detail", args=[request.organization.slug, incident.reference])
    first = min(numbers, default=0)
    return redirect(f"{base}{here_of(request)}{f'#e{first}' if first else ''}")


def _numbers(curation: Curation) -> list[int]:
    """The entries that an act changed, and the one that a milestone came to or left."""
    entries = [int(number) for number in curation.after.get("entries", {})]
    moved = [
        number
        for state in (curation.before, curation.after)
        for number in state.get("milestones", {}).values()
        if number
    ]
    return sorted({*entries, *moved})


def _history(
    request: OrganizationRequest, incident: Incident, *, error: str = "", status: int = 200
) -> HttpResponse:
    page = Paginator(selectors.acts_of(incident), PER_PAGE).get_page(request.GET.get("page"))
    context = {**frame(request, incident), "page": page, "error": error}
    return render(request, "incidents/history.html", context, status=status)
