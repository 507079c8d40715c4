"""Prometheus: the answers of range and instant queries; each series becomes one fact with its picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from statistics import median
from typing import Any, BinaryIO

import orjson

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    About,
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

EXPECTED = "the answer of a Prometheus query"
MOST_SERIES = 20
MOST_POINTS = 600
_SERVICES = ("service", "app", "job", "component")
Points = list[tuple[float, float]]


class Prometheus:
    """Reads ``{"data": {"result": [...]}}``, or our own wrapping of it with the query, a title and a unit."""

    kind = SourceKind.PROMETHEUS
    label = SourceKind.PROMETHEUS.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        document = read_json(stream, EXPECTED)
        asked = document if isinstance(document, dict) and "answer" in document else {}
        result = _result(asked.get("answer") if asked else document)
        shared = _shared_labels(result)
        for place, (location, series) in enumerate(objects(result, "result")):
            if place >= MOST_SERIES:
                yield Skipped(location, f"{len(result) - place} more series: ask for fewer at a time.")
                return
            yield series if isinstance(series, Skipped) else _fact(asked, series, location, shared)


def _result(answer: Any) -> list[Any]:
    if isinstance(answer, dict) and answer.get("status") == "error":
        raise EvidenceRefused(
            f"Prometheus refused the query: {text_of(answer, 'error') or 'no reason given'}. "
            "Correct it and fetch again."
        )
    result = mapping_of(answer, "data").get("result") if isinstance(answer, dict) else None
    if not isinstance(result, list):
        raise EvidenceRefused(
            "This JSON holds no answer of a Prometheus query. Upload what /api/v1/query_range answers."
        )
    return result


def _fact(
    asked: Mapping[str, Any], series: Mapping[str, Any], location: str, shared: set[str]
) -> Signal | Skipped:
    points = _points(series)
    if not points:
        return Skipped(location, "It holds no point with a number.")
    labels = {name: value for name, value in mapping_of(series, "metric").items() if isinstance(value, str)}
    name, unit = _name(asked, labels, shared), text_of(asked, "unit")
    middle = median(value for _at, value in points)
    at, peak = max(points, key=lambda point: (abs(point[1] - middle), -point[0]))
    told = "peaked at" if peak >= middle else "fell to"
    text = f"{name} {told} {amount(peak, unit)} (median {amount(middle, unit)})"
    if peak == middle:
        text = f"{name} stayed at {amount(peak, unit)}"
    service = first_text(*(labels.get(key, "") for key in _SERVICES))
    return Signal(
        time_text=_written(at),
        text=text,
        lane=Lane.METRIC,
        trust=Trust.OBSERVED,
        location=location,
        actor=first_text(text_of(asked, "title"), labels.get("__name__", "")),
        identity=_identity(asked, labels, points),
        zone="UTC",
        about=About(
            services=(service,) if service else (),
            region=first_text(labels.get("region", ""), labels.get("cluster", "")),
            series=Series(name, unit, tuple(thinned(points))),
        ),
    )


def _points(series: Mapping[str, Any]) -> Points:
    """The points that are numbers, in order of time; NaN and infinity are no measurement."""
    values, single = series.get("values"), series.get("value")
    rows = values if isinstance(values, list) else [single]
    points = {}
    for row in rows:
        if isinstance(row, list) and len(row) == 2:
            at, value = _number(row[0]), _number(row[1])
            if at is not None and value is not None and 0 < at < 10**11:
                points[at] = value
    return sorted(points.items())


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def thinned(points: Sequence[tuple[float, float]], most: int = MOST_POINTS) -> Points:
    """At most ``most`` points: of each stretch the lowest and the highest, so that no peak is lost."""
    if len(points) <= most:
        return list(points)
    stretches = most // 2
    kept: set[tuple[float, float]] = set()
    for stretch in range(stretches):
        part = points[stretch * len(points) // stretches : (stretch + 1) * len(points) // stretches]
        kept |= {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
    return sorted(kept)


def amount(value: float, unit: str) -> str:
    """``2.31 s``, ``1,204 requests/s``: three figures that count, with the unit as it was given."""
    size = abs(value)
    if size >= 1000:
        written = f"{value:,.0f}"
    elif size == 0 or size >= 0.001:
        written = f"{value:.3g}"
    else:
        written = f"{value:.2e}"
    return f"{written} {unit}" if unit else written


def _name(asked: Mapping[str, Any], labels: Mapping[str, str], shared: set[str]) -> str:
    """The title, or the metric's name, with the labels by which this series differs from the others."""
    title = first_text(
        text_of(asked, "title"), labels.get("__name__", ""), text_of(asked, "query"), "The series"
    )
    own = [f"{name}={value}" for name, value in sorted(labels.items()) if name not in shared | {"__name__"}]
    return f"{title} {{{', '.join(own)}}}" if own else title


def _shared_labels(result: Sequence[Any]) -> set[str]:
    """The labels that have one value in every series."""
    rows = [mapping_of(series, "metric") for series in result]
    return {name for name in (rows[0] if rows else ()) if all(row.get(name) == rows[0][name] for row in rows)}


def _identity(asked: Mapping[str, Any], labels: Mapping[str, str], points: Points) -> str:
    what = orjson.dumps(
        [text_of(asked, "query"), dict(labels), points[0][0], points[-1][0]],
        option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS,
    )
    return f"series {hashlib.sha256(what).hexdigest()[:32]}"


def _written(at: float) -> str:
    return str(int(at)) if at == int(at) else f"{at:.6f}".rstrip("0")
