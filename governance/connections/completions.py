"""A language model behind an OpenAI-compatible address: one question, one answer, bounded in time, size and tries."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from governance.connections.http import LONGEST_ANSWER, Limits, request
from governance.errors import OutsideError

DEADLINE = 60.0
LARGEST_ANSWER = 256 * 2**10
MOST_TRIES = 3
MOST_TOKENS = 2**31 - 1
_CONNECT, _SHORTEST = 5.0, 0.001
_STRANGE = "The answer is not what a language model would say. Correct the address of the connection."
Sleep = Callable[[float], None]
Message = dict[str, str]


@dataclass(frozen=True)
class Completion:
    """What a model said, and how many tokens it counted; ``None`` where it did not say."""

    text: str
    tokens_in: int | None
    tokens_out: int | None


def complete(
    client: httpx2.Client, model: str, messages: list[Message], *, sleep: Sleep = time.sleep
) -> Completion:
    """Ask ``chat/completions`` once; again at most twice when the server asks us to wait, while 60 seconds last.

    Nothing but the model and the messages is sent, because servers differ in which further fields they refuse. An
    answer over 256 KB is not read. Raises ``OutsideError``.
    """
    body = {"model": model, "messages": messages, "stream": False}
    return _completion(_answered(client, body, time.monotonic() + DEADLINE, sleep))


def models(client: httpx2.Client) -> list[str]:
    """The names of the models that the server says it has; raises ``OutsideError``."""
    answer = request(client, "GET", "models", limits=Limits(LARGEST_ANSWER, LONGEST_ANSWER))
    listed = _object(answer).get("data")
    if not isinstance(listed, list):
        raise OutsideError(_STRANGE)
    return [str(one["id"]) for one in listed if isinstance(one, dict) and one.get("id")]


def _answered(client: httpx2.Client, body: dict[str, Any], until: float, sleep: Sleep) -> httpx2.Response:
    """The answer to one question; waits as long as ``Retry-After`` says, and gives up when that is too long."""
    for tried in range(1, MOST_TRIES + 1):
        left = max(until - time.monotonic(), _SHORTEST)
        try:
            return request(
                client,
                "POST",
                "chat/completions",
                json=body,
                timeout=httpx2.Timeout(left, connect=min(_CONNECT, left)),
                limits=Limits(LARGEST_ANSWER, left),
            )
        except OutsideError as error:
            pause = error.retry_after
            if pause is None or tried == MOST_TRIES or pause >= until - time.monotonic():
                raise
            sleep(pause)
    raise AssertionError("the last try answers or raises")


def _completion(answer: httpx2.Response) -> Completion:
    found = _object(answer)
    try:
        text = found["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        text = None
    if not isinstance(text, str):
        raise OutsideError(_STRANGE)
    used = found.get("usage")
    usage = used if isinstance(used, dict) else {}
    return Completion(text, _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return value if is_count else None  # type: ignore[return-value]


def _object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise OutsideError(_STRANGE)
    return found
