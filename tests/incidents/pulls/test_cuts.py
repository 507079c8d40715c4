"""What a limit keeps out of a fetch is told by name: PagerDuty, the status page, CloudWatch."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance.connections import http, open_client
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection
from incidents.pulls import cloudwatch, pagerduty, statuspage
from incidents.pulls.slack import Pulled

START = datetime(2018, 10, 21, 22, 0, tzinfo=UTC)
END = START + timedelta(hours=3)
Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def reachable(settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost", "127.0.0.1")


def connection(httpserver: HTTPServer, kind: ConnectionKind) -> Connection:
    options = {"access_key": "AKIDEXAMPLE000000", "region": "eu-west-1"}
    return Connection(kind=kind, base_url=httpserver.url_for("/"), secret="a-secret-of-ours", options=options)


# PagerDuty -----------------------------------------------------------------------------------------------------------


def pagerduty_incident(httpserver: HTTPServer, log_entries: Rows, alerts: Rows | None = None) -> Pulled:
    path = "/incidents/PINC001"
    httpserver.expect_request(path).respond_with_json({"incident": {"id": "PINC001"}})
    httpserver.expect_request(f"{path}/notes").respond_with_json({"notes": []})
    for name, rows in (("log_entries", log_entries), ("alerts", alerts or [])):
        httpserver.expect_request(f"{path}/{name}").respond_with_handler(_slices(name, rows))
    with open_client(connection(httpserver, ConnectionKind.PAGERDUTY)) as client:
        return pagerduty.incident_document(client, "PINC001")


def _slices(name: str, rows: Rows) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        first, most = int(request.args["offset"]), int(request.args["limit"])
        body = {name: rows[first : first + most], "more": first + most < len(rows)}
        return Response(json.dumps(body), content_type="application/json")

    return answer


def test_log_entries_beyond_what_pagerduty_gives_are_told(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagerduty, "MOST_ROWS", 200)
    pulled = pagerduty_incident(httpserver, [{"id": f"R{place}"} for place in range(201)], [{"id": "A"}])
    assert len(orjson.loads(pulled.document)["log_entries"]) == 200
    (told,) = pulled.cuts
    assert told.startswith("PagerDuty has more than 200 log entries of the incident PINC001")


def test_as_many_log_entries_as_pagerduty_gives_are_whole(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagerduty, "MOST_ROWS", 200)
    assert pagerduty_incident(httpserver, [{"id": f"R{place}"} for place in range(200)]).cuts == ()


def test_each_list_of_pagerduty_that_was_cut_is_named(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagerduty, "MOST_ROWS", 100)
    rows = [{"id": f"R{place}"} for place in range(101)]
    cuts = pagerduty_incident(httpserver, rows, rows).cuts
    assert ["log entries" in cuts[0], "alerts" in cuts[1]] == [True, True]


def test_long_log_entries_are_fetched_in_halves_of_a_page(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 10_000)
    rows = [{"id": f"R{place}", "channel": {"details": "x" * 300}} for place in range(150)]
    pulled = pagerduty_incident(httpserver, rows)
    assert orjson.loads(pulled.document)["log_entries"] == rows


# The status page -----------------------------------------------------------------------------------------------------


def posted(name: str, created: datetime, updated: datetime | None = None) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "created_at": created.isoformat(),
        "updated_at": (updated or created).isoformat(),
        "incident_updates": [],
    }


def status_page(httpserver: HTTPServer, rows: Rows, asked: list[str] | None = None) -> Pulled:
    def answer(request: Request) -> Response:
        most, number = int(request.args["limit"]), int(request.args["page"])
        if asked is not None:
            asked.append(f"{number} of {most}")
        return Response(
            json.dumps(rows[most * (number - 1) : most * number]), content_type="application/json"
        )

    httpserver.expect_request("/v1/pages/p1/incidents").respond_with_handler(answer)
    with open_client(connection(httpserver, ConnectionKind.STATUSPAGE)) as client:
        return statuspage.incidents_document(client, "p1", START, END, sleep=lambda _seconds: None)


def names(pulled: Pulled) -> list[str]:
    return [row["name"] for row in orjson.loads(pulled.document)["incidents"]]


def test_old_incident_with_a_new_update_is_found_far_down_the_list(httpserver: HTTPServer) -> None:
    """The page lists by opening: a page of short incidents that ended before the time stands before it."""
    inside = posted("inside", START + timedelta(hours=1))
    short = [posted(f"short {place}", START - timedelta(days=1 + place)) for place in range(150)]
    long = posted("long", START - timedelta(days=200), START + timedelta(minutes=5))
    pulled = status_page(httpserver, [inside, *short, long])
    assert (names(pulled), pulled.cuts) == (["inside", "long"], ())


def test_reading_ends_a_year_before_the_time(httpserver: HTTPServer) -> None:
    inside = posted("inside", START + timedelta(hours=1))
    old = [posted(f"old {place}", START - timedelta(days=366 + place)) for place in range(500)]
    asked: list[str] = []
    pulled = status_page(httpserver, [inside, *old], asked)
    assert (names(pulled), pulled.cuts) == (["inside"], ())
    assert asked == ["1 of 64", "2 of 64"]


def test_more_incidents_than_one_fetch_takes_are_told(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statuspage, "MOST_ROWS", 128)
    rows = [posted(f"n{place}", START + timedelta(hours=1) - timedelta(days=place)) for place in range(200)]
    pulled = status_page(httpserver, rows)
    assert pulled.cuts == (
        "Only the first 128 incidents that the status page lists were looked at; those opened before "
        "2018-06-16 23:00:00 UTC were not.",
    )


def test_time_that_lies_behind_what_was_looked_at_is_not_called_quiet(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statuspage, "MOST_ROWS", 64)
    rows = [posted(f"n{place}", END + timedelta(days=100 - place)) for place in range(99)]
    with pytest.raises(OutsideError, match="None of them lies in this time") as refused:
        status_page(httpserver, rows)
    assert refused.value.permanent


def test_long_incidents_are_fetched_in_halves_of_a_page(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 5000)
    rows = [posted(f"n{place}", START + timedelta(seconds=200 - place)) for place in range(150)]
    asked: list[str] = []
    assert names(status_page(httpserver, rows, asked)) == [row["name"] for row in rows]
    assert asked[:3] == ["1 of 64", "1 of 32", "2 of 32"]


# CloudWatch ----------------------------------------------------------------------------------------------------------


class Insights:
    """A query with results; answers pages of ``maxItems`` rows once it was asked ``patience`` times."""

    def __init__(self, server: HTTPServer, count: int, matched: int | None = None, patience: int = 0) -> None:
        self.rows = [
            [
                {"field": "@timestamp", "value": "2018-10-21 22:52:00.000"},
                {"field": "@message", "value": f"line {place} {'x' * 200}"},
            ]
            for place in range(count)
        ]
        self.statistics = {} if matched is None else {"statistics": {"recordsMatched": float(matched)}}
        self.patience = patience
        self.asked: list[dict[str, Any]] = []
        self.server = server
        server.expect_request("/", method="POST").respond_with_handler(self.handle)

    def handle(self, request: Request) -> Response:
        values = json.loads(request.data)
        if request.headers["X-Amz-Target"].endswith("StartQuery"):
            return Response(json.dumps({"queryId": "q1"}))
        self.asked.append(values)
        if self.patience:
            self.patience -= 1
            return Response(json.dumps({"status": "Running", "results": self.rows[:1]}))
        first, most = int(values.get("nextToken", 0)), values["maxItems"]
        more = {"nextToken": str(first + most)} if first + most < len(self.rows) else {}
        body = {"status": "Complete", "results": self.rows[first : first + most], **self.statistics, **more}
        return Response(json.dumps(body))

    def fetch(self) -> Pulled:
        found = connection(self.server, ConnectionKind.CLOUDWATCH)
        with open_client(found) as client:
            return cloudwatch.insights_document(
                client, found, ["/aws/web"], "fields @message", START, END, sleep=lambda _seconds: None
            )


def test_results_come_page_by_page_once_the_query_is_complete(httpserver: HTTPServer) -> None:
    query = Insights(httpserver, 4500, matched=4500, patience=2)
    pulled = query.fetch()
    assert orjson.loads(pulled.document)["results"] == query.rows
    assert pulled.cuts == ()
    assert [values.get("nextToken") for values in query.asked] == [None, None, None, "2000", "4000"]


def test_long_results_are_fetched_in_halves_of_a_page(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 10_000)
    query = Insights(httpserver, 100)
    assert orjson.loads(query.fetch().document)["results"] == query.rows
    assert [values["maxItems"] for values in query.asked][:3] == [2000, 1000, 500]


@pytest.mark.parametrize(
    ("matched", "told"),
    [
        (
            12_345,
            "CloudWatch gave 50 lines of 12,345 that the query matched between 2018-10-21 22:00:00 and ",
        ),
        (
            None,
            "CloudWatch gave 50 lines between 2018-10-21 22:00:00 and 2018-10-22 01:00:00 UTC, the most of one ",
        ),
    ],
)
def test_more_lines_than_a_query_gives_are_told(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, matched: int | None, told: str
) -> None:
    monkeypatch.setattr(cloudwatch, "MOST_LINES", 50)
    (cut,) = Insights(httpserver, 50, matched).fetch().cuts
    assert cut.startswith(told) and cut.endswith("Fetch a shorter span for the rest.")


@pytest.mark.parametrize(("count", "matched"), [(50, 50), (20, 12_345), (49, None)])
def test_query_whose_limit_was_not_met_is_whole(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, count: int, matched: int | None
) -> None:
    """A query may count or have a limit of its own: then it matches more lines than it answers, and nothing is cut."""
    monkeypatch.setattr(cloudwatch, "MOST_LINES", 50)
    assert Insights(httpserver, count, matched).fetch().cuts == ()


def test_query_that_does_not_end_is_told(httpserver: HTTPServer) -> None:
    with pytest.raises(OutsideError, match="did not end within a minute"):
        Insights(httpserver, 1, patience=1000).fetch()


@pytest.mark.parametrize(
    ("word", "told", "wait"),
    [
        ("ThrottlingException", "asks us to wait", 10.0),
        ("UnrecognizedClientException", "refused the access key", None),
        ("AccessDeniedException", "Allow it logs:StartQuery", None),
        ("MalformedQueryException", "refused with status 400", None),
    ],
)
def test_refusal_of_amazon_is_understood_by_its_word(
    httpserver: HTTPServer, word: str, told: str, wait: float | None
) -> None:
    httpserver.expect_request("/").respond_with_json({"__type": word, "message": "no"}, status=400)
    found = connection(httpserver, ConnectionKind.CLOUDWATCH)
    with open_client(found) as client, pytest.raises(OutsideError, match=told) as refused:
        cloudwatch.insights_document(client, found, ["/aws/web"], "fields @message", START, END)
    assert (refused.value.retry_after, refused.value.permanent) == (wait, wait is None)
