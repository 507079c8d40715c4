"""Writing together, by the addresses that it uses: merges, drafts, presence and the history of a section."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from reviews.enums import ReviewState
from reviews.models import Presence, Revision, Section, SignOff, UnsavedText
from reviews.services import keep_unsaved, note_presence, save_section
from tests.factories import make_member
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db

START = "It began. It lasted two hours. It ended."
HTMX = {"HX-Request": "true"}


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        save_section(actor=made.mara, section=summary(made), body=START, version=1)
        yield made


@pytest.fixture
def browser(setting: Setting, client: Client) -> Client:
    client.force_login(setting.jon)
    return client


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def hers(setting: Setting, body: str) -> None:
    save_section(actor=setting.priya, section=summary(setting), body=body, version=summary(setting).version)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_late_save_of_other_words_says_that_it_was_merged(
    setting: Setting, browser: Client, headers: dict[str, str]
) -> None:
    hers(setting, START.replace("began", "began at noon"))
    fields = {"body": START.replace("two", "three"), "version": 2}
    answer = browser.post(address(setting, "section_edit", "summary"), fields, headers=headers, follow=True)
    assert "Merged with Priya Nair’s revision 3: read the section once more." in answer.content.decode()
    assert summary(setting).body == "It began at noon. It lasted three hours. It ended."


def test_typed_words_of_a_conflict_are_kept_as_a_draft(setting: Setting, browser: Client) -> None:
    hers(setting, START.replace("two", "four"))
    fields = {"body": START.replace("two", "three"), "version": 2}
    answer = browser.post(address(setting, "section_edit", "summary"), fields)
    assert answer.status_code == 422
    kept = UnsavedText.objects.get()
    assert (kept.person, kept.body, kept.version) == (setting.jon, START.replace("two", "three"), 2)


def conflicted(setting: Setting, **more: object) -> dict[str, object]:
    hers(setting, START.replace("two", "four"))
    return {"body": START.replace("two", "three"), "base": 2, "version": 3, **more}


@pytest.mark.parametrize(
    ("side", "middle"),
    [
        ("mine", "It lasted three hours."),
        ("theirs", "It lasted four hours."),
        ("both", "It lasted three hours. It lasted four hours."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_choice_is_saved(
    setting: Setting, browser: Client, side: str, middle: str, headers: dict[str, str]
) -> None:
    fields = conflicted(setting, **{"place-0": side, "step": "save"})
    answer = browser.post(address(setting, "section_merge", "summary"), fields, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    assert summary(setting).body == f"It began. {middle} It ended."
    assert summary(setting).version == (3 if side == "theirs" else 4)
    assert not UnsavedText.objects.exists()


def test_choice_is_shown_for_more_editing_before_it_is_saved(setting: Setting, browser: Client) -> None:
    fields = conflicted(setting, **{"place-0": "both", "step": "edit"})
    page = browser.post(address(setting, "section_merge", "summary"), fields).content.decode()
    assert "It began. It lasted three hours. It lasted four hours. It ended.</textarea>" in page
    assert 'name="version" value="3"' in page
    assert summary(setting).version == 3


def test_save_without_a_choice_saves_nothing(setting: Setting, browser: Client) -> None:
    answer = browser.post(address(setting, "section_merge", "summary"), conflicted(setting, step="save"))
    assert answer.status_code == 422
    assert "Choose what stays here." in answer.content.decode()
    assert summary(setting).version == 3


def test_text_changed_until_nothing_is_in_conflict_is_saved(setting: Setting, browser: Client) -> None:
    fields = {**conflicted(setting, step="save"), "body": START.replace("began", "began at noon")}
    assert browser.post(address(setting, "section_merge", "summary"), fields).status_code == 302
    assert summary(setting).body == "It began at noon. It lasted four hours. It ended."


def test_third_person_who_saves_during_the_choice_is_not_overwritten(
    setting: Setting, browser: Client
) -> None:
    fields = conflicted(setting, **{"place-0": "mine", "step": "save"})
    hers(setting, START.replace("two", "five"))
    answer = browser.post(address(setting, "section_merge", "summary"), fields)
    assert answer.status_code == 422
    assert "five" in answer.content.decode()
    assert summary(setting).body == START.replace("two", "five")


def test_markup_in_a_conflict_stays_words(setting: Setting, browser: Client) -> None:
    hers(setting, "<script>alert(1)</script>")
    answer = browser.post(
        address(setting, "section_edit", "summary"), {"body": "<img src=x onerror=y>", "version": 2}
    )
    page = answer.content.decode()
    assert "<script>alert(1)" not in page and "<img src=x" not in page


def test_draft_is_kept_in_a_few_words_for_scripts(setting: Setting, browser: Client) -> None:
    url = address(setting, "section_unsaved", "summary")
    answer = browser.post(url, {"body": "Half a sen", "version": 2}, headers={"Accept": "text/plain"})
    assert answer.content.decode().startswith("Saved as your draft ")
    assert UnsavedText.objects.get().body == "Half a sen"
    same = browser.post(url, {"body": START, "version": 2}, headers={"Accept": "text/plain"})
    assert same.content.decode() == "Nothing to save"
    assert not UnsavedText.objects.exists()


def test_draft_is_kept_offered_and_thrown_away_without_javascript(setting: Setting, browser: Client) -> None:
    url, edit = address(setting, "section_unsaved", "summary"), address(setting, "section_edit", "summary")
    page = browser.post(url, {"body": "Half a sentence", "version": 2}, follow=True).content.decode()
    assert "Your words are kept as your draft." in page
    assert "You have unsaved words from" in browser.get(edit).content.decode()
    assert "Half a sentence</textarea>" in browser.get(f"{edit}?back").content.decode()
    browser.post(url, {"throw_away": "1"})
    assert "You have unsaved words" not in browser.get(edit).content.decode()


def test_draft_of_one_is_not_shown_to_another(setting: Setting, browser: Client) -> None:
    keep_unsaved(actor=setting.mara, section=summary(setting), body="Her secret doubts", version=2)
    edit = address(setting, "section_edit", "summary")
    assert "Her secret doubts" not in browser.get(edit).content.decode()
    assert "Her secret doubts" not in browser.get(f"{edit}?back").content.decode()


def test_saving_removes_the_draft(setting: Setting, browser: Client) -> None:
    keep_unsaved(actor=setting.jon, section=summary(setting), body="Half", version=2)
    browser.post(address(setting, "section_edit", "summary"), {"body": "Whole.", "version": 2})
    assert not UnsavedText.objects.exists()


def test_writers_are_named_on_the_page_in_the_form_and_to_scripts(setting: Setting, browser: Client) -> None:
    note_presence(actor=setting.priya, section=summary(setting))
    said = "Priya Nair is writing here"
    assert said in browser.get(address(setting, "detail")).content.decode()
    assert said in browser.get(address(setting, "section_edit", "summary"), headers=HTMX).content.decode()
    assert browser.get(address(setting, "presence")).json() == {"summary": said}
    assert browser.post(address(setting, "section_presence", "summary")).json() == {"summary": said}
    assert Presence.objects.filter(person=setting.jon).exists()
    assert browser.post(address(setting, "section_presence", "summary"), {"gone": "1"}).status_code == 204
    assert not Presence.objects.filter(person=setting.jon).exists()


def test_history_lists_compares_and_restores(setting: Setting, browser: Client) -> None:
    hers(setting, START.replace("two", "three"))
    url = address(setting, "section_history", "summary")
    page = browser.get(url).content.decode()
    assert "What changed from revision 2 to revision 3" in page
    assert "three</ins>" in page
    assert "What changed from revision 1 to revision 2" in browser.get(f"{url}?from=1&to=2").content.decode()
    done = browser.post(
        address(setting, "section_restore", "summary"), {"number": 2, "version": 3}, follow=True
    )
    assert "Revision 2 of “Summary” is the text again." in done.content.decode()
    assert Revision.objects.get(section=summary(setting), number=4).note == "Restored from revision 2"
    assert "Restored from revision 2" in browser.get(url).content.decode()


@pytest.mark.parametrize("query", ["?from=x&to=y", "?from=99&to=98", "?to=999999999999", "?page=nine"])
def test_history_of_nonsense_is_a_page(setting: Setting, browser: Client, query: str) -> None:
    assert browser.get(f"{address(setting, 'section_history', 'summary')}{query}").status_code == 200


def test_restore_on_an_older_page_is_refused_with_what_to_do(setting: Setting, browser: Client) -> None:
    hers(setting, "Hers.")
    answer = browser.post(
        address(setting, "section_restore", "summary"), {"number": 1, "version": 2}, follow=True
    )
    assert "Compare with it first, then restore again." in answer.content.decode()
    assert summary(setting).body == "Hers."


def test_restore_is_not_offered_to_readers(setting: Setting, client: Client) -> None:
    client.force_login(make_member(setting.organization, Role.AUDITOR))
    assert "Restore" not in client.get(address(setting, "section_history", "summary")).content.decode()


def test_draft_and_presence_void_no_signature(setting: Setting, browser: Client) -> None:
    bring_to(setting, ReviewState.APPROVED)
    browser.post(address(setting, "section_unsaved", "summary"), {"body": "Half", "version": 2})
    browser.post(address(setting, "section_presence", "summary"))
    assert SignOff.objects.standing().count() == 2


def queries_of(browser: Client, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_history_takes_as_many_queries_for_many_revisions_as_for_few(
    setting: Setting, browser: Client
) -> None:
    url = address(setting, "section_history", "summary")
    few = queries_of(browser, url)
    for number in range(6):
        hers(setting, f"{START} Number {number}.")
    assert queries_of(browser, url) == few
