"""The checklist of a review: all of it on a page, and a person's word for what only a person can tell."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.checks import CONFIRMABLE
from reviews.decision_forms import NoteForm
from reviews.enums import CheckCode
from reviews.models import Review
from reviews.views.objects import page_context, review_or_404


@require_GET
def checks(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """All points, with what each of them found."""
    review = review_or_404(request, ref)
    return render(request, "reviews/checks.html", page_context(request, review))


@require_POST
def confirm(request: OrganizationRequest, org: str, ref: str, code: str) -> HttpResponse:
    """The person looked, and says that a point holds."""
    review, point = _named(request, ref, code)
    form = NoteForm(request.POST)
    if not form.is_valid():
        told = " ".join(str(error) for error in form.errors["note"])
        return _answer(request, review, told, refused=True)
    try:
        services.confirm_point(actor=request.user, review=review, code=point, note=form.cleaned_data["note"])
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _answer(request, review, str(error), refused=True)
    return _answer(request, review, "Confirmed, with your name.")


@require_POST
def take_back(request: OrganizationRequest, org: str, ref: str, code: str) -> HttpResponse:
    """Open a point again."""
    review, point = _named(request, ref, code)
    try:
        services.take_back_confirmation(actor=request.user, review=review, code=point)
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _answer(request, review, str(error), refused=True)
    return _answer(request, review, "The point is open again.")


def _named(request: OrganizationRequest, ref: str, code: str) -> tuple[Review, CheckCode]:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review.incident)
    if code not in CONFIRMABLE:
        raise Http404
    return review, CheckCode(code)


def _answer(
    request: OrganizationRequest, review: Review, told: str, *, refused: bool = False
) -> HttpResponse:
    """The part of the page that was changed, or the page that the person came from."""
    whole = request.POST.get("whole") == "1"
    if request.htmx:  # type: ignore[attr-defined]
        context = {**page_context(request, review), "answer": told, "is_refused": refused}
        template = "reviews/_checklist.html" if whole else "reviews/_checks_told.html"
        return render(request, template, context, status=422 if refused else 200)
    (messages.error if refused else messages.success)(request, told)
    route, anchor = ("reviews:checks", "") if whole else ("reviews:detail", "#checks")
    return redirect(reverse(route, args=[request.organization.slug, review.incident.reference]) + anchor)
