"""Confluence Cloud as far as a publication needs it: titles unique in a space, attachments by name, labels as a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.doubles.base import Call, Double, answer

SPACES = {"INC": "65537"}


@dataclass
class Page:
    """A page with what hangs on it; ``attachments`` holds every version of each file."""

    id: str
    space: str
    title: str
    body: str
    attachments: dict[str, list[bytes]] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)

    def plain(self, body_format: str | None) -> dict[str, Any]:
        shown = {"id": self.id, "spaceId": self.space, "title": self.title, "status": "current"}
        body = {body_format: {"representation": body_format, "value": self.body}} if body_format else {}
        return {**shown, "body": body, "_links": {"webui": f"/spaces/INC/pages/{self.id}"}}


class Confluence(Double):
    """Listens where a site keeps its ``/wiki``."""

    prefix: ClassVar[str] = "/atlassian"
    authorization: ClassVar[str] = "Basic "
    routes: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("GET", "/wiki/api/v2/spaces", "spaces"),
        ("GET", "/wiki/api/v2/pages", "find"),
        ("POST", "/wiki/api/v2/pages", "create"),
        ("GET", r"/wiki/api/v2/pages/(\d+)/attachments", "attachments"),
        ("PUT", r"/wiki/rest/api/content/(\d+)/child/attachment", "attach"),
        ("POST", r"/wiki/rest/api/content/(\d+)/label", "label"),
    )

    def __init__(self, server: HTTPServer) -> None:
        super().__init__(server)
        self.pages: list[Page] = []
        self._ids = count(98400)

    def spaces(self, call: Call) -> Response:
        key = call.params["keys"]
        return answer({"results": [{"id": SPACES[key], "key": key, "name": key}] if key in SPACES else []})

    def find(self, call: Call) -> Response:
        found = [
            page.plain(call.params.get("body-format"))
            for page in self.pages
            if (page.space, page.title) == (call.params["space-id"], call.params["title"])
        ]
        return answer({"results": found, "_links": {}})

    def create(self, call: Call) -> Response:
        space, title = call.body["spaceId"], call.body["title"]
        if len(title) > 255:
            return answer({"errors": [{"status": 400, "title": "Title is too long"}]}, 400)
        if any((page.space, page.title) == (space, title) for page in self.pages):
            return answer(
                {"errors": [{"status": 400, "title": "A page with this title already exists"}]}, 400
            )
        page = Page(str(next(self._ids)), space, title, call.body["body"]["value"])
        self.pages.append(page)
        return answer(page.plain(None))

    def attachments(self, call: Call, page_id: str) -> Response:
        kept = self._page(page_id).attachments
        wanted = call.params.get("filename")
        found = [
            {
                "id": f"att{name}",
                "title": name,
                "fileSize": len(versions[-1]),
                "version": {"number": len(versions)},
            }
            for name, versions in kept.items()
            if wanted in (None, name)
        ]
        return answer({"results": found, "_links": {}})

    def attach(self, call: Call, page_id: str) -> Response:
        if call.headers.get("X-Atlassian-Token") != "nocheck" or "minorEdit" not in call.body:
            return answer({"message": "XSRF check failed"}, 403)
        name, data, _ = call.body["file"]
        self._page(page_id).attachments.setdefault(name, []).append(data)
        return answer({"results": [{"title": name}]})

    def label(self, call: Call, page_id: str) -> Response:
        page = self._page(page_id)
        page.labels.update(label["name"] for label in call.body)
        return answer({"results": [{"name": name} for name in sorted(page.labels)]})

    def _page(self, page_id: str) -> Page:
        return next(page for page in self.pages if page.id == page_id)
