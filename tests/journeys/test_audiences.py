"""From a risk and its why to what executives and customers read, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django_scopes import scope
from playwright.sync_api import expect

from reviews.enums import ReviewState
from reviews.models import Factor, Risk
from reviews.selectors.customers import CustomerStanding
from tests.browser import Axe, NewContext
from tests.journeys.test_two_editors import address, sign_in
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.journey

WORDS = "You could not place orders for a while. We are sorry, and we are changing what failed."


@pytest.fixture
def setting(transactional_db: None) -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def test_factor_is_asked_why_and_a_risk_gets_its_owner(
    setting: Setting, new_context: NewContext, axe: Axe
) -> None:
    page = sign_in(new_context().new_page(), setting.jon)
    page.goto(address(setting, "detail"))
    page.get_by_role("link", name="Change factor 1").click()
    page.get_by_label("Of what sort").select_option(label="Human and organizational")
    page.get_by_label("Why did this come about?").fill("Nobody owned the limit.")
    page.get_by_text("Ask why again").click()
    page.get_by_label("2. And why was that?").fill("It moved between two teams.")
    axe(page)
    page.get_by_role("button", name="Save the factor").click()
    expect(page.locator(".whys li")).to_have_text(["Nobody owned the limit.", "It moved between two teams."])
    assert Factor.objects.get(review=setting.review).nature == "human"
    page.get_by_role("link", name=re.compile("Say it for R1")).click()
    page.get_by_label("Who watches it").select_option(label="Priya Nair")
    page.get_by_label("When it is looked at").fill("2031-02-03")
    axe(page)
    page.get_by_role("button", name="Save the risk").click()
    expect(page.locator("#risk-1")).to_contain_text("Watched by Priya Nair, to be looked at on 3 Feb 2031")
    assert Risk.objects.get(review=setting.review, number=1).owner == setting.priya


def test_text_for_customers_is_written_by_one_and_approved_by_another(
    setting: Setting, new_context: NewContext, axe: Axe
) -> None:
    bring_to(setting, ReviewState.PUBLISHED)
    priya, jon = (sign_in(new_context().new_page(), one) for one in (setting.priya, setting.jon))
    priya.goto(address(setting, "publication"))
    priya.get_by_role("navigation", name="For whom").get_by_role("link", name="Executives").click()
    expect(priya.get_by_role("heading", name="What is being done")).to_be_visible()
    axe(priya)
    with priya.expect_download() as download:
        priya.get_by_role("link", name="Download as one page").click()
    assert download.value.suggested_filename.endswith("-executive-1.pdf")
    priya.get_by_role("navigation", name="For whom").get_by_role("link", name="Customers").click()
    expect(priya.get_by_role("heading", name=re.compile("^Remarks, "))).to_be_visible()
    axe(priya)
    priya.get_by_label("What customers are told").fill(WORDS)
    priya.get_by_role("button", name="Save the text").click()
    expect(priya.get_by_text("Nothing internal was found")).to_be_visible()
    expect(priya.get_by_role("button", name="Approve for customers")).to_have_count(0)
    jon.goto(address(setting, "customer"))
    jon.get_by_role("button", name="Approve for customers").click()
    expect(jon.get_by_text("Approved by Jon Vik")).to_be_visible()
    assert CustomerStanding(setting.now()).is_approved
