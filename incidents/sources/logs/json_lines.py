"""JSON, one object a line: what programs, Docker and ``journalctl -o json`` write."""

from __future__ import annotations

from typing import Any

import orjson

from incidents.sources.base import Signal, Skipped
from incidents.sources.logs import journal
from incidents.sources.logs.fields import read_fields


def read(raw: bytes, number: int) -> Signal | Skipped:
    """The fact of a line that begins like an object."""
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Skipped(f"line {number}", _why_no_json(raw))
    if journal.TIME in record:
        return journal.read_fields(record, number)
    return read_fields(record, number)


def inside(text: str, when: str, number: int, actor: str = "") -> Signal | None:
    """The fact of a JSON object that another format carries as its message, such as a container's log."""
    if text[:1] != "{" or text[-1:] != "}":
        return None
    try:
        record: Any = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None
    found = read_fields(record, number, when, actor)
    return found if isinstance(found, Signal) else None


def _why_no_json(raw: bytes) -> str:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "It is not UTF-8 text."
    return "It begins like JSON and is not valid JSON."
