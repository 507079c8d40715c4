"""My work: everything that waits for a person, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import User
from incidents.models import AffectedService
from remediation.selectors import Waiting, waiting_for
from remediation.services import complete_action_item
from reviews.enums import ReviewState, SignOffRole
from reviews.services import request_changes
from tests.factories import make_member, make_service
from tests.remediation.builders import promise
from tests.reviews.builders import Setting, answer_all, bring_to, make_setting, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def kinds(setting: Setting, user: User) -> list[str]:
    return [one.kind for one in waiting_for(user, setting.organization)]


def test_questions_wait_for_the_commander_alone(setting: Setting) -> None:
    found = waiting_for(setting.mara, setting.organization)
    assert [one.kind for one in found] == ["Questions"]
    assert found[0].why.endswith("open") and found[0].reference == setting.incident.reference
    assert kinds(setting, setting.priya) == kinds(setting, setting.jon) == []
    answer_all(setting)
    assert kinds(setting, setting.mara) == []


def test_signatures_wait_for_both_until_each_has_signed(setting: Setting) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)
    assert kinds(setting, setting.mara) == kinds(setting, setting.priya) == ["Signature"]
    assert kinds(setting, setting.jon) == []
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    assert kinds(setting, setting.priya) == []
    assert kinds(setting, setting.mara) == ["Signature"]


def test_signature_waits_again_once_it_is_voided(setting: Setting) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    promise(setting)
    assert kinds(setting, setting.priya) == ["Signature"]


def test_owner_of_another_service_is_still_asked(setting: Setting) -> None:
    other = make_member(setting.organization, name="Ada Berg")
    service = make_service(setting.organization, "proxy", owner=other)
    AffectedService(organization=setting.organization, incident=setting.incident, service=service).save()
    bring_to(setting, ReviewState.IN_REVIEW)
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    assert kinds(setting, other) == ["Signature"]


def test_publication_waits_for_the_commander_once_everybody_signed(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    assert kinds(setting, setting.mara) == ["Publication"]
    assert kinds(setting, setting.priya) == []


def test_requested_changes_wait_for_the_author(setting: Setting) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)
    request_changes(actor=setting.mara, review=setting.now(), reason="The time of the rollback is missing.")
    assert kinds(setting, setting.jon) == ["Changes"]
    assert kinds(setting, setting.mara) == []


def test_promises_wait_from_publication_until_they_are_kept(setting: Setting) -> None:
    item = promise(setting)
    assert kinds(setting, setting.priya) == []
    bring_to(setting, ReviewState.PUBLISHED)
    assert kinds(setting, setting.priya) == ["Action item"]
    complete_action_item(actor=setting.priya, item=item, note="Fenced.")
    assert kinds(setting, setting.priya) == []
    assert kinds(setting, setting.jon) == ["Verification"]
    assert kinds(setting, setting.mara) == []


def test_verification_never_waits_for_who_owned_or_completed(setting: Setting) -> None:
    lead = make_member(setting.organization, Role.SRE_LEAD)
    complete_action_item(actor=setting.jon, item=promise(setting, owner=lead), note="Fenced.")
    assert kinds(setting, lead) == kinds(setting, setting.jon) == []
    assert kinds(setting, make_member(setting.organization, Role.MANAGER)) == ["Verification"]


@time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False)
def test_overdue_comes_first_then_what_is_due_soonest(setting: Setting) -> None:
    for title, due in (("Later", date(2026, 4, 1)), ("Late", date(2026, 3, 9)), ("Today", date(2026, 3, 10))):
        promise(setting, title, due_on=due)
    bring_to(setting, ReviewState.PUBLISHED)
    found = waiting_for(setting.priya, setting.organization)
    assert [(one.title, one.overdue) for one in found] == [("Late", True), ("Today", False), ("Later", False)]


def test_order_of_equal_days_is_by_severity() -> None:
    same: dict[str, Any] = {
        "kind": "Action item",
        "title": "",
        "url": "",
        "why": "",
        "reference": "",
        "due_on": date(2026, 3, 1),
    }
    assert Waiting(**same, severity=1).order < Waiting(**same, severity=2).order


def home(setting: Setting, user: User) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("work:home", args=[setting.organization.slug]))
    assert response.status_code == 200
    return response.content.decode()


def test_page_shows_what_waits_and_where(setting: Setting) -> None:
    promise(setting, "Fence the old primary")
    bring_to(setting, ReviewState.PUBLISHED)
    page = home(setting, setting.priya)
    link = reverse("remediation:detail", args=[setting.organization.slug, setting.incident.reference, 1])
    assert f'href="{link}"' in page and "Fence the old primary" in page and "What waits for you" in page


def test_page_marks_what_is_synthetic(setting: Setting) -> None:
    assert "Synthetic" not in home(setting, setting.mara)
    setting.incident.is_synthetic = True
    setting.incident.save()
    assert "Synthetic" in home(setting, setting.mara)


def test_page_is_empty_with_a_next_step_otherwise(setting: Setting) -> None:
    page = home(setting, setting.priya)
    assert "Nothing waits for you" in page and "will appear here" in page


def test_badge_counts_what_waits(setting: Setting) -> None:
    for title in ("One", "Two"):
        promise(setting, title)
    bring_to(setting, ReviewState.PUBLISHED)
    client = Client()
    client.force_login(setting.priya)
    response = client.get(reverse("remediation:list", args=[setting.organization.slug]))
    assert response.context["waiting_count"] == 2
    sidebar = response.content.decode().split("<main", 1)[0]
    assert ">2<" in "".join(sidebar.split())
