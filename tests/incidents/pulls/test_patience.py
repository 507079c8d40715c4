"""Waiting when the other side asks for it, and answers that are not what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from governance.connections import open_client
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection
from incidents.pulls import pagerduty, statuspage
from incidents.pulls.patience import MOST_WAITS, Patient

START, END = datetime(2018, 10, 21, 22, 0, tzinfo=UTC), datetime(2018, 10, 22, 1, 0, tzinfo=UTC)

POSTED = {"id": "i1", "name": "Delay", "created_at": "2018-10-21T23:09:00Z", "incident_updates": []}


@pytest.fixture
def client(httpserver: HTTPServer, settings: Settings) -> Iterator[httpx2.Client]:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost", "127.0.0.1")
    connection = Connection(
        kind=ConnectionKind.PAGERDUTY, base_url=httpserver.url_for("/"), secret="a-secret-of-ours"
    )
    with open_client(connection) as opened:
        yield opened


def test_status_page_is_asked_again_after_the_time_that_it_named(
    client: httpx2.Client, httpserver: HTTPServer
) -> None:
    path, waited = "/v1/pages/p1/incidents", list[float]()
    httpserver.expect_ordered_request(path).respond_with_data("", status=429, headers={"Retry-After": "7"})
    httpserver.expect_ordered_request(path).respond_with_json([POSTED])
    pulled = statuspage.incidents_document(client, "p1", START, END, sleep=waited.append)
    assert waited == [7.0] and b"Delay" in pulled.document


def test_a_long_wait_is_left_to_the_outbox(client: httpx2.Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=429, headers={"ratelimit-reset": "31"})
    waited: list[float] = []
    with pytest.raises(OutsideError, match="asks us to wait") as refused:
        Patient(client, waited.append).get("a")
    assert (refused.value.retry_after, waited) == (31.0, [])


def test_waiting_ends_after_five_times(client: httpx2.Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=429, headers={"ratelimit-reset": "2"})
    waited: list[float] = []
    with pytest.raises(OutsideError):
        Patient(client, waited.append).get("a")
    assert waited == [2.0] * MOST_WAITS


def test_unknown_incident_is_refused(client: httpx2.Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/incidents/PNONE1").respond_with_json({"error": "Not Found"}, status=404)
    with pytest.raises(OutsideError, match="status 404"):
        pagerduty.incident_document(client, "PNONE1")


@pytest.mark.parametrize("cut", ['[{"id": "i1"', "", '{"error": "no"}'])
def test_list_that_was_cut_off_is_refused_with_a_sentence(
    client: httpx2.Client, httpserver: HTTPServer, cut: str
) -> None:
    httpserver.expect_request("/v1/pages/p1/incidents").respond_with_data(cut)
    with pytest.raises(OutsideError, match="no JSON list"):
        statuspage.incidents_document(client, "p1", START, END)
