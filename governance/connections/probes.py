"""A request to each outside system that shows whether a connection would work, without leaving a trace there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx2

from governance.connections.cloudwatch import call
from governance.connections.completions import models
from governance.connections.http import open_client, request
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection

MOST_NAMED = 8
Probe = Callable[[httpx2.Client, Connection], str]

_NO_QUERY = "00000000-0000-4000-8000-000000000000"


def probe(connection: Connection) -> str:
    """Ask the outside system; gives a sentence that says what was found, or raises ``OutsideError``."""
    with open_client(connection) as client:
        return _PROBES[ConnectionKind(connection.kind)](client, connection)


def _confluence(client: httpx2.Client, connection: Connection) -> str:
    key = connection.options.get("space", "")
    spaces = _fields(request(client, "GET", "wiki/api/v2/spaces", params={"keys": key}), "results")
    if not spaces:
        raise OutsideError(f"Confluence has no space {key} that this account may see. Correct the space key.")
    return f"It works: reviews go into the space {spaces[0].get('name') or key}."


def _jira(client: httpx2.Client, connection: Connection) -> str:
    key = connection.options.get("project", "")
    answer = request(client, "GET", f"rest/api/3/project/{quote(key, safe='')}", expected=(200, 404))
    if answer.status_code == 404:
        raise OutsideError(f"Jira has no project {key} that this account may see. Correct the project key.")
    wanted = connection.options.get("issue_type", "")
    known = [str(kind.get("name")) for kind in _fields(answer, "issueTypes")]
    if known and wanted not in known:
        raise OutsideError(f"The project {key} has no issue type {wanted}. It has {', '.join(known)}.")
    return f"It works: action items become issues of {key}."


def _slack(client: httpx2.Client, _connection: Connection) -> str:
    answer = _object(request(client, "POST", "auth.test", idempotent=True))
    if not answer.get("ok"):
        raise OutsideError(f"Slack refused: {answer.get('error') or 'no reason given'}. Check the bot token.")
    return f"It works: we speak as {answer.get('user') or 'the app'} in {answer.get('team') or 'your workspace'}."


def _pagerduty(client: httpx2.Client, _connection: Connection) -> str:
    _object(request(client, "GET", "incidents", params={"limit": "1"}))
    return "It works: the incidents of this account can be read."


def _prometheus(client: httpx2.Client, _connection: Connection) -> str:
    answer = _object(request(client, "GET", "api/v1/query", params={"query": "1"}))
    if answer.get("status") != "success":
        raise OutsideError(
            "The answer is not what Prometheus would say. Correct the address of the connection."
        )
    return "It works: queries are answered."


def _loki(client: httpx2.Client, _connection: Connection) -> str:
    answer = _object(request(client, "GET", "loki/api/v1/labels"))
    if answer.get("status") != "success":
        raise OutsideError("The answer is not what Loki would say. Correct the address of the connection.")
    return "It works: queries are answered."


def _statuspage(client: httpx2.Client, connection: Connection) -> str:
    page = connection.options.get("page", "")
    answer = request(client, "GET", f"v1/pages/{quote(page, safe='')}", expected=(200, 404))
    if answer.status_code == 404:
        raise OutsideError(f"Statuspage has no page {page} that this key may see. Correct the page id.")
    return f"It works: we read the page {_object(answer).get('name') or page}."


def _cloudwatch(client: httpx2.Client, connection: Connection) -> str:
    """Ask for a query that nobody started: the account needs no right beyond those for fetching."""
    try:
        call(client, connection, "GetQueryResults", {"queryId": _NO_QUERY})
    except OutsideError as error:
        if not any(word in str(error) for word in ("ResourceNotFoundException", "InvalidParameterException")):
            raise
    return "It works: CloudWatch Logs accepts our signature, and gives results of queries."


def _model(client: httpx2.Client, connection: Connection) -> str:
    """Ask which models there are: nothing of ours is sent, and nothing is charged."""
    wanted, known = connection.options.get("model", ""), models(client)
    if known and wanted not in known:
        named = ", ".join(sorted(known)[:MOST_NAMED])
        raise OutsideError(f"The server has no model {wanted}. It has {named}.")
    return f"It works: the model {wanted} can be asked."


_PROBES: dict[ConnectionKind, Probe] = {
    ConnectionKind.PAGERDUTY: _pagerduty,
    ConnectionKind.PROMETHEUS: _prometheus,
    ConnectionKind.LOKI: _loki,
    ConnectionKind.STATUSPAGE: _statuspage,
    ConnectionKind.CLOUDWATCH: _cloudwatch,
    ConnectionKind.CONFLUENCE: _confluence,
    ConnectionKind.SLACK: _slack,
    ConnectionKind.JIRA: _jira,
    ConnectionKind.MODEL: _model,
}


def _object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OutsideError(
            "The answer is not what this system would say. Correct the address of the connection."
        )
    return found


def _fields(answer: httpx2.Response, name: str) -> list[dict[str, Any]]:
    found = _object(answer).get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
