"""What every source has in common: the facts it yields and the way it reads JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple, Protocol

import orjson

from incidents.enums import Lane, Precision, SourceKind, Trust
from incidents.errors import EvidenceRefused


class Signal(NamedTuple):
    """One fact as a source tells it, before its time is read.

    ``time_text`` is the time exactly as written. ``zone`` is set only when the source's own format fixes the zone of
    times that carry none ("UTC" for Unix seconds). ``precision`` is set only when the format is known to be coarser
    than the text looks. ``identity`` is the source's own id of the fact, by which the same fact in another file is
    recognized; without one, instant, actor and text decide. A named tuple, because a log makes a million of them.
    """

    time_text: str
    text: str
    lane: Lane
    trust: Trust
    location: str
    actor: str = ""
    identity: str = ""
    zone: str = ""
    precision: Precision | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the file that could not be read: where it stands and why."""

    location: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What a person declared about the file.

    ``zone`` (IANA name or fixed offset) holds for times that carry none; empty when nothing was declared.
    ``clock_offset`` is in seconds: how far the source's clock is known to run ahead.
    """

    zone: str = ""
    clock_offset: int = 0


class Source(Protocol):
    """Reads one kind of file; pure, and lazy where the format allows it."""

    kind: SourceKind
    label: str

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        """Yield every fact of the file; raises ``EvidenceRefused`` when the file as a whole cannot be read."""
        ...


def read_json(stream: BinaryIO, expected: str) -> Any:
    """The whole file as JSON; ``expected`` says in a few words what the file should hold."""
    raw = stream.read().removeprefix(b"\xef\xbb\xbf")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise EvidenceRefused(_why_no_json(raw, error, expected)) from error


def _why_no_json(raw: bytes, error: orjson.JSONDecodeError, expected: str) -> str:
    if error.pos >= len(raw.decode("utf-8", "replace").rstrip()) or "EOF" in error.msg:
        return (
            f"The JSON stops before its end, at line {error.lineno}: the file was cut off. "
            f"Export {expected} again and upload the whole file."
        )
    return (
        f"This is no valid JSON (line {error.lineno}, column {error.colno}). Upload {expected} as the tool exported "
        "it, or choose the source “Log lines” if it is a log."
    )


def objects(items: Any, where: str) -> Iterable[tuple[str, Mapping[str, Any] | Skipped]]:
    """Each item of a JSON list with its location ("log_entries[3]"); an item that is no object comes as ``Skipped``."""
    for position, item in enumerate(items):
        location = f"{where}[{position}]"
        yield location, item if isinstance(item, dict) else Skipped(location, "It is not a JSON object.")


def text_of(item: Any, *path: str) -> str:
    """The text below ``path`` in nested objects, stripped; empty when it is missing or no text."""
    for key in path:
        if not isinstance(item, dict):
            return ""
        item = item.get(key)
    return item.strip() if isinstance(item, str) else ""


def first_text(*candidates: str) -> str:
    """The first that is not empty."""
    return next((candidate for candidate in candidates if candidate), "")


def mapping_of(item: Any, key: str) -> Mapping[str, Any]:
    """The object below ``key``, or an empty one."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, dict) else {}
