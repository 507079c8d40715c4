"""Loki: the answer of ``/loki/api/v1/query_range`` to a log query, one or a list, and what is pushed to Loki."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    ParseContext,
    Signal,
    Skipped,
    first_text,
    mapping_of,
    objects,
    read_json,
    text_of,
)
from incidents.sources.logs.carried import carried
from incidents.sources.logs.fields import CUSTOMERS, REGIONS, first, name_of, picked
from incidents.sources.logs.line import about, level_of

EXPECTED = "the answer of Loki's query_range"
_ACTORS = ("service_name", "service", "app", "job", "container", "pod")
_SERVICES = ("service_name", "service", "app")
_LEVELS = ("level", "detected_level", "severity")
_UNKNOWN = "unknown_service"
_LONGEST_TIME = 19


class Loki:
    """One fact a line, in the order of time over all streams."""

    kind = SourceKind.LOKI
    label = SourceKind.LOKI.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        lines: list[_Line] = []
        for location, item in _streams(read_json(stream, EXPECTED)):
            if isinstance(item, Skipped):
                yield item
                continue
            for found in _lines(item, location):
                if isinstance(found, Skipped):
                    yield found
                else:
                    lines.append(found)
        lines.sort(key=lambda line: line.nanoseconds)
        for line in lines:
            yield _fact(line)


class _Line(NamedTuple):
    """A line, when it was written, where it stands in the answer, and the labels that hold for it."""

    nanoseconds: int
    text: str
    location: str
    labels: Mapping[str, Any]


def _streams(document: Any) -> Iterator[tuple[str, Mapping[str, Any] | Skipped]]:
    """Each stream with its location, over all answers of the file."""
    single = not isinstance(document, list)
    known = False
    for where, answer in objects([document] if single else document, "answers"):
        found = None if isinstance(answer, Skipped) else _result(answer)
        if found is None:
            if not single:
                yield (
                    where,
                    answer if isinstance(answer, Skipped) else Skipped(where, "It is no answer of Loki."),
                )
            continue
        known = True
        path, result = found
        yield from objects(result, path if single else f"{where}.{path}")
    if not known:
        raise EvidenceRefused(
            "This JSON holds no log lines of Loki. Upload what /loki/api/v1/query_range answers to a log query; it has "
            "“data.result” with streams and their values."
        )


def _result(answer: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """The list of streams and its path; raises ``EvidenceRefused`` for numbers computed from logs."""
    data = mapping_of(answer, "data")
    if text_of(data, "resultType") in ("matrix", "vector", "scalar"):
        raise EvidenceRefused(
            "This is the answer to a metric query, so it holds numbers and no log lines. Ask Loki for the lines "
            'themselves, with a query such as {app="checkout"}, and upload that answer.'
        )
    for path, found in (("data.result", data.get("result")), ("streams", answer.get("streams"))):
        if isinstance(found, list):
            return path, found
    return None


def _lines(item: Mapping[str, Any], where: str) -> Iterator[_Line | Skipped]:
    labels, values = mapping_of(item, "stream"), item.get("values")
    if not isinstance(values, list):
        yield Skipped(where, "It has no list of values.")
        return
    for position, value in enumerate(values):
        location = f"{where}.values[{position}]"
        if not isinstance(value, list) or len(value) < 2 or not isinstance(value[1], str):
            yield Skipped(location, "It is no pair of a time and a line.")
        elif (nanoseconds := _nanoseconds(value[0])) is None:
            yield Skipped(location, "Its time is no number of nanoseconds.")
        elif not value[1].strip():
            yield Skipped(location, "The line is empty.", expected=True)
        else:
            yield _Line(nanoseconds, value[1], location, _with_metadata(labels, value[2:3]))


def _nanoseconds(value: Any) -> int | None:
    text = str(value) if type(value) in (str, int) else ""
    return int(text) if text.isascii() and text.isdigit() and 17 <= len(text) <= _LONGEST_TIME else None


def _with_metadata(labels: Mapping[str, Any], extra: list[Any]) -> Mapping[str, Any]:
    """The labels of a line: its stream's, and its structured metadata, which Loki may split by where it comes from."""
    metadata = extra[0] if extra and isinstance(extra[0], dict) else None
    if not metadata:
        return labels
    split = {**mapping_of(metadata, "structuredMetadata"), **mapping_of(metadata, "parsed")}
    return {**labels, **(split or metadata)}


def _fact(line: _Line) -> Signal | Skipped:
    labels = line.labels
    service = _named(labels, _SERVICES)
    found = carried(line.text, str(line.nanoseconds), 0, _named(labels, _ACTORS))
    if isinstance(found, Skipped):
        return Skipped(line.location, found.reason)
    region, customer = (name_of(first(labels, picked(labels, names))) for names in (REGIONS, CUSTOMERS))
    inner = found.about
    return found._replace(
        location=line.location,
        zone="UTC",
        level=next((level for name in _LEVELS if (level := level_of(labels.get(name)))), found.level),
        about=about(
            service or next(iter(inner.services), ""), region or inner.region, customer or inner.customer
        ),
    )


def _named(labels: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of the labels that says something; Loki fills in a name of its own where it knows none."""
    found = first_text(*(name for key in names if (name := text_of(labels, key)) != _UNKNOWN))
    return name_of(found)
