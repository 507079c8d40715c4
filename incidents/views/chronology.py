"""The chronology: its page, its next rows, and a person's own statement."""

from __future__ import annotations

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
from incidents import selectors, services, way
from incidents.chronology import contradictions
from incidents.forms import PersonForm, StatementForm
from incidents.models import Incident

STAR = "M12 2.5 14.9 8.6 21.5 9.5 16.7 14.1 17.9 20.8 12 17.6 6.1 20.8 7.3 14.1 2.5 9.5 9.1 8.6z"
SHOWS = ("all", "highlights", "hidden")


@require_GET
def detail(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """The incident's chronology."""
    incident = selectors.incident_or_404(request.user, ref)
    times = selectors.milestone_times(incident)
    milestones = selectors.milestone_rows(incident)
    points = selectors.lane_points(incident)
    context = {
        **frame(request, incident),
        **_rows(request, incident, times),
        "counts": selectors.counts(incident),
        "drawing": selectors.draw_lanes(incident, points, times),
        "table": selectors.lane_table(points),
        "milestones": milestones,
        "contradictions": contradictions(times),
        "commander": selectors.commander_of(incident),
        "sources": [*selectors.SOURCE_NAMES.items(), (selectors.STATEMENTS, "Statements")],
        "may_appoint": access.can(request.user, Permission.APPOINT_COMMANDER, incident),
        "may_draft": access.can(request.user, Permission.EDIT_REVIEW, incident),
    }
    if context["may_appoint"]:
        context["commander_form"] = PersonForm(organization=request.organization)
    return render(request, "incidents/detail.html", context)


@require_GET
def entries(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """The next rows, for a page that is scrolled."""
    incident = selectors.incident_or_404(request.user, ref)
    context = {**frame(request, incident), **_rows(request, incident, selectors.milestone_times(incident))}
    return render(request, "incidents/_rows.html", context)


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
    }


def _rows(request: OrganizationRequest, incident: Incident, times: Any) -> dict[str, Any]:
    chosen = _chosen(request.GET)
    page = selectors.chronology_page(
        incident,
        highlights_only=chosen["show"] == "highlights",
        hidden=chosen["show"] == "hidden",
        q=chosen["q"],
        source=chosen["source"],
        after=_number(request.GET.get("after")),
        times=times,
    )
    here = f"?{request.GET.urlencode()}"
    query = urlencode({name: value for name, value in chosen.items() if value and value != "all"})
    return {
        "page": page,
        "rows": page.rows,
        "chosen": chosen,
        "is_filtered": bool(query),
        "more": f"?{query}&after={page.after}" if query else f"?after={page.after}",
        "here": here,
        "here_param": f"?{urlencode({'here': here})}",
    }


def _chosen(asked: QueryDict) -> dict[str, str]:
    show = asked.get("show", "all")
    return {
        "q": asked.get("q", "").replace("\x00", "")[:200],
        "source": asked.get("source", "")[:20],
        "show": show if show in SHOWS else "all",
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
