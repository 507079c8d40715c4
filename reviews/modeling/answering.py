"""Reading what a model answered: JSON of one shape, or nonsense."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)
_NUMBER = re.compile(r"E?(\d{1,9})", re.IGNORECASE)


class Nonsense(ValueError):
    """An answer that is not JSON of the shape that was asked for."""


@dataclass(frozen=True)
class Suggestion:
    """One suggested passage; ``citations`` is ``None`` for one that is not in the shape that was asked for."""

    text: str
    citations: tuple[int, ...] | None


def suggestions(answer: str) -> list[Suggestion]:
    """The suggested passages, in their order; raises ``Nonsense``.

    Thoughts that a local model writes before its answer, and a Markdown fence around it, are taken off.
    """
    words = _THOUGHT.sub("", answer).strip()
    match = _FENCED.match(words)
    try:
        found = json.loads(match.group(1) if match else words)
    except (ValueError, RecursionError) as error:
        raise Nonsense from error
    listed = found.get("passages") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise Nonsense
    return [_suggestion(one) for one in listed]


def _suggestion(value: Any) -> Suggestion:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return Suggestion("", None)
    return Suggestion(value["text"], _citations(value.get("citations", [])))


def _citations(value: Any) -> tuple[int, ...] | None:
    """The numbers of entries, each once; ``None`` when one of them is no number."""
    numbers = [_number(one) for one in value] if isinstance(value, list) else [None]
    known = [number for number in numbers if number is not None]
    return tuple(dict.fromkeys(known)) if len(known) == len(numbers) else None


def _number(value: Any) -> int | None:
    match = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if match:
        return int(match.group(1))
    return value if isinstance(value, int) and not isinstance(value, bool) else None
