"""What every source has in common: the facts it yields and the way it reads JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, Protocol

import orjson

from incidents.enums import Lane, Precision, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.unpacked import unpacked


class Series(NamedTuple):
    """A measured series: its unit as the source writes it (or nothing), and ``(Unix seconds, value)`` in order."""

    name: str
    unit: str
    points: tuple[tuple[float, float], ...]


class AttachedFile(NamedTuple):
    """A file that the source keeps beside the fact; ``key`` is the source's own id of it, never an address."""

    key: str
    name: str
    media_type: str


class About(NamedTuple):
    """What a fact concerns, as far as the payload says so.

    ``fingerprint`` names the thing that the fact is about ("alert b8a8b2b2c3d4e5f6", "pagerduty incident PINC001"): it
    is the same for every firing and every notification of one alert, so that repeats can be folded and the same event
    from two sources be recognized.
    """

    services: tuple[str, ...] = ()
    region: str = ""
    customer: str = ""
    fingerprint: str = ""
    series: Series | None = None
    files: tuple[AttachedFile, ...] = ()


NOTHING = About()


class Signal(NamedTuple):
    """One fact as a source tells it, before its time is read.

    ``time_text`` is the time exactly as written. ``zone`` is set only when the source's own format fixes the zone of
    times that carry none ("UTC" for Unix seconds). ``precision`` is set only when the format is known to be coarser
    than the text looks. ``identity`` is the source's own id of the fact, by which the same fact in another file is
    recognized; without one, instant, actor and text decide. ``level`` is a log line's severity: ``error``,
    ``warning``, ``info``, ``debug`` or empty. A named tuple, because a log makes a million of them.
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
    level: str = ""
    about: About = NOTHING


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the file that is no fact: where it stands and why.

    ``expected`` is set when there is nothing wrong with it: a test message, a handshake, a kind of event that is no
    fact of an incident. Everything else is something that could not be read.
    """

    location: str
    reason: str
    expected: bool = False


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What is known about the file beside its bytes, mostly because a person declared it.

    ``zone`` (IANA name or fixed offset) holds for times that carry none; empty when nothing was declared.
    ``clock_offset`` is in seconds: how far the source's clock is known to run ahead. ``date_order`` says how dates like
    03/11/2026 are meant: ``dmy``, ``mdy``, or empty when nobody said. ``year`` holds for dates that carry none.
    ``columns`` names the columns of a CSV file: ``time``, ``text``, ``actor``, ``level``, ``service`` to the heading.
    ``names`` resolves the source's ids of people and channels to names. ``headers`` are those of a webhook that say
    what its body is (lower-case names, such as ``x-github-event``).
    """

    zone: str = ""
    clock_offset: int = 0
    date_order: str = ""
    year: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Reads one kind of file; pure, and lazy where the format allows it."""

    kind: SourceKind
    label: str

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        """Yield every fact of the file; raises ``EvidenceRefused`` when the file as a whole cannot be read."""
        ...


def read_json(stream: BinaryIO, expected: str) -> Any:
    """The whole file as JSON, plain or gzip; ``expected`` says in a few words what the file should hold."""
    raw = unpacked(stream).read().removeprefix(b"\xef\xbb\xbf")
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


def items_of(item: Any, key: str) -> list[Any]:
    """The list below ``key``, or an empty one."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, list) else []
