"""Typed words in a real browser: two tabs, a lost connection, a sign-out elsewhere and a paste that is too large."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import BrowserContext, Page, expect

from governance.models import User
from reviews.models import Question, Section
from tests.browser import NewContext
from tests.factories import PASSWORD
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.journey

WORDS = "Nobody saw the proxy fail. [E3]"


@pytest.fixture
def setting(transactional_db: None) -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def sign_in(page: Page, person: User) -> Page:
    if "/sign-in/" not in page.url:
        page.goto("/sign-in/")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def typed(page: Page, setting: Setting, words: str = WORDS) -> Page:
    """The workbench with the summary open in place and these words typed into it."""
    page.goto(address(setting, "detail"))
    page.get_by_role("link", name="Edit Summary").click()
    page.get_by_role("textbox", name="Text").fill(words)
    return page


def stored(setting: Setting) -> str:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row.body


def save(page: Page) -> None:
    page.get_by_role("button", name="Save summary").click()


def leave_and_return(context: BrowserContext, person: User) -> None:
    """The person signs out and in again in another tab."""
    tab = context.new_page()
    tab.goto("/")
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/sign-in/**")
    sign_in(tab, person)
    tab.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_two_tabs_on_one_section_lose_nothing(
    setting: Setting, new_context: NewContext, scripts: bool
) -> None:
    context = new_context(java_script_enabled=scripts)
    first, second = sign_in(context.new_page(), setting.jon), context.new_page()
    for page, words in ((first, "From the first tab."), (second, "From the second tab.")):
        typed(page, setting, words)
    save(first)
    expect(first.get_by_text("From the first tab.").first).to_be_visible()
    expect(first.get_by_role("button", name="Save summary")).to_have_count(0)
    save(second)
    expect(second.get_by_role("radio", name="What Jon Vik saved")).to_be_visible()
    expect(second.get_by_text("From the second tab.").first).to_be_visible()
    assert stored(setting) == "From the first tab."
    second.locator("input[value=mine]").check()
    second.get_by_role("button", name="Save what I chose").click()
    expect(second.get_by_role("link", name="Edit Summary")).to_be_visible()
    assert stored(setting) == "From the second tab."


def test_lost_connection_keeps_the_words_and_says_so(
    setting: Setting, new_context: NewContext, browser_problems: list[str]
) -> None:
    context = new_context()
    page = typed(
        sign_in(context.new_page(), setting.jon), setting, f"{WORDS}  "
    )  # the server takes white space off
    context.set_offline(True)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("The connection is lost. Nothing was saved")
    expect(page.get_by_role("textbox", name="Text")).to_have_value(f"{WORDS}  ")
    expect(page.locator("form[data-unsaved]")).to_have_attribute("data-dirty", "1")  # leaving asks first
    context.set_offline(False)
    browser_problems.clear()  # the browser reports what was lost
    save(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("button", name="Save summary")).to_have_count(0)
    assert stored(setting) == WORDS
    page.get_by_role("link", name="Edit Summary").click()
    expect(page.get_by_role("textbox", name="Text")).to_have_value(WORDS)
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_save_after_signing_out_elsewhere_keeps_the_words(setting: Setting, new_context: NewContext) -> None:
    context = new_context()
    page = typed(sign_in(context.new_page(), setting.jon), setting)
    context.clear_cookies(name="afterword_session")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("You are signed out. Nothing was saved")
    expect(page.get_by_role("textbox", name="Text")).to_have_value(WORDS)
    sign_in(context.new_page(), setting.jon).close()
    page.bring_to_front()
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("try again now", ignore_case=True)
    save(page)
    expect(page.get_by_role("button", name="Save summary")).to_have_count(0)
    assert stored(setting) == WORDS


def test_plain_form_sent_after_signing_out_elsewhere_offers_the_words_again(
    setting: Setting, new_context: NewContext
) -> None:
    question = Question.objects.filter(review=setting.review).first()
    assert question is not None
    context = new_context()
    page = sign_in(context.new_page(), setting.mara)
    page.goto(address(setting, "answer", question.pk))
    page.get_by_label("Answer").fill("Two thousand of them.")
    other = context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in/**")
    page.get_by_role("button", name="Answer").click()
    sign_in(page, setting.mara)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Answer")).to_have_value("Two thousand of them.")


def test_plain_form_older_than_the_sign_in_keeps_its_words(setting: Setting, new_context: NewContext) -> None:
    question = Question.objects.filter(review=setting.review).first()
    assert question is not None
    context = new_context()
    page = sign_in(context.new_page(), setting.mara)
    page.goto(address(setting, "answer", question.pk))
    page.get_by_label("Answer").fill("Two thousand of them.")
    leave_and_return(context, setting.mara)
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("This page is older than your sign-in")).to_be_visible()
    page.goto(address(setting, "answer", question.pk))
    page.get_by_role("button", name="Put it back").click()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Your answer stands beside the question.")).to_be_visible()
    question.refresh_from_db()
    assert question.answer == "Two thousand of them."


@pytest.mark.parametrize(("length", "sentence"), [(120_000, "Shorten it"), (5_000_000, "too large")])
def test_paste_that_is_too_large_comes_back_whole(
    setting: Setting, new_context: NewContext, length: int, sentence: str
) -> None:
    page = typed(sign_in(new_context().new_page(), setting.jon), setting, "a" * length)
    save(page)
    expect(page.locator(".errors, [role=alert]")).to_contain_text(sentence)
    assert len(page.get_by_role("textbox", name="Text").input_value()) == length


def test_five_megabytes_without_javascript_meet_a_sentence(setting: Setting, new_context: NewContext) -> None:
    page = typed(
        sign_in(new_context(java_script_enabled=False).new_page(), setting.jon), setting, "a" * 5_000_000
    )
    save(page)
    expect(page.get_by_text("You sent more than 4 MB of text, so nothing was saved.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_evidence_stands_beside_the_text_without_javascript(
    setting: Setting, new_context: NewContext, scripts: bool
) -> None:
    page = sign_in(new_context(java_script_enabled=scripts).new_page(), setting.jon)
    page.goto(address(setting, "detail"))
    entry = page.locator("[data-entry='2']")
    expect(entry).to_be_visible(visible=not scripts)
    expect(page.locator("[data-evidence-hint]")).to_be_visible(visible=scripts)
