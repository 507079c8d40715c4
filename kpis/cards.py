"""A KPI as people read it: words first, then the drawing, then the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.safestring import SafeString

from kpis import charts, definitions
from kpis.definitions import DEFINITIONS, MINIMUM_N, Definition, Measure

UNBROKEN = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Card:
    """Everything that the template shows of one KPI; all of it is text already."""

    definition: Definition
    value: str
    change: str
    change_tone: str
    sentence: str
    spread: str
    baseline: str
    left_out: str
    synthetic: int
    chart: SafeString
    rows: list[tuple[str, str, int]]


def amount(value: float | None, unit: str) -> str:
    """A value in words, kept on one line: ``5.6 d``, ``7.5 h``, ``14 %``, ``12 d``; an en dash for nothing."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{value * 100:.0f}{UNBROKEN}%"
    if unit == "hours":
        return f"{value / 24:.1f}{UNBROKEN}d" if value >= 48 else f"{value:.1f}{UNBROKEN}h"
    return f"{value:.0f}{UNBROKEN}d"


def card(measure: Measure, baseline: Measure | None, series: Sequence[tuple[date, Measure]]) -> Card:
    """Word and draw one measure against its baseline."""
    definition = DEFINITIONS[measure.key]
    words, tone = _change(definition, measure, baseline)
    return Card(
        definition=definition,
        value=amount(measure.value, definition.unit),
        change=words,
        change_tone=tone,
        sentence=_sentence(definition, measure),
        spread=_spread(definition, measure),
        baseline=_baseline(definition, baseline),
        left_out=_left_out(measure),
        synthetic=measure.synthetic,
        chart=_chart(definition, measure, baseline, series),
        rows=[(f"{month:%b %Y}", amount(one.value, definition.unit), one.n) for month, one in series],
    )


@dataclass(frozen=True)
class Line:
    """A smaller number, in words."""

    definition: Definition
    value: str
    sentence: str


def duration_line(definition: Definition, measure: Measure) -> Line:
    """A time with its spread, and how many reviews it could not be told for."""
    if not measure.n:
        sentence = "Nothing to count in this window yet."
    else:
        sentence = (
            f"Median of {measure.n} published, middle half {_between(measure.q1, measure.q3, 'hours')}."
        )
    if measure.not_applicable:
        sentence = f"{sentence} {measure.not_applicable} without kept moves."
    return Line(definition, amount(measure.value, "hours"), sentence)


def count_line(definition: Definition, counts: Mapping[str, int]) -> Line:
    """A count with its kinds."""
    kinds = [f"{label.lower()} {count}" for label, count in counts.items() if count]
    return Line(
        definition, str(sum(counts.values())), ", ".join(kinds).capitalize() or "None in this window."
    )


def _sentence(definition: Definition, measure: Measure) -> str:
    if not measure.n:
        return "Nothing to count in this window yet."
    if definition.unit == "hours":
        return f"Median of {measure.n} published, middle half {_between(measure.q1, measure.q3, 'hours')}."
    interval = f"95 % interval {_between(measure.low, measure.high, 'share')}"
    noun = "incidents" if definition.key == definitions.REPEAT_FREQUENCY.key else "items due"
    return f"{measure.hits} of {measure.n} {noun}; {interval}."


def _spread(definition: Definition, measure: Measure) -> str:
    if definition.unit == "hours" or measure.median is None:
        return ""
    subject = "Median month" if definition.spread_unit == "share" else "Median time to completion"
    middle = _between(measure.q1, measure.q3, definition.spread_unit)
    return f"{subject} {amount(measure.median, definition.spread_unit)}, middle half {middle}."


def _between(low: float | None, high: float | None, unit: str) -> str:
    return f"{amount(low, unit)} to {amount(high, unit)}"


def _change(definition: Definition, measure: Measure, baseline: Measure | None) -> tuple[str, str]:
    moved = definitions.change(measure, baseline)
    if moved is None:
        if baseline is None:
            return "", ""
        return f"too few for a verdict (fewer than {MINIMUM_N})", "quiet"
    unit = "points" if definition.unit == "share" else "% on baseline"
    rounded = round(moved * 100)
    if rounded == 0:
        return "as the baseline", "quiet"
    better = (moved < 0) == definition.lower_is_better
    sign = "−" if moved < 0 else "+"
    return f"{sign}{abs(rounded)} {unit}", "done" if better else "warn"


def _baseline(definition: Definition, baseline: Measure | None) -> str:
    if baseline is None:
        return "No baseline captured yet."
    made = f", {baseline.synthetic} of its facts synthetic" if baseline.synthetic else ""
    return f"Baseline {amount(baseline.value, definition.unit)}, n = {baseline.n}{made}."


def _left_out(measure: Measure) -> str:
    parts = [
        f"{count} {name}"
        for count, name in (
            (measure.pending, "pending"),
            (measure.not_applicable, "not applicable"),
            (measure.invalid, "invalid"),
        )
        if count
    ]
    return f"Not counted: {', '.join(parts)}." if parts else ""


def _chart(
    definition: Definition, measure: Measure, baseline: Measure | None, series: Sequence[tuple[date, Measure]]
) -> SafeString:
    if len(series) < 2:
        return SafeString("")
    points = [_point(definition, month, one) for month, one in series]
    marks = []
    if baseline is not None and baseline.value is not None:
        marks.append(
            charts.Mark("baseline", baseline.value, f"base {amount(baseline.value, definition.unit)}")
        )
    if measure.value is not None:
        marks.append(charts.Mark("now", measure.value, f"now {amount(measure.value, definition.unit)}"))
    return charts.line_chart(
        key=f"chart-{definition.key}",
        title=definition.name,
        description=(
            f"By month from {series[0][0]:%B %Y} to {series[-1][0]:%B %Y}; the values stand in the table below."
        ),
        points=points,
        marks=marks,
    )


def _point(definition: Definition, month: date, measure: Measure) -> charts.Point:
    shown = measure if measure.n else replace(measure, value=None, q1=None, q3=None, low=None, high=None)
    low, high = (shown.q1, shown.q3) if definition.unit == "hours" else (shown.low, shown.high)
    return charts.Point(f"{month:%b %Y}", shown.value, low, high)
