"""Action items: list, plan, revise, complete, verify."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from remediation import selectors, services
from remediation.enums import ActionStatus
from remediation.errors import StaleItem
from remediation.forms import ActionItemForm, NoteForm
from remediation.models import ActionItem
from remediation.selectors.recommending import advice_with
from remediation.views.objects import review_or_404
from reviews.enums import CLOSED_STATES
from reviews.models import Review

STEP_PERMISSIONS = {"complete": Permission.COMPLETE_ACTION_ITEM, "verify": Permission.VERIFY_ACTION_ITEM}


@require_GET
def index(request: OrganizationRequest, org: str) -> HttpResponse:
    show = request.GET.get("show", "open")
    show = show if show in selectors.FILTERS else "open"
    page = Paginator(selectors.items(request.user, show=show), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "show": show,
        "filters": selectors.FILTERS,
        "today": timezone.now().date(),
        "may_see_rules": access.can(request.user, Permission.MANAGE_POLICY, request.organization),
    }
    return render(request, "remediation/list.html", context)


@require_GET
def detail(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    return _detail(request, _item(request, ref, number))


@require_http_methods(["GET", "POST"])
def new(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.PLAN_ACTION_ITEM, review)
    if request.method == "GET":
        return _form(request, *_proposed(request, review))
    form = ActionItemForm(request.POST, review=review)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            item = services.plan_action_item(actor=request.user, review=review, **values)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{item.label} is promised.")
            return redirect("reviews:detail", org, ref)
    return _form(request, form, review)


@require_http_methods(["GET", "POST"])
def edit(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    item = _item(request, ref, number)
    access.require(request.user, Permission.PLAN_ACTION_ITEM, item)
    if request.method == "GET":
        return _form(request, ActionItemForm.of(item), item.review, item)
    form, stored = ActionItemForm(request.POST, review=item.review, item=item), None
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "recommendation"}
        version = values.pop("version") or 0
        try:
            services.revise_action_item(actor=request.user, item=item, version=version, **values)
        except AccessDenied:
            raise
        except StaleItem as error:
            form.on_version(error.version)
            form.add_error(None, str(error))
            stored = _item(request, ref, number)
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{item.label} is changed.")
            return redirect("reviews:detail", org, ref)
    return _form(request, form, item.review, item, stored=stored)


@require_POST
def remove(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    item = _item(request, ref, number)
    try:
        services.remove_action_item(actor=request.user, item=item)
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _form(request, ActionItemForm.of(item), item.review, item, error=str(error))
    messages.success(request, "The action item is removed.")
    return redirect("reviews:detail", org, ref)


@require_POST
def complete(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    return _step(request, org, ref, number, "complete")


@require_POST
def verify(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    return _step(request, org, ref, number, "verify")


def _step(request: OrganizationRequest, org: str, ref: str, number: int, step: str) -> HttpResponse:
    item = _item(request, ref, number)
    access.require(request.user, STEP_PERMISSIONS[step], item)
    service = services.complete_action_item if step == "complete" else services.verify_action_item
    form = NoteForm(request.POST, step=step)
    if not form.is_valid():
        return _detail(request, item, form=form, status=422)
    try:
        service(actor=request.user, item=item, note=form.cleaned_data["note"])
    except AccessDenied:
        raise
    except AfterwordError as error:
        form.add_error(None, str(error))
        return _detail(request, _item(request, ref, number), form=form, status=422)
    return redirect("remediation:detail", org, ref, number)


def _item(request: OrganizationRequest, ref: str, number: int) -> ActionItem:
    rows = selectors.items(request.user, show="all")
    item: ActionItem = get_object_or_404(rows, review__incident__reference=ref, number=number)
    return item


def _proposed(request: OrganizationRequest, review: Review) -> tuple[ActionItemForm, Review]:
    """The form of a new item, filled where it is taken from a recommendation that still stands."""
    key = request.GET.get("recommendation", "")
    taken = advice_with(review, request.user, key) if key else None
    if key and taken is None:
        messages.info(
            request, "This recommendation does not stand any more: the record changed, or an item answers it."
        )
    return ActionItemForm.from_recommendation(review, taken), review


def _form(
    request: HttpRequest,
    form: ActionItemForm,
    review: Review,
    item: ActionItem | None = None,
    *,
    error: str = "",
    stored: ActionItem | None = None,
) -> HttpResponse:
    """The form; with what is ``stored`` now above it when somebody else saved in between."""
    context = {
        "form": form,
        "review": review,
        "incident": review.incident,
        "item": item,
        "error": error,
        "stored": stored,
    }
    return render(request, "remediation/form.html", context, status=422 if form.errors or error else 200)


def _detail(
    request: OrganizationRequest, item: ActionItem, form: NoteForm | None = None, status: int = 200
) -> HttpResponse:
    step = _next_step(request, item)
    fits = form is not None and form.step == step
    context = {
        "item": item,
        "incident": item.review.incident,
        "step": step,
        "error": "" if form is None or fits else " ".join(map(str, form.non_field_errors())),
        "form": form if fits else (NoteForm(step=step) if step else None),
        "today": timezone.now().date(),
        "may_edit": access.can(request.user, Permission.PLAN_ACTION_ITEM, item)
        and item.review.state not in CLOSED_STATES
        and item.status == ActionStatus.OPEN,
    }
    return render(request, "remediation/detail.html", context, status=status)


def _next_step(request: OrganizationRequest, item: ActionItem) -> str:
    """What this person may do with the item now: ``complete``, ``verify`` or nothing."""
    user = request.user
    if item.status == ActionStatus.OPEN and access.can(user, Permission.COMPLETE_ACTION_ITEM, item):
        return "complete"
    other = user.pk not in {item.owner_id, item.completed_by_id}
    if item.status == ActionStatus.DONE and other and access.can(user, Permission.VERIFY_ACTION_ITEM, item):
        return "verify"
    return ""
