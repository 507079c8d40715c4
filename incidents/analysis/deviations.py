"""Where a series or a log template leaves its ordinary range and stays out of it; robust to noise and to order.

The ordinary range is the median of the time before and a multiple of the median absolute deviation from it, so a few
wild values move nothing. A single wild value is not a deviation: two of three values in a row must be out of range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import isfinite
from statistics import median
from typing import NamedTuple

from incidents.analysis.measures import Measure, in_words, is_bad, measure_of
from incidents.analysis.observed import Line, Observed, Points, Ref, RefKind, Series, template_ref
from incidents.analysis.patterns import Pattern
from incidents.analysis.skeletons import skeleton
from incidents.analysis.windows import Window, clock, minute_clock, number, quiet_before, within
from incidents.analysis.wording import tells_harm

SPREADS = 6.0
CONSISTENT = 1.4826
LEAST_SHARE = 0.2
LEAST_SHARE_OF_HEALTH = 0.005
LONGEST_GAP = 15 * 60.0
STAYS, OF_POINTS = 2, 3
FEWEST_ORDINARY = 4
FEWEST_LINES = 10
MOST_STRENGTH = 1000.0
SURE = 3.0
_TROUBLE = frozenset({"error", "warning"})
_QUOTES = str.maketrans({"“": "‘", "”": "’", "«": "‹", "»": "›", '"': "'"})


class Ordinary(NamedTuple):
    """The range of a series before: its median, and how far from it is still ordinary."""

    middle: float
    reach: float


class Deviation(NamedTuple):
    """When something left its ordinary range.

    ``at`` is the first moment out of it and ``after`` the last one known to be ordinary (both Unix seconds), so the
    truth lies between. ``strength`` is how many times the ordinary reach it went, ``by`` the difference in the metric's
    own unit. ``is_failing`` says whether it is trouble and not just different.
    """

    service: str
    what: str
    measure: Measure
    at: float
    after: float
    strength: float
    by: float
    is_failing: bool
    ref: Ref
    why: str

    @property
    def within(self) -> float:
        """How exactly the moment is known, in seconds."""
        return self.at - self.after

    @property
    def is_sure(self) -> bool:
        return self.strength >= SURE and self.is_timed

    @property
    def is_text(self) -> bool:
        """Whether a text tells of it, and not a measurement."""
        return self.ref.kind != RefKind.SERIES

    @property
    def is_timed(self) -> bool:
        """Whether its begin lies in the record, so that it can be put in order with others."""
        return self.within <= LONGEST_GAP


def deviations(observed: Observed) -> list[Deviation]:
    """Everything that left its ordinary range before the alarm or after it, the first first."""
    baseline = baseline_of(observed)
    if baseline is None:
        return []
    found = [of_series(one, baseline) for one in observed.series]
    found += [of_pattern(one, baseline) for one in observed.patterns]
    found += of_lines(observed.lines, baseline)
    return sorted(
        (one for one in found if one), key=lambda one: (one.at, -one.strength, one.service, one.what)
    )


def baseline_of(observed: Observed) -> Window | None:
    """The declared ordinary time, else the quiet time before the incident; ``None`` when too little is on record.

    A few lines that somebody picked show nothing of what is usual.
    """
    if observed.usual is not None:
        return observed.usual
    starts = [at for one in observed.series for at, _ in one.points]
    starts += [one.first for one in observed.patterns]
    lines = [one.at for one in observed.lines]
    alarmed = observed.alarmed_at
    if not (starts or lines) or alarmed is None:
        return None
    found = quiet_before(alarmed, min((*starts, *lines)))
    if starts or found is None:
        return found
    return found if sum(found.start <= at < found.end for at in lines) >= FEWEST_LINES else None


def ordinary(values: Sequence[float], measure: Measure = Measure.OTHER) -> Ordinary:
    """Median, and six robust standard deviations or a share of the median, whichever is more.

    The share is a fifth; of a health, which stands near its full value, half a percent.
    """
    middle = median(values)
    spread = CONSISTENT * median(abs(value - middle) for value in values)
    share = LEAST_SHARE_OF_HEALTH if measure == Measure.HEALTH else LEAST_SHARE
    return Ordinary(middle, max(SPREADS * spread, share * abs(middle), 1e-9))


def clean(points: Points) -> Points:
    """In order of time, without what is no number and without a second value of one moment."""
    return tuple(
        sorted({at: value for at, value in sorted(points) if isfinite(at) and isfinite(value)}.items())
    )


def of_series(series: Series, baseline: Window) -> Deviation | None:
    """The first lasting departure of a series after the baseline."""
    points = clean(series.points)
    before = [value for at, value in points if baseline.start <= at < baseline.end]
    after = [(at, value) for at, value in points if at >= baseline.end]
    if len(before) < FEWEST_ORDINARY or not after:
        return None
    usual = ordinary(before, measure_of(series.metric))
    known = max(at for at, _ in points if baseline.start <= at < baseline.end)
    return _departure(series, usual, after, known)


def _departure(
    series: Series, usual: Ordinary, after: Sequence[tuple[float, float]], known: float
) -> Deviation | None:
    measure = measure_of(series.metric)
    out = [_side(value, usual) for _, value in after]
    place = next((at for at in range(len(out)) if _lasts(out, at)), None)
    if place is None:
        return None
    rises = out[place] > 0
    reached = [
        value for (_, value), side in zip(after[place:], out[place:], strict=True) if side == out[place]
    ]
    extreme = max(reached) if rises else min(reached)
    last = after[place - 1][0] if place else known
    by = extreme - usual.middle
    return Deviation(
        series.service, series.metric, measure, after[place][0], last,
        min(abs(by) / usual.reach, MOST_STRENGTH), by, is_bad(measure, rises), series.ref,
        _why_series(series, usual, extreme, after[place][0]),
    )  # fmt: skip


def _side(value: float, usual: Ordinary) -> int:
    """-1 below the ordinary, 1 above it, 0 inside."""
    away = value - usual.middle
    return 0 if abs(away) <= usual.reach else 1 if away > 0 else -1


def _lasts(out: Sequence[int], place: int) -> bool:
    """Whether it is out of range here and in one of the next two, to the same side; at the end, to the last."""
    here = out[place]
    if not here:
        return False
    ahead = out[place : place + OF_POINTS]
    return ahead.count(here) >= min(STAYS, len(ahead))


def _why_series(series: Series, usual: Ordinary, extreme: float, at: float) -> str:
    direction = "rose" if extreme > usual.middle else "fell"
    return (
        f"{in_words(series.metric)} of {series.service} {direction} from about {figure(usual.middle)} to "
        f"{figure(extreme)}, out of its ordinary range from {clock(at)} UTC on."
    )


def of_pattern(pattern: Pattern, baseline: Window) -> Deviation | None:
    """When a template that tells of trouble first came, or came far more often than before."""
    if pattern.level not in _TROUBLE and not tells_harm(pattern.template):
        return None
    before = within(pattern.per_minute, baseline.whole)
    found = _new(pattern, baseline) if not before else _more(pattern, baseline)
    if found is None:
        return None
    at, after, strength = found
    measure = Measure.LATENCY if "slow" in pattern.template.casefold() else Measure.ERRORS
    return Deviation(
        pattern.actor, pattern.template, measure, at, after, strength, float(pattern.count - before), True,
        template_ref(pattern), _why_pattern(pattern, before, at),
    )  # fmt: skip


def _new(pattern: Pattern, baseline: Window) -> tuple[float, float, float] | None:
    """Of a template that the baseline lacks, its first line; a line of before the baseline says that it is not news."""
    if pattern.first < baseline.whole.stop * 60:
        return None
    return pattern.first, pattern.first, min(float(pattern.count), MOST_STRENGTH)


def _more(pattern: Pattern, baseline: Window) -> tuple[float, float, float] | None:
    """The first minute after the baseline that is above the ordinary and not alone in that."""
    usual = ordinary([float(pattern.per_minute.get(minute, 0)) for minute in baseline.whole])
    limit = max(usual.middle + usual.reach, 2.0)
    high = {minute for minute, count in pattern.per_minute.items() if count > limit}
    lasting = (
        minute
        for minute in sorted(high)
        if minute >= baseline.whole.stop and len(high & set(range(minute, minute + OF_POINTS))) >= STAYS
    )
    minute = next(lasting, None)
    if minute is None:
        return None
    most = max(pattern.per_minute[one] for one in high)
    return minute * 60.0, (minute - 1) * 60.0, min(most / limit, MOST_STRENGTH)


def _why_pattern(pattern: Pattern, before: int, at: float) -> str:
    who = f"{pattern.actor} wrote" if pattern.actor else "The log says"
    if not before:
        return (
            f"{who} “{shortened(pattern.template)}” first at {clock(at)} UTC, {number(pattern.count)} in all."
        )
    return (
        f"{who} “{shortened(pattern.template)}” more often than before from {minute_clock(int(at // 60))} UTC on "
        f"({number(pattern.count)} in all, {number(before)} of them in the quiet time before)."
    )


def of_lines(lines: Iterable[Line], baseline: Window) -> list[Deviation | None]:
    """The first line of each sort that tells of trouble and that the baseline has not."""
    alike: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in sorted(lines):
        alike[line.service, skeleton(line.text)].append(line)
    return [_first_of(group, baseline) for group in alike.values()]


def _first_of(group: Sequence[Line], baseline: Window) -> Deviation | None:
    first = group[0]
    if not first.is_trouble or first.at < baseline.end:
        return None
    who = f"{first.service} wrote" if first.service else "The log says"
    again = f" and {number(len(group) - 1)} more alike" if len(group) > 1 else ""
    why = f"{who} “{shortened(first.text)}” at {clock(first.at)} UTC{again}."
    return Deviation(
        first.service, first.text, Measure.ERRORS, first.until, first.at, float(len(group)), float(len(group)), True,
        first.ref, why,
    )  # fmt: skip


def shortened(text: str, most: int = 120) -> str:
    """One line of at most so many characters; its quotation marks become single, so that it cannot end a quotation."""
    line = " ".join(text.split()).translate(_QUOTES)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def figure(value: float) -> str:
    """``4,120``, ``0.71``, ``3.9``: three telling digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def failing(found: Iterable[Deviation]) -> list[Deviation]:
    """Those that are trouble of a service that has a name."""
    return [one for one in found if one.is_failing and one.service]
