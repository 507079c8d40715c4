"""The questions of a draft go to people: the commander, owners in turn, and those who wrote in the chronology."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope

from governance.enums import NoticeKind, Role
from governance.models import Notice, Organization, User
from incidents.enums import Lane, Trust
from incidents.models import Entry, Incident, IncidentReader
from reviews.models import Question
from reviews.services import draft_review
from tests.factories import make_entry, make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START
from tests.reviews.builders import make_setting

pytestmark = pytest.mark.django_db


def asked(incident: Incident) -> dict[str, User | None]:
    rows = Question.objects.filter(review__incident=incident).select_related("assigned_to")
    return {row.code: row.assigned_to for row in rows}


def wrote(incident: Incident, name: str, minute: int) -> None:
    entry = make_entry(incident, START + timedelta(minutes=minute), f"{name}: looking at it", lane=Lane.CHAT)
    Entry.objects.filter(pk=entry.pk).update(actor=name, trust=Trust.REPORTED)


def opened(organization: Organization) -> tuple[Incident, User]:
    commander = make_member(organization, Role.RESPONDER, name="Mara Okafor")
    lead = make_member(organization, Role.SRE_LEAD, name="Jon Vik")
    owners = [make_member(organization, Role.RESPONDER, name=name) for name in ("Ana Ruiz", "Bo Lind")]
    services = tuple(make_service(organization, f"s{n}", owner=one) for n, one in enumerate(owners))
    return make_incident(organization, commander=commander, services=services), lead


def test_questions_go_to_the_commander_to_owners_in_turn_and_to_who_wrote_most() -> None:
    organization = make_organization()
    incident, lead = opened(organization)
    kit = make_member(organization, Role.RESPONDER, name="Kit Harlow")
    with scope(organization=organization):
        for minute, name in enumerate(["Kit Harlow", "jon vik", "Kit Harlow", "A Stranger"]):
            wrote(incident, name, minute)
        draft_review(actor=lead, incident=incident)
        found = asked(incident)
        assert str(found["root_cause"]) == "Mara Okafor"
        assert (found["why_sense"], found["surprise"]) == (kit, lead)
        owners = [str(found[code]) for code in ("impact_numbers", "halve_detection", "five_whys")]
        assert owners == ["Ana Ruiz", "Bo Lind", "Ana Ruiz"]


def test_everybody_hears_once_of_all_their_questions() -> None:
    setting = make_setting()
    with scope(organization=setting.organization):
        notices = Notice.objects.filter(kind=NoticeKind.QUESTION_ASSIGNED)
        assert {notice.recipient for notice in notices} == {setting.mara, setting.priya}
        words = notices.get(recipient=setting.priya).text
        count = Question.objects.filter(assigned_to=setting.priya).count()
        assert f"asks you {count} questions: How many customers" in words
        assert set(Question.objects.values_list("assigned_by", flat=True)) == {setting.jon.pk}


def test_where_nobody_wrote_the_commander_is_asked() -> None:
    setting = make_setting()
    with scope(organization=setting.organization):
        assert asked(setting.incident)["surprise"] == setting.mara


def test_without_a_commander_and_owners_nobody_in_particular_is_asked() -> None:
    organization = make_organization()
    lead = make_member(organization, Role.SRE_LEAD)
    incident = make_incident(organization)
    with scope(organization=organization):
        make_entry(incident, START, "Errors rise")
        draft_review(actor=lead, incident=incident)
        assert set(asked(incident).values()) == {None}
        assert not Notice.objects.exists()


def test_who_may_not_see_a_private_incident_is_not_asked_and_hears_nothing() -> None:
    organization = make_organization()
    incident, lead = opened(organization)
    with scope(organization=organization):
        wrote(incident, "Jon Vik", 0)
        Incident.objects.filter(pk=incident.pk).update(is_private=True)
        incident.refresh_from_db()
        for person in (lead, User.objects.get(name="Bo Lind", memberships__organization=organization)):
            IncidentReader(organization=organization, incident=incident, person=person).save()
        draft_review(actor=lead, incident=incident)
        found = asked(incident)
        assert found["root_cause"] is None
        assert {str(found[code]) for code in ("impact_numbers", "halve_detection")} == {"Bo Lind"}
        assert {str(notice.recipient) for notice in Notice.objects.all()} == {"Bo Lind"}
