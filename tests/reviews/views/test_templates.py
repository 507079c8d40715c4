"""What reviews consist of, on the page: read by everybody, set by who manages the rules, without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from reviews.enums import SectionKey
from reviews.models import ReviewTemplate
from reviews.selectors.templates import template_for
from reviews.templates_form import TemplateForm
from reviews.templating import Asked, Template
from reviews.usual import USUAL
from tests.factories import make_member, make_organization

pytestmark = pytest.mark.django_db


def typed(template: Template) -> dict[str, Any]:
    """What a browser sends for the form as it is shown."""
    form = TemplateForm(template=template)
    values = {name: form[name].value() for name in form.fields if not form.fields[name].disabled}
    return {
        name: ("on" if value is True else value)
        for name, value in values.items()
        if value not in (False, None)
    }


def opened(client: Client, role: Role = Role.SRE_LEAD) -> tuple[Organization, User]:
    organization = make_organization()
    person = make_member(organization, role)
    client.force_login(person)
    return organization, person


def test_form_gives_back_the_template_that_it_shows() -> None:
    form = TemplateForm(typed(USUAL), template=USUAL)
    assert form.is_valid()
    assert form.template == USUAL


def test_order_words_and_questions_are_set_by_a_plain_form(client: Client) -> None:
    organization, _ = opened(client)
    url = reverse("reviews:template", args=[organization.slug])
    values = typed(USUAL) | {
        "lessons-place": "1",
        "summary-place": "2",
        "lessons-title": "What we take with us",
        "lessons-required": "on",
        "lessons-question-2": "Who else should hear of it?",
        "lessons-asked-2": "owner",
        "surprises-question-1": "",
        "note": "Teams asked",
    }
    values.pop("security-included")
    assert client.post(url, values).status_code == 302
    with scope(organization=organization):
        template = template_for(organization, 2)
    assert [part.key for part in template.parts][:2] == [SectionKey.LESSONS, SectionKey.SUMMARY]
    assert template.part(SectionKey.SECURITY) is None
    lessons, surprises = template.part(SectionKey.LESSONS), template.part(SectionKey.SURPRISES)
    assert lessons and surprises
    assert (lessons.title, lessons.is_required, surprises.questions) == ("What we take with us", True, ())
    assert [(one.code, one.asked) for one in lessons.questions] == [
        ("lesson", Asked.COMMANDER),
        ("lessons_1", Asked.OWNER),
    ]
    shown = client.get(url).content.decode()
    for words in (
        "Version 1",
        "Teams asked",
        "Security considerations: taken out",
        "What we take with us: required",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("moved", "place", "order"),
    [
        (SectionKey.LESSONS, 2, ["summary", "lessons", "customer_impact"]),
        (SectionKey.SUMMARY, 3, ["customer_impact", "detection", "summary"]),
        (SectionKey.LESSONS, 1, ["lessons", "summary", "customer_impact"]),
        (SectionKey.SUMMARY, 1, ["summary", "customer_impact", "detection"]),
    ],
)
def test_section_takes_the_place_that_was_typed(moved: SectionKey, place: int, order: list[str]) -> None:
    form = TemplateForm(typed(USUAL) | {f"{moved}-place": str(place)}, template=USUAL)
    assert form.is_valid()
    assert [part.key.value for part in form.template.parts][:3] == order


def test_refusals_are_sentences_and_keep_what_was_typed(client: Client) -> None:
    organization, _ = opened(client)
    url = reverse("reviews:template", args=[organization.slug])
    answer = client.post(url, typed(USUAL))
    assert answer.status_code == 422
    assert "This template holds already" in answer.content.decode()
    answer = client.post(url, typed(USUAL) | {"lessons-title": "Summary", "lessons-question-1": "Kept words"})
    assert answer.status_code == 422
    assert "Two sections are called “Summary”" in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    answer = client.post(url, typed(USUAL) | {"lessons-place": "99", "lessons-title": "x" * 130})
    assert "less than or equal to 10" in answer.content.decode()
    assert '<details class="card" id="part-lessons" open>' in answer.content.decode()
    assert client.post(url, {}).status_code == 422
    assert client.post(url, typed(USUAL) | {"lessons-code-1": "milestone_x"}).status_code == 422


def test_severity_has_its_own_and_goes_back_to_that_of_every_severity(client: Client) -> None:
    organization, _ = opened(client)
    url = reverse("reviews:template_of", args=[organization.slug, 1])
    assert "SEV1 has no template of its own" in client.get(url).content.decode()
    assert client.post(url, typed(USUAL)).status_code == 302
    assert "SEV1 has no template of its own" not in client.get(url).content.decode()
    assert "its own" in client.get(reverse("reviews:template", args=[organization.slug])).content.decode()
    drop = reverse("reviews:template_drop", args=[organization.slug, 1])
    assert client.post(drop).status_code == 302
    assert "No template of its own any more" in client.get(url).content.decode()
    assert "SEV1 has no template of its own. Nothing" in client.post(drop, follow=True).content.decode()
    with scope(organization=organization):
        assert list(ReviewTemplate.objects.values_list("severity", "version")) == [(1, 2), (1, 1)]
    for number in (0, 9):
        assert client.get(reverse("reviews:template_of", args=[organization.slug, number])).status_code == 404


def test_everybody_reads_it_and_nobody_else_sets_it(client: Client) -> None:
    organization, _ = opened(client, Role.AUDITOR)
    url = reverse("reviews:template", args=[organization.slug])
    shown = client.get(url).content.decode()
    assert "What surprised you, and what had you believed" in shown
    assert "For somebody who wrote in the chronology." in shown
    assert '<form method="post" class="stack"' not in shown
    assert client.post(url, typed(USUAL) | {"note": "x"}).status_code == 403
    assert client.post(reverse("reviews:template_drop", args=[organization.slug, 1])).status_code == 403


def test_titles_are_words_and_not_markup(client: Client) -> None:
    organization, _ = opened(client)
    url = reverse("reviews:template", args=[organization.slug])
    assert client.post(url, typed(USUAL) | {"lessons-title": "<b>Learned</b>"}).status_code == 302
    shown = client.get(url).content.decode()
    assert "<b>Learned" not in shown
    assert "&lt;b&gt;Learned" in shown
