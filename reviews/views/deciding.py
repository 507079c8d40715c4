"""Deciding: submit, request changes, sign, publish."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.forms import ReasonForm, SignForm
from reviews.models import Review
from reviews.selectors.reading import last_read
from reviews.views.objects import drawn_panels, page_context, require_open, review_or_404
from reviews.workbench import Workbench


@require_POST
def submit(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    review = review_or_404(request, ref)
    try:
        services.submit_review(actor=request.user, review=review)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The review waits for its signatures.")
    return redirect("reviews:detail", org, ref)


@require_http_methods(["GET", "POST"])
def request_changes(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    review = review_or_404(request, ref)
    access_context = page_context(request, review)
    if Permission.REQUEST_CHANGES not in access_context["position"].rights:
        raise AccessDenied(
            "You may not request changes here. Ask an SRE lead or an administrator for the right."
        )
    require_open(request, review)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.request_changes(actor=request.user, review=review, reason=form.cleaned_data["reason"])
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The author sees what has to change.")
            return redirect("reviews:detail", org, ref)
    context = {**access_context, "form": form}
    return render(request, "reviews/request_changes.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def sign(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """One page: what is signed, how sure, and why."""
    review = review_or_404(request, ref)
    context = page_context(request, review)
    position = context["position"]
    if not position.rights & {Permission.SIGN_AS_COMMANDER, Permission.SIGN_AS_OWNER}:
        raise AccessDenied("You neither command this incident nor own a service of it, so you cannot sign.")
    if request.method == "GET":
        if not position.open_roles:
            messages.info(request, "There is nothing for you to sign in this review at the moment.")
            return redirect("reviews:detail", org, ref)
        initial = {"role": position.open_roles[0], "sha256": position.standing.sha256}
        return _sign_page(request, review, context, SignForm(initial=initial))
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            signoff = services.sign_review(actor=request.user, review=review, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"You signed as {signoff.get_role_display().lower()}.")
            return redirect("reviews:detail", org, ref)
    return _sign_page(request, review, context, form)


@require_POST
def publish(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.PUBLISH_REVIEW, review.incident)
    try:
        services.publish_review(actor=request.user, review=review)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
        return redirect("reviews:detail", org, ref)
    return redirect("reviews:publication", org, ref)


def _sign_page(
    request: OrganizationRequest, review: Review, context: dict[str, Any], form: SignForm
) -> HttpResponse:
    """The page always shows the text as it is now; a form that was refused carries on with the present hash."""
    position = context["position"]
    extra = {
        "form": form,
        "bench": Workbench(review),
        "sha256": position.standing.sha256,
        "role": position.open_roles[0] if position.open_roles else None,
        "changes": last_read(request.user, review, position.standing.text),
        "panels": drawn_panels(request, review, may_plan=False),
    }
    return render(request, "reviews/sign.html", {**context, **extra}, status=422 if form.errors else 200)
