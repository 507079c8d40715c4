"""What each number means (invariant 12): pure formulas over plain facts.

Quantiles interpolate linearly between order statistics (Hyndman and Fan's type 7, the method of
``statistics.quantiles(method="inclusive")``). Shares carry Wilson's 95 % score interval. Nothing here knows the
database: the shapes below come from ``selectors.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt
from typing import Any, TypeVar

Fact = TypeVar("Fact")

VERSION = 1
MINIMUM_N = 5
REPEAT_WINDOW = timedelta(days=90)
Z_95 = 1.959963984540054


class State(StrEnum):
    """Whether one fact has a value: a skipped milestone is never zero."""

    RECORDED = "recorded"
    PENDING = "pending"
    NOT_APPLICABLE = "not applicable"
    INVALID = "invalid"


@dataclass(frozen=True)
class Observation:
    """One fact's value for one KPI; ``value`` is set only when ``state`` is recorded."""

    state: State
    value: float | None = None


@dataclass(frozen=True)
class IncidentFact:
    """What the KPIs need of one incident."""

    reference: str
    declared_at: datetime
    resolved_at: datetime | None
    published_at: datetime | None
    repeats: str = ""
    repeated_declared_at: datetime | None = None
    is_synthetic: bool = False


@dataclass(frozen=True)
class ItemFact:
    """What the KPIs need of one action item of a published review."""

    reference: str
    created_on: date
    due_on: date
    completed_on: date | None
    is_synthetic: bool = False


@dataclass(frozen=True)
class Measure:
    """One KPI over one window.

    ``value`` is what the card says (hours for times, 0 to 1 for shares), ``n`` how many facts it rests on, ``hits``
    the counted ones of a share. ``median``, ``q1`` and ``q3`` describe the spread named by the definition, in
    ``spread_unit``; ``low`` and ``high`` are the 95 % interval of a share. All of them are None when there is nothing.
    """

    key: str
    n: int
    value: float | None = None
    hits: int | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    low: float | None = None
    high: float | None = None
    pending: int = 0
    not_applicable: int = 0
    invalid: int = 0
    synthetic: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether a verdict may be worded at all."""
        return self.n >= MINIMUM_N

    def plain(self) -> dict[str, Any]:
        """The form in which a baseline keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Definition:
    """A KPI in words."""

    key: str
    name: str
    meaning: str
    formula: str
    spread: str
    unit: str
    spread_unit: str
    lower_is_better: bool


PUBLICATION_TIME = Definition(
    key="publication_time",
    name="Postmortem publication time",
    meaning="How long people wait for a postmortem after the incident is over.",
    formula=(
        "Time from the milestone Resolved to publication, for incidents resolved in the window. Not yet published is "
        "pending, without a Resolved milestone is not applicable, published before resolved is invalid; none of these "
        "counts as zero."
    ),
    spread="The median, and the middle half of all publication times.",
    unit="hours",
    spread_unit="hours",
    lower_is_better=True,
)
REPEAT_FREQUENCY = Definition(
    key="repeat_frequency",
    name="Repeat incident frequency",
    meaning="How often a failure returns that was already reviewed.",
    formula=(
        "Share of the incidents declared in the window that a person confirmed as a repeat of an incident declared "
        "within the 90 days before. A suspected similarity does not count."
    ),
    spread="The median of the monthly shares, and their middle half.",
    unit="share",
    spread_unit="share",
    lower_is_better=True,
)
REMEDIATION_COMPLETION = Definition(
    key="remediation_completion",
    name="Remediation completed in time",
    meaning="How many promises are kept by the day that was promised.",
    formula=(
        "Share of the action items of published reviews due in the window that were completed on or before their due "
        "day. Open items that are not yet past their day are pending; items that were decided against are left out."
    ),
    spread="The median days from promise to completion, and their middle half.",
    unit="share",
    spread_unit="days",
    lower_is_better=False,
)
DEFINITIONS: dict[str, Definition] = {
    one.key: one for one in (PUBLICATION_TIME, REPEAT_FREQUENCY, REMEDIATION_COMPLETION)
}


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile of a non-empty sorted sequence, type 7; ``share`` from 0 to 1."""
    position = (len(values) - 1) * share
    below = int(position)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (position - below)


def spread(values: Iterable[float]) -> tuple[float | None, float | None, float | None]:
    """Median, lower and upper quartile; three times None for no values."""
    ordered = sorted(values)
    if not ordered:
        return None, None, None
    return quantile(ordered, 0.5), quantile(ordered, 0.25), quantile(ordered, 0.75)


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    """Wilson's 95 % score interval of a share (E. B. Wilson, 1927); None for n = 0."""
    if n == 0:
        return None, None
    share, z2 = hits / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def publication_time(fact: IncidentFact) -> Observation:
    """Hours from resolved to published."""
    if fact.resolved_at is None:
        return Observation(State.NOT_APPLICABLE)
    if fact.published_at is None:
        return Observation(State.PENDING)
    if fact.published_at < fact.resolved_at:
        return Observation(State.INVALID)
    return Observation(State.RECORDED, (fact.published_at - fact.resolved_at) / timedelta(hours=1))


