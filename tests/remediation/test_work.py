"""My work: everything that waits for a person, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from governance.enums import Role
from governance.models import User
from governance.services import delegate
from incidents.models import AffectedService
from remediation.selectors import waiting_for
from remediation.services import complete_action_item
from reviews.enums import ReviewState, SignOffRole, WaiverKind
from reviews.models import Question, Review, Waiver
from reviews.selectors.waiting import Waiting
from reviews.services import request_changes
from reviews.services.questions import assign_question
from tests.factories import make_incident, make_member, make_service
from tests.remediation.builders import promise
from tests.reviews.builders import Setting, answer_all, ask_nobody, bring_to, make_setting, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    """A draft whose questions nobody was given by name."""
    made = make_setting()
    with scope(organization=made.organization):
        ask_nobody(made)
        yield made


def kinds(setting: Setting, user: User) -> list[str]:
    return [one.kind for one in waiting_for(user, setting.organization)]


def test_questions_wait_for_the_commander_alone(setting: Setting) -> None:
    found = waiting_for(setting.mara, setting.organization)
    assert [one.kind for one in found] == ["Questions"]
    assert found[0].why.endswith("open") and found[0].reference == setting.incident.reference
    assert kinds(setting, setting.priya) == []
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


def test_draft_waits_for_its_author_and_before_it_is_made_for_the_commander(setting: Setting) -> None:
    assert kinds(setting, setting.jon) == ["Draft"]
    other = make_incident(setting.organization, setting.priya, ())
    (found,) = waiting_for(setting.priya, setting.organization)
    assert (found.kind, found.reference) == ("Draft", other.reference)
    assert found.due_on and found.due_on > timezone.now().date() and not found.overdue


def test_question_waits_for_whom_it_was_given(setting: Setting) -> None:
    question = Question.objects.filter(review=setting.review).first()
    Question.objects.exclude(pk=question.pk).delete()
    assign_question(actor=setting.jon, question=question, person=setting.priya)
    assert kinds(setting, setting.priya) == ["Questions"]
    assert kinds(setting, setting.mara) == []


def test_signature_of_somebody_who_is_away_waits_for_their_delegate(setting: Setting) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)
    stand_in = make_member(setting.organization, name="Ines Roth")
    today = timezone.now().date()
    delegate(
        actor=setting.priya,
        organization=setting.organization,
        principal=setting.priya,
        substitute=stand_in,
        starts_on=today,
        ends_on=today,
        reason="On leave",
    )
    (found,) = waiting_for(stand_in, setting.organization)
    assert (found.kind, found.why) == ("Signature", "Sign it for Priya Nair")
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    assert kinds(setting, stand_in) == []


def test_signature_that_the_rules_ask_for_waits_for_that_role(setting: Setting) -> None:
    security = make_member(setting.organization, Role.SECURITY)
    setting.incident.data_exposed = True
    setting.incident.save()
    bring_to(setting, ReviewState.IN_REVIEW)
    assert kinds(setting, security) == ["Signature"]
    assert kinds(setting, make_member(setting.organization, Role.MANAGER)) == []


def test_signature_that_was_excepted_waits_for_nobody(setting: Setting) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)
    Waiver(
        organization=setting.organization,
        incident=setting.incident,
        kind=WaiverKind.SIGNATURE,
        role=SignOffRole.SERVICE_OWNER,
        service=setting.service,
        reason="She left",
        ends_on=timezone.now().date(),
        granted_by=setting.jon,
    ).save()
    assert kinds(setting, setting.priya) == []
    assert kinds(setting, setting.mara) == ["Signature"]


def test_queries_do_not_grow_with_what_waits(setting: Setting) -> None:
    bring_to(setting, ReviewState.IN_REVIEW)

    def count() -> int:
        person = User.objects.get(pk=setting.mara.pk)
        with CaptureQueriesContext(connection) as queries:
            waiting_for(person, setting.organization)
        return len(queries)

    one = count()
    for _ in range(3):
        incident = make_incident(setting.organization, setting.mara, (setting.service,))
        Review(organization=setting.organization, incident=incident, state=ReviewState.IN_REVIEW).save()
    assert len(waiting_for(setting.mara, setting.organization)) == 4
    assert count() == one


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
    assert "Verification" not in [*kinds(setting, lead), *kinds(setting, setting.jon)]
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
