"""Who is told of words beside and inside of a text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from governance.enums import NoticeKind
from governance.models import Notice
from reviews.models import Section
from reviews.services import save_section
from tests.factories import make_member, make_organization
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def save(setting: Setting, body: str) -> Section:
    section = summary(setting)
    return save_section(actor=setting.jon, section=section, body=body, version=section.version)


def test_new_mention_in_a_section_is_told_with_its_very_passage(setting: Setting) -> None:
    save(setting, "It broke. Then @Priya Nair looked.")
    notice = Notice.objects.get(kind=NoticeKind.MENTIONED)
    assert notice.recipient == setting.priya
    assert notice.path.endswith(
        f"/{setting.organization.slug}/reviews/{setting.incident.reference}/#passage-summary-1"
    )
    assert notice.subject == f"incident:{setting.incident.reference}"
    assert "Jon Vik mentioned you in “Summary”" in notice.text
    assert "Then @Priya Nair looked." in notice.text


def test_mention_that_stood_there_before_is_not_told_again(setting: Setting) -> None:
    save(setting, "@Priya Nair knows why.")
    save(setting, "@Priya Nair knows why. @Mara Okafor too.")
    told = Notice.objects.filter(kind=NoticeKind.MENTIONED).values_list("recipient__name", flat=True)
    assert sorted(told) == ["Mara Okafor", "Priya Nair"]


def test_nobody_is_told_that_they_mentioned_themselves(setting: Setting) -> None:
    save(setting, "@Jon Vik was on call.")
    assert not Notice.objects.filter(kind=NoticeKind.MENTIONED).exists()


def test_people_of_another_organization_are_not_found(setting: Setting) -> None:
    make_member(make_organization(), name="Sam Ray")
    save(setting, "@Sam Ray knows.")
    assert not Notice.objects.filter(kind=NoticeKind.MENTIONED).exists()
