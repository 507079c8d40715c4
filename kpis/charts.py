"""One small line chart as SVG: classes only, a title, a description, and labels that keep clear of each other.

The same drawing goes into the page and the PDF. Coordinates are in user units of a 360 by 150 view box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 360.0, 150.0
LEFT, RIGHT, TOP, BOTTOM = 4.0, 64.0, 12.0, 22.0
LABEL_GAP = 13.0


@dataclass(frozen=True)
class Point:
    """One month: its label, its value and the band around it; None where there is nothing to show."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Mark:
    """A horizontal line with a label: the baseline, or the present value."""

    name: str
    value: float
    text: str


def spread_labels(wanted: Sequence[float], gap: float, least: float, most: float) -> list[float]:
    """Positions as near as possible to the wanted ones, at least ``gap`` apart and inside ``least`` to ``most``.

    The order of the wanted positions is kept. Pushes down from the top, then up from the bottom.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor = least
    for index in order:
        placed[index] = max(wanted[index], floor)
        floor = placed[index] + gap
    ceiling = most
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def line_chart(
    *, key: str, title: str, description: str, points: Sequence[Point], marks: Sequence[Mark]
) -> SafeString:
    """Draw the series with its band and marks; ``key`` makes the ids unique on a page."""
    scale = _scale(points, marks)
    step = (WIDTH - LEFT - RIGHT) / max(len(points) - 1, 1)

    def x(index: int) -> float:
        return LEFT + step * index

    return format_html(
        '<svg class="figure chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}{}{}</svg>',
        f"{WIDTH:g}",
        f"{HEIGHT:g}",
        *(key, key, key, title, key, description),
        _band(points, x, scale),
        _line(points, x, scale),
        _dots(points, x, scale),
        _marks(marks, scale),
        _months(points, x),
    )


def _scale(points: Sequence[Point], marks: Sequence[Mark]) -> Callable[[float], float]:
    values = [
        value for point in points for value in (point.value, point.low, point.high) if value is not None
    ]
    values += [mark.value for mark in marks]
    low, high = min(values, default=0.0), max(values, default=1.0)
    low = min(low, 0.0) if low < high * 0.5 else low
    room = (high - low) or 1.0

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / room), 1)

    return y


def _band(points: Sequence[Point], x: Callable[[int], float], y: Callable[[float], float]) -> SafeString:
    edges = [(i, point.low, point.high) for i, point in enumerate(points) if point.low is not None]
    if len(edges) < 2:
        return SafeString("")
    upper = [f"{x(i):.1f},{y(high)}" for i, _, high in edges if high is not None]
    lower = [f"{x(i):.1f},{y(low)}" for i, low, _ in reversed(edges) if low is not None]
    return format_html('<polygon class="chart-band" points="{}"/>', " ".join(upper + lower))


def _line(points: Sequence[Point], x: Callable[[int], float], y: Callable[[float], float]) -> SafeString:
    runs: list[list[str]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x(index):.1f},{y(point.value)}")
    return format_html_join(
        "",
        '<polyline class="chart-line" fill="none" points="{}"/>',
        ((" ".join(run),) for run in runs if len(run) > 1),
    )


def _dots(points: Sequence[Point], x: Callable[[int], float], y: Callable[[float], float]) -> SafeString:
    shown = [(index, point) for index, point in enumerate(points) if point.value is not None]
    return format_html_join(
        "",
        '<circle class="chart-dot{}" cx="{}" cy="{}" r="{}"/>',
        (
            (
                " chart-dot-last" if (index, point) == shown[-1] else "",
                f"{x(index):.1f}",
                y(point.value or 0.0),
                3,
            )
            for index, point in shown
        ),
    )


def _marks(marks: Sequence[Mark], y: Callable[[float], float]) -> SafeString:
    heights = [y(mark.value) for mark in marks]
    labels = spread_labels([height + 4 for height in heights], LABEL_GAP, TOP, HEIGHT - BOTTOM)
    right = WIDTH - RIGHT
    return format_html_join(
        "",
        '<line class="chart-mark chart-mark-{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="chart-label chart-label-{}" x="{}" y="{}">{}</text>',
        (
            (
                mark.name,
                LEFT,
                f"{right:g}",
                height,
                height,
                mark.name,
                f"{right + 5:g}",
                f"{label:.1f}",
                mark.text,
            )
            for mark, height, label in zip(marks, heights, labels, strict=True)
        ),
    )


def _months(points: Sequence[Point], x: Callable[[int], float]) -> SafeString:
    if not points:
        return SafeString("")
    ends = {0: "start", len(points) - 1: "end"}
    return format_html_join(
        "",
        '<text class="chart-month" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (f"{x(index):.1f}", f"{HEIGHT - 5:g}", anchor, points[index].label)
            for index, anchor in ends.items()
        ),
    )


def bar(share: float, *, tone: str) -> SafeString:
    """A horizontal bar of 0 to 1 of its width; decorative, because the number stands beside it."""
    return format_html(
        '<svg class="bar bar-{}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect x="0" y="0" width="{}" height="8" rx="1"/></svg>',
        tone,
        round(max(1.0, min(share, 1.0) * 100), 1),
    )
