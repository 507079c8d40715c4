"""Fetching evidence through the outbox from doubles of the systems that it comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from django_scopes import scope
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance.connections.sigv4 import Key, signed_headers
from governance.enums import ConnectionKind, DeliveryStatus, Role
from governance.errors import NotConnected, OutsideError
from governance.models import Delivery, Organization, User
from incidents.enums import ArrivalWay, HookKind, SourceKind
from incidents.models import Arrival, Entry, Incident, IncidentLink, Measured
from incidents.pulls import subscription
from incidents.pulls.prometheus import step_of
from incidents.services import arrivals, create_hook, pulling, receiving
from tests.factories import make_member

pytestmark = pytest.mark.django_db

START = datetime(2018, 10, 21, 22, 0, tzinfo=UTC)
WINDOW = {"start": START.isoformat(), "end": (START + timedelta(hours=3)).isoformat()}


def answer(httpserver: HTTPServer, path: str, body: Any, **query: str) -> None:
    httpserver.expect_request(path, query_string=query or None).respond_with_json(body)


def test_pagerduty_incident_is_fetched_page_by_page_and_linked(
    fetched: Callable[..., Delivery], httpserver: HTTPServer, incident: Incident
) -> None:
    path = "/incidents/PINC001"
    answer(httpserver, path, {"incident": {"id": "PINC001", "service": {"summary": "Checkout"}}})

    def log_entries(request: Request) -> Response:
        assert request.headers["Authorization"] == "Token token=a-secret-of-ours"
        offset = int(request.args["offset"])
        rows = [
            {
                "id": f"R{offset + place}",
                "type": "notify_log_entry",
                "created_at": f"2018-10-21T22:{place % 60:02d}:{offset // 100:02d}Z",
                "summary": f"Notified person {offset + place}",
            }
            for place in range(100 if offset == 0 else 2)
        ]
        return Response(
            json.dumps({"log_entries": rows, "more": offset == 0}), content_type="application/json"
        )

    httpserver.expect_request(f"{path}/log_entries").respond_with_handler(log_entries)
    answer(httpserver, f"{path}/alerts", {"alerts": [], "more": False})
    note = {
        "id": "N1",
        "created_at": "2018-10-21T22:59:00Z",
        "content": "We see replicas lag",
        "user": {"summary": "Kit"},
    }
    answer(httpserver, f"{path}/notes", {"notes": [note]})
    delivery = fetched(ConnectionKind.PAGERDUTY, incident="PINC001")
    assert delivery.status == DeliveryStatus.DELIVERED
    assert Arrival.objects.get().way == ArrivalWay.PULL
    assert Entry.objects.filter(incident=incident).count() == 103
    assert IncidentLink.objects.get().key == "pagerduty incident PINC001"


def test_prometheus_series_becomes_an_entry_with_its_picture(
    fetched: Callable[..., Delivery], httpserver: HTTPServer
) -> None:
    points = [[START.timestamp() + 60 * minute, "9.5" if minute == 40 else "0.2"] for minute in range(90)]
    body = {
        "status": "success",
        "data": {"resultType": "matrix", "result": [{"metric": {"job": "web"}, "values": points}]},
    }
    answer(httpserver, "/api/v1/query_range", body)
    fetched(ConnectionKind.PROMETHEUS, query="p99", title="p99 latency", unit="s", **WINDOW)
    entry = Entry.objects.get()
    assert (entry.at, entry.lane) == (START + timedelta(minutes=40), "metric")
    assert "9.5 s" in entry.text and "0.2 s" in entry.text
    measured = Measured.objects.get()
    assert (measured.entry, measured.unit, len(measured.points)) == (entry, "s", 90)


def test_points_of_a_long_window_stay_few() -> None:
    assert step_of(START, START + timedelta(hours=1)) == 15
    assert step_of(START, START + timedelta(days=31)) == 8928


def test_loki_lines_come_in_order_and_once(fetched: Callable[..., Delivery], httpserver: HTTPServer) -> None:
    first = int(START.timestamp()) * 10**9

    def page(request: Request) -> Response:
        since = max(int(request.args["start"]), first)
        rows = [
            [str(since + place * 10**6), f"line {(since - first) // 10**6 + place}"] for place in range(5000)
        ]
        if since > first:
            rows = rows[:3]
        body = {
            "status": "success",
            "data": {"resultType": "streams", "result": [{"stream": {"app": "web"}, "values": rows}]},
        }
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request("/loki/api/v1/query_range").respond_with_handler(page)
    fetched(ConnectionKind.LOKI, query='{app="web"}', **WINDOW)
    evidence = Arrival.objects.get().evidence.get()
    assert evidence.line_count == 5002


def test_cloudwatch_query_is_signed_and_waited_for(
    fetched: Callable[..., Delivery], httpserver: HTTPServer
) -> None:
    calls: list[str] = []

    def handle(request: Request) -> Response:
        operation = request.headers["X-Amz-Target"].removeprefix("Logs_20140328.")
        calls.append(operation)
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE000000/")
        row = [
            {"field": "@timestamp", "value": "2018-10-21 22:52:00.000"},
            {"field": "@message", "value": "ERROR link lost"},
        ]
        body = {"queryId": "q1"} if operation == "StartQuery" else {"status": "Complete", "results": [row]}
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request("/", method="POST").respond_with_handler(handle)
    fetched(ConnectionKind.CLOUDWATCH, groups="/aws/web", query="fields @message", **WINDOW)
    assert calls == ["StartQuery", "GetQueryResults"]
    assert Entry.objects.get().at == datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


def test_statuspage_incidents_outside_of_the_window_stay_out(
    fetched: Callable[..., Delivery], httpserver: HTTPServer
) -> None:
    def posted(at: str, name: str) -> dict[str, Any]:
        update = {"id": name, "status": "investigating", "body": f"{name} began", "created_at": at}
        return {
            "id": f"i{name}",
            "name": name,
            "created_at": at,
            "updated_at": at,
            "incident_updates": [update],
        }

    rows = [posted("2018-10-21T16:09:00-07:00", "Delay"), posted("2018-10-20T10:00:00Z", "Another")]
    answer(httpserver, "/v1/pages/gytm4qzbx9t6/incidents", rows)
    fetched(ConnectionKind.STATUSPAGE, **WINDOW)
    entry = Entry.objects.get()
    assert entry.at == datetime(2018, 10, 21, 23, 9, tzinfo=UTC) and "Delay" in entry.text


def test_refused_key_is_told_and_nothing_is_kept(
    fetched: Callable[..., Delivery], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/incidents/PINC001").respond_with_data("no", status=401)
    delivery = fetched(ConnectionKind.PAGERDUTY, incident="PINC001")
    assert delivery.status == DeliveryStatus.FAILED
    assert "credential was refused" in delivery.last_error and "a-secret-of-ours" not in delivery.last_error
    assert not Arrival.objects.exists()


def test_what_is_not_connected_is_named(
    organization: Organization, responder: User, incident: Incident
) -> None:
    with pytest.raises(NotConnected, match="Loki is not connected"):
        pulling.ask_for(actor=responder, incident=incident, kind=ConnectionKind.LOKI, values=WINDOW)


def test_every_puller_has_a_source_that_reads_it() -> None:
    from incidents.sources import REGISTRY

    assert {puller.source.value for puller in pulling.PULLERS.values()} <= set(REGISTRY)
    assert pulling.PULLERS[ConnectionKind.SLACK].source == SourceKind.SLACK


def test_signature_is_that_of_amazons_own_example() -> None:
    """The request "get-vanilla" of Amazon's published test suite for Signature Version 4."""
    key = Key("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    at = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    headers = signed_headers(key, "GET", "https://example.amazonaws.com/", {}, b"", at)
    assert headers["authorization"].endswith(
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )
    other = signed_headers(
        key, "GET", "https://example.amazonaws.com/", {}, hashlib.sha256(b"x").digest(), at
    )
    assert other["authorization"] != headers["authorization"]


SNS_TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def test_subscription_is_confirmed_at_an_address_of_our_own_making() -> None:
    asked: list[str] = []

    def amazon(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200)

    subscription.confirm(SNS_TOPIC, "abc123", transport=httpx2.MockTransport(amazon))
    (address,) = asked
    assert address.startswith("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn")
    assert address.endswith("&Token=abc123")


@pytest.mark.parametrize(("status", "permanent"), [(403, True), (500, False), (302, False)])
def test_refused_confirmation_is_told(status: int, permanent: bool) -> None:
    with pytest.raises(OutsideError, match="refused the confirmation") as refused:
        subscription.confirm(
            SNS_TOPIC, "abc", transport=httpx2.MockTransport(lambda _request: httpx2.Response(status))
        )
    assert refused.value.permanent == permanent


def test_topic_that_asks_for_confirmation_gets_a_row_of_the_outbox(organization: Organization) -> None:
    with scope(organization=organization):
        administrator = make_member(organization, Role.ADMINISTRATOR)
        hook = create_hook(
            actor=administrator,
            organization=organization,
            kind=HookKind.AWS_SNS,
            name="Alarms",
            options={"topic_arn": SNS_TOPIC},
        )
        body = {
            "Type": "SubscriptionConfirmation",
            "TopicArn": SNS_TOPIC,
            "Token": "t",
            "Timestamp": "x",
            "Message": "m",
        }
        pk = receiving.receive(
            hook=hook,
            kind=SourceKind.AWS,
            delivery="1",
            headers={"x-amz-sns-message-type": "SubscriptionConfirmation"},
            body=json.dumps(body).encode(),
        )
        assert pk is not None
        arrivals.take_in(pk)
        delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.payload) == (arrivals.CONFIRM, {"arrival": pk})
