"""Naming who may see a private incident: who does it, who is named at once, and who stays."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization, User
from incidents import services
from incidents.errors import CurationRefused
from incidents.models import Incident
from incidents.selectors import privacy
from reviews.models import Review
from tests.factories import make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def lead(organization: Organization) -> User:
    return make_member(organization, Role.SRE_LEAD, name="Lee Lead")


def _names(incident: Incident) -> set[User]:
    return {named.person for named in privacy.readers_of(incident)}


def _actions(organization: Organization) -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def test_making_it_private_names_who_must_work_on_it(organization: Organization, lead: User) -> None:
    commander, owner, opener, author, guest, other = (make_member(organization) for _ in range(6))
    with scope(organization=organization):
        service = make_service(organization, owner=owner)
        incident = make_incident(organization, commander, (service,), created_by=opener)
        Review(organization=organization, incident=incident, author=author).save()
        services.make_private(actor=lead, incident=incident, readers=[guest])
        assert _names(incident) == {lead, commander, owner, opener, author, guest}
        assert not privacy.may_see(other, incident)
        assert set(privacy.people_who_see(incident)) == _names(incident)
        assert set(privacy.people_to_name(incident)) == {other}
        assert _actions(organization) == ["incident.made_private", *["incident.reader_named"] * 6]


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.MANAGER, Role.AUDITOR, Role.SECURITY])
def test_making_it_private_takes_the_right(organization: Organization, role: Role) -> None:
    person = make_member(organization, role)
    with scope(organization=organization):
        incident = make_incident(organization)
        with pytest.raises(AccessDenied):
            services.make_private(actor=person, incident=incident)


def test_commander_may_make_it_private(organization: Organization) -> None:
    commander = make_member(organization)
    with scope(organization=organization):
        incident = make_incident(organization, commander)
        services.make_private(actor=commander, incident=incident)
        assert _names(incident) == {commander}


def test_who_is_not_named_changes_nothing_whatever_their_role(organization: Organization, lead: User) -> None:
    outsider = make_member(organization, *Role)
    with scope(organization=organization):
        incident = make_incident(organization)
        services.make_private(actor=lead, incident=incident)
        with pytest.raises(AccessDenied):
            services.name_reader(actor=outsider, incident=incident, person=outsider)
        with pytest.raises(AccessDenied):
            services.remove_reader(actor=outsider, incident=incident, person=lead)
        with pytest.raises(AccessDenied):
            services.make_open(actor=outsider, incident=incident, reason="Let me see")
        assert _names(incident) == {lead}


def test_somebody_from_outside_is_not_named(organization: Organization, lead: User) -> None:
    stranger = make_member(make_organization())
    with scope(organization=organization):
        incident = make_incident(organization)
        with pytest.raises(CurationRefused, match="not a member"):
            services.make_private(actor=lead, incident=incident, readers=[stranger])
        services.make_private(actor=lead, incident=incident)
        with pytest.raises(CurationRefused, match="not a member"):
            services.name_reader(actor=lead, incident=incident, person=stranger)


def test_reader_is_named_once_and_removed(organization: Organization, lead: User) -> None:
    guest = make_member(organization)
    with scope(organization=organization):
        incident = make_incident(organization)
        services.make_private(actor=lead, incident=incident)
        for _ in range(2):
            services.name_reader(actor=lead, incident=incident, person=guest)
        services.remove_reader(actor=lead, incident=incident, person=guest)
        assert not privacy.may_see(guest, incident)
        assert _actions(organization)[1:] == [
            "incident.reader_named",
            "incident.reader_named",
            "incident.reader_removed",
        ]
        with pytest.raises(CurationRefused, match="not on the list"):
            services.remove_reader(actor=lead, incident=incident, person=guest)


def test_commander_and_last_reader_stay(organization: Organization, lead: User) -> None:
    commander = make_member(organization)
    with scope(organization=organization):
        incident = make_incident(organization, commander)
        services.make_private(actor=lead, incident=incident)
        with pytest.raises(CurationRefused, match="commands the incident"):
            services.remove_reader(actor=lead, incident=incident, person=commander)
        alone = make_incident(organization)
        services.make_private(actor=lead, incident=alone)
        with pytest.raises(CurationRefused, match="Nobody would see"):
            services.remove_reader(actor=lead, incident=alone, person=lead)


def test_reader_who_left_does_not_count_as_one_who_stays(organization: Organization, lead: User) -> None:
    leaver = make_member(organization)
    with scope(organization=organization):
        incident = make_incident(organization)
        services.make_private(actor=lead, incident=incident, readers=[leaver])
        leaver.memberships.all().delete()
        with pytest.raises(CurationRefused, match="Nobody would see"):
            services.remove_reader(actor=lead, incident=incident, person=lead)


def test_new_commander_and_owners_of_a_new_service_are_named(organization: Organization, lead: User) -> None:
    commander, owner = make_member(organization), make_member(organization)
    with scope(organization=organization):
        incident = make_incident(organization, services=(make_service(organization),))
        services.make_private(actor=lead, incident=incident)
        services.appoint_commander(actor=lead, incident=incident, user=commander)
        services.describe_incident(
            actor=lead, incident=incident, severity=2, services=[make_service(organization, owner=owner)]
        )
        assert _names(incident) == {lead, commander, owner}


def test_opening_it_to_everybody_takes_a_reason_and_ends_the_list(
    organization: Organization, lead: User
) -> None:
    with scope(organization=organization):
        incident = make_incident(organization)
        services.make_private(actor=lead, incident=incident)
        with pytest.raises(CurationRefused, match="Say why"):
            services.make_open(actor=lead, incident=incident, reason="  ")
        services.make_open(actor=lead, incident=incident, reason="The fix is out")
        assert not Incident.objects.get(pk=incident.pk).is_private
        assert not _names(incident)
        newest = AuditEntry.objects.order_by("-sequence").first()
        assert newest.details == {"reason": "The fix is out"}
        with pytest.raises(CurationRefused, match="not private"):
            services.make_open(actor=lead, incident=incident, reason="Again")


def test_incident_can_be_opened_private(organization: Organization) -> None:
    opener, owner, other = (make_member(organization) for _ in range(3))
    with scope(organization=organization):
        incident = services.open_incident(
            actor=opener,
            organization=organization,
            title="Somebody reads our mail",
            severity=1,
            services=[make_service(organization, owner=owner)],
            declared_at=START,
            is_private=True,
        )
        assert _names(incident) == {opener, owner}
        assert not privacy.may_see(other, incident)


def test_repeat_of_an_incident_that_one_may_not_see_is_refused_as_an_unknown_one(
    organization: Organization, lead: User
) -> None:
    with scope(organization=organization):
        earlier = make_incident(organization, is_private=True)
        later = make_incident(organization, declared_at=START.replace(year=2019))
        with pytest.raises(CurationRefused) as refused:
            services.confirm_repeat(actor=lead, incident=later, repeat_of=earlier)
        assert earlier.reference not in str(refused.value)


def test_administrator_breaks_the_glass_from_the_command_line(organization: Organization, lead: User) -> None:
    administrator = make_member(organization, Role.ADMINISTRATOR, email="ada@example.test")
    with scope(organization=organization):
        incident = make_incident(organization)
        services.make_private(actor=lead, incident=incident)
    call_command("name_reader", incident.reference, "ada@example.test", organization=organization.slug)
    with scope(organization=organization):
        assert privacy.may_see(administrator, incident)
        assert _actions(organization)[-2:] == ["incident.glass_broken", "incident.reader_named"]


def test_nobody_but_an_administrator_breaks_the_glass(organization: Organization, lead: User) -> None:
    make_member(organization, Role.MANAGER, email="mia@example.test")
    with scope(organization=organization):
        incident = make_incident(organization)
        services.make_private(actor=lead, incident=incident)
    with pytest.raises(CommandError, match="not an administrator"):
        call_command("name_reader", incident.reference, "mia@example.test", organization=organization.slug)
    with pytest.raises(CommandError, match="There is no incident"):
        call_command("name_reader", "INC-2000-0001", "mia@example.test", organization=organization.slug)
    with pytest.raises(CommandError, match="not a member"):
        call_command("name_reader", incident.reference, "who@example.test", organization=organization.slug)
