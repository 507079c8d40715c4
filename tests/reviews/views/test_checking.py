"""The panel and the page of checks: groups, links to passages, and a word given with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from reviews.checks import CHECKS
from reviews.enums import CheckCode, ReviewState
from reviews.models import Confirmation, Section
from reviews.services import confirm_point, save_section
from tests.factories import make_member, make_organization
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def setting(client: Client) -> Iterator[Setting]:
    made = make_setting()
    client.force_login(made.jon)
    with scope(organization=made.organization):
        yield made


def address(setting: Setting, name: str, *arguments: str) -> str:
    return reverse(
        f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *arguments]
    )


def test_panel_leads_to_the_passage_and_offers_a_way_out(client: Client, setting: Setting) -> None:
    section = Section.objects.get(review=setting.review, key="summary")
    sentences = section.passages.count()
    body = f"{section.body} The engineer should have known."
    save_section(actor=setting.jon, section=section, body=body, version=section.version)
    page = client.get(address(setting, "detail")).content.decode()
    assert f'href="#passage-summary-{sentences}">“should have” judges people</a>' in page
    assert f'id="passage-summary-{sentences}"' in page
    assert "Say what the system allowed or did not show." in page
    assert "of 40 hold" in page


def test_page_has_every_check_with_its_number(client: Client, setting: Setting) -> None:
    page = client.get(address(setting, "checks")).content.decode()
    for check in CHECKS:
        assert f'id="check-{check.code.value}"' in page
    assert page.count('class="checklist-point') == len(CHECKS)
    assert f'href="{address(setting, "detail")}#' in page


def test_word_is_given_and_taken_back_without_scripts(client: Client, setting: Setting) -> None:
    code = CheckCode.ACCOUNTS.value
    answer = client.post(address(setting, "check_confirm", code), {"note": "Both read it."})
    assert answer.headers["Location"] == f"{address(setting, 'detail')}#checks"
    assert "Both read it." in client.get(address(setting, "checks")).content.decode()
    back = client.post(address(setting, "check_take_back", code), {"whole": "1"})
    assert back.headers["Location"] == address(setting, "checks")
    assert Confirmation.objects.get().revoked_at is not None


@pytest.mark.parametrize(("whole", "part"), [("", 'id="checks"'), ("1", 'id="checklist"')])
def test_word_in_place_brings_the_part_that_changed(
    client: Client, setting: Setting, whole: str, part: str
) -> None:
    url = address(setting, "check_confirm", CheckCode.ACCOUNTS.value)
    answer = client.post(url, {"note": "", "whole": whole}, headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert part in shown
    assert "<html" not in shown
    assert "Confirmed by Jon Vik" in shown


def test_long_note_and_second_taking_back_are_refused_with_a_sentence(
    client: Client, setting: Setting
) -> None:
    code = CheckCode.ACCOUNTS.value
    long = client.post(address(setting, "check_confirm", code), {"note": "x" * 501}, headers=HTMX)
    assert long.status_code == 422
    assert not Confirmation.objects.exists()
    twice = client.post(address(setting, "check_take_back", code), headers=HTMX)
    assert twice.status_code == 422
    assert "nothing to take back" in twice.content.decode()


def test_computed_point_and_another_organization_are_not_found(client: Client, setting: Setting) -> None:
    assert client.post(address(setting, "check_confirm", CheckCode.BLAME.value)).status_code == 404
    stranger = make_member(make_organization(), Role.SRE_LEAD)
    client.force_login(stranger)
    assert client.get(address(setting, "checks")).status_code == 404


def test_reader_sees_who_confirmed_and_no_button(client: Client, setting: Setting) -> None:
    confirm_point(actor=setting.mara, review=setting.review, code=CheckCode.ACCOUNTS)
    client.force_login(make_member(setting.organization, Role.AUDITOR))
    page = client.get(address(setting, "checks")).content.decode()
    assert "Confirmed by Mara Okafor" in page
    assert "Take back" not in page
    assert client.post(address(setting, "check_confirm", CheckCode.ACCOUNTS.value)).status_code == 403


def test_published_review_shows_its_checks_and_asks_nothing(client: Client) -> None:
    made = make_setting(ReviewState.PUBLISHED)
    client.force_login(made.jon)
    page = client.get(address(made, "checks")).content.decode()
    assert "check-unsigned" in page
    assert 'class="confirm"' not in page


def test_page_takes_as_many_queries_for_many_sentences_as_for_few(client: Client, setting: Setting) -> None:
    url = address(setting, "checks")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    section = Section.objects.get(review=setting.review, key="summary")
    body = " ".join(f"Some {number} jobs waited. [E2]" for number in range(30))
    save_section(actor=setting.jon, section=section, body=body, version=section.version)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
