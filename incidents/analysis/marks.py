"""Which patterns of a log stand out against its baseline, and why, so that few of them become entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from incidents.analysis.patterns import OTHER_LINES, Pattern
from incidents.analysis.windows import (
    SHORTEST_BASELINE,
    Window,
    clock,
    minute_clock,
    number,
    quiet_before,
    times,
    within,
)
from incidents.enums import PatternMark

MOST_MARKED = 12
MORE_FREQUENT = 4.0
SURE = 4.0
FEWEST = 5
BURST = 5

_LEVELS = {"error": 0, "warning": 1}
_MARKS = {PatternMark.NEW: 0, PatternMark.MORE: 1, PatternMark.ERROR: 2}
_KINDS = {"error": "An error", "warning": "A warning"}


@dataclass(frozen=True, slots=True)
class Marked:
    """A pattern that stands out; ``count`` is how many of its lines fall into the window."""

    pattern: Pattern
    mark: PatternMark
    why: str
    count: int


class Marks(NamedTuple):
    """What stands out, the most telling first; ``left_out`` more did too, and ``note`` says with what was compared."""

    marked: tuple[Marked, ...]
    left_out: int
    baseline: Window | None
    note: str


class _Comparison(NamedTuple):
    window: Window
    baseline: Window

    @property
    def span(self) -> str:
        """The baseline in words: ``10:00 to 11:00 UTC``."""
        minutes = self.baseline.whole
        return f"{minute_clock(minutes.start)} to {minute_clock(minutes.stop)} UTC"


def mark(
    patterns: Sequence[Pattern], window: Window, baseline: Window | None = None, most: int = MOST_MARKED
) -> Marks:
    """Mark what is new or much more frequent in ``window`` than in ``baseline``.

    ``window.start`` is the start of the incident (impact, else the first alert). Without a declared baseline the log
    before it serves as one; when that is shorter than five minutes, errors and warnings are all that is marked.
    """
    compared = _compared(patterns, window, baseline)
    found = _against(patterns, compared) if compared else _troubles(patterns, window)
    ranked = sorted(found, key=_rank)
    left_out = max(len(ranked) - most, 0)
    note = _compared_note(compared) if compared else _no_baseline(baseline)
    return Marks(tuple(ranked[:most]), left_out, compared and compared.baseline, note + _left_out(left_out))


def surely_more(count: int, before: int, share: float) -> bool:
    """Whether ``count`` events are at least four times what ``before`` lead to expect, and not by chance.

    ``share`` is the length of the counted span as a multiple of the one before. Two Poisson rates are compared by their
    square roots (Huffman 1984): the difference must be four standard errors, and there must be five events.
    """
    if count < FEWEST or count < MORE_FREQUENT * before * share:
        return False
    score = 2 * (sqrt(count + 3 / 8) - sqrt((before + 3 / 8) * share)) / sqrt(1 + share)
    return score >= SURE


def _rank(marked: Marked) -> tuple[int, int, int, float, str]:
    pattern = marked.pattern
    level = _LEVELS.get(pattern.level, 2)
    return level, _MARKS[marked.mark], -marked.count, pattern.first, pattern.template


def _compared(patterns: Sequence[Pattern], window: Window, declared: Window | None) -> _Comparison | None:
    """The two windows, cut to what the log covers; ``None`` when too little lies before."""
    if not patterns:
        return None
    log = Window(min(one.first for one in patterns) // 60 * 60, max(one.last for one in patterns) + 1)
    baseline = _cut(declared, log) if declared else quiet_before(window.start, log.start)
    if baseline is None or baseline.length < SHORTEST_BASELINE or not _has_lines(patterns, baseline):
        return None
    start = window.start if declared else baseline.end
    return _Comparison(Window(start, max(min(window.end, log.end), start + 60)), baseline)


def _has_lines(patterns: Iterable[Pattern], window: Window) -> bool:
    return any(within(one.per_minute, window.whole) for one in patterns)


def _cut(window: Window, log: Window) -> Window:
    return Window(max(window.start, log.start), min(window.end, log.end))


def _against(patterns: Iterable[Pattern], compared: _Comparison) -> list[Marked]:
    found = [_mark_one(pattern, compared) for pattern in patterns]
    return [marked for marked in found if marked is not None]


def _mark_one(pattern: Pattern, compared: _Comparison) -> Marked | None:
    count = within(pattern.per_minute, compared.window.touched)
    before = within(pattern.per_minute, compared.baseline.whole)
    if not count:
        return None
    if not before and pattern.template != OTHER_LINES:
        return Marked(pattern, PatternMark.NEW, _why_new(pattern, count, compared), count)
    why = _why_more(count, before, compared) or _why_burst(pattern.per_minute, compared)
    return Marked(pattern, PatternMark.MORE, why, count) if why else None


def _why_new(pattern: Pattern, count: int, compared: _Comparison) -> str:
    if count < pattern.count:
        elsewhere = number(pattern.count - count)
        return f"Not in the baseline ({compared.span}), {times(count)} in the window and {elsewhere} outside of both."
    first = clock(pattern.first)
    if count == 1:
        return f"New: seen once, at {first} UTC."
    return f"New: first seen at {first} UTC, {times(count)} until {clock(pattern.last, pattern.first)}."


def _why_more(count: int, before: int, compared: _Comparison) -> str:
    minutes, earlier = len(compared.window.touched), len(compared.baseline.whole)
    if not before or not surely_more(count, before, minutes / earlier):
        return ""
    now, then = 60 * count / minutes, 60 * before / earlier
    return (
        f"{_rounded(now / then)} times as frequent as in the baseline ({compared.span}): "
        f"{_rounded(now)} instead of {_rounded(then)} an hour."
    )


def _why_burst(per_minute: Mapping[int, int], compared: _Comparison) -> str:
    """A burst may vanish in the mean of a long window: compare the busiest five minutes of both."""
    count, start = _busiest(per_minute, compared.window.touched)
    before, _ = _busiest(per_minute, compared.baseline.whole)
    if not surely_more(count, before, 1):
        return ""
    return (
        f"{times(count).capitalize()} in the five minutes from {minute_clock(start)} UTC on, and never more than "
        f"{number(before)} in five minutes of the baseline ({compared.span})."
    )


def _busiest(per_minute: Mapping[int, int], minutes: range) -> tuple[int, int]:
    """The most that five minutes hold, and the first of these minutes."""
    starts = (minute for minute in per_minute if minute in minutes)
    sums = ((within(per_minute, range(start, min(start + BURST, minutes.stop))), -start) for start in starts)
    count, start = max(sums, default=(0, 0))
    return count, -start


def _troubles(patterns: Iterable[Pattern], window: Window) -> list[Marked]:
    """Errors and warnings of the window, when there is nothing to compare with."""
    counted = ((one, within(one.per_minute, window.touched)) for one in patterns if one.level in _LEVELS)
    return [Marked(one, PatternMark.ERROR, _why_error(one), count) for one, count in counted if count]


def _why_error(pattern: Pattern) -> str:
    kind = _KINDS[pattern.level]
    if pattern.count == 1:
        return f"{kind}, seen once, at {clock(pattern.first)} UTC; there is no baseline to compare it with."
    span = f"from {clock(pattern.first)} to {clock(pattern.last, pattern.first)} UTC"
    return f"{kind}, {times(pattern.count)} {span}; there is no baseline to compare it with."


def _compared_note(compared: _Comparison) -> str:
    return f"Compared with the log from {compared.span}."


def _no_baseline(declared: Window | None) -> str:
    lacking = (
        "the log covers less than five minutes of the declared baseline"
        if declared
        else "the log covers too little of the time before the incident started"
    )
    return (
        f"There was no baseline: {lacking}, so only errors and warnings are marked. "
        "Upload the log of an ordinary hour too to see what is new."
    )


def _left_out(count: int) -> str:
    if not count:
        return ""
    return f" {number(count)} more {'pattern stands' if count == 1 else 'patterns stand'} out less and stayed unmarked."


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")
