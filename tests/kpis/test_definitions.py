"""The formulas against known values and against properties that any right formula has."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis import definitions
from kpis.definitions import IncidentFact, ItemFact, Measure, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def incident(
    resolved: datetime | None = NOON, published: datetime | None = None, **fields: object
) -> IncidentFact:
    return IncidentFact("INC-2026-0001", NOON, resolved, published, **fields)  # type: ignore[arg-type]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_spread_agrees_with_the_standard_library(values: list[float]) -> None:
    lower, middle, upper = statistics.quantiles(values, n=4, method="inclusive")
    assert definitions.spread(values) == pytest.approx((middle, lower, upper), abs=1e-6)


def test_spread_of_nothing_is_nothing() -> None:
    assert definitions.spread([]) == (None, None, None)


def test_wilson_gives_the_published_example() -> None:
    # 81 of 263, a worked example of Newcombe (1998), method 3.
    low, high = definitions.wilson(81, 263)
    assert (round(low or 0, 4), round(high or 0, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_a_share(case: tuple[int, int]) -> None:
    hits, n = case
    low, high = definitions.wilson(hits, n)
    assert low is not None and high is not None
    assert 0 <= low <= hits / n + 1e-12 and hits / n - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("resolved", "published", "state"),
    [
        (None, None, State.NOT_APPLICABLE),
        (None, NOON, State.NOT_APPLICABLE),
        (NOON, None, State.PENDING),
        (NOON, NOON - DAY, State.INVALID),
        (NOON, NOON + DAY, State.RECORDED),
    ],
)
def test_publication_time_is_never_zero_for_a_skipped_milestone(
    resolved: datetime | None, published: datetime | None, state: State
) -> None:
    observed = definitions.publication_time(incident(resolved, published))
    assert observed.state is state
    assert observed.value == (24.0 if state is State.RECORDED else None)


def test_measure_of_publication_time_counts_only_what_is_recorded() -> None:
    facts = [incident(NOON, NOON + DAY * days) for days in (1, 3, 8)]
    facts += [incident(NOON, None), incident(None, None), incident(NOON, NOON - DAY)]
    measure = definitions.measure_publication_time(facts)
    assert (measure.value, measure.n) == (72.0, 3)
    assert (measure.pending, measure.not_applicable, measure.invalid) == (1, 1, 1)


@pytest.mark.parametrize(("days", "value"), [(1, 1.0), (90, 1.0), (91, 0.0)])
def test_repeat_counts_within_ninety_days(days: int, value: float) -> None:
    fact = incident(repeats="INC-2026-0000", repeated_declared_at=NOON - DAY * days)
    assert definitions.is_repeat(fact).value == value


def test_repeat_before_its_original_is_invalid() -> None:
    fact = incident(repeats="INC-2026-0002", repeated_declared_at=NOON + DAY)
    assert definitions.is_repeat(fact).state is State.INVALID


@pytest.mark.parametrize(
    ("completed", "today", "value"),
    [
        (date(2026, 3, 10), date(2026, 4, 1), 1.0),
        (date(2026, 3, 11), date(2026, 4, 1), 0.0),
        (None, date(2026, 3, 11), 0.0),
        (None, date(2026, 3, 10), None),
    ],
)
def test_completion_counts_the_due_day_itself(
    completed: date | None, today: date, value: float | None
) -> None:
    fact = ItemFact("A1", date(2026, 3, 1), date(2026, 3, 10), completed)
    assert definitions.completed_in_time(fact, today).value == value


def test_change_gives_no_verdict_below_the_minimum() -> None:
    many = Measure(key="repeat_frequency", n=20, value=0.2)
    few = Measure(key="repeat_frequency", n=definitions.MINIMUM_N - 1, value=0.1)
    assert definitions.change(few, many) is None
    assert definitions.change(many, few) is None
    assert definitions.change(many, None) is None


def test_change_is_relative_for_times_and_in_points_for_shares() -> None:
    times = [Measure(key="publication_time", n=9, value=value) for value in (60.0, 120.0)]
    shares = [Measure(key="remediation_completion", n=9, value=value) for value in (0.6, 0.4)]
    assert definitions.change(*times) == pytest.approx(-0.5)
    assert definitions.change(*shares) == pytest.approx(0.2)


def test_by_month_sorts_and_separates_years() -> None:
    days = [date(2026, 1, 3), date(2025, 1, 9), date(2025, 12, 31), date(2025, 1, 1)]
    months = definitions.by_month(days, lambda day: day)
    assert list(months) == [date(2025, 1, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert months[date(2025, 1, 1)] == [date(2025, 1, 1), date(2025, 1, 9)]
