"""Talking about a text: threads stay with their words, hear from those concerned, and end with the review."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from governance.access import Post, appoint
from governance.enums import NoticeKind, Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Notice, User
from incidents.models import Entry, Incident, IncidentReader
from reviews.enums import Provenance, ReviewState
from reviews.errors import CommentRefused, SuggestionRefused, TalkClosed, UnknownCitation
from reviews.models import Comment, Passage, Review, Revision, Section, SignOff, Thread
from reviews.services import save_factor, save_section, threads
from tests.factories import make_member
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db
QUOTE = "We were slow."


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        section = summary(made)
        save_section(
            actor=made.jon, section=section, body="We were slow. [E2] Nobody knew.", version=section.version
        )
        Notice.objects.all().delete()
        yield made


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def begin(setting: Setting, actor: User | None = None, **fields: Any) -> Thread:
    values = {"section": summary(setting), "quote": QUOTE, "body": "How slow?", **fields}
    return threads.open_thread(actor=actor or setting.mara, review=setting.review, **values)


def suggest(setting: Setting, wording: str = "We took an hour.", actor: User | None = None) -> Comment:
    row: Comment = begin(setting, actor, suggestion=wording).comments.get()
    return row


def told(kind: NoticeKind) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def actions() -> list[str]:
    rows = AuditEntry.objects.order_by("sequence").values_list("action", flat=True)
    return [row for row in rows if row.startswith(("thread", "comment", "suggestion"))]


# Opening and answering


def test_thread_keeps_its_quote_and_first_comment(setting: Setting) -> None:
    thread = begin(setting, body="  How slow?\r\nExactly? ")
    assert (thread.quote, thread.section, thread.entry) == (QUOTE, summary(setting), None)
    assert thread.comments.get().body == "How slow?\nExactly?"
    assert actions() == ["thread.opened"]
    data = AuditEntry.objects.get(action="thread.opened").details
    assert data == {"thread": thread.pk, "comment": thread.comments.get().pk}


def test_entry_is_talked_about(setting: Setting) -> None:
    entry = Entry.objects.get(incident=setting.incident, number=3)
    thread = begin(setting, section=None, quote="", entry=entry, body="Is this the right time?")
    assert (thread.section, thread.entry) == (None, entry)


def test_section_is_talked_about_as_a_whole(setting: Setting) -> None:
    assert begin(setting, quote="", body="Too short.").quote == ""


@pytest.mark.parametrize(
    "person",
    [
        lambda one: make_member(one.organization, Role.RESPONDER),
        lambda one: make_member(one.organization, Role.SRE_LEAD),
        lambda one: make_member(one.organization, Role.MANAGER),
        lambda one: make_member(one.organization, Role.SECURITY),
        lambda one: _post(one, Post.INCIDENT_COMMANDER, one.incident),
        lambda one: _post(one, Post.SERVICE_OWNER, one.service),
    ],
)
def test_these_may_comment(setting: Setting, person: Callable[[Setting], User]) -> None:
    assert begin(setting, person(setting)).pk


def _post(setting: Setting, post: Post, subject: Any) -> User:
    person = make_member(setting.organization, Role.AUDITOR)
    appoint(person, post, subject)
    return person


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_those_may_not_comment(setting: Setting, role: Role) -> None:
    person = make_member(setting.organization, role)
    thread = begin(setting)
    for attempt in (
        lambda: begin(setting, person),
        lambda: threads.reply(actor=person, thread=thread, body="So?"),
        lambda: threads.resolve(actor=person, thread=thread),
        lambda: threads.reopen(actor=person, thread=thread),
    ):
        with pytest.raises(AccessDenied, match="may not comment"):
            attempt()
    assert Comment.objects.count() == 1


def test_sentence_that_is_gone_is_not_commented_on(setting: Setting) -> None:
    with pytest.raises(CommentRefused, match="Reload the page"):
        begin(setting, quote="We were fast.")
    assert not Thread.objects.exists()


@pytest.mark.parametrize("body", ["", "   ", "\n\x00 "])
def test_empty_comment_is_refused(setting: Setting, body: str) -> None:
    with pytest.raises(CommentRefused, match="Write what"):
        begin(setting, body=body)


def test_endless_comment_is_refused(setting: Setting) -> None:
    with pytest.raises(CommentRefused, match="5000 characters"):
        begin(setting, body="a" * 5001)


def test_two_subjects_or_none_are_refused(setting: Setting) -> None:
    entry = Entry.objects.get(incident=setting.incident, number=3)
    for fields in ({"entry": entry}, {"section": None}):
        with pytest.raises(CommentRefused, match="one sentence, or on one entry"):
            begin(setting, **fields)


def test_reply_stands_in_the_thread_and_not_in_a_resolved_one(setting: Setting) -> None:
    thread = begin(setting)
    threads.reply(actor=setting.jon, thread=thread, body="An hour.")
    assert [one.body for one in thread.comments.all()] == ["How slow?", "An hour."]
    threads.resolve(actor=setting.jon, thread=thread)
    with pytest.raises(CommentRefused, match="Reopen it"):
        threads.reply(actor=setting.jon, thread=thread, body="And more.")


# One's own words


def test_own_comment_is_edited_and_the_same_words_change_nothing(setting: Setting) -> None:
    comment = begin(setting).comments.get()
    assert threads.edit_comment(actor=setting.mara, comment=comment, body="How slow? ").edited_at is None
    edited = threads.edit_comment(actor=setting.mara, comment=comment, body="How slow was it?")
    assert (edited.body, edited.edited_at is not None) == ("How slow was it?", True)
    assert actions() == ["thread.opened", "comment.edited"]


def test_words_of_others_stay_theirs(setting: Setting) -> None:
    comment = begin(setting).comments.get()
    with pytest.raises(AccessDenied, match="Only the person who wrote"):
        threads.edit_comment(actor=setting.jon, comment=comment, body="Mine.")
    with pytest.raises(AccessDenied, match="Only the person who wrote"):
        threads.take_back(actor=setting.jon, comment=comment)
    comment.refresh_from_db()
    assert comment.body == "How slow?"


def test_comment_is_not_edited_to_nothing(setting: Setting) -> None:
    with pytest.raises(CommentRefused, match="Write what"):
        threads.edit_comment(actor=setting.mara, comment=begin(setting).comments.get(), body=" ")


def test_taken_back_comment_leaves_its_place_only(setting: Setting) -> None:
    comment = suggest(setting)
    threads.reply(actor=setting.jon, thread=comment.thread, body="Good.")
    threads.take_back(actor=setting.mara, comment=comment)
    comment.refresh_from_db()
    assert (comment.body, comment.suggestion, comment.taken_back_at is not None) == ("", "", True)
    assert Thread.objects.get().resolved_at is None
    with pytest.raises(CommentRefused, match="took this comment back"):
        threads.edit_comment(actor=setting.mara, comment=comment, body="Again.")


def test_thread_in_which_nothing_is_left_is_resolved(setting: Setting) -> None:
    threads.take_back(actor=setting.mara, comment=begin(setting).comments.get())
    assert Thread.objects.get().resolved_by == setting.mara


# Settling


def test_thread_is_resolved_and_reopened_once_each(setting: Setting) -> None:
    thread = begin(setting)
    for _ in range(2):
        threads.resolve(actor=setting.jon, thread=thread)
    assert Thread.objects.get().resolved_by == setting.jon
    assert not Thread.objects.open().exists()
    for _ in range(2):
        threads.reopen(actor=setting.mara, thread=thread)
    assert Thread.objects.open().get() == thread
    assert actions() == ["thread.opened", "thread.resolved", "thread.reopened"]


def test_suggestion_is_turned_down_with_a_last_word(setting: Setting) -> None:
    comment = suggest(setting)
    threads.resolve(actor=setting.jon, thread=comment.thread, body="The log says two hours.")
    assert [one.body for one in comment.thread.comments.all()][-1] == "The log says two hours."
    assert Thread.objects.get().resolved_at is not None
    assert summary(setting).body == "We were slow. [E2] Nobody knew."


# Suggestions


def test_suggestion_takes_the_place_of_the_sentence(setting: Setting) -> None:
    comment = suggest(setting)
    saved = threads.apply_suggestion(actor=setting.jon, comment=comment)
    assert saved.body == "We took an hour. [E2] Nobody knew."
    newest = Revision.objects.filter(section=saved).order_by("-number").first()
    assert (newest.number, newest.author, newest.note) == (
        3,
        setting.jon,
        "Suggestion of Mara Okafor applied",
    )
    first, second = Passage.objects.filter(section=saved).order_by("position")
    assert [one.entry.number for one in first.citations.all()] == [2]
    assert (first.provenance, first.author) == (Provenance.PERSON, setting.jon)
    assert second.text == "Nobody knew."
    comment.refresh_from_db()
    assert (comment.applied_by, comment.thread.resolved_by) == (setting.jon, setting.jon)
    assert actions() == ["thread.opened", "suggestion.applied"]


def test_suggestion_that_is_used_voids_signatures_and_a_comment_does_not(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    comment = suggest(setting)
    threads.reply(actor=setting.jon, thread=comment.thread, body="Fine.")
    assert SignOff.objects.standing().count() == 2
    assert setting.now().state == ReviewState.APPROVED
    threads.apply_suggestion(actor=setting.jon, comment=comment)
    assert not SignOff.objects.standing().exists()


def test_suggested_deletion_takes_the_sentence_and_its_citations_out(setting: Setting) -> None:
    comment = begin(setting, body="", suggests_deletion=True).comments.get()
    assert threads.apply_suggestion(actor=setting.jon, comment=comment).body == "Nobody knew."


def test_suggestion_for_words_that_are_gone_is_refused(setting: Setting) -> None:
    comment = suggest(setting)
    section = summary(setting)
    save_section(actor=setting.jon, section=section, body="We were very slow. [E2]", version=section.version)
    with pytest.raises(SuggestionRefused, match="no longer there word by word"):
        threads.apply_suggestion(actor=setting.jon, comment=comment)
    assert summary(setting).body == "We were very slow. [E2]"
    assert Thread.objects.get().resolved_at is None


def test_suggestion_is_used_once(setting: Setting) -> None:
    comment = suggest(setting)
    threads.apply_suggestion(actor=setting.jon, comment=comment)
    with pytest.raises(SuggestionRefused, match="used already"):
        threads.apply_suggestion(actor=setting.jon, comment=comment)
    with pytest.raises(CommentRefused, match="part of the text"):
        threads.take_back(actor=setting.mara, comment=comment)


def test_second_suggestion_of_a_thread_is_for_the_wording_of_the_first(setting: Setting) -> None:
    comment = suggest(setting)
    threads.apply_suggestion(actor=setting.jon, comment=comment)
    threads.reopen(actor=setting.jon, thread=comment.thread)
    second = threads.reply(
        actor=setting.mara, thread=comment.thread, body="", suggestion="We took two hours."
    )
    saved = threads.apply_suggestion(actor=setting.jon, comment=second)
    assert saved.body == "We took two hours. [E2] Nobody knew."


def test_comment_without_wording_cannot_be_used(setting: Setting) -> None:
    with pytest.raises(SuggestionRefused, match="suggests no wording"):
        threads.apply_suggestion(actor=setting.jon, comment=begin(setting).comments.get())


def test_suggestion_is_used_by_those_who_write_the_review_only(setting: Setting) -> None:
    comment = suggest(setting)
    with pytest.raises(AccessDenied, match="write the review"):
        threads.apply_suggestion(actor=make_member(setting.organization, Role.MANAGER), comment=comment)
    assert summary(setting).body == "We were slow. [E2] Nobody knew."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"quote": ""}, "for a sentence only"),
        ({"suggestion": QUOTE}, "says already"),
        ({"suggests_deletion": True}, "not both"),
        ({"suggestion": "a" * 5001}, "5000 characters"),
    ],
)
def test_suggestion_of_no_use_is_refused(setting: Setting, fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SuggestionRefused, match=sentence):
        begin(setting, **{"suggestion": "Other words.", **fields})


def test_wording_for_a_factor_or_for_words_gone_is_refused(setting: Setting) -> None:
    factors = Section.objects.get(review=setting.review, key="contributing_factors")
    said = save_factor(
        actor=setting.jon, review=setting.review, statement="A lock had no limit.", confidence="probable"
    ).statement
    with pytest.raises(SuggestionRefused, match="changed by itself"):
        begin(setting, section=factors, quote=said, suggestion="A lock had a limit.")
    thread = begin(setting)
    save_section(actor=setting.jon, section=summary(setting), body="It was slow.", version=2)
    with pytest.raises(SuggestionRefused, match="was changed since"):
        threads.reply(actor=setting.mara, thread=thread, body="", suggestion="It took an hour.")


def test_suggestion_may_cite_what_the_chronology_has(setting: Setting) -> None:
    with pytest.raises(UnknownCitation, match="E99"):
        suggest(setting, "We took an hour [E99].")
    saved = threads.apply_suggestion(actor=setting.jon, comment=suggest(setting, "We took an hour. [E3]"))
    first = Passage.objects.filter(section=saved).order_by("position").first()
    assert [one.entry.number for one in first.citations.all()] == [3, 2]


# Who hears


def test_last_writer_and_those_who_spoke_hear_of_a_comment(setting: Setting) -> None:
    thread = begin(setting)
    assert told(NoticeKind.COMMENTED) == ["Jon Vik"]
    threads.reply(actor=setting.priya, thread=thread, body="Very.")
    assert told(NoticeKind.COMMENTED) == ["Jon Vik", "Jon Vik", "Mara Okafor"]
    notice = Notice.objects.filter(recipient=setting.mara).get()
    assert notice.path.endswith(f"{setting.incident.reference}/#thread-{thread.pk}")
    assert notice.text == f"Priya Nair commented on “Summary” of {setting.incident.reference}: Very."


def test_author_of_the_draft_hears_while_nobody_wrote_the_section(setting: Setting) -> None:
    detection = Section.objects.get(review=setting.review, key="detection")
    quote = Passage.objects.filter(section=detection).order_by("position").first().text
    begin(setting, section=detection, quote=quote)
    assert told(NoticeKind.COMMENTED) == ["Jon Vik"]


def test_mention_goes_before_the_comment(setting: Setting) -> None:
    begin(setting, body="@Jon Vik and @priya nair, how slow?")
    assert told(NoticeKind.MENTIONED) == ["Jon Vik", "Priya Nair"]
    assert told(NoticeKind.COMMENTED) == []


def test_mention_that_an_edit_adds_is_told_once(setting: Setting) -> None:
    comment = begin(setting).comments.get()
    for words in ("@Priya Nair, how slow?", "@Priya Nair, how slow was it?"):
        threads.edit_comment(actor=setting.mara, comment=comment, body=words)
    assert told(NoticeKind.MENTIONED) == ["Priya Nair"]
    assert told(NoticeKind.COMMENTED) == ["Jon Vik"]


def test_outsiders_of_a_private_incident_are_told_nothing(setting: Setting) -> None:
    Incident.objects.filter(pk=setting.incident.pk).update(is_private=True)
    for person in (setting.mara, setting.jon):
        IncidentReader(organization=setting.organization, incident=setting.incident, person=person).save()
    make_member(setting.organization, Role.MANAGER, name="Tom Reyes")
    begin(setting, body="@Tom Reyes, @Jon Vik: how slow?")
    assert told(NoticeKind.MENTIONED) == ["Jon Vik"]


# The end of talking


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (ReviewState.PUBLISHED, "Open the review again to discuss"),
        (ReviewState.SUPERSEDED, "is superseded"),
        (ReviewState.WITHDRAWN, "is withdrawn"),
    ],
)
def test_closed_review_is_talked_about_no_more(setting: Setting, state: ReviewState, sentence: str) -> None:
    comment = suggest(setting)
    thread = comment.thread
    Review.objects.filter(pk=setting.review.pk).update(state=state, published_at=timezone.now())
    for attempt in (
        lambda: begin(setting),
        lambda: threads.reply(actor=setting.mara, thread=thread, body="More."),
        lambda: threads.edit_comment(actor=setting.mara, comment=comment, body="More."),
        lambda: threads.take_back(actor=setting.mara, comment=comment),
        lambda: threads.resolve(actor=setting.mara, thread=thread),
        lambda: threads.reopen(actor=setting.mara, thread=thread),
        lambda: threads.apply_suggestion(actor=setting.mara, comment=comment),
    ):
        with pytest.raises(TalkClosed, match=sentence):
            attempt()
    assert Comment.objects.get().body == "How slow?"
