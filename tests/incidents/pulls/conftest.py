"""Fetching as a person starts it: asked for, delivered by the outbox, and read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from governance import outbox
from governance.enums import ConnectionKind
from governance.models import Connection, Delivery, Organization, User
from incidents.models import Incident
from incidents.services import arrivals, pulling

OPTIONS: dict[ConnectionKind, dict[str, str]] = {
    ConnectionKind.STATUSPAGE: {"page": "gytm4qzbx9t6"},
    ConnectionKind.CLOUDWATCH: {"access_key": "AKIDEXAMPLE000000", "region": "eu-west-1"},
}


@pytest.fixture
def connect(
    organization: Organization, httpserver: HTTPServer, settings: Settings
) -> Callable[[ConnectionKind], Connection]:
    """Connect a system of a kind, which is the test's own server."""
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost", "127.0.0.1")
    settings.DELIVERY_SETTLE_SECONDS = 0

    def save(kind: ConnectionKind) -> Connection:
        connection = Connection(
            organization=organization,
            kind=kind,
            base_url=httpserver.url_for("/"),
            secret="a-secret-of-ours",
            options=OPTIONS.get(kind, {}),
        )
        connection.save()
        return connection

    return save


@pytest.fixture
def fetched(
    organization: Organization,
    responder: User,
    incident: Incident,
    connect: Callable[[ConnectionKind], Connection],
) -> Callable[..., Delivery]:
    """Ask for something of a kind, let the outbox work, and read what came."""

    def run(kind: ConnectionKind, **values: str) -> Delivery:
        with scope(organization=organization):
            connect(kind)
            delivery = pulling.ask_for(actor=responder, incident=incident, kind=kind, values=values)
            outbox.deliver_one(delivery.pk)
            arrivals.sweep()
            found: Delivery = Delivery.objects.get(pk=delivery.pk)
            return found

    return run
