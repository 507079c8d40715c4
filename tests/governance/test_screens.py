"""The governance screens in a real browser: accessible, in both themes, and usable on a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django_scopes import scope
from playwright.sync_api import Page

from governance.enums import ConnectionKind, Role
from governance.models import Organization
from governance.services import add_member, create_organization, save_connection
from tests.browser import Axe, NewContext
from tests.factories import PASSWORD, make_member, make_organization

pytestmark = pytest.mark.journey

PAGES = ["settings/", "settings/people/", "settings/connections/", "settings/connections/jira/", "audit/"]


def _organization() -> tuple[Organization, str]:
    """Four people, one connection, and what the audit trail says about it; with the administrator's address."""
    founder = make_member(make_organization("elsewhere"), name="Ada Admin")
    organization = create_organization(name="Acme Payments", slug="acme", administrator=founder)
    for name, role in (
        ("Mara Okafor", Role.SRE_LEAD),
        ("Jon Aalto", Role.RESPONDER),
        ("Ines Roth", Role.AUDITOR),
    ):
        address = f"{name.split()[0].lower()}@example.test"
        add_member(
            actor=founder,
            organization=organization,
            email=address,
            name=name,
            roles=[role],
            password=PASSWORD,
        )
    with scope(organization=organization):
        save_connection(
            actor=founder,
            organization=organization,
            kind=ConnectionKind.CONFLUENCE,
            base_url="https://acme.atlassian.net",
            options={"email": "bot@example.test", "space": "OPS"},
            secret="ATATT3xFfGF0-token",
        )
    return organization, founder.email


def _sign_in(page: Page, address: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_governance_screens_are_accessible_and_fit(
    new_context: NewContext, axe: Axe, theme: str, width: int
) -> None:
    _acme, address = _organization()
    page = new_context(color_scheme=theme, viewport={"width": width, "height": 800}).new_page()
    _sign_in(page, address)
    axe(page)
    for place in PAGES:
        page.goto(f"/acme/{place}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (
            f"{place} is wider than the screen"
        )
        _keep_picture(page, f"{place.replace('/', '-')}{theme}")


def _keep_picture(page: Page, name: str) -> None:
    """For a person who wants to look: set ``KEEP_PICTURES`` to a folder."""
    if folder := os.environ.get("KEEP_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_connection_is_made_without_a_mouse_and_refused_in_place(page: Page, axe: Axe) -> None:
    _acme, address = _organization()
    _sign_in(page, address)
    page.goto("/acme/settings/connections/")
    page.get_by_role("link", name="Connect Slack").press("Enter")
    page.get_by_label("Channel id").fill("#incidents")
    page.get_by_label("Bot token").fill("xoxb-123456-abcdef")
    page.get_by_label("Bot token").press("Enter")
    assert "begins with C" in page.locator(".errors").inner_text()
    assert page.get_by_label("Channel id").input_value() == "#incidents"
    assert page.get_by_label("Bot token").input_value() == ""
    axe(page)
    page.get_by_label("Channel id").fill("C0INCIDENT1")
    page.get_by_label("Bot token").fill("xoxb-123456-abcdef")
    page.get_by_role("button", name="Save the connection").click()
    assert "Slack is saved" in page.locator(".messages").inner_text()
    page.goto("/acme/audit/")
    page.get_by_role("button", name="Verify the whole chain").click()
    assert page.get_by_text("Intact:").is_visible()
