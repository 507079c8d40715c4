"""What is due is said to whose turn it is, once, and passed on when it stays open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from governance.enums import NoticeKind, Role
from governance.models import Holiday, Notice, Organization, User
from incidents.models import Incident, IncidentReader
from reviews.enums import ReviewState, Stage, WaiverKind
from reviews.models import Waiver
from reviews.policy import Policy
from reviews.selectors.due import Deadline, deadlines
from reviews.services import request_changes
from reviews.services.reminding import remind, reminders, responsible
from tests.factories import make_incident, make_member, make_organization
from tests.reviews.builders import Setting, ask_nobody, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        ask_nobody(made)
        yield made


def _only(organization: Organization) -> Deadline:
    (deadline,) = deadlines(organization.pk)
    return deadline


def _told(kind: NoticeKind) -> set[User]:
    return {notice.recipient for notice in Notice.objects.filter(kind=kind).select_related("recipient")}


def _bring_to(setting: Setting, state: ReviewState) -> None:
    if state != ReviewState.CHANGES_REQUESTED:
        return bring_to(setting, state)
    bring_to(setting, ReviewState.IN_REVIEW)
    request_changes(actor=setting.mara, review=setting.now(), reason="Say when it began.")
    return None


def _late(setting: Setting, hours: float) -> int:
    now = _only(setting.organization).at + timedelta(hours=hours)
    return remind(organization=setting.organization, now=now)


# What is due


def test_deadlines_count_from_when_it_was_opened_here(setting: Setting) -> None:
    """The incident ended in 2018; nobody is late with what was imported today."""
    deadline = _only(setting.organization)
    assert (deadline.stage, deadline.overdue) == (Stage.DRAFT, False)
    assert deadline.at > timezone.now()


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (ReviewState.IN_REVIEW, Stage.REVIEW),
        (ReviewState.CHANGES_REQUESTED, Stage.REVIEW),
        (ReviewState.APPROVED, Stage.PUBLICATION),
    ],
)
def test_stage_follows_the_review(setting: Setting, state: ReviewState, stage: Stage) -> None:
    _bring_to(setting, state)
    assert _only(setting.organization).stage == stage


def test_incident_without_a_review_is_due_its_draft(setting: Setting) -> None:
    other = make_incident(setting.organization, setting.mara, (setting.service,))
    assert other in [deadline.incident for deadline in deadlines(setting.organization.pk)]


def test_published_synthetic_and_excepted_incidents_are_due_nothing(setting: Setting) -> None:
    bring_to(setting, ReviewState.PUBLISHED)
    make_incident(setting.organization, setting.mara, (), is_synthetic=True)
    skipped = make_incident(setting.organization, setting.mara, ())
    Waiver(
        organization=setting.organization,
        incident=skipped,
        kind=WaiverKind.POSTMORTEM,
        reason="A drill",
        ends_on=timezone.now().date() + timedelta(days=1),
        granted_by=setting.jon,
    ).save()
    assert deadlines(setting.organization.pk) == []


def test_holidays_move_what_is_due(setting: Setting) -> None:
    before = _only(setting.organization).at
    for step in range(1, 3):
        day = before.date() - timedelta(days=step)
        Holiday(organization=setting.organization, on=day, name="Day off").save()
    assert _only(setting.organization).at >= before


def test_private_incident_is_due_to_nobody_who_may_not_see_it(setting: Setting) -> None:
    Incident.objects.update(is_private=True)
    IncidentReader(organization=setting.organization, incident=setting.incident, person=setting.mara).save()
    assert deadlines(setting.organization.pk, setting.jon) == []
    assert len(deadlines(setting.organization.pk, setting.mara)) == 1


def test_queries_do_not_grow_with_incidents(setting: Setting) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            deadlines(setting.organization.pk)
        return len(queries)

    one = count()
    for _ in range(3):
        make_incident(setting.organization, setting.mara, (setting.service,))
    assert count() == one


# Whose turn it is


@pytest.mark.parametrize(
    ("state", "names"),
    [
        (ReviewState.DRAFTING, {"Jon Vik"}),
        (ReviewState.IN_REVIEW, {"Mara Okafor", "Priya Nair"}),
        (ReviewState.CHANGES_REQUESTED, {"Jon Vik"}),
        (ReviewState.APPROVED, {"Mara Okafor"}),
    ],
)
def test_turn_is_of_the_author_the_signers_or_the_commander(
    setting: Setting, state: ReviewState, names: set[str]
) -> None:
    _bring_to(setting, state)
    assert {str(person) for person in responsible(_only(setting.organization))} == names


def test_turn_of_nobody_is_the_leads(setting: Setting) -> None:
    incident = make_incident(setting.organization, setting.mara, ())
    setting.mara.is_active = False
    setting.mara.save()
    deadline = next(one for one in deadlines(setting.organization.pk) if one.incident == incident)
    assert responsible(deadline) == [setting.jon]


# Saying it


def test_reminder_comes_once_a_day_before(setting: Setting) -> None:
    assert _late(setting, -25) == 0
    assert _late(setting, -24) == 1
    assert _late(setting, -3) == 0
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient) == (NoticeKind.DEADLINE_NEAR, setting.jon)
    assert "is due on" in notice.text and notice.path.endswith(f"/reviews/{setting.incident.reference}/")


def test_what_is_overdue_is_said_again_and_then_passed_on(setting: Setting) -> None:
    manager = make_member(setting.organization, Role.MANAGER)
    lead = make_member(setting.organization, Role.SRE_LEAD)
    assert _late(setting, 0.5) == 0
    assert _late(setting, 1) == 1
    _late(setting, 24)
    assert _told(NoticeKind.DEADLINE_MISSED) == {setting.jon}
    assert _told(NoticeKind.ESCALATED) == {setting.jon, lead}
    _late(setting, 72)
    assert _told(NoticeKind.ESCALATED) == {setting.jon, lead, manager}
    last = Notice.objects.filter(recipient=manager).get()
    assert "waits for Jon Vik" in last.text
    assert _late(setting, 80) == 0


def test_installation_that_was_away_says_the_latest_only() -> None:
    now = datetime.fromisoformat("2026-11-20T10:00:00+00:00")
    marks = [one.mark for one in reminders(now - timedelta(hours=100), Policy(), now)]
    assert marks == ["24 after", "to sre_lead", "to manager"]


def test_what_is_long_forgotten_is_no_news() -> None:
    now = datetime.fromisoformat("2026-11-20T10:00:00+00:00")
    assert not list(reminders(now - timedelta(days=31), Policy(), now))


def test_managers_who_may_not_see_a_private_incident_hear_nothing(setting: Setting) -> None:
    make_member(setting.organization, Role.MANAGER)
    Incident.objects.update(is_private=True)
    IncidentReader(organization=setting.organization, incident=setting.incident, person=setting.jon).save()
    _late(setting, 100)
    assert {notice.recipient for notice in Notice.objects.all()} == {setting.jon}


def test_next_stage_is_reminded_of_anew(setting: Setting) -> None:
    _late(setting, 1)
    bring_to(setting, ReviewState.IN_REVIEW)
    Notice.objects.all().delete()
    assert _late(setting, 1) == 2
    assert _told(NoticeKind.DEADLINE_MISSED) == {setting.mara, setting.priya}


def test_organizations_are_reminded_by_themselves(setting: Setting) -> None:
    other = make_organization()
    with scope(organization=other):
        assert remind(organization=other, now=timezone.now() + timedelta(days=20)) == 0
