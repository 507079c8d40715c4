"""Writing with the editor's help, in a real browser: entries, people, pictures, a preview and another order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django_scopes import scope
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect
from pytest_django import Settings

from incidents.models import Attachment
from reviews.models import Section
from reviews.services import save_section
from tests.browser import Axe, NewContext
from tests.journeys.test_two_editors import is_saved, opened, save, sign_in
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.journey


@pytest.fixture
def setting(transactional_db: None, tmp_path: Any, settings: Settings) -> Iterator[Setting]:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    made = make_setting()
    with scope(organization=made.organization):
        row = Section.objects.get(review=made.review, key="summary")
        save_section(actor=made.jon, section=row, body="It failed at noon.", version=row.version)
        yield made


@pytest.fixture
def page(setting: Setting, new_context: NewContext) -> Page:
    return opened(sign_in(new_context().new_page(), setting.jon), setting)


def _type(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Text").press("Control+End")
    page.keyboard.type(words)


def _picture() -> FilePayload:
    data = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(data, "PNG")
    return {"name": "errors by minute.png", "mimeType": "image/png", "buffer": data.getvalue()}


def test_entries_and_people_are_found_while_typing(setting: Setting, page: Page, axe: Axe) -> None:
    box = page.get_by_role("textbox", name="Text")
    _type(page, " Customers saw it #errors")
    expect(page.get_by_role("option").first).to_contain_text("Customers see errors")
    axe(page)
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile(r"Customers saw it \[E\d+\] $"))
    with page.expect_response(re.compile(r"\?q=priya%20n$")):
        _type(page, "and @priya n")
    expect(page.get_by_role("listbox", name="People").get_by_role("option")).to_have_text(["Priya Nair"])
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile(r"@Priya Nair $"))
    _type(page, "#zzzz")
    expect(page.get_by_text("No entry of this chronology says so")).to_be_visible()
    page.keyboard.press("Escape")
    save(page)
    is_saved(page)
    expect(page.locator("#summary")).to_contain_text("and @Priya Nair")


def test_words_are_marked_by_the_toolbar(page: Page) -> None:
    box = page.get_by_role("textbox", name="Text")
    box.press("Control+a")
    page.get_by_role("button", name="Bold").click()
    expect(box).to_have_value("**It failed at noon.**")


def test_picture_is_kept_shown_in_the_preview_and_saved(page: Page, axe: Axe) -> None:
    page.locator("[data-picture]").set_input_files([_picture()])
    box = page.get_by_role("textbox", name="Text")
    expect(box).to_have_value(re.compile(r"!\[errors by minute\]\(image:\d+\)"))
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_role("img", name="Picture")).to_be_visible()
    axe(page)
    save(page)
    is_saved(page)
    shown = page.locator("#summary").get_by_role("img", name="Picture")
    expect(shown).to_be_visible()
    assert shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 60


def test_file_that_is_no_picture_says_so_and_keeps_the_words(setting: Setting, page: Page) -> None:
    _type(page, " More words.")
    wrong: FilePayload = {"name": "x.png", "mimeType": "image/png", "buffer": b"not pixels"}
    page.locator("[data-picture]").set_input_files([wrong])
    expect(page.get_by_text("This is not a picture that can be shown.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("It failed at noon. More words.")
    assert not Attachment.objects.exists()


MOST_MOVES = 20


def _drag_to_third_place(page: Page, rows: Locator) -> None:
    """By hand: the rows move out of the way while the mouse is still down, and the button is let go when they have."""
    key = rows.nth(0).get_attribute("data-key")
    rows.nth(1).evaluate("row => row.scrollIntoView({ block: 'center' })")
    start, end = rows.nth(0).bounding_box(), rows.nth(2).bounding_box()
    assert key and start and end
    page.mouse.move(start["x"] + 8, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + end["height"] / 2, steps=8)
    for _ in range(MOST_MOVES):
        if rows.nth(2).get_attribute("data-key") == key:
            break
        end = rows.nth(2).bounding_box() or end
        page.mouse.move(end["x"] + 8, end["y"] + end["height"] - 2, steps=3)
    page.mouse.up()


def test_sections_are_put_in_order_by_dragging_and_by_buttons(setting: Setting, page: Page) -> None:
    page.goto(reverse("reviews:detail", args=[setting.organization.slug, setting.incident.reference]))
    page.get_by_text("Order of the sections").click()
    rows = page.locator(".order-row")
    first = rows.nth(0).get_attribute("data-key")
    with page.expect_navigation():
        _drag_to_third_place(page, rows)
    page.get_by_text("Order of the sections").click()
    assert rows.nth(2).get_attribute("data-key") == first
    with page.expect_navigation():
        rows.nth(2).get_by_role("button", name=re.compile("up$")).click()
    keys = list(
        Section.objects.filter(review=setting.review).order_by("position").values_list("key", flat=True)
    )
    assert keys[1] == first
