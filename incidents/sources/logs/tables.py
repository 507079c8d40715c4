"""CSV with a heading row: columns are found by their usual names, else a person says which they are."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from incidents.errors import EvidenceRefused
from incidents.sources.base import ParseContext, Signal, Skipped
from incidents.sources.logs import fields
from incidents.sources.logs.dated import dated
from incidents.sources.logs.feed import OVERLONG, TOO_LONG, Feed
from incidents.sources.logs.line import LONGEST_NAME, about, fact, level_named

_DELIMITERS = ",;\t|"
_LONGEST_HEADING = 80
_HEADING = re.compile(r"[^\W\d][\w .:@/()%#-]*|@\w[\w.]*|_\w[\w.]*")
_NUMBER = re.compile(r"\d{9,19}(?:\.\d+)?")
_USUAL: Mapping[str, Sequence[str]] = {
    "time": (*fields.TIMES, "utc", "start_time", "starttime", "created", "logtime", "log_time"),
    "text": (*fields.TEXTS, "log_line", "logline", "content", "title", "name"),
    "actor": fields.ACTORS,
    "level": (*fields.LEVELS, "type"),
    "service": fields.SERVICES,
    "region": fields.REGIONS,
    "customer": fields.CUSTOMERS,
}


class Table(NamedTuple):
    """How a table is read: its delimiter, its headings, and the position of each column that says something."""

    delimiter: str
    headings: tuple[str, ...]
    columns: Mapping[str, int]


def table_in(head: bytes, context: ParseContext) -> Table | None:
    """The table that a file begins with, or nothing.

    Raises ``EvidenceRefused`` with the headings when nobody can say which column is the time and which the text.
    """
    first, second = _first_rows(head)
    if first[:1] in ("", "{", "<"):
        return None
    delimiter = max(_DELIMITERS, key=first.count)
    headings, row = _cells(first, delimiter), _cells(second, delimiter)
    if context.columns:
        return Table(delimiter, headings, _declared(headings, context.columns))
    if len(headings) < 2 or not _look_like_headings(headings) or len(row) not in (0, len(headings)):
        return None
    columns = _guessed(headings)
    if not {"time", "text"} <= columns.keys():
        if "time" not in columns and not any(map(_looks_like_time, row)):
            return None
        raise EvidenceRefused(_which_columns(headings, columns))
    return Table(delimiter, headings, columns)


def rows(feed: Feed, table: Table) -> Iterator[Signal | Skipped]:
    """Every row below the headings."""
    lost: list[int] = []
    reader = csv.reader(_text(feed, lost), delimiter=table.delimiter)
    headings = True
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Skipped(
                f"line {number}", "A value of this row is not closed with a quotation mark, or too long."
            )
            continue
        yield from (Skipped(f"line {position}", TOO_LONG) for position in lost)
        lost.clear()
        if any(row) and not headings:
            yield _fact(row, table.columns, number)
        headings = headings and not any(row)


def _fact(row: list[str], columns: Mapping[str, int], number: int) -> Signal | Skipped:
    when, text = _cell(row, columns, "time"), _cell(row, columns, "text")
    if not when:
        return Skipped(f"line {number}", "Its time column is empty.")
    if not text:
        return Skipped(f"line {number}", "Its text column is empty.")
    if not text.isprintable() and not _is_text(row):
        return Skipped(f"line {number}", "It is not UTF-8 text.")
    return fact(
        when,
        text,
        number,
        _cell(row, columns, "actor")[:LONGEST_NAME],
        level_named(_cell(row, columns, "level")[:24]),
        about(*(_cell(row, columns, name) for name in ("service", "region", "customer"))),
    )


def _cell(row: list[str], columns: Mapping[str, int], name: str) -> str:
    position = columns.get(name, -1)
    return row[position].strip() if 0 <= position < len(row) else ""


def _is_text(row: list[str]) -> bool:
    """Whether the row's bytes were UTF-8; what was not has become lone surrogates."""
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(feed: Feed, lost: list[int]) -> Iterator[str]:
    """Lines as text; the numbers of those that are too long are put on the list."""
    number = 0
    for block in feed.blocks():
        for line in block:
            number += 1
            if line == OVERLONG:
                lost.append(number)
            yield "\n" if line == OVERLONG else line.decode("utf-8", "surrogateescape").rstrip("\r") + "\n"


def _first_rows(head: bytes) -> tuple[str, str]:
    lines = [line.strip() for line in head[:65536].decode("utf-8", "replace").splitlines() if line.strip()]
    return (lines[0], lines[1] if len(lines) > 1 else "") if lines else ("", "")


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()


def _look_like_headings(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and all(
        len(cell) <= _LONGEST_HEADING and _HEADING.fullmatch(cell) for cell in cells
    )


def _looks_like_time(cell: str) -> bool:
    """Whether a cell is a time and nothing else."""
    found = dated(cell)
    return bool(_NUMBER.fullmatch(cell)) or (found is not None and not found[1])


def _guessed(headings: Sequence[str]) -> dict[str, int]:
    found = {name: fields.picked(headings, usual) for name, usual in _USUAL.items()}
    return {name: headings.index(known[0]) for name, known in found.items() if known}


def _declared(headings: Sequence[str], declared: Mapping[str, str]) -> dict[str, int]:
    """The positions of the columns that a person named, and the usual ones for the rest."""
    missing = [heading for heading in declared.values() if heading not in headings]
    if missing:
        raise EvidenceRefused(
            f"This table has no column “{missing[0][:_LONGEST_HEADING]}”. Its headings are: {_listed(headings)}. "
            "Declare the columns by these names, and import it again."
        )
    columns = {**_guessed(headings), **{name: headings.index(heading) for name, heading in declared.items()}}
    if not {"time", "text"} <= columns.keys():
        raise EvidenceRefused(_which_columns(headings, columns))
    return columns


def _which_columns(headings: Sequence[str], known: Mapping[str, int]) -> str:
    missing = " and ".join(
        name for key, name in (("time", "the time"), ("text", "the text")) if key not in known
    )
    return (
        f"This table does not say which column holds {missing}. Its headings are: {_listed(headings)}. "
        "Declare the columns for this file, and import it again."
    )


def _listed(headings: Sequence[str]) -> str:
    shown = ", ".join(f"“{heading[:_LONGEST_HEADING]}”" for heading in headings[:20])
    return f"{shown} and {len(headings) - 20} more" if len(headings) > 20 else shown
