"""Cascades: where one service's errors began after another's. Only the order is told, never a cause (invariant 4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import sqrt
from statistics import median
from typing import NamedTuple

from incidents.analysis.patterns import Pattern
from incidents.analysis.windows import Window, minute_clock, quiet_before

DEVIATIONS = 6
FEWEST_ERRORS = 3
STAYS, OF_MINUTES = 2, 3
LONGEST_LAG = 30
LEAD_IN = 10
WEAKEST = 0.5
MOST_CASCADES = 12

_LEVELS = {"error": "errors", "warning": "warnings"}


class Onset(NamedTuple):
    """When a service's errors (or, where it wrote none, its warnings) rose above the ordinary: a minute since 1970."""

    actor: str
    what: str
    minute: int
    per_minute: Mapping[int, int]


class Cascade(NamedTuple):
    """One service's errors began ``lag`` minutes after another's; ``correlation`` is of the counts, shifted by it."""

    leader: Onset
    follower: Onset
    lag: int
    correlation: float
    why: str


def cascades(
    patterns: Sequence[Pattern], window: Window, baseline: Window | None = None, most: int = MOST_CASCADES
) -> list[Cascade]:
    """Pairs of services whose errors rose one after the other in ``window``, and then ran alike; the closest first."""
    risen = combinations(onsets(patterns, window, baseline), 2)
    pairs = (_pair(leader, follower, window.touched) for leader, follower in risen)
    return sorted((pair for pair in pairs if pair is not None), key=_closeness)[:most]


def _closeness(one: Cascade) -> tuple[float, int, str, str]:
    return -round(one.correlation, 3), one.lag, one.leader.actor, one.follower.actor


def onsets(patterns: Sequence[Pattern], window: Window, baseline: Window | None = None) -> list[Onset]:
    """When each service's errors rose, the first first; services that have no name or no rise are left out."""
    if not patterns:
        return []
    log_start = min(one.first for one in patterns)
    quiet = baseline or quiet_before(window.start, log_start)
    start = window.start if baseline or quiet is None else quiet.end
    searched = Window(start, window.end).touched
    ordinary = quiet.whole if quiet is not None else searched
    found = [_onset(actor, series, searched, ordinary) for actor, series in _by_actor(patterns).items()]
    return sorted((one for one in found if one), key=lambda one: (one.minute, one.actor))


def _by_actor(patterns: Iterable[Pattern]) -> dict[str, dict[str, Counter[int]]]:
    """For each service and level of trouble: how many lines in which minute."""
    found: defaultdict[str, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for one in patterns:
        if one.actor and one.level in _LEVELS:
            found[one.actor][one.level].update(one.per_minute)
    return found


def _onset(actor: str, series: Mapping[str, Counter[int]], searched: range, ordinary: range) -> Onset | None:
    for level, what in _LEVELS.items():
        counts = series.get(level)
        minute = _rise(counts, searched, ordinary) if counts else None
        if counts and minute is not None:
            return Onset(actor, what, minute, counts)
    return None


def _rise(counts: Mapping[int, int], searched: range, ordinary: range) -> int | None:
    """The first minute above the ordinary that is not alone: two of the three minutes from it on are."""
    limit = _limit([counts.get(minute, 0) for minute in ordinary])
    high = {minute for minute, count in counts.items() if count >= FEWEST_ERRORS and count > limit}
    return next((minute for minute in searched if minute in high and _stays(minute, high)), None)


def _stays(minute: int, high: set[int]) -> bool:
    return sum(later in high for later in range(minute, minute + OF_MINUTES)) >= STAYS


def _limit(counts: Sequence[int]) -> float:
    """Median and six times the median absolute deviation: a few wild minutes do not move it."""
    if not counts:
        return 0.0
    middle = median(counts)
    return middle + DEVIATIONS * median(abs(count - middle) for count in counts)


def _pair(leader: Onset, follower: Onset, minutes: range) -> Cascade | None:
    lag = follower.minute - leader.minute
    if not 0 < lag <= LONGEST_LAG:
        return None
    compared = range(leader.minute - LEAD_IN, minutes.stop - lag)
    correlation = _correlation(
        [leader.per_minute.get(minute, 0) for minute in compared],
        [follower.per_minute.get(minute + lag, 0) for minute in compared],
    )
    if correlation < WEAKEST:
        return None
    return Cascade(leader, follower, lag, correlation, _why(leader, follower, lag, correlation))


def _correlation(xs: Sequence[int], ys: Sequence[int]) -> float:
    """Pearson's; 0 when one of them does not vary."""
    if len(xs) < 2:
        return 0.0
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sqrt(sum((x - mean_x) ** 2 for x in xs) * sum((y - mean_y) ** 2 for y in ys))
    together = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return together / spread if spread else 0.0


def _why(leader: Onset, follower: Onset, lag: int, correlation: float) -> str:
    return (
        f"{follower.what.capitalize()} of {follower.actor} began {lag} min after {leader.what} of {leader.actor} "
        f"({minute_clock(follower.minute)} and {minute_clock(leader.minute)} UTC), and their counts then ran alike "
        f"(correlation {correlation:.2f}). This is an order in time, not a cause."
    )
