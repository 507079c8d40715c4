"""Talking about a text: threads on a passage or an entry, replies, and wording that can be used as it stands.

Comments are no part of what is signed: they void no signature. Using a suggestion is an edit, and does what edits do.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.errors import AccessDenied
from governance.models import User
from incidents.models import Entry
from reviews import anchors, passages
from reviews.enums import CLOSED_STATES, ReviewState, SectionKey
from reviews.errors import CommentRefused, SuggestionRefused, TalkClosed
from reviews.models import Comment, Factor, Review, Section, Thread
from reviews.selectors.audience import may_comment
from reviews.services import hearing
from reviews.services.editing import save_section
from reviews.services.moving import lock

LONGEST = 5_000


@transaction.atomic
def open_thread(
    *,
    actor: User,
    review: Review,
    body: str,
    section: Section | None = None,
    entry: Entry | None = None,
    quote: str = "",
    suggestion: str = "",
    suggests_deletion: bool = False,
) -> Thread:
    """Begin to talk about a section of the review, or about an entry of its chronology.

    ``quote`` is the sentence that is meant, as it stands now; empty means the section as a whole. Raises
    ``CommentRefused``, ``SuggestionRefused``, ``UnknownCitation`` (in the suggestion) and ``TalkClosed``.
    """
    current = _open_for(actor, review)
    if (section is None) == (entry is None):
        raise CommentRefused("Comment on one sentence, or on one entry.")
    if section is not None and quote and quote not in _sentences(section) | _statements(section):
        raise CommentRefused(
            "This sentence was changed while you read it. Reload the page, then comment on it as it is now."
        )
    thread = Thread(
        organization_id=current.organization_id,
        review=current,
        section=section,
        entry=entry,
        quote=quote if section is not None else "",
        opened_by=actor,
    )
    thread.save(force_insert=True)
    comment = _add(actor, thread, body, suggestion, suggests_deletion=suggests_deletion)
    _record(actor, current, "thread.opened", thread=thread.pk, comment=comment.pk)
    return thread


@transaction.atomic
def reply(
    *, actor: User, thread: Thread, body: str, suggestion: str = "", suggests_deletion: bool = False
) -> Comment:
    """Answer in an open thread; refusals are those of ``open_thread``."""
    review = _open_for(actor, thread.review)
    current = _locked(thread)
    if current.resolved_at is not None:
        raise CommentRefused("This thread is resolved. Reopen it to go on.")
    comment = _add(actor, current, body, suggestion, suggests_deletion=suggests_deletion)
    _record(actor, review, "comment.added", thread=current.pk, comment=comment.pk)
    return comment


@transaction.atomic
def edit_comment(*, actor: User, comment: Comment, body: str) -> Comment:
    """Say one's own words anew; what was suggested stays. The same words again change nothing."""
    review, current = _own(actor, comment)
    words = _said(body, needed=not _suggests(current))
    if words == current.body:
        return current
    current.body, current.edited_at = words, timezone.now()
    current.save(update_fields=["body", "edited_at"])
    hearing.of_comment(current, review, actor)
    _record(actor, review, "comment.edited", thread=current.thread_id, comment=current.pk)
    return current


@transaction.atomic
def take_back(*, actor: User, comment: Comment) -> Comment:
    """Take one's own words away; their place stays. A thread in which nothing is left is resolved."""
    review, current = _own(actor, comment)
    current.body = current.suggestion = ""
    current.suggests_deletion, current.taken_back_at = False, timezone.now()
    current.save(update_fields=["body", "suggestion", "suggests_deletion", "taken_back_at"])
    thread = _locked(current.thread)
    if not thread.comments.filter(taken_back_at__isnull=True).exists():
        _close(actor, thread)
    _record(actor, review, "comment.taken_back", thread=thread.pk, comment=current.pk)
    return current


@transaction.atomic
def resolve(*, actor: User, thread: Thread, body: str = "") -> Thread:
    """Settle a thread; with ``body`` the last word is said first, which is how a suggestion is turned down."""
    review = _open_for(actor, thread.review)
    current = _locked(thread)
    if current.resolved_at is not None:
        return current
    if body.strip():
        reply(actor=actor, thread=current, body=body)
    _close(actor, current)
    _record(actor, review, "thread.resolved", thread=current.pk)
    return current


@transaction.atomic
def reopen(*, actor: User, thread: Thread) -> Thread:
    """Go on with a resolved thread."""
    review = _open_for(actor, thread.review)
    current = _locked(thread)
    if current.resolved_at is None:
        return current
    current.resolved_at = current.resolved_by = None
    current.save(update_fields=["resolved_at", "resolved_by"])
    _record(actor, review, "thread.reopened", thread=current.pk)
    return current


@transaction.atomic
def apply_suggestion(*, actor: User, comment: Comment) -> Section:
    """Put the suggested wording in the place of the sentence that the thread is about, and resolve the thread.

    The sentence keeps its citations. It is an edit by the actor, with all that follows from one. Raises
    ``SuggestionRefused`` when the sentence no longer stands there word by word, and what ``save_section`` raises.
    """
    access.require(actor, Permission.EDIT_REVIEW, comment.thread.review)
    review = lock(comment.thread.review)
    require_open(review)
    thread = _locked(comment.thread)
    current: Comment = (
        Comment.objects.select_for_update(of=("self",)).select_related("author").get(pk=comment.pk)
    )
    if not _suggests(current):
        raise SuggestionRefused("This comment suggests no wording. Edit the section instead.")
    if current.applied_at is not None:
        raise SuggestionRefused("This wording was used already. Edit the section to change it again.")
    section = Section.objects.select_for_update().get(pk=thread.section_id)
    body = anchors.replaced(section.body, current_wording(thread), current.suggestion)
    if body is None:
        raise SuggestionRefused(
            "The sentence that this wording is for is no longer there word by word. Edit the section by hand, or "
            "suggest wording for the sentence as it is now."
        )
    saved = save_section(
        actor=actor,
        section=section,
        body=body,
        version=section.version,
        note=f"Suggestion of {current.author} applied"[:200],
    )
    current.applied_by, current.applied_at = actor, timezone.now()
    current.save(update_fields=["applied_by", "applied_at"])
    if thread.resolved_at is None:
        _close(actor, thread)
    _record(
        actor, review, "suggestion.applied", thread=thread.pk, comment=current.pk, author=current.author_id
    )
    return saved


