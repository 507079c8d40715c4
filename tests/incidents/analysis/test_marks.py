"""What stands out of generated logs of known truth, and how that is said."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from incidents.analysis.cascades import cascades, onsets
from incidents.analysis.marks import Marks, mark, surely_more
from incidents.analysis.patterns import Miner, Pattern
from incidents.analysis.silences import silences
from incidents.analysis.windows import Window, quiet_before
from incidents.enums import PatternMark

TEN = datetime(2026, 3, 5, 10, tzinfo=UTC).timestamp()
HOUR = 3600.0
BASELINE = Window(TEN, TEN + HOUR)
WINDOW = Window(TEN + HOUR, TEN + 1.5 * HOUR)

Line = tuple[float, str, str, str]


def ordinary(seed: int, actors: tuple[str, ...] = ("cart", "payments"), minutes: int = 90) -> list[Line]:
    """Traffic with a few errors a service now and then: noise that must not stand out."""
    chance = random.Random(seed)
    lines: list[Line] = []
    for actor in actors:
        for _ in range(minutes * 10):
            at = TEN + chance.random() * minutes * 60
            failed = chance.random() < 0.02
            text = (
                f"call {chance.randrange(10**6)} timed out"
                if failed
                else f"handled in {chance.randrange(900)} ms"
            )
            lines.append((at, text, actor, "error" if failed else "info"))
    return lines


def every(
    seconds: float, start: float, end: float, text: str, actor: str, level: str = "error"
) -> list[Line]:
    """A line each so many seconds, between two minutes after ten."""
    count = int((end - start) * 60 / seconds)
    return [(TEN + start * 60 + turn * seconds, text, actor, level) for turn in range(count)]


def patterns_of(lines: list[Line]) -> list[Pattern]:
    miner = Miner()
    for ordinal, (at, text, actor, level) in enumerate(sorted(lines), start=1):
        miner.add(text, actor, level, at, ordinal)
    return miner.patterns()


def told(marks: Marks) -> list[tuple[str, str]]:
    return [(one.pattern.template, one.mark) for one in marks.marked]


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_marked_in_ordinary_traffic(seed: int) -> None:
    patterns = patterns_of(ordinary(seed))
    assert mark(patterns, WINDOW, BASELINE).marked == ()
    assert cascades(patterns, WINDOW, BASELINE) == []
    assert silences(patterns, WINDOW, BASELINE) == []


@pytest.mark.parametrize("seed", range(8))
def test_new_error_is_marked_first_among_noise(seed: int) -> None:
    lines = [*ordinary(seed), *every(8, 62, 82, "pool of 10 exhausted", "payments")]
    lines += every(60, 60, 90, "cache warmed", "cart", "info")
    marks = mark(patterns_of(lines), WINDOW, BASELINE)
    assert told(marks) == [("pool of <*> exhausted", PatternMark.NEW), ("cache warmed", PatternMark.NEW)]
    assert marks.marked[0].why == "New: first seen at 11:02:00 UTC, 150 times until 11:21:52."
    assert marks.note == "Compared with the log from 10:00 to 11:00 UTC."


def test_much_more_frequent_pattern_is_marked_with_both_rates() -> None:
    lines = every(60, 0, 60, "queue full", "cart", "warning") + every(
        5, 60, 90, "queue full", "cart", "warning"
    )
    (found,) = mark(patterns_of(lines), WINDOW, BASELINE).marked
    assert found.mark == PatternMark.MORE and found.count == 360
    assert found.why == (
        "12 times as frequent as in the baseline (10:00 to 11:00 UTC): 720 instead of 60 an hour."
    )


def test_burst_is_marked_in_a_long_window() -> None:
    lines = every(10, 0, 360, "retrying", "cart", "warning") + every(
        1, 100, 105, "retrying", "cart", "warning"
    )
    (found,) = mark(patterns_of(lines), Window(TEN + HOUR, TEN + 6 * HOUR), BASELINE).marked
    assert found.why == (
        "330 times in the five minutes from 11:40 UTC on, and never more than 30 in five minutes of the baseline "
        "(10:00 to 11:00 UTC)."
    )


@pytest.mark.parametrize(
    ("count", "before", "share", "expected"),
    [(4, 0, 0.5, False), (40, 10, 1, True), (39, 10, 1, False), (8, 2, 1, False), (400, 210, 0.5, False)],
)
def test_difference_must_be_large_and_sure(count: int, before: int, share: float, expected: bool) -> None:
    assert surely_more(count, before, share) is expected


def test_without_a_declared_baseline_the_log_before_serves() -> None:
    lines = [*ordinary(1), *every(8, 52, 82, "pool exhausted", "payments")]
    marks = mark(patterns_of(lines), WINDOW)
    assert told(marks) == [("pool exhausted", PatternMark.NEW)]
    assert marks.note == "Compared with the log from 10:00 to 10:45 UTC."


def test_without_any_baseline_only_errors_and_warnings_are_marked() -> None:
    lines = every(30, 60, 90, "handled", "cart", "info") + every(30, 61, 71, "refused", "cart")
    marks = mark(patterns_of(lines), WINDOW)
    assert told(marks) == [("refused", PatternMark.ERROR)]
    assert marks.marked[0].why.startswith(
        "An error, 20 times from 11:01:00 to 11:10:30 UTC; there is no baseline"
    )
    assert marks.note.startswith("There was no baseline:") and marks.baseline is None


def test_baseline_that_the_log_does_not_cover_is_no_baseline() -> None:
    marks = mark(patterns_of(every(30, 60, 90, "handled", "cart", "info")), WINDOW, BASELINE)
    assert marks.marked == () and "declared baseline" in marks.note


def test_what_is_left_out_is_told() -> None:
    names = ["red", "green", "blue", "pink"]
    lines = [line for name in names for line in every(30, 61, 71, f"{name} lamp", "cart")]
    marks = mark(patterns_of([*ordinary(2), *lines]), WINDOW, BASELINE, most=3)
    assert len(marks.marked) == 3 and marks.left_out == 1
    assert marks.note.endswith(" 1 more pattern stands out less and stayed unmarked.")


def test_empty_log_has_no_marks() -> None:
    assert mark([], WINDOW).marked == () and cascades([], WINDOW) == [] and silences([], WINDOW) == []


def test_quiet_time_before_needs_five_minutes() -> None:
    assert quiet_before(TEN + 400, TEN) is None
    assert quiet_before(TEN + 600, TEN) == Window(TEN, TEN + 400)
    assert quiet_before(TEN + 7200, TEN) == Window(TEN, TEN + 6300)
    assert quiet_before(TEN, 0.0) == Window(TEN - 86_400, TEN - 900)


def failing(start: int, actor: str) -> list[Line]:
    """Errors that rise and fall over nine minutes."""
    shape = [4, 9, 15, 22, 18, 12, 7, 5, 3]
    return [
        (TEN + (start + minute) * 60 + number, "call failed", actor, "error")
        for minute, count in enumerate(shape)
        for number in range(count)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_cascade_is_told_in_its_order_without_a_cause(seed: int) -> None:
    lines = [*ordinary(seed), *failing(65, "payments"), *failing(67, "cart")]
    (found,) = cascades(patterns_of(lines), WINDOW, BASELINE)
    assert (found.leader.actor, found.follower.actor, found.lag) == ("payments", "cart", 2)
    assert found.correlation > 0.9
    assert found.why.startswith(
        "Errors of cart began 2 min after errors of payments (11:07 and 11:05 UTC), and their counts then ran alike"
    )
    assert found.why.endswith("This is an order in time, not a cause.")


def test_services_that_fail_in_the_same_minute_are_no_cascade() -> None:
    patterns = patterns_of([*ordinary(3), *failing(65, "payments"), *failing(65, "cart")])
    assert cascades(patterns, WINDOW, BASELINE) == []
    assert [one.actor for one in onsets(patterns, WINDOW, BASELINE)] == ["cart", "payments"]


def test_single_wild_minute_is_no_onset() -> None:
    lines = [*ordinary(4), *every(1, 65, 66, "call failed", "cart")]
    assert onsets(patterns_of(lines), WINDOW, BASELINE) == []


def test_service_with_warnings_only_is_followed_by_them() -> None:
    lines = [*ordinary(5), *every(10, 65, 75, "slow", "search", "warning")]
    (found,) = onsets(patterns_of(lines), WINDOW, BASELINE)
    assert (found.actor, found.what) == ("search", "warnings")


def test_silence_is_told_with_its_span() -> None:
    lines = [line for line in ordinary(6) if line[2] != "cart" or not TEN + 3900 <= line[0] < TEN + 4800]
    (found,) = silences(patterns_of(lines), WINDOW, BASELINE)
    assert found.why == (
        "cart had written about 10 lines a minute, and wrote nothing from 11:05 to 11:20 UTC (15 min), "
        "while other services did."
    )
    assert found.came_back


def test_silence_until_the_end_of_the_log_says_so() -> None:
    lines = [line for line in ordinary(7) if line[2] != "cart" or line[0] < TEN + 4200]
    (found,) = silences(patterns_of(lines), WINDOW, BASELINE)
    assert not found.came_back and "11:10 to 11:30 UTC (20 min), when the log ends" in found.why


def test_irregular_service_is_never_silent() -> None:
    lines = [*ordinary(8), *every(180, 0, 60, "sweep", "janitor", "info")]
    assert silences(patterns_of(lines), WINDOW, BASELINE) == []


def test_hole_of_the_whole_log_is_told_once() -> None:
    lines = [line for line in ordinary(9) if not TEN + 3900 <= line[0] < TEN + 4500]
    (found,) = silences(patterns_of(lines), WINDOW, BASELINE)
    assert found.actor == "" and found.why.startswith(
        "No service wrote a line from 11:05 to 11:15 UTC (10 min)."
    )
