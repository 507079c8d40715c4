"""A whole review in a browser that runs no script: plain forms and links, nothing missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page, expect

from governance.models import User
from reviews.enums import ReviewState
from reviews.models import Question, Section
from tests.browser import NewContext
from tests.journeys.test_two_editors import address, sign_in
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.journey

STATEMENT = "Two people saw it at once."


@pytest.fixture
def setting(transactional_db: None) -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        kept = Question.objects.filter(review=made.review).order_by("id").first()
        Question.objects.filter(review=made.review).exclude(pk=kept.pk).delete()
        yield made


def _tab(new_context: NewContext, person: User) -> Page:
    return sign_in(new_context(java_script_enabled=False).new_page(), person)


def _write(page: Page, setting: Setting) -> None:
    page.goto(address(setting, "section_edit", "summary"))
    box = page.get_by_role("textbox", name="Text")
    box.fill(f"{box.input_value()}\n\n{STATEMENT}")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text(STATEMENT)
    expect(page.get_by_role("textbox", name="Text")).to_have_value(re.compile(STATEMENT))
    page.get_by_role("button", name="Save summary").click()
    expect(page.locator("#summary")).to_contain_text(STATEMENT)


def _talk(page: Page, setting: Setting) -> None:
    page.goto(address(setting, "detail"))
    page.get_by_role("link", name="Comment on summary as a whole").click()
    page.get_by_role("textbox").first.fill("Who were they?")
    page.get_by_role("button", name=re.compile("^Comment")).click()
    page.goto(address(setting, "comments"))
    expect(page.get_by_text("Who were they?")).to_be_visible()
    page.goto(address(setting, "detail"))
    page.get_by_role("button", name="Resolve").first.click()


def _answer(page: Page, setting: Setting) -> None:
    page.goto(address(setting, "detail"))
    page.get_by_role("link", name=re.compile("^Answer")).click()
    page.get_by_label("Answer").fill("Unknown, because the calls were not recorded.")
    page.locator("main").get_by_role("button").last.click()


def _sign(page: Page, setting: Setting) -> None:
    page.goto(address(setting, "sign"))
    expect(page.get_by_text(STATEMENT).first).to_be_attached()
    page.get_by_role("radio", name=re.compile("Probable")).check()
    page.get_by_label("Why", exact=True).fill("The log shows it.")
    page.get_by_role("button", name="Sign this text").click()
    expect(page.get_by_text("You signed as")).to_be_visible()


def test_review_is_written_talked_over_signed_and_published(
    setting: Setting, new_context: NewContext
) -> None:
    jon = _tab(new_context, setting.jon)
    _write(jon, setting)
    _talk(jon, setting)
    _answer(jon, setting)
    jon.goto(address(setting, "detail"))
    jon.get_by_role("button", name="Submit for signatures").click()
    expect(jon.get_by_text("waits for its signatures")).to_be_visible()
    mara, priya = _tab(new_context, setting.mara), _tab(new_context, setting.priya)
    mara.goto(reverse("work:home", args=[setting.organization.slug]))
    expect(mara.get_by_text("Read the text and sign it")).to_be_visible()
    _sign(mara, setting)
    _sign(priya, setting)
    mara.goto(address(setting, "detail"))
    mara.get_by_role("button", name="Publish").click()
    expect(mara.get_by_role("heading", name="Signed and published")).to_be_visible()
    assert setting.now().state == ReviewState.PUBLISHED
    assert STATEMENT in Section.objects.get(review=setting.review, key="summary").body
