"""Calls of Slack's Web API that read: pages, patience, and refusals as sentences.

Slack refuses with status 200 and ``{"ok": false, "error": "not_in_channel"}``; it asks for patience with status 429.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson

from governance.connections import request
from governance.errors import OutsideError
from incidents.sources.base import text_of
from incidents.sources.slack_marks import items

PAGE = 200
MOST_PAGES = 500
MOST_WAITS = 5
LONGEST_WAIT = 30.0

_SENTENCES = {
    "not_in_channel": "Invite the app to the channel: type /invite and the app's name there.",
    "channel_not_found": "Slack knows no such channel, or the app was not invited to it. Correct the channel id or "
    "invite the app.",
    "not_authed": "Slack got no token. An administrator can enter it in the settings.",
    "invalid_auth": "Slack refused the token. An administrator can renew it in the settings.",
    "account_inactive": "The app was removed from the workspace. An administrator can install it again.",
    "token_revoked": "The token was revoked. An administrator can renew it in the settings.",
    "file_not_found": "Slack no longer has this file.",
    "file_deleted": "This file was deleted in Slack.",
}
_PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})

Sleep = Callable[[float], None]


class SlackRefusal(OutsideError):
    """Slack's own refusal (status 200 with ``ok: false``); ``code`` is its word for the reason."""

    def __init__(self, message: str, code: str, **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.code = code


@dataclass
class Calls:
    """Calls of the Web API that wait when Slack asks for it, as often as a whole fetch may wait."""

    client: httpx2.Client
    sleep: Sleep
    waits: int = field(default=MOST_WAITS)

    def get(self, method: str, **params: str) -> Mapping[str, Any]:
        """One answer; raises ``OutsideError``."""
        while True:
            try:
                return _answer(self.client, method, params)
            except OutsideError as error:
                if error.retry_after is None or error.retry_after > LONGEST_WAIT or not self.waits:
                    raise
                self.waits -= 1
                self.sleep(error.retry_after)

    def pages(self, method: str, key: str, **params: str) -> Iterator[Mapping[str, Any]]:
        """The objects below ``key`` of every page."""
        cursor = ""
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            answer = self.get(method, limit=str(PAGE), **params, **more)
            yield from items(answer, key)
            cursor = text_of(answer, "response_metadata", "next_cursor")
            if not cursor:
                return
        raise OutsideError(
            f"The channel has more than {MOST_PAGES * PAGE:,} messages in this time. Choose a shorter one.",
            permanent=True,
        )


def _answer(client: httpx2.Client, method: str, params: Mapping[str, str]) -> Mapping[str, Any]:
    response = request(client, "GET", method, params=dict(params))
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict) or "ok" not in answer:
        raise OutsideError(
            "The answer is not what Slack would say. Correct the address of the connection.", permanent=True
        )
    if answer["ok"] is not True:
        raise _refusal(method, answer, response.headers.get("retry-after", ""))
    return answer


def _refusal(method: str, answer: Mapping[str, Any], retry_after: str) -> SlackRefusal:
    code = text_of(answer, "error") or "unknown"
    if code in ("ratelimited", "rate_limited"):
        wait = float(retry_after) if retry_after.isdecimal() else LONGEST_WAIT
        return SlackRefusal("Slack asks us to wait. It is tried again.", code, retry_after=wait)
    if code == "missing_scope":
        needed = text_of(answer, "needed") or "that the manifest names"
        sentence = (
            f"The app lacks the scope {needed}. Add it under OAuth & Permissions and install the app again."
        )
        return SlackRefusal(sentence, code, permanent=True)
    sentence = _SENTENCES.get(code, f"Slack refused {method}: {code[:80]}.")
    return SlackRefusal(sentence, code, permanent=code not in _PASSING)
