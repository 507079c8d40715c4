"""Giving a question to somebody."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews.comment_forms import AssignForm
from reviews.models import Question
from reviews.services.questions import assign_question
from reviews.views.objects import review_or_404


@require_POST
def assign(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Ask one person, or nobody in particular; back to the question."""
    review = review_or_404(request, ref)
    access.require(request.user, Permission.ASSIGN_QUESTION, review)
    question: Question = get_object_or_404(Question.objects.filter(review=review), pk=pk)
    form = AssignForm(request.POST, incident=review.incident)
    if not form.is_valid():
        messages.error(request, "This person cannot see this incident. Choose somebody from the list.")
    else:
        _assign(request, question, form)
    return redirect(f"{reverse('reviews:detail', args=[org, ref])}#question-{pk}")


def _assign(request: OrganizationRequest, question: Question, form: AssignForm) -> None:
    person = form.cleaned_data["person"]
    try:
        assign_question(actor=request.user, question=question, person=person)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
    else:
        told = f"{person} is asked to answer." if person else "Nobody in particular is asked now."
        messages.success(request, told)
