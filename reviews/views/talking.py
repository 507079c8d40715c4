"""Talking about a text: threads beside it. Each action is a plain form, and a fragment for htmx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from incidents.models import Entry
from incidents.selectors import entry_or_404
from reviews import passages
from reviews.comment_forms import CommentForm, RemarkForm
from reviews.models import Comment, Factor, Review, Section, Thread
from reviews.services import threads
from reviews.views import talk_pages
from reviews.views.objects import Position, page_context, review_or_404
from reviews.workbench import Workbench

NUMBER = 9  # digits: more than any text has sentences, and no more than the database takes


@require_GET
def comments(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Everything that is said beside the review, the open threads first asked for."""
    review = review_or_404(request, ref)
    shows_resolved = request.GET.get("show") == "resolved"
    bench = Workbench(review)
    groups = [(view.title, view.talk) for view in bench.sections] + [
        ("Chronology", bench.conversations.of_entries)
    ]
    context = {
        "groups": [(title, talk.resolved if shows_resolved else talk.open) for title, talk in groups],
        "open_count": bench.conversations.open_count,
        "resolved_count": len(bench.conversations.threads) - bench.conversations.open_count,
        "shows_resolved": shows_resolved,
    }
    return render(request, "reviews/comments.html", {**page_context(request, review), **context})


