"""Slack's Web API as far as a publication needs it: one channel, refusals with status 200, blocks that come back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count
from typing import Any, ClassVar

from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.doubles.base import Call, Double, answer

CHANNEL = "C0INCIDENT1"


class Slack(Double):
    """Listens at ``/slack/api``; ``messages`` holds the channel, oldest first."""

    prefix: ClassVar[str] = "/slack/api"
    authorization: ClassVar[str] = "Bearer "
    routes: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("POST", "/chat.postMessage", "post"),
        ("GET", "/conversations.history", "history"),
        ("GET", "/chat.getPermalink", "permalink"),
        ("POST", "/auth.test", "who"),
    )

    def __init__(self, server: HTTPServer) -> None:
        super().__init__(server)
        self.messages: list[dict[str, Any]] = []
        self._numbers = count(1)

    def refusal(self, call: Call) -> Response | None:
        return answer({"ok": False, "error": "not_authed"}) if super().refusal(call) else None

    def say(self, text: str) -> None:
        """Somebody else writes into the channel."""
        self._keep({"type": "message", "user": "U0SOMEONE", "text": text})

    def post(self, call: Call) -> Response:
        if call.body["channel"] != CHANNEL:
            return answer({"ok": False, "error": "channel_not_found"})
        ts = self._keep({"type": "message", "text": call.body["text"], "blocks": call.body["blocks"]})
        return answer({"ok": True, "channel": CHANNEL, "ts": ts})

    def history(self, call: Call) -> Response:
        start, limit = int(call.params.get("cursor") or 0), int(call.params["limit"])
        newest_first = self.messages[::-1]
        following = str(start + limit) if start + limit < len(newest_first) else ""
        return answer(
            {
                "ok": True,
                "messages": newest_first[start : start + limit],
                "response_metadata": {"next_cursor": following},
            }
        )

    def permalink(self, call: Call) -> Response:
        ts = call.params["message_ts"]
        if not any(message["ts"] == ts for message in self.messages):
            return answer({"ok": False, "error": "message_not_found"})
        return answer({"ok": True, "permalink": f"{self.base_url}/archives/{CHANNEL}/p{ts.replace('.', '')}"})

    def who(self, _call: Call) -> Response:
        return answer({"ok": True, "user": "afterword", "team": "Acme"})

    def _keep(self, message: dict[str, Any]) -> str:
        ts = f"{int(time.time())}.{next(self._numbers):06d}"
        self.messages.append({**message, "ts": ts})
        return ts
