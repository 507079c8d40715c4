"""The model: its settings with its prompts, asking it about a section, what it was asked, and consent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews.enums import SectionKey
from reviews.model_forms import ConsentForm, ModelSettingsForm
from reviews.modeling import INSTRUCTIONS, PROMPT_VERSION, TASKS, Discard
from reviews.models import ModelRun, Review, Section
from reviews.selectors.modeling import (
    MOST_LINES,
    Modeling,
    connection_of,
    consents_to,
    costs_of,
    run_told,
    runs_of,
    settings_of,
)
from reviews.services import modeling
from reviews.views.objects import Position, page_context, review_or_404


@require_http_methods(["GET", "POST"])
def model_settings(request: OrganizationRequest, org: str) -> HttpResponse:
    """Everybody reads what a model would be told; administrators say whether it may be asked."""
    may_set = access.can(request.user, Permission.MANAGE_CONNECTIONS, request.organization)
    if request.method == "POST":
        access.require(request.user, Permission.MANAGE_CONNECTIONS, request.organization)
    settings = settings_of(request.organization)
    form = ModelSettingsForm(request.POST) if request.method == "POST" else ModelSettingsForm.of(settings)
    if request.method == "POST" and form.is_valid():
        try:
            modeling.set_model(actor=request.user, organization=request.organization, **form.cleaned_data)
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The settings of the model are saved.")
            return redirect("reviews:model_settings", org)
    context = {
        "form": form,
        "may_set": may_set,
        "settings": settings,
        "sections": [str(SectionKey(key).label) for key in settings.sections],
        "connection": connection_of(request.organization.pk),
        "instructions": INSTRUCTIONS,
        "tasks": [(key.label, TASKS[key]) for key in SectionKey],
        "prompt_version": PROMPT_VERSION,
        "discards": Discard.labels,
        "most_lines": MOST_LINES,
    }
    return render(request, "reviews/model_settings.html", context, status=422 if form.errors else 200)


@require_POST
def ask(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Ask the model about a section; what it answers is proposed, and changes nothing by itself."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    section = get_object_or_404(Section.objects.select_related("review__incident"), review=review, key=key)
    modeling.ask_model(actor=request.user, section=section)
    if request.htmx:  # type: ignore[attr-defined]
        return _line(request, review, key)
    return redirect(f"{reverse('reviews:detail', args=[org, ref])}#model-{key}")


@require_GET
def run(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """How far a question is: the line below its section in place, else the page of all questions."""
    review = review_or_404(request, ref)
    row: ModelRun = get_object_or_404(
        ModelRun.objects.visible_to(request.user).select_related("section"), section__review=review, pk=pk
    )
    if request.htmx:  # type: ignore[attr-defined]
        return _line(request, review, row.section.key, polled=row)
    return redirect("reviews:model_runs", org, ref)


@require_GET
def runs(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Everything that the model was asked about a review, and what it cost."""
    return _runs(request, review_or_404(request, ref))


@require_POST
def consent(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Allow that the chronology of a private incident is sent."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.MANAGE_PRIVACY, review.incident)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _runs(request, review, form)
    modeling.give_consent(actor=request.user, incident=review.incident, **form.cleaned_data)
    messages.success(
        request, "The chronology of this incident may now be sent to the model when it is asked."
    )
    return redirect("reviews:model_runs", org, ref)


@require_POST
def revoke(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Take the consent back."""
    review = review_or_404(request, ref)
    modeling.revoke_consent(actor=request.user, incident=review.incident)
    messages.success(request, "Nothing of this incident is sent to the model from now on.")
    return redirect("reviews:model_runs", org, ref)


def _line(
    request: OrganizationRequest, review: Review, key: str, polled: ModelRun | None = None
) -> HttpResponse:
    """The line below a section; where the model is off by now, what became of the question that was looked at."""
    line = Modeling(review, request.user).of(key) or {"told": run_told(polled) if polled else None}
    context = {
        "review": review,
        "incident": review.incident,
        "position": Position(review, request.user),
        "key": key,
        "model": line,
        "in_place": True,
    }
    return render(request, "reviews/_model.html", context)


def _runs(request: OrganizationRequest, review: Review, form: ConsentForm | None = None) -> HttpResponse:
    told, consents = runs_of(review), consents_to(review.incident)
    context: dict[str, Any] = {
        **page_context(request, review),
        "told": told,
        "costs": costs_of(told),
        "consents": consents,
        "stands": any(one.revoked_at is None for one in consents),
        "form": form or ConsentForm(),
        "may_consent": review.incident.is_private
        and access.can(request.user, Permission.MANAGE_PRIVACY, review.incident),
    }
    return render(request, "reviews/model_runs.html", context, status=422 if form else 200)
