"""Writing beside the sections: contributing factors and answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.factor_forms import FactorForm
from reviews.forms import AnswerForm
from reviews.models import Factor, Question, Review
from reviews.selectors.asked import AskedAbout
from reviews.services.questions import may_answer
from reviews.views.objects import page_context, require_open, review_or_404


@require_http_methods(["GET", "POST"])
def factor_new(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    require_open(request, review)
    form = FactorForm(request.POST or None, review=review)
    return _save_factor(request, review, form, None)


@require_http_methods(["GET", "POST"])
def factor_edit(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    require_open(request, review)
    factor: Factor = get_object_or_404(Factor.objects.filter(review=review), number=number)
    form = FactorForm(request.POST, review=review) if request.method == "POST" else FactorForm.of(factor)
    return _save_factor(request, review, form, factor)


@require_POST
def factor_remove(request: OrganizationRequest, org: str, ref: str, number: int) -> HttpResponse:
    review = review_or_404(request, ref)
    factor: Factor = get_object_or_404(Factor.objects.filter(review=review), number=number)
    try:
        services.remove_factor(actor=request.user, factor=factor)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The factor is removed.")
    return redirect(f"{reverse('reviews:detail', args=[org, ref])}#contributing_factors")


@require_http_methods(["GET", "POST"])
def answer(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    review = review_or_404(request, ref)
    question: Question = get_object_or_404(Question.objects.filter(review=review), pk=pk)
    if not may_answer(request.user, question):
        access.require(request.user, Permission.ANSWER_QUESTION, review)
    require_open(request, review)
    form = AnswerForm(request.POST or None, initial={"answer": question.answer})
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_question(
                actor=request.user, question=question, answer=form.cleaned_data["answer"]
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error("answer", str(error))
        else:
            messages.success(request, "Your answer stands beside the question.")
            return redirect(f"{reverse('reviews:detail', args=[org, ref])}#{question.section}")
    about = AskedAbout(review).entries(question)
    context = {**page_context(request, review), "question": question, "form": form, "about": about}
    return render(request, "reviews/answer.html", context, status=422 if form.errors else 200)


def _save_factor(
    request: OrganizationRequest, review: Review, form: FactorForm, factor: Factor | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version", None)
        try:
            services.save_factor(
                actor=request.user,
                review=review,
                factor=factor,
                version=version if factor else None,
                **values,
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The factor is saved.")
            address = reverse("reviews:detail", args=[request.organization.slug, review.incident.reference])
            return redirect(f"{address}#contributing_factors")
    context = {**page_context(request, review), "form": form, "factor": factor}
    return render(request, "reviews/factor.html", context, status=422 if form.errors else 200)