def is_repeat(fact: IncidentFact) -> Observation:
    """1 for a confirmed repeat within the window of 90 days, 0 otherwise; invalid when it lies before its original."""
    if fact.repeated_declared_at is None:
        return Observation(State.RECORDED, 0.0)
    distance = fact.declared_at - fact.repeated_declared_at
    if distance < timedelta(0):
        return Observation(State.INVALID)
    return Observation(State.RECORDED, 1.0 if distance <= REPEAT_WINDOW else 0.0)


def completed_in_time(fact: ItemFact, today: date) -> Observation:
    """1 when completed on or before the due day, 0 when overdue or late, pending while there is time."""
    if fact.completed_on is not None:
        if fact.completed_on < fact.created_on:
            return Observation(State.INVALID)
        return Observation(State.RECORDED, 1.0 if fact.completed_on <= fact.due_on else 0.0)
    return Observation(State.PENDING) if fact.due_on >= today else Observation(State.RECORDED, 0.0)


def measure_publication_time(facts: Sequence[IncidentFact]) -> Measure:
    """Median publication time with its middle half, in hours."""
    observed = [publication_time(fact) for fact in facts]
    median, q1, q3 = spread(_values(observed))
    return Measure(
        key=PUBLICATION_TIME.key,
        value=median,
        median=median,
        q1=q1,
        q3=q3,
        **_counts(observed),
        synthetic=_made(facts),
    )


def measure_repeat_frequency(facts: Sequence[IncidentFact]) -> Measure:
    """Share of repeats, with the spread of the monthly shares."""
    observed = [is_repeat(fact) for fact in facts]
    monthly = by_month(facts, lambda fact: fact.declared_at)
    shares = [_share([is_repeat(fact) for fact in rows]) for rows in monthly.values()]
    median, q1, q3 = spread(share for share in shares if share is not None)
    return Measure(
        key=REPEAT_FREQUENCY.key, median=median, q1=q1, q3=q3, **_of_share(observed), synthetic=_made(facts)
    )


def measure_remediation_completion(facts: Sequence[ItemFact], today: date) -> Measure:
    """Share completed in time, with the spread of the days from promise to completion."""
    observed = [completed_in_time(fact, today) for fact in facts]
    days = [
        float((fact.completed_on - fact.created_on).days)
        for fact in facts
        if fact.completed_on is not None and fact.completed_on >= fact.created_on
    ]
    median, q1, q3 = spread(days)
    return Measure(
        key=REMEDIATION_COMPLETION.key,
        median=median,
        q1=q1,
        q3=q3,
        **_of_share(observed),
        synthetic=_made(facts),
    )


def by_month(facts: Iterable[Fact], moment: Callable[[Fact], date | datetime]) -> dict[date, list[Fact]]:
    """Facts by the first day of their month, months in order."""
    months: dict[date, list[Fact]] = {}
    for fact in sorted(facts, key=moment):
        at = moment(fact)
        months.setdefault(date(at.year, at.month, 1), []).append(fact)
    return months


def change(measure: Measure, baseline: Measure | None) -> float | None:
    """How far a measure lies from its baseline: relative for times, in points for shares; None below minimum n."""
    if baseline is None or not (measure.is_enough and baseline.is_enough):
        return None
    if measure.value is None or baseline.value is None:
        return None
    if DEFINITIONS[measure.key].unit == "share":
        return measure.value - baseline.value
    return (measure.value - baseline.value) / baseline.value if baseline.value else None


def _values(observed: Iterable[Observation]) -> list[float]:
    return [one.value for one in observed if one.value is not None]


def _share(observed: Sequence[Observation]) -> float | None:
    values = _values(observed)
    return sum(values) / len(values) if values else None


def _of_share(observed: Sequence[Observation]) -> dict[str, Any]:
    values = _values(observed)
    hits = round(sum(values))
    low, high = wilson(hits, len(values))
    return {"value": _share(observed), "hits": hits, "low": low, "high": high, **_counts(observed)}


def _counts(observed: Sequence[Observation]) -> dict[str, int]:
    def count(state: State) -> int:
        return sum(one.state is state for one in observed)

    return {
        "n": count(State.RECORDED),
        "pending": count(State.PENDING),
        "not_applicable": count(State.NOT_APPLICABLE),
        "invalid": count(State.INVALID),
    }


def _made(facts: Iterable[IncidentFact | ItemFact]) -> int:
    return sum(fact.is_synthetic for fact in facts)
