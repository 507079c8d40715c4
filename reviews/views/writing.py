"""Writing: sections, factors and answers. Each action is a plain form, and a fragment for htmx."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews import services
from reviews.errors import StaleText
from reviews.forms import AnswerForm, FactorForm, SectionForm
from reviews.models import Factor, Question, Review, Section
from reviews.redline import redline
from reviews.views.objects import Position, page_context, require_open, review_or_404
from reviews.workbench import Workbench


@require_http_methods(["GET", "POST"])
def section(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Edit one section; a save on a stale version keeps the typed words and shows both."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    require_open(request, review)
    row: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    if request.method == "GET":
        return _section_form(request, review, row, SectionForm.of(row))
    form = SectionForm(request.POST)
    if not form.is_valid():
        return _section_form(request, review, row, form)
    try:
        services.save_section(
            actor=request.user,
            section=row,
            body=form.cleaned_data["body"],
            version=form.cleaned_data["version"],
        )
    except StaleText as stale:
        return _stale(request, review, row, stale)
    except AccessDenied:
        raise
    except AfterwordError as error:
        form.add_error("body", str(error))
        return _section_form(request, review, row, form)
    if request.htmx:  # type: ignore[attr-defined]
        return _section_read(request, review_or_404(request, ref), key, "reviews/_saved.html")
    messages.success(request, f"“{row.get_key_display()}” is saved.")
    return redirect(f"{reverse('reviews:detail', args=[org, ref])}#{key}")


@require_GET
def section_read(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """One section as it is read; what "Cancel" puts back."""
    review = review_or_404(request, ref)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('reviews:detail', args=[org, ref])}#{key}")
    return _section_read(request, review, key)


@require_GET
def history(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Every saved state of a section, each with what it changed."""
    review = review_or_404(request, ref)
    row: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    revisions = list(row.revisions.select_related("author").order_by("number"))
    before = ""
    rows = []
    for revision in revisions:
        rows.append((revision, redline(before, revision.body)))
        before = revision.body
    context = {**page_context(request, review), "section": row, "rows": rows[::-1]}
    return render(request, "reviews/history.html", context)


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
    access.require(request.user, Permission.ANSWER_QUESTION, review)
    require_open(request, review)
    question: Question = get_object_or_404(Question.objects.filter(review=review), pk=pk)
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
    context = {**page_context(request, review), "question": question, "form": form}
    return render(request, "reviews/answer.html", context, status=422 if form.errors else 200)


def _section_form(
    request: OrganizationRequest, review: Review, row: Section, form: SectionForm, **extra: object
) -> HttpResponse:
    context = {"section": row, "form": form, "review": review, "incident": review.incident, **extra}
    status = 422 if form.errors or extra else 200
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reviews/_section_form.html", context, status=status)
    bench = Workbench(review)
    return render(
        request,
        "reviews/section.html",
        {**page_context(request, review), "bench": bench, **context},
        status=status,
    )


def _stale(request: OrganizationRequest, review: Review, row: Section, stale: StaleText) -> HttpResponse:
    """Both versions, and a form that saves the typed one on top of theirs when the person says so."""
    form = SectionForm(initial={"body": stale.yours, "version": stale.version})
    return _section_form(
        request,
        review,
        row,
        form,
        stale=str(stale),
        theirs=stale.theirs,
        changes=redline(stale.theirs, stale.yours),
    )


def _section_read(
    request: OrganizationRequest, review: Review, key: str, template: str = "reviews/_section.html"
) -> HttpResponse:
    try:
        view = Workbench(review).section(key)
    except StopIteration as error:
        raise Http404("No such section.") from error
    context = {
        "view": view,
        "review": review,
        "incident": review.incident,
        "position": Position(review, request.user),
    }
    return render(request, template, context)


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
