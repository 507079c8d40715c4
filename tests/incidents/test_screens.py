"""The chronology in a real browser: with and without JavaScript, accessible, in both themes and on a phone."""

from __future__ import annotations

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from governance.enums import Role
from governance.models import User
from incidents import services
from incidents.models import Incident
from tests.browser import Axe, NewContext
from tests.factories import PASSWORD, make_entry, make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START

HOME = "/acme/incidents/"
REFERENCE = "INC-2018-0042"


@pytest.fixture
def lead(transactional_db: None) -> User:
    """An SRE lead of an organization with one incident of two entries, one of them a milestone."""
    organization = make_organization("acme")
    lead = make_member(organization, Role.SRE_LEAD, name="Jon Vik", email="jon@example.test")
    with scope(organization=organization):
        service = make_service(organization, "mysql", owner=lead)
        incident = make_incident(organization, services=(service,), reference=REFERENCE, title="Link lost")
        first = make_entry(incident, START, "Link lost", number=1)
        make_entry(incident, START.replace(hour=23, minute=40), "Topology seen", number=2)
        services.set_milestone(actor=lead, incident=incident, kind="impact_started", entry=first)
    return lead


def signed_in(page: Page, user: User) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/acme/**")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_phone(
    lead: User, new_context: NewContext, axe: Axe, scheme: str
) -> None:
    context = new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page = signed_in(context.new_page(), lead)
    for rest in ("", "new/", "services/", "services/new/", *(f"{REFERENCE}/{part}" for part in
                 ("", "evidence/", "statement/", "entries/1/"))):  # fmt: skip
        page.goto(HOME + rest)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_star_and_details_work_in_place(lead: User, page: Page, axe: Axe) -> None:
    signed_in(page, lead).goto(f"{HOME}{REFERENCE}/")
    expect(page.get_by_text("48 min without an entry")).to_be_visible()
    page.get_by_role("button", name="Highlight E2").click()
    expect(page.get_by_role("button", name="Highlight E2")).to_have_attribute("aria-pressed", "true")
    for label in ("Details of E1", "Details of E2"):
        page.get_by_role("link", name=label).click()
    expect(page.get_by_text("As it came")).to_have_count(2)
    axe(page)
    row = page.locator("#e2")
    row.get_by_text("Hide this entry").click()
    row.get_by_role("button", name="Hide E2").click()
    expect(row.get_by_text("Say why this entry is hidden")).to_be_visible()
    row.get_by_label("Why it is hidden").fill("Another cluster")
    row.get_by_role("button", name="Hide E2").click()
    expect(row.get_by_text("Hidden: Another cluster")).to_be_visible()


def test_everything_works_without_javascript(lead: User, new_context: NewContext) -> None:
    page = signed_in(new_context(java_script_enabled=False).new_page(), lead)
    page.goto(f"{HOME}{REFERENCE}/")
    page.get_by_role("button", name="Highlight E2").click()
    expect(page.get_by_role("button", name="Highlight E2")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Details of E2").click()
    page.get_by_text("Correct time or text").click()
    page.get_by_label("Text").fill("The topology was seen")
    page.get_by_label("Why it is corrected").fill("Clearer")
    page.get_by_role("button", name="Correct E2").click()
    expect(page.get_by_text("“Topology seen” became “The topology was seen”")).to_be_visible()
    with scope(organization=lead.memberships.get().organization):
        assert Incident.objects.get().entries.filter(highlighted=True).count() == 1
