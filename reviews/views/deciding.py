"""Deciding: submit, request changes, publish; signing stands in ``signing``."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.forms import ReasonForm
from reviews.views.objects import page_context, require_open, review_or_404


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
