"""Signing takes one page: what changed since the signer last looked, what is open, the whole text, the statement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from governance import authentication
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.enums import SignOffRole
from reviews.forms import SignForm
from reviews.models import Look, Review
from reviews.selectors.reading import changes_since
from reviews.views.objects import Position, drawn_panels, page_context, review_or_404
from reviews.workbench import Workbench


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Show the page, or sign; a signature that is refused comes back with everything that was typed."""
    review = review_or_404(request, ref)
    context = page_context(request, review)
    position: Position = context["position"]
    if not position.may_ever_sign:
        raise AccessDenied(
            "Nobody waits for your signature here: you neither command this incident nor own a service of it, and the "
            "rules of reviews do not add your role."
        )
    if request.method == "GET":
        if not position.open_roles or "sign" not in {move.name for move in position.moves}:
            messages.info(request, "There is nothing for you to sign in this review at the moment.")
            return redirect("reviews:detail", org, ref)
        return _page(request, review, context, SignForm(initial={"role": _role(request, position)}))
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            _prove(request, position, form.cleaned_data["password"])
            signoff = services.sign_review(
                actor=request.user,
                review=review,
                method=authentication.method_of(request),
                authenticated_at=authentication.authenticated_at(request),
                **form.statement,
            )
        except AccessDenied:
            raise
        except authentication.NotRecent as error:
            form.add_error("password", str(error))
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"You signed as {signoff.get_role_display().lower()}.")
            return redirect("reviews:detail", org, ref)
    return _page(request, review, context, form)


def _role(request: OrganizationRequest, position: Position) -> SignOffRole:
    """The role that the address names, when it is one of the person's; otherwise their first."""
    named = request.GET.get("role", "")
    roles: list[SignOffRole] = position.open_roles
    return next((role for role in roles if role.value == named), roles[0])


def _prove(request: OrganizationRequest, position: Position, password: str) -> None:
    """Let only somebody sign who proved lately who they are; a password typed here is such a proof."""
    minutes = position.standing.policy.recent_minutes
    if authentication.is_recent(request, minutes):
        return
    if password:
        authentication.prove(request, password)
    authentication.require_recent(request, minutes)


def _page(
    request: OrganizationRequest, review: Review, context: dict[str, Any], form: SignForm
) -> HttpResponse:
    """The page always shows the text as it is now; a form that was refused carries on with the present hash."""
    position: Position = context["position"]
    before = services.look_at(actor=request.user, review=review, standing=position.standing)
    since = _since(before, position, form)
    role = _chosen(form, position)
    recent = authentication.is_recent(request, position.standing.policy.recent_minutes)
    extra = {
        "form": form,
        "bench": Workbench(review),
        "sha256": position.standing.sha256,
        "since": since,
        "role": role,
        "principal": position.principal_in(role) if role else None,
        "changes": changes_since(review, request.user, since, position.standing.text),
        "read_at": before.at if before and not form.is_bound else None,
        "must_prove": not recent,
        "panels": drawn_panels(request, review, may_plan=False),
    }
    return render(request, "reviews/sign.html", {**context, **extra}, status=422 if form.errors else 200)


def _chosen(form: SignForm, position: Position) -> SignOffRole | None:
    value = form["role"].value()
    return next((role for role in position.open_roles if role.value == value), None) or next(
        iter(position.open_roles), None
    )


def _since(before: Look | None, position: Position, form: SignForm) -> str:
    """The SHA-256 of the text that the person had before them last, from which the difference is told.

    A page that comes back after a refusal tells it from the text under which the person had typed their words.
    """
    if not form.is_bound:
        return before.snapshot.sha256 if before else ""
    shown = str(form["sha256"].value() or "")
    return shown if shown != position.standing.sha256 else str(form["since"].value() or "")
