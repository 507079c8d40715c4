"""Saying what is to be fetched: what is typed is cleaned, what cannot be meant gets a sentence and stays typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django_scopes import scope

from governance.enums import ConnectionKind, Role
from governance.models import AuditEntry, Connection, Delivery, Organization, User
from incidents.enums import MilestoneKind
from incidents.forms import PullForm
from incidents.models import Incident, IncidentLink, Milestone
from incidents.services import pulling
from tests.factories import make_entry, make_incident, make_member, make_organization

pytestmark = pytest.mark.django_db

START = datetime(2018, 10, 21, 22, 0, tzinfo=UTC)
SPAN = {"start": "2018-10-21 22:00", "end": "2018-10-22 01:00"}
LOKI = {"query": '{app="web"}', **SPAN}
FITTING: dict[ConnectionKind, dict[str, str]] = {
    ConnectionKind.PAGERDUTY: {"incident": "PINC001"},
    ConnectionKind.SLACK: {"channel": "C0INCIDENT1", **SPAN},
    ConnectionKind.PROMETHEUS: {"query": "up", "title": "Up", "unit": "s", **SPAN},
    ConnectionKind.LOKI: LOKI,
    ConnectionKind.CLOUDWATCH: {"groups": "/aws/web /aws/api", "query": "fields @message", **SPAN},
    ConnectionKind.STATUSPAGE: SPAN,
}


def filled(of: Incident, kind: ConnectionKind, **typed: str) -> PullForm:
    return PullForm({**FITTING[kind], **typed}, kind=kind, incident=of)


# The form ------------------------------------------------------------------------------------------------------------


def test_every_system_that_is_fetched_from_has_a_form_that_says_what_it_needs(incident: Incident) -> None:
    assert set(FITTING) == set(pulling.PULLERS)
    for kind, typed in FITTING.items():
        form = filled(incident, kind)
        assert form.is_valid(), form.errors
        assert set(form.values) == set(typed)


def test_times_are_kept_with_their_zone(incident: Incident) -> None:
    form = filled(incident, ConnectionKind.STATUSPAGE)
    assert form.is_valid()
    assert form.values == {"start": "2018-10-21T22:00:00+00:00", "end": "2018-10-22T01:00:00+00:00"}


@pytest.mark.parametrize(
    ("start", "end", "field", "told"),
    [
        ("2018-10-22 01:00", "2018-10-21 22:00", "end", "The end lies before the start"),
        ("2018-10-22 01:00", "2018-10-22 01:00", "end", "The end lies before the start"),
        ("2018-10-01 00:00", "2018-11-01 00:01", "end", "31 days at most"),
        ("yesterday", "2018-10-22 01:00", "start", ""),
        ("2018-10-21 22:00", "", "end", ""),
    ],
)
def test_span_that_cannot_be_meant_is_refused(
    incident: Incident, start: str, end: str, field: str, told: str
) -> None:
    form = filled(incident, ConnectionKind.STATUSPAGE, start=start, end=end)
    assert list(form.errors) == [field] and told in str(form.errors[field])


def test_span_of_a_month_fits(incident: Incident) -> None:
    form = filled(incident, ConnectionKind.STATUSPAGE, start="2018-10-01 00:00", end="2018-11-01 00:00")
    assert form.is_valid()


@pytest.mark.parametrize(
    ("kind", "name", "typed", "kept"),
    [
        (ConnectionKind.PAGERDUTY, "incident", "https://acme.pagerduty.com/incidents/PT4KHLK", "PT4KHLK"),
        (ConnectionKind.PAGERDUTY, "incident", " https://acme.eu.pagerduty.com/incidents/Q1?x=1 ", None),
        (ConnectionKind.PAGERDUTY, "incident", "https://acme.pagerduty.com/incidents/Q0ABC1/?x=1", "Q0ABC1"),
        (ConnectionKind.PAGERDUTY, "incident", "../users", None),
        (ConnectionKind.SLACK, "channel", "https://acme.slack.com/archives/C0INCIDENT1", "C0INCIDENT1"),
        (ConnectionKind.SLACK, "channel", " C0INCIDENT1 ", "C0INCIDENT1"),
        (ConnectionKind.SLACK, "channel", "#inc-checkout", None),
    ],
)
def test_address_or_id_of_what_is_fetched_is_understood(
    incident: Incident, kind: ConnectionKind, name: str, typed: str, kept: str | None
) -> None:
    form = filled(incident, kind, **{name: typed})
    assert form.is_valid() == (kept is not None)
    assert form.values.get(name) == kept if kept else "or its id such as" in str(form.errors[name])


@pytest.mark.parametrize("kind", [kind for kind, typed in FITTING.items() if "query" in typed])
def test_query_is_needed(incident: Incident, kind: ConnectionKind) -> None:
    assert list(filled(incident, kind, query=" ").errors) == ["query"]


def test_window_that_is_proposed_holds_the_whole_incident(
    incident: Incident, organization: Organization
) -> None:
    resolved = incident.declared_at + timedelta(hours=5)
    entry = make_entry(incident, resolved)
    Milestone(organization=organization, incident=incident, kind=MilestoneKind.RESOLVED, entry=entry).save()
    fields = PullForm(kind=ConnectionKind.STATUSPAGE, incident=incident).fields
    assert fields["start"].initial == incident.declared_at - timedelta(hours=1)
    assert fields["end"].initial == resolved + timedelta(minutes=30)


# The screen ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def tab(client: Client, responder: User) -> Client:
    client.force_login(responder)
    return client


def address(incident: Incident, kind: str = "loki", slug: str = "acme") -> str:
    return f"/{slug}/incidents/{incident.reference}/fetch/{kind}/"


def test_what_is_asked_for_waits_in_the_outbox(
    tab: Client,
    incident: Incident,
    organization: Organization,
    connect: Callable[[ConnectionKind], Connection],
) -> None:
    connect(ConnectionKind.LOKI)
    answer = tab.post(address(incident), LOKI)
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/acme/incidents/{incident.reference}/evidence/",
    )
    with scope(organization=organization):
        delivery = Delivery.objects.get()
        assert AuditEntry.objects.filter(action="evidence.asked_for").count() == 1
    assert (delivery.kind, delivery.payload["kind"]) == (pulling.PULL, "loki")
    assert delivery.payload["values"]["query"] == '{app="web"}'
    assert "Loki is asked" in tab.get(answer["Location"]).content.decode()


def test_same_question_twice_is_asked_once(
    tab: Client,
    incident: Incident,
    organization: Organization,
    connect: Callable[[ConnectionKind], Connection],
) -> None:
    connect(ConnectionKind.LOKI)
    with time_machine.travel(START, tick=False):
        for _ in range(2):
            assert tab.post(address(incident), LOKI).status_code == 302
    with scope(organization=organization):
        assert Delivery.objects.count() == 1


def test_thing_that_is_fetched_belongs_to_the_incident_from_then_on(
    tab: Client,
    incident: Incident,
    organization: Organization,
    connect: Callable[[ConnectionKind], Connection],
) -> None:
    connect(ConnectionKind.PAGERDUTY)
    tab.post(address(incident, "pagerduty"), {"incident": "https://acme.pagerduty.com/incidents/PT4KHLK"})
    with scope(organization=organization):
        assert IncidentLink.objects.get().key == "pagerduty incident PT4KHLK"


def test_span_that_is_wrong_is_refused_and_what_was_typed_stays(
    tab: Client, incident: Incident, connect: Callable[[ConnectionKind], Connection]
) -> None:
    connect(ConnectionKind.LOKI)
    answer = tab.post(address(incident), {**LOKI, "end": "2018-10-21 21:00"})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    for shown in ("The end lies before the start", '{app="web"}', "2018-10-21 21:00"):
        assert shown in page
    assert not Delivery.objects.exists()


def test_system_that_is_not_connected_is_named(tab: Client, incident: Incident) -> None:
    answer = tab.post(address(incident), LOKI)
    assert answer.status_code == 422
    assert "Loki is not connected. An administrator can connect it" in answer.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("kind", ["confluence", "jira", "nothing"])
def test_system_that_nothing_is_fetched_from_has_no_page(tab: Client, incident: Incident, kind: str) -> None:
    assert tab.get(address(incident, kind)).status_code == 404


def test_incident_of_another_organization_is_not_found(tab: Client, organization: Organization) -> None:
    another = make_organization("another")
    with scope(organization=another):
        hidden = make_incident(another)
    for slug in ("acme", "another"):
        for answer in (tab.get(address(hidden, slug=slug)), tab.post(address(hidden, slug=slug), LOKI)):
            assert answer.status_code == 404
    with scope(organization=another):
        assert not Delivery.objects.exists()


def test_reader_may_not_ask(client: Client, incident: Incident, organization: Organization) -> None:
    client.force_login(make_member(organization, Role.AUDITOR))
    assert client.post(address(incident), LOKI).status_code == 403
    assert not Delivery.objects.exists()
