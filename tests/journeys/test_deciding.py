"""Deciding, in a real browser: signed, edited and signed again; a delegate; an exception; an old sign-in."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from governance import outbox
from governance.enums import Role
from governance.models import User
from reviews.enums import ReviewState
from reviews.models import SignOff
from tests.browser import Axe, NewContext
from tests.factories import PASSWORD, make_member
from tests.journeys.test_two_editors import address, is_saved, opened, save, sign_in
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.journey

WHY = "The quorum log shows the promotion."


@pytest.fixture
def setting(transactional_db: None) -> Iterator[Setting]:
    made = make_setting(ReviewState.IN_REVIEW)
    with scope(organization=made.organization):
        yield made


def _tab(new_context: NewContext, person: User) -> Page:
    return sign_in(new_context().new_page(), person)


def _state(page: Page, confidence: str = "Probable") -> None:
    page.get_by_role("radio", name=re.compile(confidence)).check()
    page.get_by_label("Why", exact=True).fill(WHY)
    page.get_by_role("button", name="Sign this text").click()


def _sign(page: Page, setting: Setting, confidence: str = "Probable") -> None:
    page.goto(address(setting, "sign"))
    _state(page, confidence)
    expect(page.get_by_text("You signed as")).to_be_visible()


def _publish(page: Page, setting: Setting) -> None:
    page.goto(address(setting, "detail"))
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Signed and published")).to_be_visible()
    with ThreadPoolExecutor(max_workers=1) as worker:  # a thread without the browser's event loop
        worker.submit(_work).result()
    page.reload()


def _work() -> None:
    try:
        outbox.sweep()
    finally:
        connections.close_all()


def _downloaded(page: Page, name: str, folder: Path) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_bytes()


def _words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_edit_voids_a_signature_and_the_signer_reads_the_difference_only(
    setting: Setting, new_context: NewContext, axe: Axe
) -> None:
    priya, jon, mara = (_tab(new_context, one) for one in (setting.priya, setting.jon, setting.mara))
    _sign(priya, setting)
    opened(jon, setting)
    box = jon.get_by_role("textbox", name="Text")
    box.fill(f"{box.input_value()}\n\nNobody lost a single order.")
    save(jon)
    is_saved(jon)
    expect(jon.locator("#signatures")).to_contain_text("signature voided")
    priya.goto(reverse("governance:notices", args=[setting.organization.slug]))
    priya.get_by_role("link", name=re.compile("no longer stands")).click()
    expect(priya).to_have_url(re.compile(r"/sign/$"))
    changed = priya.get_by_role("region", name="Changed since you last signed")
    expect(changed.locator("ins")).to_have_text([re.compile("Nobody lost a single order.$")])
    expect(changed.locator(".card")).to_have_count(1)
    expect(changed).to_contain_text("Jon Vik")
    expect(priya.locator("details:not([open]) > summary", has_text="The whole text")).to_be_visible()
    axe(priya)
    _state(priya)
    expect(priya.get_by_text("You signed as")).to_be_visible()
    _sign(mara, setting, "Confirmed")
    _publish(mara, setting)
    standing = {(one.signer, one.voided_at is None) for one in SignOff.objects.all()}
    assert standing == {(setting.priya, False), (setting.priya, True), (setting.mara, True)}


def test_delegate_signs_for_who_is_away_and_both_names_are_printed(
    setting: Setting, new_context: NewContext, axe: Axe
) -> None:
    ines = make_member(setting.organization, Role.RESPONDER, name="Ines Duarte")
    slug, today = setting.organization.slug, timezone.now().date()
    priya = _tab(new_context, setting.priya)
    priya.goto(reverse("governance:settings", args=[slug]))
    priya.locator("main").get_by_role("link", name=re.compile("Standing in")).first.click()
    priya.get_by_label("Who is away").select_option(label="Priya Nair")
    priya.get_by_label("Who signs for them").select_option(label="Ines Duarte")
    priya.get_by_label("First day").fill(today.isoformat())
    priya.get_by_label("Last day").fill((today + timedelta(days=7)).isoformat())
    priya.get_by_label("Why").fill("On leave")
    priya.get_by_role("button", name="Let them sign in these days").click()
    expect(priya.locator("main .list-row")).to_contain_text("Ines Duarte for Priya Nair")
    axe(priya)
    stand_in, mara = _tab(new_context, ines), _tab(new_context, setting.mara)
    stand_in.goto(f"/{slug}/")
    row = stand_in.locator(".list-row", has_text="Sign it for Priya Nair")
    row.get_by_role("link").first.click()
    expect(stand_in.get_by_role("heading", level=1)).to_contain_text("for Priya Nair")
    axe(stand_in)
    _state(stand_in)
    expect(stand_in.get_by_text("You signed as")).to_be_visible()
    _sign(mara, setting)
    _publish(mara, setting)
    signed = mara.get_by_role("complementary", name="Signatures")
    expect(signed).to_contain_text("Ines Duarte")
    expect(signed).to_contain_text("Priya Nair")
    axe(mara)


def test_exception_stands_in_for_a_signature_and_is_printed_everywhere(
    setting: Setting, new_context: NewContext, axe: Axe, tmp_path: Path
) -> None:
    boss = make_member(setting.organization, Role.MANAGER, name="Tom Reed")
    reason, ends = "Priya is ill, and nobody else knows this service.", timezone.now().date() + timedelta(7)
    mara, manager = _tab(new_context, setting.mara), _tab(new_context, boss)
    _sign(mara, setting)
    expect(mara.get_by_role("button", name="Publish")).to_have_count(0)
    manager.goto(address(setting, "detail"))
    manager.get_by_role("link", name="Grant an exception").click()
    axe(manager)
    manager.get_by_role("radio", name="No signature of an owner of mysql").check()
    manager.get_by_label("Why", exact=True).fill(reason)
    manager.get_by_label("Until").fill(ends.isoformat())
    manager.get_by_role("button", name="Grant the exception").click()
    expect(manager.locator("#signatures")).to_contain_text(f"granted by Tom Reed: {reason}")
    _publish(mara, setting)
    signed = mara.get_by_role("complementary", name="Signatures")
    expect(signed).to_contain_text("No signature of an owner of mysql")
    expect(signed).to_contain_text(f"{reason} Granted by Tom Reed")
    axe(mara)
    printed = _words(_downloaded(mara, "Download the PDF", tmp_path))
    assert reason in printed
    assert "Tom Reed" in printed
    record = json.loads(_downloaded(mara, "Download the record", tmp_path))
    assert reason in json.dumps(record, ensure_ascii=False)


def test_old_sign_in_asks_for_the_password_and_keeps_the_words(
    setting: Setting, new_context: NewContext, axe: Axe
) -> None:
    page = _tab(new_context, setting.priya)
    page.goto(address(setting, "sign"))
    _age_sign_ins(minutes=16)
    _state(page, "Suspected")
    expect(page.get_by_text("It is a while since you signed in").first).to_be_visible()
    _words_are_kept(page)
    axe(page)
    page.get_by_label("Confirm your password").fill("not this one")
    page.get_by_role("button", name="Sign this text").click()
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    _words_are_kept(page)
    page.get_by_label("Confirm your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign this text").click()
    expect(page.get_by_text("You signed as")).to_be_visible()
    assert SignOff.objects.get().reason == WHY


def _age_sign_ins(minutes: int) -> None:
    """Let every proof in every session be so much older."""
    for row in Session.objects.all():
        values = row.get_decoded()
        for record in values.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
            record["at"] -= minutes * 60
        row.session_data = Session.objects.encode(values)
        row.save()


def _words_are_kept(page: Page) -> None:
    expect(page.get_by_label("Why", exact=True)).to_have_value(WHY)
    expect(page.get_by_role("radio", name=re.compile("Suspected"))).to_be_checked()
