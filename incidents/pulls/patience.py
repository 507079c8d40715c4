"""Reading calls that wait when the other side asks for it, as often as one fetch may wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2

from governance.connections import AnswerTooLarge, request
from governance.errors import OutsideError

MOST_WAITS = 5
LONGEST_WAIT = 30.0
Sleep = Callable[[float], None]
Answer = TypeVar("Answer")
_NOT_THIS = "The answer is no JSON {}. Correct the address of the connection."


@dataclass
class Patient:
    """A client that repeats a call after up to 30 seconds when it is told to wait, five times at most."""

    client: httpx2.Client
    sleep: Sleep = time.sleep
    waits: int = field(default=MOST_WAITS)

    def get(self, url: str, **params: Any) -> dict[str, Any]:
        """The JSON object that is answered; raises ``OutsideError``."""
        found = self._answer(url, params)
        if not isinstance(found, dict):
            raise OutsideError(_NOT_THIS.format("object"), permanent=True)
        return found

    def get_list(self, url: str, **params: Any) -> list[Any]:
        """The JSON list that is answered, for the few that answer one; raises ``OutsideError``."""
        found = self._answer(url, params)
        if not isinstance(found, list):
            raise OutsideError(_NOT_THIS.format("list"), permanent=True)
        return found

    def _answer(self, url: str, params: dict[str, Any]) -> Any:
        """The JSON that is answered, or nothing where it is no JSON, as when it was cut off."""
        while True:
            try:
                return _json(request(self.client, "GET", url, params=params))
            except OutsideError as error:
                if error.retry_after is None or error.retry_after > LONGEST_WAIT or not self.waits:
                    raise
                self.waits -= 1
                self.sleep(error.retry_after)


def fitting(ask: Callable[[int], Answer], most: int) -> tuple[Answer, int]:
    """What is answered for ``most`` rows, or for half as many as often as that is too long; and for how many.

    Raises ``AnswerTooLarge`` when a single row is too long.
    """
    while True:
        try:
            return ask(most), most
        except AnswerTooLarge:
            if most == 1:
                raise
            most //= 2


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
