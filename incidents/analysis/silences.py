"""Silences: services that wrote regularly and then stopped while the log went on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from incidents.analysis.patterns import Pattern
from incidents.analysis.windows import Window, minute_clock, quiet_before, within

REGULAR = 0.8
FEWEST_LINES = 10
SHORTEST = 5
INTERVALS = 10


class Silence(NamedTuple):
    """From ``start``, the first minute without a line, until ``end``, the next with one; minutes since 1970.

    When the service did not come back, ``end`` is the minute after the log's last.
    ``actor`` is empty when nobody wrote.
    """

    actor: str
    start: int
    end: int
    came_back: bool
    why: str


class _Run(NamedTuple):
    start: int
    end: int
    came_back: bool


def silences(patterns: Sequence[Pattern], window: Window, baseline: Window | None = None) -> list[Silence]:
    """Where a service that wrote in four of five minutes of the baseline wrote nothing for a while in ``window``.

    A while is five minutes, or ten times the mean interval of its lines when that is longer. Minutes in which nobody
    wrote are told once, because it may be the log that lacks them. Without a baseline nothing is known to be regular.
    """
    if not patterns:
        return []
    quiet = baseline or quiet_before(window.start, min(one.first for one in patterns))
    if quiet is None:
        return []
    everyone, by_actor = _counted(patterns)
    searched = range(window.touched.start if baseline else quiet.whole.stop, window.touched.stop)
    end = max(everyone) + 1
    found = {
        _told(actor, run, counts, everyone, quiet.whole)
        for actor, counts in by_actor.items()
        for run in _long_runs(counts, quiet.whole, end)
        if run.start < searched.stop and run.end > searched.start
    }
    return sorted(found, key=lambda one: (one.start, one.actor))


def _counted(patterns: Iterable[Pattern]) -> tuple[Counter[int], dict[str, Counter[int]]]:
    """The lines of each minute: of all, and of each service that has a name."""
    everyone: Counter[int] = Counter()
    by_actor: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for one in patterns:
        everyone.update(one.per_minute)
        if one.actor:
            by_actor[one.actor].update(one.per_minute)
    return everyone, by_actor


def _long_runs(counts: Mapping[int, int], ordinary: range, end: int) -> Iterator[_Run]:
    """The runs of empty minutes that are too long for a service that writes like this one; none if it is irregular."""
    lines = within(counts, ordinary)
    written = sum(minute in counts for minute in ordinary)
    if lines < FEWEST_LINES or written < REGULAR * len(ordinary):
        return
    shortest = max(SHORTEST, INTERVALS * len(ordinary) / lines)
    for earlier, later in pairwise([*sorted(counts), end]):
        if later - earlier - 1 >= shortest:
            yield _Run(earlier + 1, later, later < end)


def _told(
    actor: str, run: _Run, counts: Mapping[int, int], everyone: Mapping[int, int], ordinary: range
) -> Silence:
    if not within(everyone, range(run.start, run.end)):
        return Silence("", run.start, run.end, run.came_back, _why_hole(run))
    return Silence(actor, run.start, run.end, run.came_back, _why_silent(actor, run, counts, ordinary))


def _why_silent(actor: str, run: _Run, counts: Mapping[int, int], ordinary: range) -> str:
    rate = within(counts, ordinary) / len(ordinary)
    usual = f"{rate:,.0f} lines" if rate >= 1.5 else "one line"
    until = "" if run.came_back else ", when the log ends"
    return (
        f"{actor} had written about {usual} a minute, and wrote nothing from {minute_clock(run.start)} to "
        f"{minute_clock(run.end)} UTC ({run.end - run.start} min){until}, while other services did."
    )


def _why_hole(run: _Run) -> str:
    return (
        f"No service wrote a line from {minute_clock(run.start)} to {minute_clock(run.end)} UTC "
        f"({run.end - run.start} min). This part of the log may be missing: export it again to be sure."
    )
