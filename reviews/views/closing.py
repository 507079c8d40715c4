"""After a publication, or instead of one: opening again, replacing, withdrawing. Each asks for a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.decision_forms import ClosingForm, ReplacementForm
from reviews.models import Review
from reviews.views.objects import page_context, review_or_404
from reviews.workflow import TRANSITIONS


@require_http_methods(["GET", "POST"])
def revise(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Open a published review again, for its next edition."""
    review = review_or_404(request, ref)
    form = ClosingForm(request.POST or None, label="Why is it opened again?")
    return _decide(
        request, review, "revise", form, services.revise_review, "The next edition can be written."
    )


@require_http_methods(["GET", "POST"])
def supersede(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Close a review in favor of another one."""
    review = review_or_404(request, ref)
    others = Review.objects.visible_to(request.user).exclude(pk=review.pk)
    form = ReplacementForm(
        request.POST or None, label="Why does the other one take its place?", others=others
    )
    return _decide(request, review, "supersede", form, services.supersede_review, "The review is replaced.")


@require_http_methods(["GET", "POST"])
def withdraw(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Take a review back for good."""
    review = review_or_404(request, ref)
    form = ClosingForm(request.POST or None, label="Why is it withdrawn?")
    return _decide(request, review, "withdraw", form, services.withdraw_review, "The review is withdrawn.")


_CONSEQUENCES = {
    "revise": (
        "The text and its chronology can be written again. What is published stays in force until the next edition is "
        "published. The next edition prints this reason, and is signed anew."
    ),
    "supersede": (
        "The review is closed for good. What it published stays readable, and says which review took its place."
    ),
    "withdraw": (
        "The review is closed for good, and no other can be drafted for this incident. What it published stays "
        "readable, marked with this reason."
    ),
}


def _decide(
    request: OrganizationRequest,
    review: Review,
    name: str,
    form: ClosingForm,
    service: Callable[..., Review],
    done: str,
) -> HttpResponse:
    context = page_context(request, review)
    transition = TRANSITIONS[name]
    if not transition.permission & context["position"].rights:
        [permission] = transition.permission
        raise AccessDenied(_no_right(permission))
    if request.method == "POST" and form.is_valid():
        try:
            service(actor=request.user, review=review, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("reviews:detail", request.organization.slug, review.incident.reference)
    extra: dict[str, Any] = {"form": form, "move": transition, "consequence": _CONSEQUENCES[name]}
    return render(request, "reviews/closing.html", {**context, **extra}, status=422 if form.errors else 200)


def _no_right(permission: Permission) -> str:
    return f"You may not {permission.value} here. Ask an SRE lead for it."
