"""Changes that machines propose, decided by people: each by itself, or all of a section."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import retarget

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from reviews.models import Proposal, Review, Section
from reviews.proposal_forms import ProposalForm, SuspectedForm
from reviews.services import proposals, suspecting
from reviews.services.redrafting import Looked, look_for_changes
from reviews.views.objects import page_context, require_open, review_or_404
from reviews.views.sections import drawn_section


@require_POST
def look(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Compare the review with a draft of the chronology as it is now."""
    review = _writable(request, ref)
    try:
        looked = look_for_changes(actor=request.user, review=review)
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _said(looked))
    return redirect(reverse("reviews:detail", args=[org, ref]))


@require_POST
def take(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Make one proposed change as it stands."""
    row = _proposal_or_404(_writable(request, ref), pk)
    return _decided(
        request,
        row.section,
        "The proposal is taken.",
        lambda: proposals.accept_proposal(actor=request.user, proposal=row),
    )


@require_POST
def reject(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Turn one proposal down."""
    row = _proposal_or_404(_writable(request, ref), pk)
    return _decided(
        request,
        row.section,
        "The proposal is rejected. It is not made again.",
        lambda: proposals.reject_proposal(actor=request.user, proposal=row),
    )


@require_POST
def take_all(request: OrganizationRequest, org: str, ref: str, key: str) -> HttpResponse:
    """Make every proposed change of a section that can be made."""
    review = _writable(request, ref)
    section: Section = get_object_or_404(Section.objects.filter(review=review), key=key)
    return _decided(
        request,
        section,
        "What was proposed is taken.",
        lambda: _told_of(*proposals.accept_all(actor=request.user, section=section)),
    )


@require_http_methods(["GET", "POST"])
def edit(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Take a proposal in other words."""
    review = _writable(request, ref)
    row = _proposal_or_404(review, pk)
    require_open(request, review)
    form = ProposalForm(request.POST) if request.method == "POST" else ProposalForm.of(row)
    if request.method == "POST" and form.is_valid():
        try:
            proposals.edit_proposal(actor=request.user, proposal=row, text=form.cleaned_data["text"])
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error("text", str(error))
        else:
            return _told(request, row.section, "The proposal is taken in your words.")
    return _form(request, review, row, form)


@require_http_methods(["GET", "POST"])
def suspected(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Factors that the evidence suggests now and the review does not name; each can be added."""
    review = _writable(request, ref)
    require_open(request, review)
    form = SuspectedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suspecting.add_suspected(
                actor=request.user, review=review, statement=form.cleaned_data["statement"]
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The factor is added. Weigh it, and say what you know about it.")
        return redirect("reviews:suspected", org, ref)
    context = {**page_context(request, review), "suspected": suspecting.suspected(review)}
    return render(request, "reviews/suspected.html", context, status=422 if request.method == "POST" else 200)


def _writable(request: OrganizationRequest, ref: str) -> Review:
    review = review_or_404(request, ref)
    access.require(request.user, Permission.EDIT_REVIEW, review)
    return review


def _proposal_or_404(review: Review, pk: int) -> Proposal:
    rows = Proposal.objects.select_related("section__review__incident", "decided_by", "run")
    row: Proposal = get_object_or_404(rows, section__review=review, pk=pk)
    return row


def _decided(
    request: OrganizationRequest, section: Section, done: str, act: Callable[[], object]
) -> HttpResponse:
    """Do it, and show the section as it is then; a refusal stands above it, and nothing is changed."""
    try:
        told = act()
    except AccessDenied:
        raise
    except AfterwordError as error:
        return _told(request, section, str(error), refused=True)
    return _told(request, section, told if isinstance(told, str) else done)


def _told(
    request: OrganizationRequest, section: Section, words: str, *, refused: bool = False
) -> HttpResponse:
    """The section in place with what happened, or the page of the review at its section."""
    review = review_or_404(request, section.review.incident.reference)
    if request.htmx:  # type: ignore[attr-defined]
        answer = drawn_section(
            request,
            review,
            section.key,
            "reviews/_saved.html",
            told="" if refused else words,
            refusal=words if refused else "",
        )
        answer.status_code = 422 if refused else 200
        return retarget(answer, f"#{section.key}")
    (messages.error if refused else messages.success)(request, words)
    address = reverse("reviews:detail", args=[request.organization.slug, review.incident.reference])
    return redirect(f"{address}#{section.key}")


def _form(request: OrganizationRequest, review: Review, row: Proposal, form: ProposalForm) -> HttpResponse:
    context = {**page_context(request, review), "proposal": row, "section": row.section, "form": form}
    in_place = request.htmx  # type: ignore[attr-defined]
    template = "reviews/_proposal_form.html" if in_place else "reviews/proposal.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _said(looked: Looked) -> str:
    """What looking found, in a sentence or two."""
    if not any((looked.proposals, looked.questions, looked.factors)):
        return "A draft made now says nothing else. What people wrote and decided stays."
    found = []
    if looked.proposals:
        noun = "change is" if looked.proposals == 1 else "changes are"
        found.append(
            f"{looked.proposals} {noun} proposed beside the sections. Nothing changes until you take it."
        )
    if looked.questions:
        noun = "question was" if looked.questions == 1 else "questions were"
        found.append(f"{looked.questions} {noun} added or reworded.")
    if looked.factors:
        noun = "factor is" if looked.factors == 1 else "factors are"
        found.append(f"{looked.factors} more {noun} suspected; add what holds under “Contributing factors”.")
    return " ".join(found)


def _told_of(taken: int, left: int) -> str:
    """What became of all proposals of a section."""
    noun = "proposal is" if taken == 1 else "proposals are"
    told = f"{taken} {noun} taken."
    if left:
        told = (
            f"{told} {left} could not be: {'its sentence' if left == 1 else 'their sentences'} changed since."
        )
    return told
