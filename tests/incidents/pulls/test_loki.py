"""Fetching log lines from Loki: pages that fit, lines of one moment, and what is told when a limit is met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx2
import orjson
import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance.connections import AnswerTooLarge, http, open_client
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection
from incidents.pulls import loki
from incidents.pulls.slack import Pulled

START = datetime(2018, 10, 21, 22, 0, tzinfo=UTC)
END = START + timedelta(hours=3)
SECOND = 10**9
BEGIN = int(START.timestamp()) * SECOND


class LokiServer:
    """One stream of ``(nanoseconds since the start, line)``; answers a page from ``start`` on, before ``end``."""

    def __init__(self, server: HTTPServer) -> None:
        self.lines: list[tuple[int, str]] = []
        self.limits: list[int] = []
        server.expect_request("/loki/api/v1/query_range").respond_with_handler(self.page)

    def page(self, request: Request) -> Response:
        since, until, most = (int(request.args[name]) for name in ("start", "end", "limit"))
        self.limits.append(most)
        inside = [[str(BEGIN + at), line] for at, line in self.lines if since <= BEGIN + at < until]
        stream = {"stream": {"app": "web"}, "values": inside[:most]}
        body = {"status": "success", "data": {"resultType": "streams", "result": [stream]}}
        return Response(orjson.dumps(body), content_type="application/json")


@pytest.fixture
def server(httpserver: HTTPServer, settings: Settings) -> LokiServer:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost", "127.0.0.1")
    return LokiServer(httpserver)


@pytest.fixture
def client(httpserver: HTTPServer, server: LokiServer) -> Iterator[httpx2.Client]:
    connection = Connection(kind=ConnectionKind.LOKI, base_url=httpserver.url_for("/"))
    with open_client(connection) as opened:
        yield opened


def fetch(client: httpx2.Client) -> Pulled:
    return loki.range_document(client, '{app="web"}', START, END)


def lines_of(pulled: Pulled) -> list[str]:
    [stream] = orjson.loads(pulled.document)["data"]["result"]
    return [line for _at, line in stream["values"]]


def test_long_lines_are_fetched_in_halves_of_a_page_until_they_fit(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 5000)
    server.lines = [(place * SECOND, f"{place} " + "x" * 400) for place in range(40)]
    pulled = fetch(client)
    assert lines_of(pulled) == [line for _at, line in server.lines]
    assert server.limits[:8] == [1000, 500, 250, 125, 62, 31, 15, 7]
    assert pulled.cuts == ()


def test_lines_that_fit_one_by_one_only_all_come(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 700)
    server.lines = [(place * SECOND, f"{place} " + "x" * 400) for place in range(6)]
    assert lines_of(fetch(client)) == [line for _at, line in server.lines]
    assert 1 in server.limits


def test_line_that_is_too_long_by_itself_is_told(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 700)
    server.lines = [(0, "x" * 800)]
    with pytest.raises(AnswerTooLarge, match="which was not read"):
        fetch(client)


def test_page_grows_again_behind_a_long_line(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 20_000)
    monkeypatch.setattr(loki, "PAGE", 64)
    long = [(place * SECOND, f"{place} " + "x" * 15_000) for place in range(3)]
    server.lines = long + [((3 + place) * SECOND, f"short {place}") for place in range(500)]
    assert lines_of(fetch(client)) == [line for _at, line in server.lines]
    assert 1 in server.limits and server.limits[-1] == 64


def test_more_lines_than_one_fetch_takes_are_told(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loki, "PAGE", 10)
    monkeypatch.setattr(loki, "MOST_LINES", 50)
    server.lines = [(place * SECOND, f"line {place}") for place in range(100)]
    pulled = fetch(client)
    assert 50 < len(lines_of(pulled)) < 65
    (told,) = pulled.cuts
    last = START + timedelta(seconds=len(lines_of(pulled)) - 1)
    assert told == (
        "Loki had more than 50 lines between 2018-10-21 22:00:00 and 2018-10-22 01:00:00 UTC. Only those until "
        f"{last:%Y-%m-%d %H:%M:%S} UTC are whole; fetch a shorter span that begins there for the rest."
    )


def test_exactly_as_many_lines_as_a_fetch_takes_are_whole(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loki, "PAGE", 10)
    monkeypatch.setattr(loki, "MOST_LINES", 50)
    server.lines = [(place * SECOND, f"line {place}") for place in range(50)]
    pulled = fetch(client)
    assert (len(lines_of(pulled)), pulled.cuts) == (50, ())


def test_more_bytes_than_one_fetch_takes_are_told(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loki, "PAGE", 4)
    monkeypatch.setattr(loki, "MOST_BYTES", 2**20)
    server.lines = [(place * SECOND, f"{place} " + "x" * 100_000) for place in range(40)]
    pulled = fetch(client)
    assert len(lines_of(pulled)) < 20
    assert pulled.cuts[0].startswith("Loki had more than 1 MB between")


def test_page_that_lies_in_one_moment_does_not_end_the_fetch(
    server: LokiServer, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loki, "PAGE", 10)
    numbers = count()
    server.lines = [(at * SECOND, f"line {next(numbers)}") for at in (1, 2, 3) for _ in range(25)]
    pulled = fetch(client)
    assert (lines_of(pulled), pulled.cuts) == ([line for _at, line in server.lines], ())


@pytest.mark.parametrize(
    ("moments", "named"),
    [
        ([1], "at 2018-10-21 22:00:01 UTC than"),
        ([1, 4], "at 2018-10-21 22:00:01 UTC and at 1 other moment than"),
        ([1, 4, 6], "at 2018-10-21 22:00:01 UTC and at 2 other moments than"),
    ],
)
def test_more_lines_than_loki_gives_for_a_moment_are_told(
    server: LokiServer,
    client: httpx2.Client,
    monkeypatch: pytest.MonkeyPatch,
    moments: list[int],
    named: str,
) -> None:
    monkeypatch.setattr(loki, "PAGE", 10)
    monkeypatch.setattr(loki, "MOST_OF_A_MOMENT", 20)
    server.lines = [(at * SECOND, f"line {at} {place}") for at in moments for place in range(25)]
    server.lines.append((9 * SECOND, "the last"))
    pulled = fetch(client)
    assert lines_of(pulled)[-1] == "the last"
    assert len(lines_of(pulled)) == 20 * len(moments) + 1
    (told,) = pulled.cuts
    assert named in told and "Narrow the query" in told


def test_answer_that_goes_back_in_time_ends_the_fetch(client: httpx2.Client, httpserver: HTTPServer) -> None:
    httpserver.clear()
    rows = [[str(BEGIN + place), f"line {place}"] for place in range(1000)]
    body = {"data": {"resultType": "streams", "result": [{"stream": {}, "values": rows}]}}
    httpserver.expect_request("/loki/api/v1/query_range").respond_with_json(body)
    with pytest.raises(OutsideError, match="not what Loki would say"):
        fetch(client)
