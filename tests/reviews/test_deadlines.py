"""Deadlines fall on working days of the organization's own calendar, and time is told apart by who had the text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Severity
from reviews.deadlines import Spent, WorkingDays, after, due_of, spent, stage_of
from reviews.enums import ReviewState, Stage
from reviews.policy import Policy, Span, Unit

BERLIN = WorkingDays(
    zone=ZoneInfo("Europe/Berlin"), holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)})
)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        ("2026-11-20 22:30", Span(48, Unit.HOURS), "2026-11-22 22:30"),
        ("2026-11-20 22:30", Span(3, Unit.DAYS), "2026-11-23 22:30"),
        ("2026-11-20 10:00", Span(1, Unit.BUSINESS_DAYS), "2026-11-23 10:00"),  # Friday to Monday
        ("2026-11-21 10:00", Span(1, Unit.BUSINESS_DAYS), "2026-11-23 10:00"),  # Saturday counts from there
        ("2026-11-22 23:30", Span(1, Unit.BUSINESS_DAYS), "2026-11-23 23:30"),  # Monday already, in Berlin
        ("2026-12-24 10:00", Span(1, Unit.BUSINESS_DAYS), "2026-12-28 10:00"),  # a holiday, then a weekend
        (
            "2026-10-23 10:00",
            Span(1, Unit.BUSINESS_DAYS),
            "2026-10-26 11:00",
        ),  # the clocks went back: local time holds
    ],
)
def test_span_ends_on_the_day_that_people_expect(start: str, span: Span, expected: str) -> None:
    assert after(_utc(start), span, BERLIN) == _utc(expected)


def test_week_of_other_days_is_counted_too() -> None:
    sunday_to_thursday = WorkingDays(weekdays=frozenset({6, 0, 1, 2, 3}))
    assert after(_utc("2026-11-19 10:00"), Span(1, Unit.BUSINESS_DAYS), sunday_to_thursday) == _utc(
        "2026-11-22 10:00"
    )


CALENDARS = st.builds(
    WorkingDays,
    zone=st.sampled_from([ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Pacific/Kiritimati")]),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(frozenset),
    holidays=st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=20).map(frozenset),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 2, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(start=MOMENTS, amount=st.integers(1, 15), days=CALENDARS)
def test_business_days_are_working_days_and_as_many_as_were_asked(
    start: datetime, amount: int, days: WorkingDays
) -> None:
    end = after(start, Span(amount, Unit.BUSINESS_DAYS), days)
    first, last = start.astimezone(days.zone).date(), end.astimezone(days.zone).date()
    between = [first + timedelta(days=step) for step in range(1, (last - first).days + 1)]
    assert days.includes(last)
    assert sum(days.includes(day) for day in between) == amount


@given(start=MOMENTS, days=CALENDARS, amount=st.integers(1, 20), unit=st.sampled_from(Unit))
def test_longer_span_never_ends_earlier(start: datetime, days: WorkingDays, amount: int, unit: Unit) -> None:
    assert start < after(start, Span(amount, unit), days) < after(start, Span(amount + 1, unit), days)


@pytest.mark.parametrize("severity", Severity)
def test_defaults_come_in_the_order_of_the_work(severity: Severity) -> None:
    due = due_of(_utc("2026-11-20 10:00"), Policy().deadlines[severity], WorkingDays())
    assert due.draft < due.review < due.publication
    assert [due.of(stage) for stage in Stage] == [due.draft, due.review, due.publication]


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (None, Stage.DRAFT),
        (ReviewState.DRAFTING, Stage.DRAFT),
        (ReviewState.IN_REVIEW, Stage.REVIEW),
        (ReviewState.CHANGES_REQUESTED, Stage.REVIEW),
        (ReviewState.APPROVED, Stage.PUBLICATION),
        (ReviewState.PUBLISHED, None),
        (ReviewState.WITHDRAWN, None),
        (ReviewState.SUPERSEDED, None),
    ],
)
def test_stage_is_what_comes_next(state: ReviewState | None, stage: Stage | None) -> None:
    assert stage_of(state) == stage


@dataclass(frozen=True)
class _Change:
    target: str
    at: datetime


def test_waiting_for_signatures_is_no_writing() -> None:
    start = _utc("2026-11-20 10:00")
    hours = [("drafting", 0), ("in_review", 5), ("changes_requested", 7), ("in_review", 8), ("approved", 20)]
    changes = [_Change(state, start + timedelta(hours=hour)) for state, hour in hours]
    assert spent(changes, start + timedelta(hours=21)) == Spent(
        writing=timedelta(hours=6), signatures=timedelta(hours=14), publication=timedelta(hours=1)
    )


def test_review_that_never_moved_took_no_time() -> None:
    assert spent([], _utc("2026-11-20 10:00")) == Spent(timedelta(0), timedelta(0), timedelta(0))
