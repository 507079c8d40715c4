"""The evidence beside a question, guidance where nothing is written, and what a reader does not have to see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from incidents.models import Milestone
from reviews.enums import ReviewState, SectionKey
from reviews.models import Question, Section
from reviews.selectors.asked import AskedAbout
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def page(setting: Setting, client: Client, name: str = "detail", *parts: object) -> str:
    client.force_login(setting.mara)
    url = reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])
    return client.get(url).content.decode()


def numbers(setting: Setting, code: str) -> tuple[int, ...]:
    question = Question.objects.filter(review=setting.review, code=code).first() or Question(
        code=code, section=SectionKey.DETECTION
    )
    return AskedAbout(setting.review).numbers(question)


def test_question_is_about_the_moments_between_which_it_lies(setting: Setting) -> None:
    assert numbers(setting, "halve_detection") == (2, 3)
    assert numbers(setting, "impact_numbers") == (2, 6)
    assert numbers(setting, "gap") == (4, 5)
    assert 1 in numbers(setting, "root_cause")
    assert numbers(setting, "surprise") == (2, 3, 4, 5, 6)
    assert set(numbers(setting, "remaining_risk")) <= {1, 2, 3, 4, 5, 6}


def test_question_about_a_missing_milestone_shows_what_came_before_and_after(setting: Setting) -> None:
    Milestone.objects.filter(incident=setting.incident, kind="detected").delete()
    assert numbers(setting, "milestone_detected") == (2, 4)


def test_evidence_of_a_question_is_linked_on_the_page_and_read_beside_the_answer(
    setting: Setting, client: Client
) -> None:
    question = Question.objects.get(review=setting.review, code="halve_detection")
    shown = page(setting, client)
    beside = shown[shown.index(f'id="question-{question.pk}"') :][:1500]
    assert "Look at" in beside
    assert ">E2</a>" in beside
    assert ">E3</a>" in beside
    answering = page(setting, client, "answer", question.pk)
    assert "What the record says" in answering
    assert "Error rate is over its limit" in answering
    assert "Rolled back proxy 2.1" not in answering


def test_guidance_stands_where_nothing_is_written_and_above_the_editor(
    setting: Setting, client: Client
) -> None:
    Section.objects.filter(review=setting.review, key="lessons").update(
        guidance="<i>Say</i> it.", is_required=True, title="What we take with us"
    )
    shown = page(setting, client)
    assert "&lt;i&gt;Say&lt;/i&gt; it." in shown
    assert "The review can be submitted once there is text here." in shown
    assert "What we take with us</h2>" in shown
    editing = page(setting, client, "section_edit", "lessons")
    assert "&lt;i&gt;Say&lt;/i&gt; it." in editing
    assert "Save what we take with us" in editing


def test_signer_reads_own_titles_and_no_empty_section(setting: Setting, client: Client) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)
    Question.objects.filter(review=setting.review, section="surprises").delete()
    Section.objects.filter(review=setting.review, key="summary").update(title="In short")
    shown = page(setting, client, "sign")
    assert "In short</h2>" in shown
    assert 'id="surprises-heading"' not in shown
    assert 'id="lessons-heading"' in shown
