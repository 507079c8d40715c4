"""The picture of one measured series: a line with its lowest and highest value and a time axis.

Pure: the same SVG stands on the page and in the PDF. It has a title and a description for those who do not see it, and
is drawn by classes and presentation attributes, since the content security policy forbids inline style.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from incidents.curves import Sample, in_figures, path, readable, scale, thinned
from incidents.lanes import ticks

MOST_SAMPLES = 600


class Size(NamedTuple):
    """How large a picture is and what it leaves free around the line, in pixels; ``apart`` is from label to label."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    apart: int

    @property
    def end(self) -> int:
        """Where the line ends on the right."""
        return self.width - self.right

    @property
    def ground(self) -> int:
        """Where the time axis lies."""
        return self.height - self.bottom


USUAL = Size("picture", 640, 160, left=12, right=84, top=14, bottom=28, apart=44)
SMALL = Size("picture picture-small", 380, 96, left=2, right=64, top=12, bottom=26, apart=40)


def draw(
    points: Iterable[Any],
    *,
    name: str,
    unit: str = "",
    at: datetime | None = None,
    key: str = "m",
    size: Size = USUAL,
) -> SafeString:
    """The series as one ``<svg>``; empty without a sample that can be drawn.

    ``points`` are ``[Unix seconds, value]``; ``at`` is the moment of the entry, drawn as a line; ``key`` keeps the ids
    of several pictures on one page apart.
    """
    samples = readable(points)
    if not samples:
        return mark_safe("")
    low, high = min(value for _at, value in samples), max(value for _at, value in samples)
    x = scale(samples[0][0], samples[-1][0], size.left, size.end)
    y = scale(low, high, size.ground, size.top)
    return format_html(
        '<svg class="figure {size}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-labelledby="picture-{key}-title picture-{key}-desc"><title id="picture-{key}-title">{name}</title>'
        '<desc id="picture-{key}-desc">{desc}</desc>{axis}{moment}{bounds}'
        '<path class="series" fill="none" d="{line}"/></svg>',
        size=size.name,
        w=size.width,
        h=size.height,
        key=key,
        name=name,
        desc=description(samples, unit),
        axis=_axis(samples, x, size),
        moment=_moment(at, samples, x, size),
        bounds=_bounds(low, high, unit, y, size),
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


def told(points: Iterable[Any], unit: str) -> str:
    """The description of a series as it comes; empty without a sample that can be drawn."""
    samples = readable(points)
    return description(samples, unit) if samples else ""


def _axis(samples: Sequence[Sample], x: Any, size: Size) -> SafeString:
    bottom = size.ground
    marks = [
        (place, bottom, place, bottom + 5, place, bottom + size.bottom - 9, _anchor(place, size), label)
        for place, label in _labels(samples, x, size)
    ]
    rule = format_html(
        '<line class="lane-rule" x1="{}" y1="{}" x2="{}" y2="{}"/>', size.left, bottom, size.end, bottom
    )
    return rule + format_html_join(
        "",
        '<line class="lane-tick" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="lane-time" x="{}" y="{}" text-anchor="{}">{}</text>',
        marks,
    )


def _labels(samples: Sequence[Sample], x: Any, size: Size) -> Iterator[tuple[float, str]]:
    """The moments of the axis that lie on it, far enough from each other to be read."""
    seconds = max(samples[-1][0] - samples[0][0], 60.0)
    free = 0.0
    for moment, label in ticks(_utc(samples[0][0]), seconds):
        place = round(x(moment.timestamp()), 1)
        if free <= place <= size.end + 1:
            free = place + size.apart
            yield place, label


def _anchor(place: float, size: Size) -> str:
    return "start" if place < size.left + 20 else "middle"


def _moment(at: datetime | None, samples: Sequence[Sample], x: Any, size: Size) -> SafeString:
    if at is None or not samples[0][0] <= at.timestamp() <= samples[-1][0]:
        return mark_safe("")
    place = round(x(at.timestamp()), 1)
    return format_html(
        '<line class="series-moment" x1="{}" y1="{}" x2="{}" y2="{}"/>',
        place,
        size.top - 6,
        place,
        size.ground,
    )


def _bounds(low: float, high: float, unit: str, y: Any, size: Size) -> SafeString:
    """The lowest and the highest value, each at its height."""
    values = [high] if low == high else [high, low]
    rows = [
        (size.left, round(y(one), 1), size.end, round(y(one), 1), size.end + 8, round(y(one) + 4, 1),
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
