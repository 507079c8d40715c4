"""Prometheus: answers to range and instant queries; each series becomes one fact with its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from incidents.curves import in_figures, readable, thinned
from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    ParseContext,
    Series,
    Signal,
    Skipped,
    first_text,
    mapping_of,
    objects,
    read_json,
    text_of,
)
from incidents.sources.labeled import about_labels, digest
from incidents.sources.values import as_word, joined, value_at, word_of

EXPECTED = "the answer of a Prometheus query"
MOST_SERIES = 20
MOST_POINTS = 600
MOST_NAMED = 10
_EARLIEST = 10**8
_METRIC = "__name__"

Found = Iterator[Signal | Skipped]
Points = list[tuple[float, float]]


class _Answer(NamedTuple):
    """One answer and what was asked for it, as far as the file says."""

    asked: Mapping[str, Any]
    result: list[Any]
    where: str
    warnings: tuple[str, ...]


class _Measured(NamedTuple):
    """One series: its name among those of the same answer, and the point that tells most."""

    location: str
    labels: Mapping[str, str]
    name: str
    points: Points
    median: float
    at: float
    value: float

    @property
    def deviation(self) -> float:
        return abs(self.value - self.median)


class Prometheus:
    """Reads what ``/api/v1/query_range`` and ``/api/v1/query`` answer, alone or in a list.

    An answer may stand in ``{"query", "title", "unit", "answer"}``, which says what was asked.
    """

    kind = SourceKind.PROMETHEUS
    label = SourceKind.PROMETHEUS.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Found:
        document = read_json(stream, EXPECTED)
        if not isinstance(document, list):
            yield from _facts(_answer(document, ""))
            return
        yield from _several(document)


def _several(document: list[Any]) -> Found:
    """Each answer of a list; raises ``EvidenceRefused`` when none of them can be read."""
    refused, known = _no_answer(), False
    for position, item in enumerate(document):
        where = f"answers[{position}]"
        try:
            answer = _answer(item, where)
        except EvidenceRefused as error:
            refused = error
            yield Skipped(where, str(error))
            continue
        known = True
        yield from _facts(answer)
    if not known:
        raise refused


def _answer(item: Any, where: str) -> _Answer:
    asked = item if isinstance(item, dict) and "answer" in item else {}
    answer = asked.get("answer") if asked else item
    if text_of(answer, "status") == "error":
        told = first_text(text_of(answer, "error"), "it gave no reason").rstrip(".")
        raise EvidenceRefused(f"Prometheus refused the query: {told}. Correct the query and fetch again.")
    data = mapping_of(answer, "data")
    result, kind = data.get("result"), text_of(data, "resultType")
    if not isinstance(result, list) or kind in ("string", "streams"):
        raise _no_answer()
    path = joined(where, "answer" if asked else "", "data.result", mark=".")
    warnings = value_at(answer, "warnings")
    warned = tuple(filter(None, map(as_word, warnings))) if isinstance(warnings, list) else ()
    single = [{"metric": {}, "value": result}] if kind == "scalar" else result
    return _Answer(asked, single, path, warned)


def _no_answer() -> EvidenceRefused:
    return EvidenceRefused(
        "This JSON holds no answer of a Prometheus query with numbers. Upload what /api/v1/query_range answers; it has "
        "“data.result” with series and their values."
    )


def _facts(answer: _Answer) -> Found:
    """The series that tell most, in the order of the answer; the rest are named."""
    for warning in answer.warnings:
        yield Skipped(answer.where, f"Prometheus warned that something may be missing: {warning}")
    if not answer.result:
        yield Skipped(
            answer.where, "The query found no series in this window. Check its labels and the window."
        )
    told: list[_Measured] = []
    for found in _measured(answer):
        if isinstance(found, Skipped):
            yield found
        else:
            told.append(found)
    shown = set(sorted(range(len(told)), key=lambda place: (-told[place].deviation, place))[:MOST_SERIES])
    for place in sorted(shown):
        yield _fact(answer.asked, told[place])
    rest = [one.name for place, one in enumerate(told) if place not in shown]
    if rest:
        yield Skipped(answer.where, _left_out(rest))


def _left_out(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (
        f"Beyond the {MOST_SERIES} series that deviate most, {len(names)} were left out: "
        f"{', '.join(names[:MOST_NAMED])}{more}. Ask for fewer series to see them."
    )


def _measured(answer: _Answer) -> Iterator[_Measured | Skipped]:
    rows = list(objects(answer.result, answer.where))
    labels = [_labels(row) for _, row in rows]
    differing = _differing([one for one, (_, row) in zip(labels, rows, strict=True) if isinstance(row, dict)])
    for (location, row), own in zip(rows, labels, strict=True):
        if isinstance(row, Skipped):
            yield row
        elif not (points := _points(row)):
            yield Skipped(location, _why_no_points(row))
        else:
            middle = _median(points)
            at, value = max(points, key=lambda point: (abs(point[1] - middle), -point[0]))
            yield _Measured(location, own, _name(answer.asked, own, differing), points, middle, at, value)


def _labels(row: Any) -> dict[str, str]:
    return {key: word for key, value in mapping_of(row, "metric").items() if (word := as_word(value))}


def _differing(rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The labels that tell the series of an answer apart."""
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(sorted(name for name in names if len({row.get(name) for row in rows}) > 1))


