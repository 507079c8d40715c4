"""Who sees a private incident and what hangs on it: the people named, and no role."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from governance.access import Post, appoint
from governance.enums import Role
from governance.models import Organization, User
from incidents.enums import ArrivalWay, SourceKind
from incidents.models import Arrival, Entry, Evidence, Incident, IncidentReader
from incidents.selectors import privacy
from tests.factories import make_entry, make_evidence, make_incident, make_member, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def outsider(organization: Organization) -> User:
    return make_member(organization, *Role)


def _private(organization: Organization, *readers: User) -> Incident:
    incident = make_incident(organization, is_private=True)
    for person in readers:
        IncidentReader(organization=organization, incident=incident, person=person).save()
    return incident


def _arrival(organization: Organization, incident: Incident) -> Arrival:
    arrival = Arrival(
        organization=organization,
        incident=incident,
        way=ArrivalWay.UPLOAD,
        kind=SourceKind.LOG,
        delivery="1",
        filename="a.log",
        body=b"kept",
        sha256="0" * 64,
        size=4,
    )
    arrival.save()
    return arrival


def test_private_incident_is_hidden_from_every_role_and_shown_to_its_reader(
    organization: Organization, outsider: User
) -> None:
    reader = make_member(organization, Role.AUDITOR)
    with scope(organization=organization):
        hidden, shown = _private(organization, reader), make_incident(organization)
        assert list(Incident.objects.visible_to(outsider)) == [shown]
        assert set(Incident.objects.visible_to(reader)) == {hidden, shown}
        assert set(Incident.objects.counted_for(outsider)) == {hidden, shown}


def test_post_on_the_incident_does_not_help(organization: Organization) -> None:
    commander = make_member(organization)
    with scope(organization=organization):
        incident = _private(organization)
        appoint(commander, Post.INCIDENT_COMMANDER, incident)
        assert not Incident.objects.visible_to(commander)


def test_what_hangs_on_it_is_hidden_with_it(organization: Organization, outsider: User) -> None:
    reader = make_member(organization)
    with scope(organization=organization):
        incident = _private(organization, reader)
        entry = make_entry(incident)
        assert not Entry.objects.visible_to(outsider)
        assert not Evidence.objects.visible_to(outsider)
        assert list(Entry.objects.visible_to(reader)) == [entry]


def test_arrival_is_hidden_when_any_of_its_incidents_is(organization: Organization, outsider: User) -> None:
    with scope(organization=organization):
        shown = make_incident(organization)
        arrival = _arrival(organization, shown)
        assert list(Arrival.objects.visible_to(outsider)) == [arrival]
        make_evidence(shown, arrival=arrival)
        make_evidence(shown, arrival=arrival)
        assert list(Arrival.objects.visible_to(outsider)) == [arrival]
        make_evidence(_private(organization), arrival=arrival)
        assert not Arrival.objects.visible_to(outsider)


def test_reader_of_another_incident_sees_nothing_of_this_one(organization: Organization) -> None:
    person = make_member(organization)
    with scope(organization=organization):
        mine, _theirs = _private(organization, person), _private(organization)
        assert list(Incident.objects.visible_to(person)) == [mine]


def test_reader_who_left_the_organization_sees_nothing(organization: Organization) -> None:
    person = make_member(organization)
    with scope(organization=organization):
        incident = _private(organization, person)
        person.memberships.all().delete()
        gone = User.objects.get(pk=person.pk)
        assert not Incident.objects.visible_to(gone)
        assert not privacy.may_see(gone, incident)
        assert [named.is_member for named in privacy.readers_of(incident)] == [False]


def test_reader_of_an_open_incident_changes_nothing_for_others(
    organization: Organization, outsider: User
) -> None:
    with scope(organization=organization):
        incident = make_incident(organization)
        IncidentReader(organization=organization, incident=incident, person=make_member(organization)).save()
        assert list(Incident.objects.visible_to(outsider)) == [incident]
        assert privacy.may_see(outsider, incident)


@pytest.mark.parametrize("hidden", [1, 3])
def test_what_one_sees_is_one_query_for_any_number_of_private_incidents(
    organization: Organization, outsider: User, hidden: int
) -> None:
    with scope(organization=organization):
        for _ in range(hidden):
            make_entry(_private(organization, make_member(organization)))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert not list(Entry.objects.visible_to(outsider))
    assert len(asked) == 1
