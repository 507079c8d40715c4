"""Comments as people use them: with htmx and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from governance.enums import Role
from governance.models import User
from reviews.enums import ReviewState
from reviews.models import Comment, Review, Section, Thread
from reviews.services import save_factor, save_section, threads
from tests.factories import make_member
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
QUOTE = "We were slow."


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        section = summary(made)
        save_section(
            actor=made.jon, section=section, body="We were slow. [E2] Nobody knew.", version=section.version
        )
        yield made


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def on(setting: Setting, query: str = "section=summary&passage=0") -> str:
    return f"{address(setting, 'thread_new')}?{query}"


def as_(person: User, client: Client) -> Client:
    client.force_login(person)
    return client


def begin(setting: Setting, actor: User | None = None, **fields: Any) -> Thread:
    values = {"section": summary(setting), "quote": QUOTE, "body": "How slow?", **fields}
    return threads.open_thread(actor=actor or setting.mara, review=setting.review, **values)


def close(setting: Setting, state: ReviewState) -> None:
    Review.objects.filter(pk=setting.review.pk).update(state=state, published_at=timezone.now())


def test_every_sentence_and_entry_offers_a_comment(setting: Setting, client: Client) -> None:
    page = as_(setting.mara, client).get(address(setting, "detail")).content.decode()
    assert 'id="passage-summary-1"' in page
    assert f'href="{address(setting, "thread_new")}?section=summary&amp;passage=1"' in page
    assert f'href="{address(setting, "thread_new")}?entry=2"' in page
    auditor = make_member(setting.organization, Role.AUDITOR)
    assert "talk-add" not in as_(auditor, client).get(address(setting, "detail")).content.decode()


def test_comment_is_written_without_javascript(setting: Setting, client: Client) -> None:
    browser = as_(setting.mara, client)
    form = browser.get(on(setting)).content.decode()
    assert "<html" in form
    assert 'name="quote" value="We were slow."' in form
    answer = browser.post(on(setting), {"body": "How slow?", "quote": QUOTE, "suggestion": QUOTE})
    thread = Thread.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{address(setting, 'detail')}#thread-{thread.pk}",
    )
    assert (thread.quote, thread.comments.get().suggestion) == (QUOTE, "")


def test_comment_is_written_in_place_with_htmx(setting: Setting, client: Client) -> None:
    browser = as_(setting.mara, client)
    form = browser.get(on(setting), headers=HTMX).content.decode()
    assert 'id="talk-summary-new"' in form
    assert "<html" not in form
    answer = browser.post(on(setting), {"body": "How slow?", "quote": QUOTE}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="thread-{Thread.objects.get().pk}"' in page
    assert page.count('hx-swap-oob="true"') == 4
    assert 'id="passage-summary-0"' in page
    assert "talk-mark" in page


def test_suggested_wording_is_a_redline_with_a_button(setting: Setting, client: Client) -> None:
    browser = as_(setting.mara, client)
    browser.post(on(setting), {"body": "", "quote": QUOTE, "suggestion": " We took\nan hour. "})
    assert Comment.objects.get().suggestion == "We took an hour."
    page = browser.get(address(setting, "detail")).content.decode()
    assert "<ins>" in page
    assert "Use this wording" in page
    manager = make_member(setting.organization, Role.MANAGER)
    shown = as_(manager, client).get(address(setting, "detail")).content.decode()
    assert "<ins>" in shown
    assert "Use this wording" not in shown


def test_suggested_deletion_is_asked_for_with_a_tick(setting: Setting, client: Client) -> None:
    browser = as_(setting.mara, client)
    browser.post(on(setting), {"body": "", "quote": QUOTE, "suggestion": QUOTE, "suggests_deletion": "on"})
    assert Comment.objects.get().suggests_deletion
    assert "Take the sentence out" in browser.get(address(setting, "detail")).content.decode()


def test_wording_is_used_with_one_click(setting: Setting, client: Client) -> None:
    thread = begin(setting, suggestion="We took an hour.")
    answer = as_(setting.jon, client).post(
        address(setting, "comment_apply", thread.comments.get().pk), follow=True
    )
    assert summary(setting).body == "We took an hour. [E2] Nobody knew."
    assert "The wording of Mara Okafor is in the text." in answer.content.decode()
    assert "1 resolved" in answer.content.decode()


def test_wording_that_no_longer_fits_is_refused_with_a_sentence(setting: Setting, client: Client) -> None:
    thread = begin(setting, suggestion="We took an hour.")
    save_section(actor=setting.jon, section=summary(setting), body="We were very slow.", version=2)
    answer = as_(setting.jon, client).post(
        address(setting, "comment_apply", thread.comments.get().pk), follow=True
    )
    assert "no longer there word by word" in answer.content.decode()
    assert "Use this wording" not in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_empty_comment_comes_back_with_a_sentence(
    setting: Setting, client: Client, headers: dict[str, str]
) -> None:
    answer = as_(setting.mara, client).post(
        on(setting), {"body": " ", "quote": QUOTE, "suggestion": QUOTE}, headers=headers
    )
    assert answer.status_code == 422
    assert "Write what you want to say." in answer.content.decode()


def test_comment_on_a_sentence_that_changed_meanwhile_keeps_the_words(
    setting: Setting, client: Client
) -> None:
    answer = as_(setting.mara, client).post(on(setting), {"body": "How slow?", "quote": "We were fast."})
    assert answer.status_code == 422
    assert "Reload the page" in answer.content.decode()
    assert "How slow?</textarea>" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["", "section=nothing", "section=summary&passage=2", "section=summary&passage=x", "entry=99", "entry=x"],
)
def test_what_is_not_there_is_not_commented_on(setting: Setting, client: Client, query: str) -> None:
    assert as_(setting.mara, client).get(on(setting, query)).status_code == 404


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_reply_and_its_refusal(setting: Setting, client: Client, headers: dict[str, str]) -> None:
    thread = begin(setting)
    browser, url = as_(setting.jon, client), address(setting, "thread_reply", thread.pk)
    assert browser.post(url, {"body": "An hour."}, headers=headers).status_code == (200 if headers else 302)
    assert thread.comments.count() == 2
    long = browser.post(url, {"body": "a" * 5001}, headers=headers)
    assert long.status_code == 422
    assert "aaaa</textarea>" in long.content.decode()
    threads.resolve(actor=setting.mara, thread=thread)
    late = browser.post(url, {"body": "And more."}, headers=headers)
    assert late.status_code == 422
    assert "Reopen it to go on." in late.content.decode()


def test_thread_is_resolved_with_a_last_word_and_reopened(setting: Setting, client: Client) -> None:
    thread = begin(setting)
    browser = as_(setting.jon, client)
    page = browser.post(
        address(setting, "thread_resolve", thread.pk), {"body": "It stays."}, headers=HTMX
    ).content.decode()
    assert "It stays." in page
    assert "Resolved by Jon Vik" in page
    assert "talk-mark" not in page
    page = browser.post(address(setting, "thread_reopen", thread.pk), headers=HTMX).content.decode()
    assert "Resolved by" not in page
    assert "talk-mark" in page


def test_thread_about_an_entry_lies_in_the_margin(setting: Setting, client: Client) -> None:
    browser = as_(setting.mara, client)
    answer = browser.post(on(setting, "entry=2"), {"body": "Sure?"}, headers=HTMX)
    assert answer.status_code == 200
    assert 'id="talk-entries-new"' in answer.content.decode()
    page = browser.get(address(setting, "detail")).content.decode()
    assert "open thread about E2" in " ".join(page.replace("</span>", " ").split())


def test_factor_is_commented_on_without_other_wording(setting: Setting, client: Client) -> None:
    factor = save_factor(
        actor=setting.jon, review=setting.review, statement="A lock had no limit.", confidence="probable"
    )
    browser = as_(setting.mara, client)
    query = f"section=contributing_factors&factor={factor.number}"
    assert f"{query.replace('&', '&amp;')}" in browser.get(address(setting, "detail")).content.decode()
    form = browser.get(on(setting, query), headers=HTMX).content.decode()
    assert 'name="quote" value="A lock had no limit."' in form
    assert "suggestion" not in form
    answer = browser.post(
        on(setting, query), {"body": "Sure?", "quote": "A lock had no limit."}, headers=HTMX
    )
    assert f'id="factor-{factor.number}"' in answer.content.decode()
    assert browser.get(on(setting, "section=contributing_factors&factor=99")).status_code == 404


def test_own_comment_is_changed_and_taken_back(setting: Setting, client: Client) -> None:
    thread = begin(setting)
    comment, browser = thread.comments.get(), as_(setting.mara, client)
    url = address(setting, "comment_edit", comment.pk)
    assert "How slow?</textarea>" in browser.get(url).content.decode()
    assert browser.post(url, {"body": ""}).status_code == 422
    assert browser.post(url, {"body": "How slow was it?"}).status_code == 302
    browser.post(address(setting, "comment_take_back", comment.pk))
    page = browser.get(address(setting, "detail")).content.decode()
    assert "How slow was it?" not in page
    assert "Taken back." in page
    assert as_(setting.jon, client).get(url).status_code == 403


def test_thread_by_itself_takes_a_reply_with_wording(setting: Setting, client: Client) -> None:
    thread = begin(setting)
    browser = as_(setting.jon, client)
    page = browser.get(address(setting, "thread", thread.pk)).content.decode()
    assert "We were slow.</textarea>" in page
    browser.post(
        address(setting, "thread_reply", thread.pk),
        {"body": "", "quote": QUOTE, "suggestion": "We took an hour."},
    )
    assert thread.comments.latest("pk").suggestion == "We took an hour."


def test_comments_are_listed_with_links_to_their_places(setting: Setting, client: Client) -> None:
    thread, whole = begin(setting), begin(setting, quote="", body="Too short.")
    settled = begin(setting, quote="Nobody knew.", body="Really?")
    threads.resolve(actor=setting.jon, thread=settled)
    browser, detail = as_(setting.mara, client), address(setting, "detail")
    page = browser.get(address(setting, "comments")).content.decode()
    assert f'href="{detail}#passage-summary-0"' in page
    assert f'href="{detail}#thread-{whole.pk}"' in page
    assert "Nobody knew." not in page
    page = browser.get(f"{address(setting, 'comments')}?show=resolved").content.decode()
    assert f'href="{detail}#thread-{settled.pk}"' in page
    assert f"#thread-{thread.pk}" not in page


def test_words_that_are_gone_are_shown_struck(setting: Setting, client: Client) -> None:
    begin(setting)
    save_section(actor=setting.jon, section=summary(setting), body="It began elsewhere.", version=2)
    page = as_(setting.mara, client).get(address(setting, "detail")).content.decode()
    assert "The words are gone</span> <del>We were slow.</del>" in page


def test_comments_of_a_published_review_are_read_only(setting: Setting, client: Client) -> None:
    thread = begin(setting)
    close(setting, ReviewState.PUBLISHED)
    browser = as_(setting.mara, client)
    page = browser.get(address(setting, "detail")).content.decode()
    assert "How slow?" in page
    assert "talk-add" not in page
    assert address(setting, "thread_reply", thread.pk) not in page
    assert browser.get(on(setting)).status_code == 422
    answer = browser.post(address(setting, "thread_reply", thread.pk), {"body": "More."}, headers=HTMX)
    assert answer.status_code == 422
    assert "Open the review again to discuss" in answer.content.decode()


def test_markup_in_comments_stays_words(setting: Setting, client: Client) -> None:
    begin(setting, body="<img src=x onerror=alert(1)> @Jon Vik", suggestion="<b>We</b> were slow.")
    page = as_(setting.mara, client).get(address(setting, "detail")).content.decode()
    assert "<img" not in page
    assert "<b>" not in page
    assert '<span class="mention">@Jon Vik</span>' in page


def test_page_of_a_review_asks_as_many_queries_for_many_comments_as_for_one(
    setting: Setting, client: Client
) -> None:
    begin(setting, body="@Jon Vik?")
    reader = make_member(setting.organization, Role.RESPONDER)
    browser, url = as_(reader, client), address(setting, "detail")
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    for number in range(20):
        thread = begin(setting, quote="Nobody knew.", body=f"@Priya Nair, {number}?", suggestion="All knew.")
        threads.reply(actor=setting.priya, thread=thread, body="Yes.")
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(many) == len(one)
