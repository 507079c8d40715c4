"""The question to each outside system that shows whether a connection works: good, refused, elsewhere, unreachable."""

from __future__ import annotations

import base64
import json
import socket
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance.connections import probe
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection

SECRET = "a-secret-of-ours"
MAIL = {"email": "bot@example.test"}
BASIC = f"Basic {base64.b64encode(f'bot@example.test:{SECRET}'.encode()).decode()}"


@dataclass(frozen=True)
class System:
    """What a system is asked with which credential, what it answers when all is well, and what is said of that."""

    path: str
    credential: str
    answer: Any
    told: str
    options: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    status: int = 200


SYSTEMS: dict[ConnectionKind, System] = {
    ConnectionKind.CONFLUENCE: System(
        "/base/wiki/api/v2/spaces",
        BASIC,
        {"results": [{"name": "Operations"}]},
        "reviews go into the space Operations",
        {**MAIL, "space": "OPS"},
    ),
    ConnectionKind.SLACK: System(
        "/base/auth.test",
        f"Bearer {SECRET}",
        {"ok": True, "user": "afterword", "team": "Acme"},
        "we speak as afterword in Acme",
        method="POST",
    ),
    ConnectionKind.JIRA: System(
        "/base/rest/api/3/project/OPS",
        BASIC,
        {"issueTypes": [{"name": "Task"}]},
        "action items become issues of OPS",
        {**MAIL, "project": "OPS", "issue_type": "Task"},
    ),
    ConnectionKind.PAGERDUTY: System(
        "/base/incidents", f"Token token={SECRET}", {"incidents": []}, "incidents of this account can be read"
    ),
    ConnectionKind.PROMETHEUS: System(
        "/base/api/v1/query", f"Bearer {SECRET}", {"status": "success"}, "queries are answered"
    ),
    ConnectionKind.LOKI: System(
        "/base/loki/api/v1/labels", f"Bearer {SECRET}", {"status": "success"}, "queries are answered"
    ),
    ConnectionKind.CLOUDWATCH: System(
        "/base/",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE000000/",
        {"__type": "ResourceNotFoundException", "message": "no such query"},
        "accepts our signature",
        {"access_key": "AKIDEXAMPLE000000", "region": "eu-west-1"},
        method="POST",
        status=400,
    ),
    ConnectionKind.STATUSPAGE: System(
        "/base/v1/pages/p1", f"OAuth {SECRET}", {"name": "Acme"}, "we read the page Acme", {"page": "p1"}
    ),
    ConnectionKind.MODEL: System(
        "/base/models",
        f"Bearer {SECRET}",
        {"data": [{"id": "small"}, {"id": "large"}]},
        "the model small can be asked",
        {"model": "small"},
    ),
}
EVERY = pytest.mark.parametrize("kind", list(SYSTEMS))


@pytest.fixture(autouse=True)
def reachable(settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost", "127.0.0.1")


def connection(kind: ConnectionKind, base_url: str, **options: str) -> Connection:
    return Connection(
        kind=kind, base_url=base_url, secret=SECRET, options={**SYSTEMS[kind].options, **options}
    )


def answering(httpserver: HTTPServer, kind: ConnectionKind, body: Any, status: int = 200) -> Connection:
    """A connection to a system that answers this; text is sent as it is."""
    system = SYSTEMS[kind]
    content = body if isinstance(body, str) else json.dumps(body)
    httpserver.expect_request(system.path, method=system.method).respond_with_data(content, status)
    return connection(kind, httpserver.url_for("/base"))


def test_every_kind_has_a_probe() -> None:
    assert set(SYSTEMS) == set(ConnectionKind)


@EVERY
def test_system_that_accepts_the_credential_works(kind: ConnectionKind, httpserver: HTTPServer) -> None:
    system = SYSTEMS[kind]
    assert system.told in probe(answering(httpserver, kind, system.answer, system.status))
    ((asked, _answer),) = httpserver.log
    assert asked.headers["Authorization"].startswith(system.credential)


@EVERY
@pytest.mark.parametrize(("status", "told"), [(401, "credential was refused"), (403, "may not do this")])
def test_refused_credential_says_what_to_do(
    kind: ConnectionKind, httpserver: HTTPServer, status: int, told: str
) -> None:
    with pytest.raises(OutsideError, match=told) as refused:
        probe(answering(httpserver, kind, {"error": f"no such key {SECRET}"}, status))
    assert refused.value.permanent and SECRET not in str(refused.value)


@EVERY
def test_host_that_does_not_answer_is_named(kind: ConnectionKind) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(OutsideError, match=r"127\.0\.0\.1 cannot be reached") as refused:
        probe(connection(kind, f"http://127.0.0.1:{port}"))
    assert not refused.value.permanent


@EVERY
@pytest.mark.parametrize("body", ["<html>Welcome</html>", "[]", ""])
def test_address_of_something_else_is_noticed(
    kind: ConnectionKind, httpserver: HTTPServer, body: str
) -> None:
    with pytest.raises(OutsideError, match=r"not what .* would say"):
        probe(answering(httpserver, kind, body))


@pytest.mark.parametrize(
    ("kind", "body", "status", "told"),
    [
        (ConnectionKind.CONFLUENCE, {"results": []}, 200, "no space OPS"),
        (ConnectionKind.JIRA, {}, 404, "no project OPS"),
        (ConnectionKind.JIRA, {"issueTypes": [{"name": "Bug"}]}, 200, "no issue type Task. It has Bug"),
        (ConnectionKind.SLACK, {"ok": False, "error": "invalid_auth"}, 200, "Check the bot token"),
        (ConnectionKind.PROMETHEUS, {"status": "error"}, 200, "Correct the address"),
        (ConnectionKind.LOKI, {"message": "hello"}, 200, "Correct the address"),
        (ConnectionKind.STATUSPAGE, {"error": "Not found"}, 404, "no page p1"),
        (ConnectionKind.MODEL, {"data": [{"id": "tiny"}]}, 200, "no model small. It has tiny"),
        (ConnectionKind.CLOUDWATCH, {"__type": "UnrecognizedClientException"}, 400, "refused the access key"),
        (ConnectionKind.CLOUDWATCH, {"__type": "InvalidSignatureException"}, 400, "refused the access key"),
        (ConnectionKind.CLOUDWATCH, {"__type": "AccessDeniedException"}, 400, "Allow it logs:StartQuery"),
    ],
)
def test_what_is_missing_there_is_named(
    httpserver: HTTPServer, kind: ConnectionKind, body: dict[str, Any], status: int, told: str
) -> None:
    with pytest.raises(OutsideError, match=told):
        probe(answering(httpserver, kind, body, status))


def test_probe_of_cloudwatch_needs_no_right_beyond_those_for_fetching(httpserver: HTTPServer) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.headers["X-Amz-Target"])
        return Response(json.dumps({"status": "Complete", "results": []}))

    httpserver.expect_request("/base/").respond_with_handler(answer)
    probe(connection(ConnectionKind.CLOUDWATCH, httpserver.url_for("/base")))
    assert asked == ["Logs_20140328.GetQueryResults"]


def test_tenant_and_user_of_loki_are_said(httpserver: HTTPServer) -> None:
    answering(httpserver, ConnectionKind.LOKI, {"status": "success"})
    probe(connection(ConnectionKind.LOKI, httpserver.url_for("/base"), user="reader", tenant="team-1"))
    ((asked, _answer),) = httpserver.log
    assert asked.headers["X-Scope-OrgID"] == "team-1"
    assert asked.headers["Authorization"].startswith("Basic ")
