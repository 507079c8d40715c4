"""The chronology: its page, its further rows, and a person's own statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents import selectors, services, way, zooming
from incidents.chronology import contradictions
from incidents.enums import Lane, MilestoneKind
from incidents.forms import FilterForm, PersonForm, StatementForm
from incidents.models import Incident
from incidents.services import acceptance
from incidents.views import privacy

STAR = "M12 2.5 14.9 8.6 21.5 9.5 16.7 14.1 17.9 20.8 12 17.6 6.1 20.8 7.3 14.1 2.5 9.5 9.1 8.6z"
TOLD = "afterword.told"
FILTERS = ("q", "source", "service", "kind", "from", "to", "show")
Times = Mapping[MilestoneKind, datetime]


@require_GET
def detail(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """The incident's chronology."""
    incident = selectors.incident_or_404(request.user, ref)
    return draw_chronology(
        request, incident, act=selectors.told_act(incident, request.session.pop(TOLD, None))
    )


@require_GET
def entries(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Further rows, for a page that is scrolled."""
    incident = selectors.incident_or_404(request.user, ref)
    form = FilterForm(request.GET)
    rows = _rows(request, incident, form, selectors.milestone_times(incident))
    joins = "before" if request.GET.get("before") else "after"
    return render(request, "incidents/_rows.html", {**frame(request, incident), **rows, "joins": joins})


@require_http_methods(["GET", "POST"])
def statement(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Add what one knows oneself."""
    incident = selectors.incident_or_404(request.user, ref)
    access.require(request.user, Permission.CURATE_CHRONOLOGY, incident)
    form = StatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entry = services.add_statement(actor=request.user, incident=incident, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            return redirect("incidents:entry", org, ref, entry.number)
    context = {**frame(request, incident), "form": form}
    return render(request, "incidents/statement.html", context, status=422 if form.errors else 200)


def frame(request: OrganizationRequest, incident: Incident) -> dict[str, Any]:
    """What every page of one incident shows around its content."""
    org = request.organization.slug
    return {
        "incident": incident,
        "steps": way.steps(incident, org),
        "base": reverse("incidents:detail", args=[org, incident.reference]),
        "star": STAR,
        "may_curate": access.can(request.user, Permission.CURATE_CHRONOLOGY, incident),
        "may_add": access.can(request.user, Permission.ADD_EVIDENCE, incident),
        "may_connect": access.can(request.user, Permission.MANAGE_CONNECTIONS, request.organization),
    }


def draw_chronology(
    request: OrganizationRequest, incident: Incident, *, status: int = 200, **given: Any
) -> HttpResponse:
    """The whole screen; ``given`` is what a refused change adds to it: the sentence, the choice, what was typed."""
    asked = request.GET if request.method == "GET" else _asked(request)
    form = FilterForm(asked)
    times = selectors.milestone_times(incident)
    context = {
        **frame(request, incident),
        **_rows(request, incident, form, times),
        **_lanes(incident, form, times),
        **_people(request, incident),
        **privacy.card(request, incident),
        "counts": selectors.counts(incident),
        "milestones": selectors.milestone_rows(incident),
        "contradictions": contradictions(times),
        "choices": selectors.choices_of(incident),
        "insights": selectors.insights_of(incident),
        "offsets": selectors.offsets_of(incident),
        "unseen": selectors.unseen(incident),
        "kinds": Lane.choices,
        "missing": acceptance.missing(incident) if incident.accepted_at is None else [],
        **given,
    }
    return render(request, "incidents/detail.html", context, status=status)


def query_of(asked: Mapping[str, str], **other: str) -> str:
    """The filter as a query with some of it changed, ``?`` before it; what is empty or usual is left out."""
    values = {name: asked.get(name, "") for name in FILTERS} | other
    kept = {name: value for name, value in values.items() if value and (name, value) != ("show", "all")}
    return f"?{urlencode(kept)}"


def here_of(request: OrganizationRequest) -> str:
    """The query of the page that a person came from; never an address of another one."""
    here = request.POST.get("here") or request.GET.get("here", "")
    return here if here.startswith("?") else ""


def _asked(request: OrganizationRequest) -> QueryDict:
    return QueryDict(here_of(request).removeprefix("?"))


def _rows(request: OrganizationRequest, incident: Incident, form: FilterForm, times: Times) -> dict[str, Any]:
    view, asked = form.view, form.data
    page = selectors.chronology_page(
        incident,
        view,
        after=_number(asked.get("after")),
        before=_number(asked.get("before")),
        at=_number(asked.get("at", "").upper().removeprefix("E")),
        times=times,
    )
    query = query_of(asked)
    here = f"?{urlencode(asked)}" if asked else "?"
    joint = "&" if len(query) > 1 else ""
    return {
        "page": page,
        "rows": page.rows,
        "chosen": {**{name: asked.get(name, "") for name in FILTERS}, "show": view.show},
        "view": view,
        "told": form.told,
        "is_filtered": len(query) > 1,
        "query": query,
        "more": f"{query}{joint}after={page.after}",
        "earlier": f"{query}{joint}before={page.before}",
        "tagged": f"{query_of(asked, q='')}{'&' if len(query_of(asked, q='')) > 1 else ''}q=",
        "looked_at": _number(asked.get("at", "").upper().removeprefix("E")),
        "here": here,
        "here_param": f"?{urlencode({'here': here})}",
        "most_counted": selectors.MOST_COUNTED,
    }


def _lanes(incident: Incident, form: FilterForm, times: Times) -> dict[str, Any]:
    whole = selectors.span_of(incident, times)
    if whole is None:
        return {}
    window = zooming.window(whole, form.view.start, form.view.end)
    points = selectors.lane_points(incident, window)
    return {
        "drawing": selectors.draw_lanes(
            incident, points, times, window, selectors.series_of(incident, window)
        ),
        "table": selectors.lane_table(points),
        "phases": zooming.legend(times),
        "zooms": [
            zoom._replace(query=query_of(form.data, **zoom.asked))
            for zoom in zooming.zooms(whole, window, times)
        ],
    }


def _people(request: OrganizationRequest, incident: Incident) -> dict[str, Any]:
    may_appoint = access.can(request.user, Permission.APPOINT_COMMANDER, incident)
    return {
        "commander": selectors.commander_of(incident),
        "may_appoint": may_appoint,
        "may_draft": access.can(request.user, Permission.EDIT_REVIEW, incident),
        "commander_form": PersonForm(organization=request.organization) if may_appoint else None,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
