"""Log lines that begin with a time: JSON lines and plain text, also mixed, read as a stream.

A plain line that is indented continues the one before it (stack traces). A line that cannot be read is yielded as
``Skipped`` and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from incidents.enums import Lane, SourceKind, Trust
from incidents.sources.base import ParseContext, Signal, Skipped
from incidents.times import ABBREVIATIONS, UNCERTAIN_ABBREVIATIONS

LONGEST_LINE = 256 * 1024
LONGEST_TEXT = 20_000
TIME_KEYS = ("timestamp", "time", "@timestamp", "ts", "datetime", "date", "eventTime", "t")
TEXT_KEYS = ("message", "msg", "text", "event", "log", "summary", "error")
ACTOR_KEYS = ("logger", "service", "component", "app", "host", "hostname", "source")

_ZONES = "|".join(sorted(ABBREVIATIONS.keys() | UNCERTAIN_ABBREVIATIONS, key=len, reverse=True))
_PLAIN = re.compile(
    r"\[?(\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    rf"(?:Z|\s?[+-]\d\d:?\d\d\b|[+-]\d\d\b|\s(?:{_ZONES})\b)?)?"
    r"|\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"
    r"|[A-Z][a-z]{2}\s+\d{1,2} \d\d:\d\d:\d\d"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}(?:,? \d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?)?"
    r"|\d{10}(?:\.\d{1,9})?(?=[\s\]])|\d{13}(?=[\s\]]))\]?[\s:,|-]*(.*)",
    re.DOTALL,
)


class Log:
    """Streams; memory does not grow with the file."""

    kind = SourceKind.LOG
    label = SourceKind.LOG.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        pending: Signal | None = None
        for number, raw in _lines(stream):
            found = raw if isinstance(raw, Skipped) else _read(raw, number)
            if found is None:
                continue
            if isinstance(found, str):
                if pending is not None:
                    pending = _continued(pending, found)
                    continue
                found = Skipped(f"line {number}", "It continues a line that does not stand in this file.")
            if isinstance(found, Skipped):
                yield found
                continue
            if pending is not None:
                yield pending
            pending = found
        if pending is not None:
            yield pending


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | Skipped]]:
    """Numbered lines; one that is longer than ``LONGEST_LINE`` bytes is passed over without being held in memory."""
    number = 0
    while raw := stream.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE and raw[-1] != 0x0A:
            while (rest := stream.readline(LONGEST_LINE)) and rest[-1] != 0x0A:
                pass
            yield number, Skipped(f"line {number}", f"It is longer than {LONGEST_LINE // 1024} KB.")
        else:
            yield number, raw


def _read(raw: bytes, number: int) -> Signal | Skipped | str | None:
    """The line's fact, ``Skipped``, the text by which it continues the line before, or nothing for a blank line."""
    if number == 1:
        raw = raw.removeprefix(b"\xef\xbb\xbf")
    if raw[:1] == b"{":
        return _json_line(raw, f"line {number}")
    try:
        line = raw.decode().rstrip()
    except UnicodeDecodeError:
        return Skipped(f"line {number}", "It is not UTF-8 text.")
    if not line:
        return None
    found = _PLAIN.match(line)
    if found:
        return _signal(found.group(1), found.group(2), f"line {number}")
    if line[0] in " \t":
        return line
    return Skipped(f"line {number}", "It does not begin with a time.")


def _json_line(raw: bytes, location: str) -> Signal | Skipped:
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Skipped(location, "It begins like JSON and is not valid JSON.")
    when = _first(record, TIME_KEYS)
    if when is None:
        return Skipped(location, f"It has no time: none of {', '.join(TIME_KEYS[:4])} is set.")
    text = _first(record, TEXT_KEYS)
    if text is None:
        return Skipped(location, f"It has no text: none of {', '.join(TEXT_KEYS[:4])} is set.")
    actor = _first(record, ACTOR_KEYS)
    return _signal(
        _written(when), _written(text), location, _written(actor)[:200] if actor is not None else ""
    )


def _first(record: dict[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = record.get(key)
        if value is not None and value != "":
            return value
    return None


def _written(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _signal(when: str, text: str, location: str, actor: str = "") -> Signal | Skipped:
    text = text.strip()
    if not text:
        return Skipped(location, "There is nothing after the time.")
    return Signal(when, text[:LONGEST_TEXT], Lane.LOG, Trust.OBSERVED, location, actor)


def _continued(signal: Signal, line: str) -> Signal:
    return signal._replace(text=f"{signal.text}\n{line}"[:LONGEST_TEXT])
