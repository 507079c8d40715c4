"""Every page that answers somebody, looked at by axe in light and dark, on a telephone and on a large screen.

The world is that of the access matrix, and the pages are read from its table: a new route is looked at at once.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from governance.models import User
from tests.architecture.test_access_matrix import OPEN, TABLE, World, _world
from tests.browser import Axe, NewContext

pytestmark = pytest.mark.journey

SCREENS: list[tuple[Literal["light", "dark"], int]] = [
    (theme, width) for width in (1440, 360) for theme in ("light", "dark")
]
NO_PAGES = {"livez", "readyz"}
FEWEST = 50


@pytest.fixture
def world(transactional_db: None) -> World:
    return _world()


def test_no_page_has_a_finding_or_is_too_wide(world: World, new_context: NewContext, axe: Axe) -> None:
    page = new_context(reduced_motion="reduce").new_page()
    found = [finding for address in _signed_out(world) for finding in _look(page, axe, address)]
    seen = 0
    for person, addresses in _pages(world).items():
        _come_in(page, world.people[person])
        for address in addresses:
            seen += 1
            found += _look(page, axe, address)
    assert seen >= FEWEST
    assert not found, "\n".join(dict.fromkeys(found))


def _signed_out(world: World) -> list[str]:
    return [
        world.address(route)
        for (route, method), status in OPEN.items()
        if method == "get" and status == 200 and route not in NO_PAGES
    ]


def _pages(world: World) -> dict[str, list[str]]:
    """The addresses that answer with a page, by a person of the matrix who may do the most of those that it admits."""
    found: dict[str, list[str]] = {}
    for row in TABLE:
        address = world.address(row.route)
        if row.method == "get" and row.status == 200:
            person = min(row.who, key=_MOST_ALLOWED.index)
            if _is_page(world.people[person], address):
                found.setdefault(person, []).append(address)
    return found


_MOST_ALLOWED = (
    "sre_lead",
    "administrator",
    "manager",
    "commander",
    "owner",
    "responder",
    "security",
    "auditor",
)


def _is_page(person: User, address: str) -> bool:
    """Whether a whole page stands there, rather than a file or a part of a page."""
    client = Client()
    client.force_login(person)
    answer = client.get(address)
    return answer["Content-Type"].startswith("text/html") and b"<html" in answer.content


def _come_in(page: Page, person: User) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    page.context.clear_cookies()
    page.goto("/livez")
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": page.url}])


def _look(page: Page, axe: Axe, address: str) -> list[str]:
    """What is wrong with the page on any of the screens; it is loaded once."""
    answer = page.goto(address)
    if answer is None or answer.status != 200 or urlsplit(page.url).path != address:
        return [f"{address} led to {page.url}, {answer and answer.status}"]
    found: list[str] = []
    for theme, width in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        try:
            axe(page)
        except AssertionError as error:
            found.append(f"{address} ({theme}, {width}): {error}")
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{address} is {wide} pixels wide on a screen of {width}")
    return found
