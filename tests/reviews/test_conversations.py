"""Threads as the page shows them: at their passages, through edits, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from incidents.models import Entry
from reviews.conversations import Conversations, drawn
from reviews.models import Section, Thread
from reviews.services import save_factor, save_section, threads
from reviews.workbench import SectionView, Workbench
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db
BODY = "We were slow. [E2] Nobody knew of it. The lock was held."


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        write(made, BODY)
        yield made


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def write(setting: Setting, body: str) -> None:
    section = summary(setting)
    save_section(actor=setting.jon, section=section, body=body, version=section.version)


def begin(setting: Setting, quote: str = "", body: str = "Why?", **fields: Any) -> Thread:
    return threads.open_thread(
        actor=setting.mara, review=setting.review, section=summary(setting), quote=quote, body=body, **fields
    )


def shown(setting: Setting) -> SectionView:
    return Workbench(setting.review).section("summary")


def test_threads_stand_by_their_sentences_in_the_order_of_the_text(setting: Setting) -> None:
    whole, last, first = begin(setting), begin(setting, "The lock was held."), begin(setting, "We were slow.")
    view = shown(setting)
    assert [talk.thread for talk in view.talk.open] == [first, last, whole]
    sentences = [one for block in view.blocks for one in block.sentences]
    assert [[talk.thread for talk in one.talks] for one in sentences] == [[first], [], [last]]
    assert [talk.fragment for talk in view.talk.open] == [
        "passage-summary-0",
        "passage-summary-2",
        f"thread-{whole.pk}",
    ]


def test_thread_follows_its_sentence_through_edits_until_the_words_are_gone(setting: Setting) -> None:
    begin(setting, "We were slow.")
    write(setting, "It began. We were rather slow. [E2] The lock was held.")
    (talk,) = shown(setting).talk.open
    assert (talk.place, talk.is_gone) == ("passage-summary-1", False)
    write(setting, "It began. The lock was held.")
    (talk,) = shown(setting).talk.open
    assert (talk.place, talk.is_gone, talk.thread.quote) == ("", True, "We were slow.")


def test_thread_stays_with_the_wording_that_was_used_from_it(setting: Setting) -> None:
    thread = begin(setting, "We were slow.", suggestion="Recovery lasted 90 minutes.")
    threads.apply_suggestion(actor=setting.jon, comment=thread.comments.get())
    (talk,) = shown(setting).talk.resolved
    assert (talk.place, talk.is_gone) == ("passage-summary-0", False)
    assert "<del>" in talk.said[0].change
    assert not talk.said[0].usable


def test_suggestion_can_be_used_while_its_sentence_stands_word_by_word(setting: Setting) -> None:
    begin(setting, "We were slow.", suggestion="We were quick.")
    assert shown(setting).talk.open[0].said[0].usable
    write(setting, "We were rather slow.")
    (talk,) = shown(setting).talk.open
    assert (talk.place, talk.said[0].usable) == ("passage-summary-0", False)


def test_resolved_threads_stand_apart_and_mark_no_sentence(setting: Setting) -> None:
    thread = begin(setting, "We were slow.")
    threads.resolve(actor=setting.jon, thread=thread)
    view = shown(setting)
    assert (view.talk.open, [talk.thread for talk in view.talk.resolved]) == ([], [thread])
    assert view.blocks[0].sentences[0].talks == ()


def test_factor_is_talked_about_where_it_stands(setting: Setting) -> None:
    factor = save_factor(
        actor=setting.jon,
        review=setting.review,
        factor=None,
        statement="The lock had no limit.",
        confidence="probable",
    )
    section = Section.objects.get(review=setting.review, key="contributing_factors")
    thread = threads.open_thread(
        actor=setting.mara, review=setting.review, section=section, quote=factor.statement, body="Sure?"
    )
    view = Workbench(setting.review).section("contributing_factors")
    assert [talk.thread for talk in view.factors[-1].talks] == [thread]
    assert view.talk.open[0].fragment == f"factor-{factor.number}"


def test_threads_of_entries_stand_in_the_margin(setting: Setting) -> None:
    entry = Entry.objects.get(incident=setting.incident, number=2)
    thread = threads.open_thread(actor=setting.mara, review=setting.review, entry=entry, body="Sure?")
    (evidence,) = [one for one in Workbench(setting.review).evidence if one.number == 2]
    assert [talk.thread for talk in evidence.talks] == [thread]


def test_comment_is_drawn_safely_with_its_mentions() -> None:
    html = drawn("**Look** <script>\nat @Ann Lee\n\nagain", ["Ann Lee"])
    assert html == (
        '<p><strong>Look</strong> &lt;script&gt;<br>at <span class="mention">@Ann Lee</span></p><p>again</p>'
    )
    assert drawn("", []) == ""


def test_page_asks_as_many_queries_for_a_hundred_comments_as_for_one(setting: Setting) -> None:
    thread = begin(setting, "We were slow.", body="@Jon Vik?")
    one = _queries(setting)
    for number in range(9):
        threads.reply(actor=setting.mara, thread=thread, body=f"@Jon Vik, {number}?")
    for _ in range(9):
        other = begin(setting, "Nobody knew of it.", body="@Priya Nair?")
        for number in range(9):
            threads.reply(actor=setting.priya, thread=other, body=f"Number {number}")
    assert sum(thread.comments.count() for thread in Thread.objects.all()) == 100
    assert _queries(setting) == one
    assert Conversations(setting.review).open_count == 10


def _queries(setting: Setting) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        bench = Workbench(setting.review)
        for view in bench.sections:
            assert view.talk.open is not None
        assert bench.evidence
    return len(captured)
