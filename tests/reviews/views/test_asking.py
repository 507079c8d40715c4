"""Questions that are given to somebody, on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import User
from reviews.models import Question
from reviews.services.questions import assign_question
from tests.factories import make_member, make_organization
from tests.reviews.builders import Setting, ask_nobody, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        ask_nobody(made)
        yield made


def question(setting: Setting) -> Question:
    row: Question = Question.objects.get(review=setting.review, code="impact_numbers")
    return row


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def as_(person: User, client: Client) -> Client:
    client.force_login(person)
    return client


def test_question_is_given_to_somebody_on_the_page(setting: Setting, client: Client) -> None:
    pk, browser = question(setting).pk, as_(setting.jon, client)
    page = browser.get(address(setting, "detail")).content.decode()
    assert f'<option value="{setting.priya.pk}"' in page
    answer = browser.post(address(setting, "question_assign", pk), {"person": setting.priya.pk})
    assert answer["Location"] == f"{address(setting, 'detail')}#question-{pk}"
    assert (
        "Assigned to <strong>Priya Nair</strong>" in browser.get(address(setting, "detail")).content.decode()
    )
    browser.post(address(setting, "question_assign", pk), {"person": ""})
    assert question(setting).assigned_to is None


def test_question_is_given_to_nobody_from_outside(setting: Setting, client: Client) -> None:
    stranger = make_member(make_organization())
    answer = as_(setting.jon, client).post(
        address(setting, "question_assign", question(setting).pk), {"person": stranger.pk}, follow=True
    )
    assert "cannot see this incident" in answer.content.decode()
    assert question(setting).assigned_to is None


def test_whoever_is_asked_answers_without_another_right(setting: Setting, client: Client) -> None:
    auditor = make_member(setting.organization, Role.AUDITOR)
    browser, url = as_(auditor, client), address(setting, "answer", question(setting).pk)
    assert url not in browser.get(address(setting, "detail")).content.decode()
    assert browser.get(url).status_code == 403
    assign_question(actor=setting.jon, question=question(setting), person=auditor)
    page = browser.get(address(setting, "detail")).content.decode()
    assert "Assigned to you" in page
    assert url in page
    assert "Ask somebody" not in page
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"answer": "About 1,200 requests."}).status_code == 302
    assert question(setting).answered_by == auditor
