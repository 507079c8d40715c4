"""Curating a chronology in a real browser: by pointer, by keys and without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from governance.enums import Role
from governance.models import User
from incidents import services
from incidents.models import Entry, Incident
from tests.browser import Axe, NewContext
from tests.factories import (
    make_entry,
    make_evidence,
    make_incident,
    make_member,
    make_organization,
    make_service,
)
from tests.factories.incidents import START
from tests.incidents.test_screens import signed_in

pytestmark = pytest.mark.journey

PAGE = "/acme/incidents/INC-2018-0042/"
LONG = 260


@pytest.fixture
def lead(transactional_db: None) -> User:
    """An SRE lead of an organization with an incident of six entries, a minute apart."""
    organization = make_organization("acme")
    lead = make_member(organization, Role.SRE_LEAD, name="Jon Vik", email="jon@example.test")
    with scope(organization=organization):
        service = make_service(organization, "mysql", owner=lead)
        incident = make_incident(
            organization, services=(service,), reference="INC-2018-0042", title="Link lost"
        )
        evidence = make_evidence(incident)
        for number in range(1, 7):
            make_entry(
                incident,
                START + timedelta(minutes=number),
                f"fact {number}",
                number=number,
                evidence=evidence,
            )
    return lead


def longer(lead: User) -> None:
    with scope(organization=lead.memberships.get().organization):
        incident = Incident.objects.get()
        evidence = make_evidence(incident)
        for number in range(7, LONG + 1):
            make_entry(
                incident,
                START + timedelta(minutes=number),
                f"fact {number}",
                number=number,
                evidence=evidence,
            )


def highlighted(lead: User) -> list[int]:
    with scope(organization=lead.memberships.get().organization):
        return list(Entry.objects.highlighted().in_order().values_list("number", flat=True))


def test_rows_are_chosen_by_range_merged_and_split_off_again(lead: User, page: Page, axe: Axe) -> None:
    signed_in(page, lead).goto(PAGE)
    expect(page.locator("#bulk")).to_be_hidden()
    page.locator("#e2 .entry-pick").click()
    page.locator("#e4 .entry-pick").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Merge").click()
    expect(page.locator("#e2").get_by_text("folded 3, 22:54–22:56")).to_be_visible()
    expect(page.locator("#e3")).to_have_count(0)
    expect(page.locator("#bulk")).to_be_hidden()
    page.get_by_role("link", name="Details of E2").click()
    page.get_by_role("button", name="Split them off again").click()
    expect(page.locator("#e3")).to_be_visible()
    expect(page.get_by_text("were split from their entry")).to_be_visible()


def test_refused_change_says_why_and_keeps_the_choice(lead: User, page: Page) -> None:
    signed_in(page, lead).goto(PAGE)
    page.locator("#e2 .entry-pick").click()
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.get_by_text("Say why this entry is hidden")).to_be_visible()
    expect(page.locator("#e2 .entry-pick")).to_be_checked()
    page.get_by_label("Why the selected entries are hidden").fill("Noise")
    page.get_by_label("Why the selected entries are hidden").press("Enter")
    expect(page.locator("#e2 .entry-pick")).to_be_checked()
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.locator("#e2").get_by_text("Hidden: Noise")).to_be_visible()


def test_keys_select_highlight_merge_and_undo(lead: User, page: Page) -> None:
    signed_in(page, lead).goto(PAGE)
    for key in ("j", "h"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Highlight E1")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: E1 was highlighted.")).to_be_visible()
    expect(page.get_by_role("button", name="Highlight E1")).to_have_attribute("aria-pressed", "false")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_text("were merged into")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: ")).to_be_visible()
    assert highlighted(lead) == []


def test_deep_link_opens_the_stretch_and_leads_both_ways(lead: User, page: Page) -> None:
    longer(lead)
    signed_in(page, lead).goto(f"{PAGE}#e200")
    expect(page.locator("#e200")).to_be_in_viewport()
    expect(page.locator("#e169")).to_have_count(0)
    page.get_by_role("link", name="Show earlier entries").click()
    expect(page.locator("#e100")).to_be_attached()
    page.get_by_role("link", name="Show earlier entries").click()
    expect(page.locator("#e1")).to_be_attached()
    page.locator("#e260").scroll_into_view_if_needed()
    expect(page.locator("li.entry")).to_have_count(LONG)
    expect(page.locator("li.day")).to_have_count(2)


def test_stretch_of_the_lanes_is_chosen_by_drawing_over_it(lead: User, page: Page) -> None:
    signed_in(page, lead).goto(PAGE)
    box = page.locator("svg.lanes").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 40, steps=4)
    page.mouse.up()
    page.wait_for_url("**from=**")
    expect(page.locator("#e1")).to_have_count(0)
    expect(page.locator("li.entry").first).to_be_visible()
    page.get_by_role("link", name="Whole").click()
    expect(page.locator("#e1")).to_be_visible()


def test_time_says_what_the_persons_own_clock_showed(lead: User, new_context: NewContext) -> None:
    page = new_context(timezone_id="America/Los_Angeles").new_page()
    signed_in(page, lead).goto(PAGE)
    page.locator("#e1 time").hover()
    title = page.locator("#e1 time").get_attribute("title") or ""
    assert "Your time: 21 Oct, 15:53:00" in title
    assert "21 Oct, 22:53:00 UTC" in title
    assert "As written: 2018-10-21T22:53:00+00:00 (UTC)" in title


def test_several_are_changed_and_undone_without_scripts(
    lead: User, new_context: NewContext, axe: Axe
) -> None:
    page = signed_in(new_context(java_script_enabled=False).new_page(), lead)
    page.goto(PAGE)
    for number in (2, 3):
        page.locator(f"#e{number} .entry-pick").check()
    page.get_by_role("button", name="Highlight", exact=True).click()
    expect(page.get_by_text("E2 and E3 were highlighted.")).to_be_visible()
    assert highlighted(lead) == [2, 3]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: E2 and E3 were highlighted.")).to_be_visible()
    assert highlighted(lead) == []
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Undone", exact=True)).to_be_visible()


def test_history_and_payload_are_accessible_on_a_phone(lead: User, new_context: NewContext, axe: Axe) -> None:
    with scope(organization=lead.memberships.get().organization):
        services.hide_entries(actor=lead, incident=Incident.objects.get(), numbers=[2, 3], reason="Noise")
    context = new_context(viewport={"width": 360, "height": 800}, color_scheme="dark")
    page = signed_in(context.new_page(), lead)
    for rest in ("history/", "?q=nothing", "?from=soon", "?show=hidden"):
        page.goto(PAGE + rest)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
