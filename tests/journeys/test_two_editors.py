"""Two people write one section at the same time, in a real browser: no word of either is lost or overwritten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page, expect

from governance.models import User
from reviews.models import Revision, Section, UnsavedText
from reviews.services import save_section
from tests.browser import Axe, NewContext
from tests.factories import PASSWORD
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.journey

START = "The proxy failed at noon. [E2]\n\nIt lasted two hours.\n\nWe rolled it back. [E5]"


@pytest.fixture
def setting(transactional_db: None) -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        save_section(actor=made.jon, section=summary(made), body=START, version=1)
        yield made


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def sign_in(page: Page, person: User) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def opened(page: Page, setting: Setting) -> Page:
    """The summary open for writing, in its place on the page of the review."""
    page.goto(address(setting, "detail"))
    page.get_by_role("link", name="Edit Summary").click()
    expect(page.get_by_role("textbox", name="Text")).to_be_visible()
    return page


def two(setting: Setting, new_context: NewContext, **options: object) -> tuple[Page, Page]:
    """Jon and Priya, each with the summary open."""
    pages = [
        opened(sign_in(new_context(**options).new_page(), person), setting)
        for person in (setting.jon, setting.priya)
    ]
    return pages[0], pages[1]


def replace(page: Page, old: str, new: str) -> None:
    box = page.get_by_role("textbox", name="Text")
    box.fill(box.input_value().replace(old, new))


def save(page: Page) -> None:
    page.get_by_role("button", name="Save summary").click()


def is_saved(page: Page) -> None:
    expect(page.get_by_role("link", name="Edit Summary")).to_be_visible()
    expect(page.get_by_role("button", name="Save summary")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_edits_of_different_words_are_put_together(
    setting: Setting, new_context: NewContext, scripts: bool
) -> None:
    jon, priya = two(setting, new_context, java_script_enabled=scripts)
    replace(jon, "The proxy failed", "The old proxy failed")
    replace(priya, "two hours", "three hours")
    save(jon)
    is_saved(jon)
    save(priya)
    is_saved(priya)
    expect(priya.get_by_text("Merged with Jon Vik’s revision 3")).to_be_visible()
    expect(priya.locator("#summary")).to_contain_text("The old proxy failed at noon.")
    assert summary(setting).body == START.replace("The proxy", "The old proxy").replace("two", "three")


@pytest.mark.parametrize("scripts", [True, False])
def test_edits_of_the_same_words_stand_side_by_side_and_the_person_chooses(
    setting: Setting, new_context: NewContext, axe: Axe, scripts: bool
) -> None:
    jon, priya = two(setting, new_context, java_script_enabled=scripts)
    replace(jon, "two hours", "three hours")
    save(jon)
    is_saved(jon)
    replace(priya, "two hours", "two days")
    replace(priya, "We rolled it back.", "We rolled it back, slowly.")
    save(priya)
    conflict = priya.get_by_role("group", name="Place 1 of 1")
    expect(conflict.get_by_role("radio", name="What Jon Vik saved")).to_be_visible()
    expect(priya.get_by_role("alert")).to_contain_text("Jon Vik saved this section while you wrote")
    assert summary(setting).body == START.replace("two", "three")
    if scripts:
        axe(priya)
    priya.get_by_role("button", name="Save what I chose").click()
    expect(priya.get_by_text("Choose what stays here.")).to_be_visible()
    conflict.get_by_role("radio", name="Both, mine first").check()
    priya.get_by_role("button", name="Put it together and let me edit it").click()
    box = priya.get_by_role("textbox", name="Text")
    expect(box).to_have_value(
        START.replace("It lasted two hours.", "It lasted two days.\n\nIt lasted three hours.").replace(
            "back.", "back, slowly."
        )
    )
    replace(priya, "It lasted two days.\n\n", "")
    save(priya)
    is_saved(priya)
    assert summary(setting).body == START.replace("two", "three").replace("back.", "back, slowly.")
    assert not UnsavedText.objects.exists()


def test_choice_is_saved_at_once_and_theirs_stays_in_the_history(
    setting: Setting, new_context: NewContext
) -> None:
    jon, priya = two(setting, new_context)
    for page, word in ((jon, "three"), (priya, "four")):
        replace(page, "two", word)
        save(page)
    priya.locator("input[value=mine]").check()
    priya.get_by_role("button", name="Save what I chose").click()
    is_saved(priya)
    bodies = (
        Revision.objects.filter(section=summary(setting)).order_by("-number").values_list("body", flat=True)
    )
    assert list(bodies[:2]) == [START.replace("two", "four"), START.replace("two", "three")]


def test_lost_connection_and_expired_sign_in_keep_every_word(
    setting: Setting, new_context: NewContext, browser_problems: list[str]
) -> None:
    context = new_context()
    page = opened(sign_in(context.new_page(), setting.jon), setting)
    state = page.locator("[data-draft-state]")
    replace(page, "two", "five")
    expect(state).to_contain_text("Saved as your draft")
    context.set_offline(True)
    replace(page, "five", "six")
    expect(state).to_have_text("Offline: kept in this browser")
    context.set_offline(False)
    expect(state).to_contain_text("Saved as your draft", timeout=20_000)
    browser_problems.clear()  # the browser reports what was lost
    context.clear_cookies(name="afterword_session")
    replace(page, "six", "seven")
    expect(state).to_have_text("Signed out: kept in this browser, sign in in another tab")
    page.on("dialog", lambda dialog: dialog.accept())
    again = opened(sign_in(page, setting.jon), setting)
    again.get_by_role("button", name="Put it back").click()
    expect(again.get_by_role("textbox", name="Text")).to_have_value(START.replace("two", "seven"))
    again.get_by_text("An older copy is kept as your draft").click()
    expect(again.get_by_role("link", name="Put them back")).to_be_visible()
    save(again)
    is_saved(again)
    assert summary(setting).body == START.replace("two", "seven")
    assert not UnsavedText.objects.exists()


def test_unsaved_words_wait_on_every_device_and_never_undo_what_others_saved(
    setting: Setting, new_context: NewContext, axe: Axe
) -> None:
    first = opened(sign_in(new_context().new_page(), setting.jon), setting)
    first.on("dialog", lambda dialog: dialog.accept())
    replace(first, "The proxy", "The new proxy")
    expect(first.locator("[data-draft-state]")).to_contain_text("Saved as your draft")
    opened(first, setting)
    expect(first.get_by_role("link", name="Put them back")).to_be_visible()
    expect(first.get_by_role("button", name="Put it back")).to_have_count(
        0
    )  # the same words are offered once
    save_section(actor=setting.priya, section=summary(setting), body=START.replace("two", "three"), version=2)
    other = opened(sign_in(new_context().new_page(), setting.jon), setting)
    expect(other.get_by_text("You have unsaved words from")).to_be_visible()
    axe(other)
    other.get_by_role("link", name="Put them back").click()
    expect(other.get_by_role("textbox", name="Text")).to_have_value(
        START.replace("The proxy", "The new proxy")
    )
    save(other)
    is_saved(other)
    assert summary(setting).body == START.replace("two", "three").replace("The proxy", "The new proxy")


def test_words_put_back_from_this_browser_do_not_undo_what_others_saved(
    setting: Setting, new_context: NewContext
) -> None:
    context = new_context()
    page = opened(sign_in(context.new_page(), setting.jon), setting)
    page.on("dialog", lambda dialog: dialog.accept())
    replace(page, "The proxy", "The new proxy")
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved as your draft")
    page.goto("about:blank")
    UnsavedText.objects.all().delete()
    save_section(actor=setting.priya, section=summary(setting), body=START.replace("two", "three"), version=2)
    opened(page, setting)
    page.get_by_role("button", name="Put it back").click()
    save(page)
    is_saved(page)
    assert summary(setting).body == START.replace("two", "three").replace("The proxy", "The new proxy")


@pytest.mark.parametrize("scripts", [True, False])
def test_who_is_writing_is_seen(setting: Setting, new_context: NewContext, scripts: bool) -> None:
    jon = opened(sign_in(new_context().new_page(), setting.jon), setting)
    priya = sign_in(new_context(java_script_enabled=scripts).new_page(), setting.priya)
    priya.goto(address(setting, "detail"))
    expect(priya.locator("#summary").get_by_text("Jon Vik is writing here")).to_be_visible()
    opened(priya, setting)
    expect(priya.locator("#summary").get_by_text("Jon Vik is writing here")).to_be_visible()
    expect(jon.locator("#summary").get_by_text("Priya Nair is writing here")).to_be_visible(timeout=15_000)
    jon.get_by_role("link", name="Leave it as it was").click()
    expect(jon.get_by_role("link", name="Edit Summary")).to_be_visible()
    if scripts:
        expect(priya.locator("#summary").get_by_text("Jon Vik is writing here")).to_be_hidden(timeout=15_000)


def test_history_compares_and_restores(setting: Setting, new_context: NewContext, axe: Axe) -> None:
    save_section(actor=setting.priya, section=summary(setting), body="All is well.", version=2)
    page = sign_in(new_context().new_page(), setting.jon)
    page.goto(address(setting, "section_history", "summary"))
    expect(page.locator("#redline")).to_contain_text("well")
    page.get_by_label("Compare").select_option("1")
    page.get_by_label("with", exact=True).select_option("2")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="What changed from revision 1 to revision 2")).to_be_visible()
    expect(page.locator("#redline ins").first).to_contain_text("proxy")
    axe(page)
    page.get_by_role("button", name="Restore revision 2").click()
    expect(page.get_by_text("Revision 2 of “Summary” is the text again.")).to_be_visible()
    assert summary(setting).body == START