@require_http_methods(["GET", "POST"])
def thread_new(request: OrganizationRequest, org: str, ref: str) -> HttpResponse:
    """Begin a thread on ``?section=..`` with ``&passage=..`` or ``&factor=..`` or neither, or on ``?entry=..``."""
    review = review_or_404(request, ref)
    _require_right(request, review)
    section, entry = _subject(request, review)
    if request.method == "GET":
        threads.require_open(review)
        form = RemarkForm(quote=_quote(request, section), rewords="factor" not in request.GET)
        return talk_pages.thread_form(request, review, form, section, entry)
    form = RemarkForm(request.POST, rewords="factor" not in request.GET)
    if form.is_valid():
        try:
            thread = threads.open_thread(
                actor=request.user, review=review, section=section, entry=entry, **form.cleaned_data
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            return talk_pages.told(request, review, thread, fresh=True)
    return talk_pages.thread_form(request, review, form, section, entry)


@require_GET
def thread(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """One thread by itself, with everything that can be done with it."""
    review = review_or_404(request, ref)
    return talk_pages.thread_page(request, review, _thread_or_404(review, pk))


@require_POST
def reply(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    review = review_or_404(request, ref)
    _require_right(request, review)
    row = _thread_or_404(review, pk)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return talk_pages.refused(request, review, row, form)
    fields = {name: form.cleaned_data[name] for name in ("body", "suggestion", "suggests_deletion")}
    return _attempt(
        request, review, row, form, lambda: threads.reply(actor=request.user, thread=row, **fields)
    )


@require_POST
def resolve(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Settle a thread, with a last word when one was typed."""
    review = review_or_404(request, ref)
    _require_right(request, review)
    row = _thread_or_404(review, pk)
    form = CommentForm(request.POST)
    form.fields["body"].required = False
    if not form.is_valid():
        return talk_pages.refused(request, review, row, form)
    body = form.cleaned_data["body"]
    return _attempt(
        request, review, row, form, lambda: threads.resolve(actor=request.user, thread=row, body=body)
    )


@require_POST
def reopen(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    review = review_or_404(request, ref)
    _require_right(request, review)
    row = _thread_or_404(review, pk)
    return _attempt(
        request, review, row, CommentForm(), lambda: threads.reopen(actor=request.user, thread=row)
    )


@require_http_methods(["GET", "POST"])
def comment_edit(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Say one's own words anew, or take them back."""
    review = review_or_404(request, ref)
    _require_right(request, review)
    row = _comment_or_404(review, pk)
    if row.author_id != request.user.pk:
        raise AccessDenied("Only the person who wrote a comment can change it. Answer it instead.")
    if request.method == "GET":
        threads.require_open(review)
    form = CommentForm(request.POST or None, initial={"body": row.body})
    form.fields["body"].required = not (row.suggestion or row.suggests_deletion)
    if request.method == "POST" and form.is_valid():
        try:
            threads.edit_comment(actor=request.user, comment=row, body=form.cleaned_data["body"])
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            return redirect(talk_pages.address(request, review, f"thread-{row.thread_id}"))
    context = {**page_context(request, review), "form": form, "comment": row}
    return render(request, "reviews/comment_edit.html", context, status=422 if form.errors else 200)


@require_POST
def comment_take_back(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    review = review_or_404(request, ref)
    _require_right(request, review)
    row = _comment_or_404(review, pk)
    return _then_back(
        request,
        review,
        f"thread-{row.thread_id}",
        "Your comment is taken back.",
        lambda: threads.take_back(actor=request.user, comment=row),
    )


@require_POST
def comment_apply(request: OrganizationRequest, org: str, ref: str, pk: int) -> HttpResponse:
    """Put suggested wording into the text."""
    review = review_or_404(request, ref)
    row = _comment_or_404(review, pk)
    return _then_back(
        request,
        review,
        f"thread-{row.thread_id}",
        f"The wording of {row.author} is in the text.",
        lambda: threads.apply_suggestion(actor=request.user, comment=row),
    )


def _require_right(request: OrganizationRequest, review: Review) -> None:
    if Permission.COMMENT not in Position(review, request.user).rights:
        raise AccessDenied("You may not comment here. Ask an SRE lead or an administrator for the right.")


def _subject(request: OrganizationRequest, review: Review) -> tuple[Section | None, Entry | None]:
    """What the address names; raises ``Http404`` when it names nothing that is there."""
    if number := request.GET.get("entry", ""):
        return None, entry_or_404(review.incident, _number(number))
    section: Section = get_object_or_404(
        Section.objects.filter(review=review), key=request.GET.get("section", "")
    )
    return section, None


def _quote(request: OrganizationRequest, section: Section | None) -> str:
    """The sentence at the position that the address names; empty when it names none."""
    if section is not None and (number := request.GET.get("factor", "")):
        factor: Factor = get_object_or_404(
            Factor.objects.filter(review=section.review_id), number=_number(number)
        )
        return factor.statement
    position = request.GET.get("passage", "")
    if section is None or not position:
        return ""
    sentences = [sentence.text for block in passages.parse(section.body) for sentence in block.sentences]
    place = _number(position)
    if place >= len(sentences):
        raise Http404("No such sentence.")
    return sentences[place]


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > NUMBER:
        raise Http404("No such number.")
    return int(text)


def _thread_or_404(review: Review, pk: int) -> Thread:
    row: Thread = get_object_or_404(Thread.objects.select_related("section", "review"), review=review, pk=pk)
    return row


def _comment_or_404(review: Review, pk: int) -> Comment:
    rows = Comment.objects.select_related("thread__review", "author")
    row: Comment = get_object_or_404(rows, thread__review=review, pk=pk)
    return row


def _attempt(
    request: OrganizationRequest, review: Review, row: Thread, form: Any, act: Callable[[], object]
) -> HttpResponse:
    """Do it, and show the thread as it is then; a refusal comes back with what was typed."""
    try:
        act()
    except AccessDenied:
        raise
    except AfterwordError as error:
        return talk_pages.refused(request, review, row, form, str(error))
    return talk_pages.told(request, review, row)


def _then_back(
    request: OrganizationRequest, review: Review, fragment: str, done: str, act: Callable[[], object]
) -> HttpResponse:
    """Do it, say so, and go back to the place on the page."""
    try:
        act()
    except AccessDenied:
        raise
    except AfterwordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(talk_pages.address(request, review, fragment))
