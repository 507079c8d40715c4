"""The source “Log lines”: finds what a file is, and streams its facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from incidents.enums import SourceKind
from incidents.sources.base import ParseContext, Signal, Skipped
from incidents.sources.logs import journal, json_lines, plain, tables
from incidents.sources.logs.containers import Joiner
from incidents.sources.logs.feed import Feed
from incidents.sources.logs.line import LONGEST_TEXT, Part
from incidents.sources.unpacked import unpacked


class Log:
    """Streams; memory does not grow with the file.

    A table and a journal's export are known by how the file begins. Every other line is read by how it begins itself,
    so that a file may hold several formats. A line that is indented continues the one before it (stack traces). A line
    that cannot be read is yielded as ``Skipped`` and the rest goes on.
    """

    kind = SourceKind.LOG
    label = SourceKind.LOG.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        feed = Feed(unpacked(stream))
        if journal.begins(feed.head):
            return journal.entries(feed)
        if table := tables.table_in(feed.head, context):
            return tables.rows(feed, table)
        return _lines(feed)


def _lines(feed: Feed) -> Iterator[Signal | Skipped]:
    """Each line's fact, once it is known that no line continues it."""
    pending: Signal | None = None
    joiner, number = Joiner(), 0
    read_json, read_text = json_lines.read, plain.read
    for block in feed.blocks():
        for raw in block:
            number += 1
            found = read_json(raw, number) if raw[:1] == b"{" else read_text(raw, number)
            if found.__class__ is Part:
                found = joiner.add(found)
            if found.__class__ is Signal:
                if pending is not None:
                    yield pending
                pending = found
            elif found.__class__ is str and pending is not None:
                pending = _continued(pending, found)
            elif found is not None:
                yield found if isinstance(found, Skipped) else _unbegun(number)
    if pending is not None:
        yield pending
    yield from joiner.rest()


def _unbegun(number: int) -> Skipped:
    return Skipped(f"line {number}", "It continues a line that does not stand in this file.")


def _continued(signal: Signal, line: str) -> Signal:
    if len(signal.text) >= LONGEST_TEXT:
        return signal
    return signal._replace(text=f"{signal.text}\n{line}"[:LONGEST_TEXT])
