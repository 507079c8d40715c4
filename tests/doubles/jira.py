"""Jira Cloud as far as action items need it: no idempotency key, and a search that may lag behind the writes."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.doubles.base import Call, Double, answer

SCOPED = "(?:/ex/jira/cloud-1)?"
JQL = re.compile(r'project = "(?P<project>[^"]+)" AND labels = "(?P<label>[^"]+)"')


@dataclass
class Issue:
    """An issue as it was created."""

    key: str
    fields: dict[str, Any]
    born: float = field(default_factory=time.monotonic)


class Jira(Double):
    """One project, ``OPS``, with one issue type, ``Task``.

    ``search_lag`` (seconds) hides young issues. ``refused`` names fields that are not on the create screen,
    ``priorities`` the values of one that is; nobody may ask for the screen while it is ``secret``.
    """

    prefix: ClassVar[str] = "/atlassian"
    authorization: ClassVar[str] = "Basic "
    routes: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("POST", f"{SCOPED}/rest/api/3/search/jql", "search"),
        ("POST", f"{SCOPED}/rest/api/3/issue", "create"),
        ("GET", f"{SCOPED}/rest/api/3/issue/createmeta/OPS/issuetypes", "kinds"),
        ("GET", f"{SCOPED}/rest/api/3/issue/createmeta/OPS/issuetypes/10101", "screen"),
        ("GET", rf"{SCOPED}/rest/api/3/issue/([A-Z]+-\d+)", "read"),
        ("POST", f"{SCOPED}/rest/api/3/issueLink", "link"),
        ("GET", f"{SCOPED}/rest/api/3/serverInfo", "server_info"),
    )

    def __init__(self, server: HTTPServer) -> None:
        super().__init__(server)
        self.issues: list[Issue] = []
        self.links: list[tuple[str, str, str]] = []
        self.search_lag = 0.0
        self.refused: set[str] = set()
        self.priorities = {"Highest", "High", "Medium", "Low"}
        self.secret = False
        self._numbers = count(1)

    def search(self, call: Call) -> Response:
        asked = JQL.fullmatch(call.body["jql"])
        if asked is None:
            return answer({"errorMessages": ["The query is not understood"], "errors": {}}, 400)
        found = [issue for issue in self.issues if self._shows(issue, asked["project"], asked["label"])]
        issues = [{"id": issue.key, "key": issue.key, "fields": {}} for issue in found]
        return answer({"issues": issues, "isLast": True})

    def create(self, call: Call) -> Response:
        fields = call.body["fields"]
        errors = {name: f"Field '{name}' cannot be set." for name in self.refused & set(fields)}
        if "priority" in fields and fields["priority"]["name"] not in self.priorities:
            errors["priority"] = "The priority selected is invalid."
        if errors:
            return answer({"errorMessages": [], "errors": errors}, 400)
        issue = Issue(f"OPS-{next(self._numbers)}", fields)
        self.issues.append(issue)
        return answer({"id": issue.key, "key": issue.key, "self": f"{self.base_url}/{issue.key}"}, 201)

    def kinds(self, _call: Call) -> Response:
        if self.secret:
            return answer({"errorMessages": ["Not found"], "errors": {}}, 404)
        return answer({"issueTypes": [{"id": "10101", "name": "Task"}], "startAt": 0, "total": 1})

    def screen(self, _call: Call) -> Response:
        names = {"project", "issuetype", "summary", "description", "labels", "duedate", "priority"}
        values = {"priority": [{"id": name, "name": name} for name in sorted(self.priorities)]}
        fields = [
            {"fieldId": name, "allowedValues": values.get(name)} for name in sorted(names - self.refused)
        ]
        return answer({"fields": fields, "startAt": 0, "total": len(fields)})

    def read(self, _call: Call, key: str) -> Response:
        links = [_seen_from(key, *link) for link in self.links if key in link[1:]]
        return answer({"key": key, "fields": {"issuelinks": links}})

    def link(self, call: Call) -> Response:
        """A second link of the same kind is accepted as silently as the first."""
        ends = call.body["inwardIssue"]["key"], call.body["outwardIssue"]["key"]
        self.links.append((call.body["type"]["name"], *ends))
        return Response(status=201)

    def server_info(self, _call: Call) -> Response:
        return answer({"baseUrl": "https://acme.example.test", "deploymentType": "Cloud"})

    def _shows(self, issue: Issue, project: str, label: str) -> bool:
        known = time.monotonic() - issue.born >= self.search_lag
        return known and issue.fields["project"]["key"] == project and label in issue.fields["labels"]


def _seen_from(key: str, name: str, inward: str, outward: str) -> dict[str, Any]:
    """A link as an issue shows it: the other end only, by the side on which that stands."""
    other = {"outwardIssue": {"key": outward}} if key == inward else {"inwardIssue": {"key": inward}}
    return {"type": {"name": name, "inward": "is blocked by", "outward": "blocks"}, **other}