def _name(asked: Mapping[str, Any], labels: Mapping[str, str], differing: Sequence[str]) -> str:
    """The title, or the metric's name, with the labels by which this series differs from the others."""
    title = first_text(word_of(asked, "title"), labels.get(_METRIC, ""), word_of(asked, "query"), "The query")
    own = ", ".join(f"{name}={labels[name]}" for name in differing if name in labels and name != _METRIC)
    return joined(title, f"({own})" if own else "")


def _points(row: Mapping[str, Any]) -> Points:
    """The points with a number, in order of time, one for each moment; NaN and infinity are no measurement."""
    values = row.get("values")
    found = readable(_pair(one) for one in (values if isinstance(values, list) else [row.get("value")]))
    return sorted({at: value for at, value in found if at >= _EARLIEST}.items())


def _pair(item: Any) -> Any:
    """A point as it stands in an answer; ``true`` and ``false`` are no numbers."""
    is_pair = isinstance(item, list) and len(item) == 2
    return item if is_pair and not any(isinstance(part, bool) for part in item) else None


def _why_no_points(row: Mapping[str, Any]) -> str:
    if "histograms" in row or "histogram" in row:
        return "It is a native histogram. Ask for a number of it, such as histogram_quantile(0.99, …)."
    return "It holds no point with a time and a number."


def _median(points: Points) -> float:
    ordered = sorted(value for _, value in points)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return ordered[middle - 1] / 2 + ordered[middle] / 2


def _fact(asked: Mapping[str, Any], one: _Measured) -> Signal:
    unit = word_of(asked, "unit")
    series = Series(one.name, unit, tuple(thinned(one.points, MOST_POINTS)))
    window = f"{one.points[0][0]} {one.points[-1][0]}"
    return Signal(
        time_text=_written(one.at),
        text=_told(one, unit),
        lane=Lane.METRIC,
        trust=Trust.OBSERVED,
        location=one.location,
        actor=one.name,
        identity=f"series {digest(word_of(asked, 'query'), one.labels, window)}",
        zone="UTC",
        about=about_labels(one.labels)._replace(series=series),
    )


def _told(one: _Measured, unit: str) -> str:
    """``checkout p99 latency peaked at 2.31 s (median 0.24 s)``."""
    peak = joined(in_figures(one.value), unit)
    if len(one.points) == 1:
        return f"{one.name} was {peak}"
    if one.value == one.median:
        return f"{one.name} stayed at {peak}"
    moved = "peaked at" if one.value > one.median else "fell to"
    return f"{one.name} {moved} {peak} (median {joined(in_figures(one.median), unit)})"


def _written(at: float) -> str:
    """Unix seconds, to the millisecond as Prometheus keeps them."""
    return f"{at:.3f}".rstrip("0").rstrip(".")
