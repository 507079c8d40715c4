"""Normalizing, elapsed time, gaps and contradictions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.chronology import contradictions, elapsed, gaps, in_order, in_words, normalize
from incidents.enums import Lane, MilestoneKind, Precision, Trust
from incidents.errors import TimeUnreadable
from incidents.sources import ParseContext, Signal

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)
)


def signal(time_text: str, **fields: Any) -> Signal:
    return Signal(time_text, "text", Lane.LOG, Trust.OBSERVED, "line 1")._replace(**fields)


def test_clock_that_runs_ahead_is_set_back_and_the_original_kept() -> None:
    found = normalize(signal("2018-10-21T22:52:00Z"), ParseContext(clock_offset=90))
    assert found.original_at == START
    assert found.at == START - timedelta(seconds=90)


def test_clock_set_right_beyond_the_calendar_is_unreadable() -> None:
    with pytest.raises(TimeUnreadable, match="outside of the calendar"):
        normalize(signal("9999-12-31T23:59:59Z"), ParseContext(clock_offset=-90))


def test_zone_fixed_by_the_source_wins_over_the_declared_one() -> None:
    found = normalize(signal("2018-10-21 22:52:00", zone="UTC"), ParseContext("Asia/Tokyo"))
    assert found.at == START


def test_precision_of_the_source_cuts_what_is_no_time() -> None:
    found = normalize(signal("1540162320.000700", precision=Precision.SECOND), ParseContext())
    assert found.at == START


@given(st.lists(INSTANTS, max_size=20))
def test_order_is_by_instant_and_keeps_those_of_one_instant_as_they_came(moments: list[datetime]) -> None:
    entries = [
        normalize(signal(moment.isoformat(), location=str(place)), ParseContext())
        for place, moment in enumerate(moments)
    ]
    ordered = [(entry.at, int(entry.signal.location)) for entry in in_order(entries)]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "+0 min"),
        (7, "+7 min"),
        (-12, "−12 min"),
        (60, "+1 h"),
        (1451, "+24 h 11 min"),
        (6000, "+4 d 4 h"),
    ],
)
def test_elapsed_is_said_from_impact_start(minutes: int, words: str) -> None:
    assert elapsed(START + timedelta(minutes=minutes), START) == words


def test_elapsed_is_empty_without_a_start() -> None:
    assert elapsed(START, None) == ""


def test_only_long_silences_are_gaps() -> None:
    moments = [START + timedelta(minutes=minutes) for minutes in (0, 30, 76, 80)]
    [gap] = gaps(moments)
    assert in_words(gap.length) == "46 min"
    assert gap.start == moments[1]


def test_resolved_before_detected_is_a_contradiction() -> None:
    times = {MilestoneKind.DETECTED: START, MilestoneKind.RESOLVED: START - timedelta(minutes=5)}
    [sentence] = contradictions(times)
    assert sentence.startswith(
        "“Resolved” (21 Oct 2018 22:47 UTC) lies before “Detected” (21 Oct 2018 22:52 UTC)."
    )


def test_milestones_of_one_instant_contradict_nothing() -> None:
    assert contradictions(dict.fromkeys(MilestoneKind, START)) == []
