"""Opening incidents, commanders, repeats, services and their owners."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from governance.access import Post, holders
from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization, User
from incidents import services
from incidents.errors import CurationRefused
from incidents.models import Incident, Service
from tests.factories import make_incident, make_member, make_organization, make_service

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


@pytest.fixture
def lead(organization: Organization) -> User:
    return make_member(organization, Role.SRE_LEAD)


def opened(actor: User, organization: Organization, **fields: Any) -> Incident:
    values = {
        "title": "Link lost",
        "severity": 1,
        "services": [make_service(organization)],
        "declared_at": START,
        **fields,
    }
    return services.open_incident(actor=actor, organization=organization, **values)


def test_references_count_up_within_the_year(responder: User, organization: Organization) -> None:
    first = opened(responder, organization)
    assert opened(responder, organization).reference == "INC-2018-0002"
    assert (
        opened(responder, organization, declared_at=START + timedelta(days=300)).reference == "INC-2019-0001"
    )
    assert (first.reference, first.services.count()) == ("INC-2018-0001", 1)


def test_commander_is_appointed_with_the_opening(responder: User, organization: Organization) -> None:
    commander = make_member(organization)
    incident = opened(responder, organization, commander=commander)
    assert list(holders(Post.INCIDENT_COMMANDER, incident)) == [commander]
    recorded = AuditEntry.objects.order_by("sequence").values_list("action", flat=True)
    assert list(recorded) == ["incident.opened", "incident.commander_appointed", "incident.accepted"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": "  "}, "Give the incident a title"),
        ({"services": []}, "at least one affected service"),
        ({"declared_at": datetime(2018, 10, 21)}, "has no zone"),
        ({"reference": "42"}, "Write the reference like INC-2018-0042"),
    ],
)
def test_incomplete_incident_is_refused(
    responder: User, organization: Organization, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CurationRefused, match=sentence):
        opened(responder, organization, **fields)
    assert not Incident.objects.exists()


def test_taken_reference_is_refused(responder: User, organization: Organization) -> None:
    opened(responder, organization, reference="inc-2018-0042")
    with pytest.raises(CurationRefused, match="INC-2018-0042 is taken"):
        opened(responder, organization, reference="INC-2018-0042")


def test_new_commander_replaces_the_old_one(
    lead: User, organization: Organization, incident: Incident
) -> None:
    first, second = make_member(organization), make_member(organization)
    services.appoint_commander(actor=lead, incident=incident, user=first)
    services.appoint_commander(actor=lead, incident=incident, user=second)
    assert list(holders(Post.INCIDENT_COMMANDER, incident)) == [second]


def test_stranger_cannot_command(lead: User, incident: Incident) -> None:
    with pytest.raises(AccessDenied, match="not a member"):
        services.appoint_commander(actor=lead, incident=incident, user=make_member(make_organization()))


def test_responder_cannot_appoint(responder: User, incident: Incident) -> None:
    with pytest.raises(AccessDenied):
        services.appoint_commander(actor=responder, incident=incident, user=responder)


def test_only_an_earlier_incident_is_repeated(
    lead: User, organization: Organization, incident: Incident
) -> None:
    later = make_incident(organization, declared_at=START + timedelta(days=9))
    assert services.confirm_repeat(actor=lead, incident=later, repeat_of=incident).repeat_of == incident
    with pytest.raises(CurationRefused, match="was declared later"):
        services.confirm_repeat(actor=lead, incident=incident, repeat_of=later)
    with pytest.raises(CurationRefused, match="cannot repeat itself"):
        services.confirm_repeat(actor=lead, incident=incident, repeat_of=incident)


def test_service_has_a_name_of_its_own(lead: User, organization: Organization) -> None:
    service = services.create_service(actor=lead, organization=organization, name="Core Proxy")
    assert service.slug == "core-proxy"
    for name, sentence in (("core proxy", "exists already"), ("!?", "letters or digits")):
        with pytest.raises(CurationRefused, match=sentence):
            services.create_service(actor=lead, organization=organization, name=name)
    assert Service.objects.count() == 1


def test_owner_is_appointed_once_and_dismissed(lead: User, organization: Organization) -> None:
    service, owner = make_service(organization), make_member(organization)
    services.appoint_owner(actor=lead, service=service, user=owner)
    services.appoint_owner(actor=lead, service=service, user=owner)
    assert list(holders(Post.SERVICE_OWNER, service)) == [owner]
    services.dismiss_owner(actor=lead, service=service, user=owner)
    assert not holders(Post.SERVICE_OWNER, service)
    assert AuditEntry.objects.filter(action__startswith="service.owner").count() == 2


def test_responder_cannot_manage_services(responder: User, organization: Organization) -> None:
    with pytest.raises(AccessDenied):
        services.create_service(actor=responder, organization=organization, name="x")
