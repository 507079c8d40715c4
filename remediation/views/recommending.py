"""Recommended actions: what is recommended in a review, what people say of it, and how the rules fare."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.middleware import OrganizationRequest
from incidents import way
from remediation import services
from remediation.enums import Verdict
from remediation.forms import VerdictForm
from remediation.selectors.feedback import LEAST_VERDICTS, notes_for, tallies
from remediation.selectors.recommending import advice_for, too_unsure
from remediation.views.objects import review_or_404
from reviews.enums import CLOSED_STATES
from reviews.models import Review


@require_GET
def recommended(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """What is recommended: a panel for the review's page, or a page of its own."""
    return _shown(request, review_or_404(request, ref))


@require_POST
def judge(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Keep what the person says of one recommendation."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.PLAN_ACTION_ITEM, review)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _shown(request, review, form=form, judged=key)
    said = form.cleaned_data
    verdict = Verdict(said["verdict"]) if said["verdict"] in Verdict.values else None
    services.judge_recommendation(
        actor=request.user, review=review, key=key, verdict=verdict, note=said["note"]
    )
    if request.htmx:  # type: ignore[attr-defined]
        return _shown(request, review)
    return redirect(reverse("remediation:recommended", args=[org, ref]))


@require_GET
def fares(request: OrganizationRequest, org: str) -> HttpResponse:
    """How often each rule was taken, useful and wrong, and what people said of it."""
    access.require(request.user, Permission.MANAGE_POLICY, request.organization)
    context = {"tallies": tallies(), "notes": notes_for(request.user), "least": LEAST_VERDICTS}
    return render(request, "remediation/recommendations.html", context)


def _shown(
    request: OrganizationRequest, review: Review, form: VerdictForm | None = None, judged: str = ""
) -> HttpResponse:
    """The panel, or the page around it; a form that did not go through stays in its place."""
    context: dict[str, Any] = {
        "review": review,
        "incident": review.incident,
        "advice": [] if review.state in CLOSED_STATES else advice_for(review, request.user),
        "is_closed": review.state in CLOSED_STATES,
        "unsure": too_unsure(review),
        "may_plan": access.can(request.user, Permission.PLAN_ACTION_ITEM, review),
        "form": form,
        "judged": judged,
    }
    status = 422 if form is not None else 200
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "remediation/_recommended.html", context, status=status)
    context["steps"] = way.steps(review.incident, request.organization.slug)
    return render(request, "remediation/recommended.html", context, status=status)
