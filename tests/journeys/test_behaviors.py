"""What the small scripts do on any page: keys, themes, the evidence sheet, typed words that outlive a lost page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django_scopes import scope
from playwright.sync_api import Page, expect

from governance.enums import Role
from governance.models import User
from incidents import services
from reviews.services import draft_review
from tests.browser import Axe, NewContext
from tests.factories import PASSWORD, make_entry, make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START

pytestmark = pytest.mark.journey

REVIEW = "/acme/reviews/INC-2018-0042/"
DARK = "document.documentElement.dataset.theme ?? 'system'"


@pytest.fixture
def lead(transactional_db: None) -> User:
    """An SRE lead of an organization with two incidents, one of them drafted from two entries."""
    organization = make_organization("acme")
    lead = make_member(organization, Role.SRE_LEAD, name="Jon Vik", email="jon@example.test")
    with scope(organization=organization):
        service = make_service(organization, "mysql", owner=lead)
        make_incident(organization, services=(service,), reference="INC-2018-0043", title="Second")
        incident = make_incident(
            organization, commander=lead, services=(service,), reference="INC-2018-0042", title="Link lost"
        )
        kinds = ("impact_started", "detected")
        for number, (kind, text) in enumerate(
            zip(kinds, ("Link lost", "Alert raised"), strict=True), start=1
        ):
            entry = make_entry(incident, START + timedelta(minutes=number), text, number=number)
            services.set_milestone(actor=lead, incident=incident, kind=kind, entry=entry)
        draft_review(actor=lead, incident=incident)
    return lead


def signed_in(page: Page, user: User) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/acme/**")
    return page


def test_keys_walk_a_list_and_are_listed(lead: User, page: Page, axe: Axe) -> None:
    signed_in(page, lead).goto("/acme/incidents/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".is-current")).to_have_count(1)
    expect(page.locator(".is-current a").first).to_be_focused()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_keys_turned_off_do_nothing(lead: User, page: Page) -> None:
    signed_in(page, lead).goto("/acme/incidents/")
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use the single keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator(".is-current")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_theme_is_kept_and_goes_back_to_the_system(lead: User, page: Page) -> None:
    button = signed_in(page, lead).get_by_role("button", name="Dark theme")
    button.click()
    page.reload()
    assert page.evaluate(DARK) == "dark"
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    page.reload()
    assert page.evaluate(DARK) == "system"


def test_paper_is_light_though_the_screen_is_dark(lead: User, new_context: NewContext) -> None:
    page = signed_in(new_context(color_scheme="dark").new_page(), lead)
    ink = "getComputedStyle(document.body).color"
    on_screen = page.evaluate(ink)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ink) == "rgb(29, 28, 25)" != on_screen


def test_sentence_shows_its_evidence_beside_it_on_a_wide_screen(lead: User, page: Page) -> None:
    signed_in(page, lead).goto(REVIEW)
    page.locator('.passage[data-cites~="2"]').first.hover()
    cited = page.locator("[data-evidence-margin] .is-cited")
    expect(cited.filter(has_text="Alert raised")).to_be_visible()
    expect(page.locator(".evidence-sheet")).to_have_count(0)
    cited.filter(has_text="Alert raised").hover()
    expect(page.locator(".passage.is-kin").first).to_be_visible()


def test_sentence_opens_its_evidence_under_itself_on_a_phone(
    lead: User, new_context: NewContext, axe: Axe
) -> None:
    context = new_context(viewport={"width": 360, "height": 800}, has_touch=True)
    page = signed_in(context.new_page(), lead)
    page.goto(REVIEW)
    page.locator('.passage[data-cites~="2"]').first.tap()
    sheet = page.get_by_role("region", name="What this sentence rests on")
    expect(sheet).to_contain_text("Alert raised")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_have_count(0)
    expect(page.locator(".passage.is-marked")).to_have_count(0)
    page.locator(".passage").first.focus()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_menu_of_a_phone_works_without_scripts(lead: User, new_context: NewContext) -> None:
    context = new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = signed_in(context.new_page(), lead)
    expect(page.get_by_role("link", name="Reviews")).to_be_visible()
    expect(page.get_by_role("button", name="Dark theme")).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Reviews")).to_be_hidden()


def _typed(page: Page, words: str) -> None:
    page.goto("/acme/incidents/INC-2018-0042/statement/")
    page.get_by_role("main").get_by_role("textbox").last.press_sequentially(words)


def test_typed_words_are_offered_again_after_the_page_was_left(lead: User, page: Page) -> None:
    _typed(signed_in(page, lead), "I saw the link go down")
    asked: list[str] = []

    def leave(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", leave)
    page.reload()
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_role("main").get_by_role("textbox").last).to_have_value("I saw the link go down")


def test_typed_words_outlive_a_sign_in_that_ran_out(lead: User, page: Page) -> None:
    _typed(signed_in(page, lead), "I saw the link go down")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_url("**/sign-in/**")
    signed_in(page, lead).goto("/acme/incidents/INC-2018-0042/statement/")
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()


def test_typed_words_thrown_away_are_not_offered_again(lead: User, page: Page) -> None:
    _typed(signed_in(page, lead), "Never mind")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    page.reload()
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_saved_words_are_not_offered_again(lead: User, page: Page) -> None:
    signed_in(page, lead).goto("/acme/incidents/services/new/")
    page.get_by_role("main").get_by_role("textbox").first.press_sequentially("search")
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_url("**/services/")
    page.goto("/acme/incidents/services/new/")
    expect(page.get_by_role("main").get_by_role("textbox").first).to_be_visible()
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
