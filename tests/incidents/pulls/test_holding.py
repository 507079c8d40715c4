"""A fetch stays in one worker's hands however long it takes, and a worker that lost it keeps nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone
from django_scopes import scopes_disabled
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance import outbox
from governance.enums import ConnectionKind, DeliveryStatus
from governance.models import Connection, Delivery, Organization, User
from incidents.models import Arrival, Incident
from incidents.services import pulling

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = {
    "id": "N1",
    "created_at": "2018-10-21T22:59:00Z",
    "content": "Replicas lag",
    "user": {"summary": "Kit"},
}
Act = Callable[[], None]


def serve(httpserver: HTTPServer, acts: dict[str, Act]) -> list[str]:
    """A PagerDuty that does something of the test's while it is asked for a path; gives the paths as they are asked."""
    asked: list[str] = []
    bodies = {
        "": {"incident": {"id": "PINC001"}},
        "log_entries": {},
        "alerts": {},
        "notes": {"notes": [NOTE]},
    }

    def answering(name: str) -> Callable[[Request], Response]:
        def answer(_request: Request) -> Response:
            asked.append(name)
            try:
                with scopes_disabled():
                    acts.get(name, lambda: None)()
            finally:
                database.close()
            return Response(json.dumps(bodies[name]), content_type="application/json")

        return answer

    for name in bodies:
        path = f"/incidents/PINC001/{name}".rstrip("/")
        httpserver.expect_request(path).respond_with_handler(answering(name))
    return asked


@pytest.fixture
def delivery(
    organization: Organization,
    responder: User,
    incident: Incident,
    connect: Callable[[ConnectionKind], Connection],
) -> Delivery:
    connect(ConnectionKind.PAGERDUTY)
    return pulling.ask_for(
        actor=responder, incident=incident, kind=ConnectionKind.PAGERDUTY, values={"incident": "PINC001"}
    )


def change(delivery: Delivery, **values: object) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(**values)


def test_fetch_that_takes_longer_than_its_lease_is_done_once(
    delivery: Delivery, httpserver: HTTPServer
) -> None:
    """Each answer comes when the lease has run out; a second worker looks for work while the next one is awaited."""
    second: list[bool] = []
    run_out = timezone.now() - timedelta(hours=1)
    asked = serve(
        httpserver,
        {
            "": lambda: change(delivery, lease_until=run_out),
            "log_entries": lambda: second.append(outbox.deliver_one(delivery.pk)),
            "alerts": lambda: change(delivery, lease_until=run_out),
            "notes": lambda: second.append(outbox.deliver_one(delivery.pk)),
        },
    )
    assert outbox.deliver_one(delivery.pk)
    delivery.refresh_from_db()
    assert second == [False, False]
    assert asked == ["", "log_entries", "alerts", "notes"]
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 1)


def test_worker_that_lost_its_lease_asks_no_more_and_keeps_nothing(
    delivery: Delivery, httpserver: HTTPServer
) -> None:
    others = uuid.uuid4()
    asked = serve(httpserver, {"log_entries": lambda: change(delivery, lease_token=others)})
    outbox.deliver_one(delivery.pk)
    delivery.refresh_from_db()
    assert asked == ["", "log_entries"]
    assert (delivery.status, delivery.lease_token) == (DeliveryStatus.LEASED, others)
    assert not Arrival.objects.exists()
