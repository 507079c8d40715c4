"""The audit trail for somebody who may not see a private incident: whole, and silent about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance import audit
from governance.enums import Role
from governance.models import Organization, User
from governance.narration import WITHHELD, narrate
from governance.selectors import trail
from incidents.models import IncidentReader
from incidents.selectors import intake
from remediation.models import ActionItem
from reviews.models import Publication
from tests.factories import make_evidence, make_incident, make_member, make_organization
from tests.factories.reviews import make_publication
from tests.incidents.test_privacy_rule import _arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def auditor(organization: Organization) -> User:
    return make_member(organization, Role.AUDITOR, Role.ADMINISTRATOR)


@pytest.fixture
def publication(organization: Organization) -> Publication:
    """One of a private incident, which names nobody yet."""
    found = make_publication(organization)
    with scope(organization=organization):
        found.review.incident.is_private = True
        found.review.incident.save()
    return found


def _subjects(publication: Publication) -> list[str]:
    incident = publication.review.incident
    arrival = _arrival(publication.organization, incident)
    item = ActionItem.objects.filter(review=publication.review).first()
    return [
        f"incident:{incident.reference}",
        f"review:{incident.reference}",
        f"arrival:{arrival.pk}",
        f"action_item:{item.pk}",
        f"delivery:publication-{publication.pk}-pdf",
        f"delivery:pull {incident.pk} loki 0123 201810212252",
        f"delivery:file {incident.pk} F0123",
    ]


def _lines(reader: User) -> Any:
    return narrate(trail(reader), reader)


def test_everything_that_names_it_is_withheld_but_keeps_its_place(
    organization: Organization, auditor: User, publication: Publication
) -> None:
    with scope(organization=organization):
        for subject in _subjects(publication):
            audit.record(
                organization=organization,
                actor=None,
                action="thing.done",
                subject=subject,
                words="Very secret",
            )
        lines = _lines(auditor)
        assert {line.subject for line in lines} == {WITHHELD.capitalize()}
        assert not any(line.details or line.narrows for line in lines)
        assert [line.entry.sequence for line in lines] == list(range(7, 0, -1))
        for subject in _subjects(publication)[:1]:
            assert not trail(auditor, subject)
    assert audit.verify_organization(organization).intact


def test_reader_sees_it_all(organization: Organization, auditor: User, publication: Publication) -> None:
    incident = publication.review.incident
    with scope(organization=organization):
        IncidentReader(organization=organization, incident=incident, person=auditor).save()
        for subject in _subjects(publication):
            audit.record(organization=organization, actor=None, action="thing.done", subject=subject)
        assert all(line.narrows for line in _lines(auditor))
        assert trail(auditor, f"incident:{incident.reference}").count() == 1


def test_details_of_another_subject_do_not_name_it(
    organization: Organization, auditor: User, publication: Publication
) -> None:
    hidden = publication.review.incident.reference
    with scope(organization=organization):
        other = make_incident(organization)
        audit.record(
            organization=organization,
            actor=None,
            action="incident.repeat_confirmed",
            subject=f"incident:{other.reference}",
            repeat_of=hidden,
            beside=other.reference,
        )
        [line] = _lines(auditor)
        assert dict(line.details) == {"beside": other.reference, "repeat of": WITHHELD}


@pytest.mark.parametrize("rows", [1, 3])
def test_trail_asks_as_much_for_one_row_as_for_three(
    organization: Organization, auditor: User, publication: Publication, rows: int
) -> None:
    with scope(organization=organization):
        subjects = _subjects(publication)
        for _ in range(rows):
            for subject in subjects:
                audit.record(organization=organization, actor=None, action="thing.done", subject=subject)
        with CaptureQueriesContext(connection) as asked:
            _lines(auditor)
    assert len(asked) == 12


def test_page_and_its_filter_say_nothing(
    client: Client, organization: Organization, auditor: User, publication: Publication
) -> None:
    reference = publication.review.incident.reference
    with scope(organization=organization):
        audit.record(
            organization=organization,
            actor=auditor,
            action="incident.opened",
            subject=f"incident:{reference}",
        )
    client.force_login(auditor)
    address = reverse("governance:audit", args=[organization.slug])
    assert reference not in client.get(address).text
    for subject in (f"incident:{reference}", "incident:INC-2000-0001"):
        assert "Nothing is recorded here" in client.get(address, {"subject": subject}).text


def test_arrival_of_it_is_in_no_list_of_the_intake(organization: Organization, auditor: User) -> None:
    with scope(organization=organization):
        shown, hidden = make_incident(organization), make_incident(organization, is_private=True)
        arrival = _arrival(organization, shown)
        make_evidence(hidden, arrival=arrival)
        assert not any(row["count"] for row in intake.arrival_counts(auditor))
        assert not any(list(intake.arrivals_of(auditor, view)) for view in intake.VIEWS)
