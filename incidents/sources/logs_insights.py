"""CloudWatch Logs: results of a Logs Insights query, and the events that ``FilterLogEvents`` answers.

Results come as the API's JSON, as the console's JSON or as the console's CSV. ``@timestamp`` carries no zone; it is UTC
by AWS's documentation. Events count milliseconds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.sources.base import ParseContext, Signal, Skipped, objects, read_json, text_of
from incidents.sources.logs.carried import carried
from incidents.sources.logs.fields import (
    CUSTOMERS,
    LEVELS,
    REGIONS,
    SERVICES,
    first,
    name_of,
    picked,
    read_fields,
)
from incidents.sources.logs.line import about, level_of
from incidents.sources.unpacked import unpacked

EXPECTED = "the results of Logs Insights"
_OWN = ("@timestamp", "@message", "@ptr", "@log", "@logStream", "@ingestionTime", "@entity")
_LATEST = 10**14
_REFUSED = (
    "This file holds no log events of CloudWatch. Upload the results of a Logs Insights query, exported as JSON or CSV "
    "with the columns @timestamp and @message, or what FilterLogEvents answers."
)


class LogsInsights:
    """One fact a row or an event."""

    kind = SourceKind.LOGS_INSIGHTS
    label = SourceKind.LOGS_INSIGHTS.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        raw = unpacked(stream).read().removeprefix(b"\xef\xbb\xbf").lstrip()
        if raw.startswith((b"{", b"[")):
            return _from_json(read_json(io.BytesIO(raw), EXPECTED))
        return _from_table(raw.decode("utf-8", "replace"))


def _from_json(document: Any) -> Iterator[Signal | Skipped]:
    pages = document if isinstance(document, list) else [document]
    if not any(map(_is_page, pages)):
        if not isinstance(document, list) or not any(
            isinstance(row, dict) and "@timestamp" in row for row in pages
        ):
            raise EvidenceRefused(_REFUSED)
        pages = [{"results": document}]
    return _from_pages(pages)


def _is_page(page: Any) -> bool:
    return isinstance(page, dict) and any(isinstance(page.get(key), list) for key in ("results", "events"))


def _from_pages(pages: list[Any]) -> Iterator[Signal | Skipped]:
    for number, page in enumerate(pages):
        before = f"pages[{number}]." if len(pages) > 1 else ""
        if not _is_page(page):
            yield Skipped(before.rstrip(".") or "the file", "It is no answer of CloudWatch Logs.")
            continue
        if isinstance(page.get("results"), list):
            for location, row in _rows(page["results"], f"{before}results"):
                yield row if isinstance(row, Skipped) else _from_row(row, location)
        if isinstance(page.get("events"), list):
            for location, event in objects(page["events"], f"{before}events"):
                yield event if isinstance(event, Skipped) else _from_event(event, location)


def _rows(results: list[Any], where: str) -> Iterator[tuple[str, Mapping[str, Any] | Skipped]]:
    """Each row as its fields by name; the API lists them as pairs, the console as an object."""
    for position, row in enumerate(results):
        location = f"{where}[{position}]"
        if isinstance(row, list):
            yield location, {name: cell.get("value") for cell in row if (name := text_of(cell, "field"))}
        else:
            yield location, row if isinstance(row, dict) else Skipped(location, "It is no row of fields.")


def _from_table(content: str) -> Iterator[Signal | Skipped]:
    reader = csv.reader(io.StringIO(content, newline=""))
    headings: list[str] = []
    while True:
        location = f"line {reader.line_num + 1}"
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            yield Skipped(location, "A value of this row is not closed with a quotation mark, or too long.")
            continue
        if headings and row:
            yield _from_row(dict(zip(headings, row, strict=False)), location)
        headings = headings or row
        if "@timestamp" not in headings:
            break
    if "@timestamp" not in headings:
        raise EvidenceRefused(_REFUSED)


def _from_row(row: Mapping[str, Any], location: str) -> Signal | Skipped:
    when = row.get("@timestamp")
    when = str(when) if type(when) in (str, int) and when else ""
    if not when:
        return Skipped(location, "It has no @timestamp. Add “fields @timestamp, @message” to the query.")
    named = {name: value for name, value in row.items() if name not in _OWN}
    message, actor = text_of(row, "@message"), _group(text_of(row, "@log"))
    found = carried(message, when, 0, actor) if message else read_fields(named, 0, when, actor)
    if isinstance(found, Skipped):
        return Skipped(location, "It has neither an @message nor other words. Add @message to the query.")
    return _completed(found, named)._replace(location=location, zone="UTC")


def _completed(found: Signal, named: Mapping[str, Any]) -> Signal:
    """The fact with what the query's own columns say about it."""
    if not named:
        return found
    service, region, customer = (
        name_of(first(named, picked(named, names))) for names in (SERVICES, REGIONS, CUSTOMERS)
    )
    inner = found.about
    return found._replace(
        actor=found.actor or service,
        level=found.level or level_of(first(named, picked(named, LEVELS))),
        about=about(
            service or next(iter(inner.services), ""), region or inner.region, customer or inner.customer
        ),
    )


def _group(log: str) -> str:
    """What writes into a log group, by the group's name: “pay” for “123456789012:/aws/lambda/pay”."""
    return name_of(log.rpartition(":")[2].rstrip("/").rpartition("/")[2])


def _from_event(event: Mapping[str, Any], location: str) -> Signal | Skipped:
    when, message = event.get("timestamp"), text_of(event, "message")
    if type(when) is not int or not 0 <= when < _LATEST:
        return Skipped(location, "Its timestamp is no number of milliseconds.")
    if not message:
        return Skipped(location, "It has no message.")
    found = carried(message, f"{when:012d}", 0)
    if isinstance(found, Skipped):
        return Skipped(location, found.reason)
    identity = text_of(event, "eventId")
    return found._replace(
        location=location, zone="UTC", identity=f"cloudwatch event {identity[:200]}" if identity else ""
    )
