"""Searching what is published, and incidents like one at hand."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from governance.middleware import OrganizationRequest
from incidents import way
from incidents.selectors import incident_or_404
from reviews.errors import SearchTooWide
from reviews.search_form import SearchForm
from reviews.selectors import searching
from reviews.selectors.searching import Results
from reviews.selectors.similar import similar_to


@require_GET
def search(request: OrganizationRequest, org: str) -> HttpResponse:
    """The page of results, also without any words."""
    form = SearchForm(request.GET, user=request.user)
    results, told = _results(request, form)
    context = {"form": form, "results": results, "told": told, "most": searching.MOST_RANKED}
    return render(request, "reviews/search.html", context, status=422 if told else 200)


@require_GET
def similar(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Incidents like this one: a card for the pages of the incident and its review, or a page of its own."""
    incident = incident_or_404(request.user, ref)
    context = {"incident": incident, "matches": similar_to(incident, request.user)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reviews/_similar_found.html", context)
    steps = way.steps(incident, request.organization.slug)
    return render(request, "reviews/similar.html", {**context, "steps": steps})


def _results(request: OrganizationRequest, form: SearchForm) -> tuple[Results, str]:
    """What was found, and why nothing could be looked for."""
    if not form.is_valid():
        return Results(), " ".join(str(error) for errors in form.errors.values() for error in errors)
    if not form.asked.words:
        return Results(), ""
    try:
        return searching.search(request.user, form.asked, _number(request.GET.get("page", ""))), ""
    except SearchTooWide as error:
        return Results(), str(error)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
