"""The systemd journal: ``journalctl -o json`` line by line, and the text blocks of ``journalctl -o export``.

In the text blocks an entry ends with a blank line, and a field whose value holds line feeds stands as its name, the
value's length in eight bytes, and the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from incidents.sources.base import Signal, Skipped
from incidents.sources.logs.feed import LONGEST_LINE, Feed
from incidents.sources.logs.fields import CUSTOMERS, REGIONS, first, name_of, picked
from incidents.sources.logs.line import about, fact, level_of

TIME = "__REALTIME_TIMESTAMP"
_ACTORS = ("SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT", "UNIT", "_COMM")
_UNITS = ("_SYSTEMD_UNIT", "UNIT", "_SYSTEMD_USER_UNIT")
_MOST_FIELDS = 1000


def begins(head: bytes) -> bool:
    """Whether a file is an export of text blocks."""
    return head.startswith((b"__CURSOR=", b"__REALTIME_TIMESTAMP=", b"__SEQNUM="))


def entries(feed: Feed) -> Iterator[Signal | Skipped]:
    """Every entry of an export of text blocks."""
    number, started, record = 0, 1, dict[str, Any]()
    while raw := feed.line():
        number += 1
        if raw == b"\n":
            if record:
                yield read_fields(record, started)
            started, record = number + 1, {}
            continue
        lines, found = _field(raw, feed, record)
        number += lines
        if not found:
            yield Skipped(f"line {number}", _CUT_OFF)
            return
    if record:
        yield read_fields(record, started)


_CUT_OFF = "A field stops before its end: the export was cut off here. Export it again to have the rest."


def _field(raw: bytes, feed: Feed, record: dict[str, Any]) -> tuple[int, bool]:
    """Put one field into the record; gives how many more lines it took, and whether it was whole."""
    name, plain, value = raw.partition(b"=")
    if plain:
        lines, whole = 0, raw.endswith(b"\n") or _line_ends(feed)
    else:
        name = raw.rstrip(b"\n")
        value, lines, whole = _measured(feed, int.from_bytes(feed.take(8), "little"))
    if len(record) < _MOST_FIELDS:
        record.setdefault(name.decode("ascii", "replace"), value.rstrip(b"\n").decode("utf-8", "replace"))
    return lines, whole


def _line_ends(feed: Feed) -> bool:
    """Pass over the rest of a line that is longer than any that is kept."""
    while more := feed.line():
        if more.endswith(b"\n"):
            return True
    return False


def _measured(feed: Feed, size: int) -> tuple[bytes, int, bool]:
    """A value of that many bytes, its lines, and whether it was whole; a core dump is passed over unkept."""
    value = piece = feed.take(min(size, LONGEST_LINE))
    lines, left = 1, size
    while piece:
        lines += piece.count(b"\n")
        left -= len(piece)
        piece = feed.take(min(left, LONGEST_LINE))
    return value, lines, not left and feed.take(1) == b"\n"


def read_fields(record: Mapping[str, Any], number: int) -> Signal | Skipped:
    """The fact of a journal entry; its time counts microseconds since 1970 in UTC."""
    when, text = record.get(TIME), _message(record.get("MESSAGE"))
    if not isinstance(when, str) or not when.isdigit():
        return Skipped(f"line {number}", f"Its {TIME} is no number of microseconds.")
    if not text:
        return Skipped(
            f"line {number}", "This journal entry has no MESSAGE.", expected="MESSAGE" not in record
        )
    actor = next((name for key in _ACTORS if (name := name_of(record.get(key)))), "")
    unit = next((name for key in _UNITS if (name := name_of(record.get(key)))), "")
    cursor = record.get("__CURSOR")
    return fact(
        when,
        text,
        number,
        actor,
        _level(record.get("PRIORITY")),
        about(
            unit.removesuffix(".service"),
            name_of(first(record, picked(record, REGIONS))),
            name_of(first(record, picked(record, CUSTOMERS))),
        ),
        "UTC",
        f"journal {cursor}"[:300] if isinstance(cursor, str) and cursor else "",
    )


def _message(value: Any) -> str:
    """The message; journald writes one that is no text as a list of its bytes."""
    if isinstance(value, str):
        return value
    try:
        return bytes(value).decode("utf-8", "replace") if isinstance(value, list) else ""
    except (TypeError, ValueError):
        return ""


def _level(priority: Any) -> str:
    text = str(priority)
    return level_of(int(text)) if len(text) == 1 and text.isdecimal() else ""
