"""What customers are told: written, remarked upon, approved, and copied out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.customer_forms import ApproveForm, CustomerForm
from reviews.customer_text import parts, plain_text
from reviews.enums import CLOSED_STATES, ReviewState
from reviews.models import Review
from reviews.selectors.customers import CustomerStanding
from reviews.services.customers import refusal_of
from reviews.views.objects import page_context, review_or_404

FORMS = {"text": ("text/plain", "txt"), "markdown": ("text/markdown", "md")}


@require_http_methods(["GET", "POST"])
def customer(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Show the text with what is remarked about it; save it."""
    review = review_or_404(request, ref)
    if request.method == "GET":
        return _page(request, review)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    form = CustomerForm(request.POST)
    if not form.is_valid():
        return _page(request, review, form=form)
    try:
        services.save_customer_text(actor=request.user, review=review, **form.cleaned_data)
    except AccessDenied:
        raise
    except AfterwordError as error:
        form.add_error("body", str(error))
        return _page(request, review, form=form)
    messages.success(
        request, "The text for customers is saved. It goes out when somebody else has approved it."
    )
    return redirect("reviews:customer", org, ref)


@require_POST
def customer_approve(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Approve exactly the text that was shown."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.APPROVE_CUSTOMER_TEXT, review.incident)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _page(request, review, approve=form)
    try:
        services.approve_customer_text(actor=request.user, review=review, **form.cleaned_data)
    except AccessDenied:
        raise
    except AfterwordError as error:
        form.add_error(None, str(error))
        return _page(request, review, approve=form)
    messages.success(request, "You approved this text. It may go out exactly as it stands.")
    return redirect("reviews:customer", org, ref)


@require_GET
def customer_copy(request: OrganizationRequest, org: str, ref: str, which: str) -> HttpResponse:
    """The text alone, as plain words or Markdown; one that nobody approved says so in its first line."""
    review = review_or_404(request, ref)
    standing = CustomerStanding(review)
    if which not in FORMS:
        raise Http404("No such form of the text.")
    mime, suffix = FORMS[which]
    body = plain_text(standing.body) if which == "text" else f"{standing.body.strip()}\n"
    head = f"{standing.mark}\n\n" if standing.mark else ""
    response = HttpResponse(f"{head}{body}", content_type=f"{mime}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{ref}-customers.{suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _page(
    request: OrganizationRequest,
    review: Review,
    form: CustomerForm | None = None,
    approve: ApproveForm | None = None,
) -> HttpResponse:
    """The page; a form that was refused comes back as it was sent, and its words are looked at too."""
    standing = CustomerStanding(review)
    is_open = review.state == ReviewState.PUBLISHED or review.state not in CLOSED_STATES
    typed = form["body"].value() if form else None
    may_approve = is_open and access.can(request.user, Permission.APPROVE_CUSTOMER_TEXT, review.incident)
    context = {
        **page_context(request, review),
        "audience": "customer",
        "standing": standing,
        "parts": parts(standing.body),
        "remarks": standing.remarks(typed or None),
        "copy": plain_text(standing.body) if standing.is_approved else "",
        "form": form or CustomerForm(initial={"body": standing.body, "version": standing.row.version}),
        "may_edit": is_open and access.can(request.user, Permission.EDIT_REVIEW, review),
        "may_approve": may_approve,
        "refusal": refusal_of(standing, request.user) if may_approve else "",
        "approve": approve or ApproveForm(initial={"sha256": standing.sha256}),
    }
    refused = bool((form and form.errors) or (approve and approve.errors))
    return render(request, "reviews/customer.html", context, status=422 if refused else 200)
