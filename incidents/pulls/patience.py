"""Reading calls that wait when the other side asks for it, as often as one fetch may wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from governance.connections import request
from governance.errors import OutsideError

MOST_WAITS = 5
LONGEST_WAIT = 30.0
Sleep = Callable[[float], None]


@dataclass
class Patient:
    """A client that repeats a call after up to 30 seconds when it is told to wait, five times at most."""

    client: httpx2.Client
    sleep: Sleep = time.sleep
    waits: int = field(default=MOST_WAITS)

    def get(self, url: str, **params: Any) -> dict[str, Any]:
        """The JSON object that is answered; raises ``OutsideError``."""
        while True:
            try:
                return _object(request(self.client, "GET", url, params=params))
            except OutsideError as error:
                if error.retry_after is None or error.retry_after > LONGEST_WAIT or not self.waits:
                    raise
                self.waits -= 1
                self.sleep(error.retry_after)

    def get_list(self, url: str, **params: Any) -> list[Any]:
        """The JSON list that is answered, for the few that answer one."""
        found = request(self.client, "GET", url, params=params).json()
        return found if isinstance(found, list) else []


def _object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OutsideError(
            "The answer is no JSON object. Correct the address of the connection.", permanent=True
        )
    return found
