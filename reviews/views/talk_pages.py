"""How threads are drawn for an answer: by themselves, as fragments with the marks that they change, or as a form."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from governance.middleware import OrganizationRequest
from incidents.models import Entry
from reviews.comment_forms import RemarkForm
from reviews.conversations import Talk
from reviews.models import Review, Section, Thread
from reviews.services import threads
from reviews.views.objects import Position, page_context, review_or_404
from reviews.workbench import SectionView, Sentence, Workbench


def address(request: OrganizationRequest, review: Review, fragment: str) -> str:
    """A place on the page of the review."""
    page = reverse("reviews:detail", args=[request.organization.slug, review.incident.reference])
    return f"{page}#{fragment}"


def told(request: OrganizationRequest, review: Review, row: Thread, *, fresh: bool = False) -> HttpResponse:
    """The thread as it is now, with the marks beside it that it changes."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address(request, review, f"thread-{row.pk}"))
    return render(request, "reviews/_thread_told.html", {**_drawn(request, review, row), "fresh": fresh})


def refused(
    request: OrganizationRequest, review: Review, row: Thread, form: Any, refusal: str = ""
) -> HttpResponse:
    """The thread with why nothing was done, and what was typed."""
    sentences = [refusal] if refusal else [one for errors in form.errors.values() for one in errors]
    context = {"refusal": " ".join(sentences), "typed": form.data.get("body", "")}
    if not request.htmx:  # type: ignore[attr-defined]
        return thread_page(request, review, row, status=422, **context)
    return render(request, "reviews/_thread.html", {**_drawn(request, review, row), **context}, status=422)


def thread_page(
    request: OrganizationRequest, review: Review, row: Thread, status: int = 200, **extra: Any
) -> HttpResponse:
    """One thread with everything that can be done with it."""
    context = {**page_context(request, review), **_drawn(request, review, row), **extra, "alone": True}
    context["form"] = RemarkForm(quote=context["wording"])
    return render(request, "reviews/thread.html", context, status=status)


def thread_form(
    request: OrganizationRequest,
    review: Review,
    form: RemarkForm,
    section: Section | None,
    entry: Entry | None,
) -> HttpResponse:
    """The form of a new thread, in place or on a page of its own."""
    context: dict[str, Any] = {
        "form": form,
        "section": section,
        "entry": entry,
        "slot": section.key if section else "entries",
        "review": review,
        "incident": review.incident,
        "status": 422 if form.errors else 200,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "reviews/_thread_form.html", context, status=context["status"])
    page = {**page_context(request, review), **context}
    return render(request, "reviews/thread_new.html", page, status=context["status"])


def _drawn(request: OrganizationRequest, review: Review, row: Thread) -> dict[str, Any]:
    """A thread with the section and the sentence that it is about now, as the templates want them."""
    current = review_or_404(request, review.incident.reference)
    bench = Workbench(current)
    view = bench.section(row.section.key) if row.section else None
    talk = _found(view.talk.talks if view else bench.conversations.of_entries.talks, row)
    sentence = _sentence(view, talk)
    return {
        "talk": talk,
        "view": view,
        "block": {"sentences": [sentence] if sentence else []},
        "open_count": bench.conversations.open_count,
        "wording": threads.current_wording(row),
        "slot": view.key if view else "entries",
        "review": current,
        "incident": current.incident,
        "position": Position(current, request.user),
    }


def _found(talks: list[Talk], row: Thread) -> Talk:
    return next(talk for talk in talks if talk.thread.pk == row.pk)


def _sentence(view: SectionView | None, talk: Talk) -> Sentence | None:
    sentences = (sentence for block in view.blocks for sentence in block.sentences) if view else ()
    return next((sentence for sentence in sentences if sentence.place == talk.place), None)
