"""Risks: stated, changed, accepted, looked at again, closed. The page of one risk lives on after the publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from governance.models import User
from reviews import services
from reviews.models import Review, Risk
from reviews.risk_forms import AcceptForm, AgainForm, CloseForm, RiskForm
from reviews.selectors.risks import is_watched, read
from reviews.services.risks import may_watch, require_watcher
from reviews.views.objects import Position, page_context, require_open, review_or_404


@require_http_methods(["GET", "POST"])
def risk_new(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """State a risk."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    require_open(request, review)
    form = RiskForm(request.POST or None, review=review)
    if request.method == "POST" and _done(form, services.save_risk, actor=request.user, review=review):
        return _back(request, review, "The risk is stated.")
    context = {**page_context(request, review), "form": form}
    return render(request, "reviews/risk_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def risk(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Show a risk to everybody; let writers change it while the text is open."""
    review, row = _risk(request, ref, number)
    if request.method == "GET":
        return _page(request, review, row)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    form = RiskForm(request.POST, review=review)
    if _done(form, services.save_risk, actor=request.user, review=review, risk=row):
        return _back(request, review, f"{row.label} is saved.")
    return _page(request, review, row, form=form)


@require_POST
def risk_accept(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Accept a risk with a reason, or take that back."""
    review, row = _risk(request, ref, number)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    form = AcceptForm(request.POST)
    if _done(form, services.accept_risk, actor=request.user, risk=row):
        said = "accepted. It stays watched." if form.cleaned_data["because"] else "no longer accepted."
        return _back(request, review, f"{row.label} is {said}")
    return _page(request, review, row, accept=form)


@require_POST
def risk_again(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Keep watching a risk until another day."""
    review, row = _risk(request, ref, number)
    require_watcher(request.user, row)
    form = AgainForm(request.POST)
    if _done(form, services.look_again, actor=request.user, risk=row):
        day = form.cleaned_data["on"]
        return _back(request, review, f"{row.label} is looked at again on {day.day} {day:%b %Y}.")
    return _page(request, review, row, again=form)


@require_POST
def risk_close(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    """Close a risk with a reason."""
    review, row = _risk(request, ref, number)
    require_watcher(request.user, row)
    form = CloseForm(request.POST)
    if _done(form, services.close_risk, actor=request.user, risk=row):
        return _back(request, review, f"{row.label} is closed.")
    return _page(request, review, row, close=form)


def _risk(request: OrganizationRequest, ref: str, number: int) -> tuple[Review, Risk]:
    review = review_or_404(request, ref)
    rows = Risk.objects.filter(review=review).select_related(
        "owner", "author", "factor", "closed_by", "review"
    )
    return review, get_object_or_404(rows, number=number)


def _done(form: forms.Form, service: Callable[..., Any], **known: Any) -> bool:
    """Whether the service took what was typed; a refusal stands in the form, with all of it."""
    if not form.is_valid():
        return False
    try:
        service(**known, **form.cleaned_data)
    except AccessDenied:
        raise
    except AfterwordError as error:
        form.add_error(None, str(error))
        return False
    return True


def _back(request: OrganizationRequest, review: Review, told: str) -> HttpResponse:
    messages.success(request, told)
    parts = [request.organization.slug, review.incident.reference]
    return redirect(f"{reverse('reviews:detail', args=parts)}#risks")


def _page(request: OrganizationRequest, review: Review, row: Risk, **sent: forms.Form) -> HttpResponse:
    """The page of a risk, with the forms that the person may use; one that was refused comes back as it was sent."""
    context = page_context(request, review)
    position: Position = context["position"]
    words, numbers = read(row.statement)
    offered = {**_offered(row, request.user, may_edit=position.may_edit), **sent}
    status = 422 if any(form.errors for form in sent.values()) else 200
    about = {"risk": row, "words": words, "numbers": numbers}
    return render(request, "reviews/risk.html", {**context, **about, **offered}, status=status)


def _offered(row: Risk, person: User, *, may_edit: bool) -> dict[str, forms.Form]:
    """The forms by which the person may change what the risk is, and how it stands."""
    if row.closed_at is not None or not is_watched(row.review):
        return {}
    held = {"version": row.version}
    found: dict[str, forms.Form] = {}
    if may_edit:
        found["form"] = RiskForm.of(row)
        found["accept"] = AcceptForm(initial={**held, "because": row.accepted_because})
    if may_watch(person, row):
        found["close"] = CloseForm(initial=held)
        if row.review_on or not may_edit:
            found["again"] = AgainForm(initial=held)
    return found
