"""The card "Who may see this": who sees it, what each button does, and where one lands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from incidents import services
from incidents.models import Incident
from incidents.selectors import privacy
from tests.factories import make_incident, make_member, make_organization, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization("acme")


@pytest.fixture(autouse=True)
def _inside(organization: Organization) -> Iterator[None]:
    with scope(organization=organization):
        yield


@pytest.fixture
def lead(organization: Organization) -> User:
    return make_member(organization, Role.SRE_LEAD, name="Lee Lead")


@pytest.fixture
def incident(organization: Organization) -> Incident:
    return make_incident(organization, services=(make_service(organization),))


def _post(client: Client, incident: Incident, route: str, *more: int, **data: object) -> object:
    address = reverse(f"incidents:{route}", args=["acme", incident.reference, *more])
    return client.post(address, data)


def _page(client: Client, incident: Incident) -> str:
    return client.get(reverse("incidents:detail", args=["acme", incident.reference])).text


def test_card_of_an_open_incident_is_for_those_who_may_close_it(
    client: Client, organization: Organization, lead: User, incident: Incident
) -> None:
    client.force_login(make_member(organization))
    assert "Who may see this" not in _page(client, incident)
    client.force_login(lead)
    assert "Make it private" in _page(client, incident)


def test_made_private_named_removed_and_opened_again(
    client: Client, organization: Organization, lead: User, incident: Incident
) -> None:
    guest = make_member(organization, name="Gus Guest")
    client.force_login(lead)
    done = _post(client, incident, "make_private")
    assert done["Location"].endswith("#who-sees-this")  # type: ignore[index]
    assert "badge-private" in _page(client, incident)
    _post(client, incident, "reader_add", person=guest.pk)
    assert "Remove Gus Guest from the list" in _page(client, incident)
    client.force_login(guest)
    assert "Gus Guest" in _page(client, incident)
    assert "Remove Gus Guest from the list" not in _page(client, incident)
    client.force_login(lead)
    _post(client, incident, "reader_remove", guest.pk)
    assert not privacy.may_see(guest, incident)
    _post(client, incident, "make_open", reason="It was fixed")
    assert "badge-private" not in _page(client, incident)


def test_who_takes_themselves_off_the_list_lands_among_what_is_left(
    client: Client, organization: Organization, lead: User, incident: Incident
) -> None:
    services.make_private(actor=lead, incident=incident, readers=[make_member(organization)])
    client.force_login(lead)
    done = _post(client, incident, "reader_remove", lead.pk)
    assert done["Location"] == "/acme/incidents/"  # type: ignore[index]
    assert client.get(reverse("incidents:detail", args=["acme", incident.reference])).status_code == 404


@pytest.mark.parametrize(
    ("route", "data", "told"),
    [
        ("reader_add", {}, "Choose a person"),
        ("reader_add", {"person": "999999"}, "not on the list yet"),
        ("make_open", {"reason": " "}, "Say why"),
        ("make_private", {}, "private already"),
    ],
)
def test_refusal_says_what_to_do(
    client: Client, lead: User, incident: Incident, route: str, data: dict[str, str], told: str
) -> None:
    services.make_private(actor=lead, incident=incident)
    client.force_login(lead)
    answer = _post(client, incident, route, **data)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert told in answer.text  # type: ignore[attr-defined]


def test_last_reader_stays(client: Client, lead: User, incident: Incident) -> None:
    services.make_private(actor=lead, incident=incident)
    client.force_login(lead)
    answer = _post(client, incident, "reader_remove", lead.pk)
    assert "Nobody would see the incident any more" in answer.text  # type: ignore[attr-defined]
    assert _post(client, incident, "reader_remove", 999999).status_code == 404  # type: ignore[attr-defined]


def test_incident_opened_with_the_box_checked_is_private(
    client: Client, organization: Organization, incident: Incident
) -> None:
    opener, other = make_member(organization), make_member(organization)
    client.force_login(opener)
    done = client.post(
        reverse("incidents:new", args=["acme"]),
        {
            "title": "Somebody reads our mail",
            "severity": 1,
            "services": [incident.services.get().pk],
            "declared_at": "2018-10-21 22:52",
            "is_private": "on",
        },
    )
    opened = Incident.objects.get(title="Somebody reads our mail")
    assert done.status_code == 302
    assert [named.person for named in privacy.readers_of(opened)] == [opener]
    client.force_login(other)
    assert "Somebody reads our mail" not in client.get(reverse("incidents:list", args=["acme"])).text