def current_wording(thread: Thread) -> str:
    """The sentence as the thread knows it: its quote, or what was last put in its place from here."""
    applied = thread.comments.filter(applied_at__isnull=False).order_by("-applied_at", "-id").first()
    return applied.suggestion if applied else thread.quote


def _open_for(actor: User, review: Review) -> Review:
    """The review, held, when people may still talk about it and the actor is one of them."""
    current = lock(review)
    if not may_comment(actor, current):
        raise AccessDenied(
            f"You may not {Permission.COMMENT.value} here. Ask an SRE lead or an administrator for the right."
        )
    require_open(current)
    return current


def require_open(review: Review) -> None:
    """Raise ``TalkClosed`` for a review that nobody talks about any more."""
    if review.state == ReviewState.PUBLISHED:
        raise TalkClosed("published", "Open the review again to discuss its text.")
    if review.state in CLOSED_STATES:
        raise TalkClosed(review.get_state_display().lower())


def _own(actor: User, comment: Comment) -> tuple[Review, Comment]:
    """The review and the comment, held, when the actor wrote it and its words still stand."""
    review = _open_for(actor, comment.thread.review)
    current: Comment = (
        Comment.objects.select_for_update(of=("self",)).select_related("thread").get(pk=comment.pk)
    )
    if current.author_id != actor.pk:
        raise AccessDenied("Only the person who wrote a comment can change it. Answer it instead.")
    if current.taken_back_at is not None:
        raise CommentRefused("You took this comment back. Write a new one instead.")
    if current.applied_at is not None:
        raise CommentRefused("This wording is part of the text now, so the comment stays. Answer it instead.")
    return review, current


def _locked(thread: Thread) -> Thread:
    current: Thread = (
        Thread.objects.select_for_update(of=("self",)).select_related("section").get(pk=thread.pk)
    )
    return current


def _add(actor: User, thread: Thread, body: str, suggestion: str, *, suggests_deletion: bool) -> Comment:
    wording = _wording(thread, suggestion, deletion=suggests_deletion)
    comment = Comment(
        organization_id=thread.organization_id,
        thread=thread,
        author=actor,
        body=_said(body, needed=not (wording or suggests_deletion)),
        suggestion=wording,
        suggests_deletion=suggests_deletion,
    )
    comment.save(force_insert=True)
    hearing.of_comment(comment, thread.review, actor)
    return comment


def _said(body: str, *, needed: bool) -> str:
    words = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if needed and not words:
        raise CommentRefused("Write what you want to say.")
    if len(words) > LONGEST:
        raise CommentRefused(f"A comment has {LONGEST} characters at most. Shorten it, or split it.")
    return words


def _wording(thread: Thread, suggestion: str, *, deletion: bool) -> str:
    """The suggested wording on one line; empty when none is suggested, or that the sentence goes."""
    wording = " ".join(suggestion.replace("\x00", "").split())
    if not wording and not deletion:
        return ""
    quote = current_wording(thread)
    if not quote:
        raise SuggestionRefused("Wording can be suggested for a sentence only. Say it in words instead.")
    if deletion and wording:
        raise SuggestionRefused("Suggest other wording or that the sentence goes, not both.")
    if thread.section is not None and quote not in _sentences(thread.section):
        raise SuggestionRefused(
            "Wording can be suggested for a sentence as it stands in the text. A factor is changed by itself."
            if quote in _statements(thread.section)
            else "The sentence was changed since, so wording for it cannot be used. Comment on it as it is now."
        )
    if wording == quote:
        raise SuggestionRefused("This is what the sentence says already. Change something, or leave it out.")
    if len(wording) > LONGEST:
        raise SuggestionRefused(f"Suggested wording has {LONGEST} characters at most. Shorten it.")
    blocks = passages.parse(wording)
    numbers = passages.cited_numbers(blocks)
    known = Entry.objects.filter(incident_id=thread.review.incident_id, number__in=numbers)
    passages.require_known(blocks, known.values_list("number", flat=True))
    return wording


def _sentences(section: Section) -> set[str]:
    return {sentence.text for block in passages.parse(section.body) for sentence in block.sentences}


def _statements(section: Section) -> set[str]:
    """What the factors say, which stand in a section of their own."""
    if section.key != SectionKey.CONTRIBUTING_FACTORS:
        return set()
    return set(Factor.objects.filter(review=section.review_id).values_list("statement", flat=True))


def _suggests(comment: Comment) -> bool:
    return bool(comment.suggestion or comment.suggests_deletion)


def _close(actor: User, thread: Thread) -> None:
    thread.resolved_by, thread.resolved_at = actor, timezone.now()
    thread.save(update_fields=["resolved_by", "resolved_at"])


def _record(actor: User, review: Review, action: str, **data: Any) -> None:
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action=action,
        subject=f"review:{review.incident.reference}",
        **data,
    )
