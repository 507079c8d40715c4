"""The picture of one measured series: a line with its lowest and highest value and a time axis.

Pure: the same SVG stands on the page and in the PDF. It has a title and a description for those who do not see it, and
is drawn by classes and presentation attributes, since the content security policy forbids inline style.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from incidents.curves import Sample, in_figures, path, readable, scale, thinned
from incidents.lanes import ticks

WIDTH, HEIGHT = 640, 160
LEFT, RIGHT, TOP, BOTTOM = 12, 84, 14, 28
MOST_SAMPLES = 600


def draw(
    points: Iterable[Any], *, name: str, unit: str = "", at: datetime | None = None, key: str = "m"
) -> SafeString:
    """The series as one ``<svg>``; empty without a sample that can be drawn.

    ``points`` are ``[Unix seconds, value]``; ``at`` is the moment of the entry, drawn as a line; ``key`` keeps the ids
    of several pictures on one page apart.
    """
    samples = readable(points)
    if not samples:
        return mark_safe("")
    low, high = min(value for _at, value in samples), max(value for _at, value in samples)
    x = scale(samples[0][0], samples[-1][0], LEFT, WIDTH - RIGHT)
    y = scale(low, high, HEIGHT - BOTTOM, TOP)
    return format_html(
        '<svg class="figure picture" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-labelledby="picture-{key}-title picture-{key}-desc"><title id="picture-{key}-title">{name}</title>'
        '<desc id="picture-{key}-desc">{desc}</desc>{axis}{moment}{bounds}'
        '<path class="series" fill="none" d="{line}"/></svg>',
        w=WIDTH,
        h=HEIGHT,
        key=key,
        name=name,
        desc=description(samples, unit),
        axis=_axis(samples, x),
        moment=_moment(at, samples, x),
        bounds=_bounds(low, high, unit, y),
        line=path(thinned(samples, MOST_SAMPLES), x, y),
    )


def description(samples: Sequence[Sample], unit: str) -> str:
    """The picture in one sentence: from when to when, the lowest, the highest and the last value."""
    low, high = min(samples, key=lambda one: one[1]), max(samples, key=lambda one: one[1])
    return (
        f"{len(samples)} samples from {_told(samples[0][0])} to {_told(samples[-1][0])} UTC. "
        f"Lowest {_valued(low[1], unit)} at {_told(low[0])}, highest {_valued(high[1], unit)} at {_told(high[0])}, "
        f"last {_valued(samples[-1][1], unit)}."
    )


def _axis(samples: Sequence[Sample], x: Any) -> SafeString:
    start, bottom = _utc(samples[0][0]), HEIGHT - BOTTOM
    seconds = max(samples[-1][0] - samples[0][0], 60.0)
    marks = [
        (place, bottom, place, bottom + 5, place, bottom + 19, _anchor(place), label)
        for moment, label in ticks(start, seconds)
        if (place := round(x(moment.timestamp()), 1)) <= WIDTH - RIGHT + 1
    ]
    rule = format_html(
        '<line class="lane-rule" x1="{}" y1="{}" x2="{}" y2="{}"/>', LEFT, bottom, WIDTH - RIGHT, bottom
    )
    return rule + format_html_join(
        "",
        '<line class="lane-tick" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="lane-time" x="{}" y="{}" text-anchor="{}">{}</text>',
        marks,
    )


def _anchor(place: float) -> str:
    return "start" if place < LEFT + 20 else "end" if place > WIDTH - RIGHT - 12 else "middle"


def _moment(at: datetime | None, samples: Sequence[Sample], x: Any) -> SafeString:
    if at is None or not samples[0][0] <= at.timestamp() <= samples[-1][0]:
        return mark_safe("")
    place = round(x(at.timestamp()), 1)
    return format_html(
        '<line class="series-moment" x1="{}" y1="{}" x2="{}" y2="{}"/>',
        place,
        TOP - 6,
        place,
        HEIGHT - BOTTOM,
    )


def _bounds(low: float, high: float, unit: str, y: Any) -> SafeString:
    """The lowest and the highest value, each at its height."""
    values = [high] if low == high else [high, low]
    rows = [
        (LEFT, round(y(one), 1), WIDTH - RIGHT, round(y(one), 1), WIDTH - RIGHT + 8, round(y(one) + 4, 1),
         _valued(one, unit))
        for one in values
    ]  # fmt: skip
    return format_html_join(
        "",
        '<line class="series-bound" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="lane-time" x="{}" y="{}">{}</text>',
        rows,
    )


def _valued(value: float, unit: str) -> str:
    return f"{in_figures(value)} {unit}".strip() if unit != "%" else f"{in_figures(value)}%"


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _told(seconds: float) -> str:
    at = _utc(seconds)
    return f"{at.day} {at:%b %H:%M}"
