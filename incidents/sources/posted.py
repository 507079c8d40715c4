"""Facts that programs post to us in a form of our own: one object, a list, or a list below ``events``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from incidents.errors import EvidenceRefused
from incidents.sources.base import Signal, Skipped, objects, read_json

NO_TIME = "It has no time. Set “at” to RFC 3339 with an offset, such as 2026-03-01T12:00:00Z."
Reader = Callable[[Mapping[str, Any], str], Signal | Skipped]


def posted(
    stream: BinaryIO, expected: str, known: Callable[[Mapping[str, Any]], bool], read: Reader
) -> Iterator[Signal | Skipped]:
    """Read each object; raises ``EvidenceRefused`` with ``expected`` when none of them is ``known``."""
    document = read_json(stream, expected)
    wrapped = isinstance(document, dict) and isinstance(document.get("events"), list)
    items = document["events"] if wrapped else document if isinstance(document, list) else [document]
    if not any(isinstance(item, dict) and known(item) for item in items):
        raise EvidenceRefused(f"This JSON holds nothing of the expected form. Send {expected}.")
    for location, item in objects(items, "events"):
        yield item if isinstance(item, Skipped) else read(item, location)
