"""Swim lanes: the chronology as a drawing, one lane for each sort of fact, the incident's phases behind them.

Pure: the same SVG stands on the page and in the PDF. Everything is drawn by classes and presentation attributes, since
the content security policy forbids inline style. Marks that would overlap become one mark that names its count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from incidents.curves import Sample, in_figures, path, scale, thinned
from incidents.enums import Lane, MilestoneKind

WIDTH, LEFT, RIGHT = 960, 96, 16
INNER = WIDTH - LEFT - RIGHT - 16
TOP, ROW, BOTTOM = 28, 30, 30
STRIP = 40
BIN = 9.0
BINS = int(INNER / BIN)
MOST_TICKS = 9
STEPS = [
    *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12)),
    *(timedelta(days=days) for days in (1, 2, 7, 14, 30, 90, 365)),
]
PHASES: tuple[tuple[MilestoneKind, str, str], ...] = (
    (MilestoneKind.IMPACT_STARTED, "Undetected", "impact"),
    (MilestoneKind.DETECTED, "Triage", "diagnosis"),
    (MilestoneKind.ACKNOWLEDGED, "Mitigation", "mitigation"),
    (MilestoneKind.MITIGATED, "Recovery", "recovery"),
)

# Each shape in a box of 12 by 12 around its center, so that no lane rests on color alone.
_TRIANGLE = "M0 -5.5 5.5 5H-5.5z"
_DIAMOND = "M0 -6 6 0 0 6-6 0z"
_SQUARE = "M-4.5 -4.5h9v9h-9z"
_CIRCLE = "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"
_BAR = "M-2 -5.5h4v11h-4z"
_CROSS = "M-1.8 -5.5h3.6v3.7h3.7v3.6h-3.7v3.7h-3.6v-3.7h-3.7v-3.6h3.7z"
SHAPES: dict[str, str] = {
    Lane.ALERT: _TRIANGLE,
    Lane.CHANGE: _DIAMOND,
    Lane.STATUS: _SQUARE,
    Lane.CHAT: _CIRCLE,
    Lane.ACTION: _CROSS,
    Lane.LOG: _BAR,
    Lane.METRIC: "M0 -6 5.7 -1.8 3.5 4.9-3.5 4.9-5.7 -1.8z",
    Lane.STATEMENT: "M-5.5 -4.5h11v7h-6l-3 3v-3h-2z",
}


class Point(NamedTuple):
    """One entry in the drawing, or several of a lane that lie close together: ``size`` of them until ``until``."""

    lane: str
    at: datetime
    number: int
    size: int = 1
    until: datetime | None = None

    @property
    def last(self) -> datetime:
        return self.until or self.at


class Phase(NamedTuple):
    """A stretch between two milestones; ``kind`` is the last part of its class."""

    label: str
    kind: str
    start: datetime
    end: datetime


class Window(NamedTuple):
    """The stretch of time that is drawn."""

    start: datetime
    end: datetime


class Series(NamedTuple):
    """A measured series, drawn as a thin line under the lanes."""

    name: str
    samples: Sequence[Sample]


class _Scale(NamedTuple):
    start: datetime
    seconds: float

    def x(self, moment: datetime) -> float:
        share = (moment - self.start).total_seconds() / self.seconds
        return round(LEFT + 8 + share * INNER, 1)


def draw(
    points: Sequence[Point],
    milestones: Mapping[MilestoneKind, datetime],
    *,
    title: str,
    window: Window | None = None,
    series: Sequence[Series] = (),
) -> SafeString:
    """The drawing as one ``<svg>``; empty without points. ``points`` come in order of time.

    With a ``window`` just that stretch is drawn, empty or not, and the drawing says which, so that a part of it can be
    chosen by pointing.
    """
    if not points and window is None:
        return mark_safe("")
    used = [lane for lane in Lane if any(point.lane == lane for point in points)]
    scale = _of_window(window) if window else _scale(points, milestones)
    end = scale.start + timedelta(seconds=scale.seconds)
    stretches = _cut(phases(milestones), scale.start, end)
    bottom = TOP + ROW * max(len(used), 1) + STRIP * len(series)
    return format_html(
        '<svg class="figure lanes" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-labelledby="lanes-title lanes-desc"{zoom}><title id="lanes-title">{title}</title>'
        '<desc id="lanes-desc">{desc}</desc>{phases}{ticks}{lanes}{series}</svg>',
        w=WIDTH,
        h=bottom + BOTTOM,
        title=title,
        zoom=_zoomable(window) if window else "",
        desc=_description(points, used, milestones),
        phases=_phases(stretches, scale, bottom + BOTTOM),
        ticks=_ticks(scale, bottom + BOTTOM),
        lanes=_lanes(points, used, scale),
        series=_strips(series, scale, bottom - STRIP * len(series)),
    )


def shape(lane: str) -> SafeString:
    """The lane's mark as a small picture, for rows and legends."""
    return format_html(
        '<svg class="lane-shape mark-{}" viewBox="-6 -6 12 12" role="img" aria-label="{}"><path d="{}"/></svg>',
        lane,
        Lane(lane).label,
        SHAPES[lane],
    )


def phases(milestones: Mapping[MilestoneKind, datetime]) -> list[Phase]:
    """The stretches between milestones that are set and in their proper order; a missing one joins its neighbors."""
    named = {kind: (label, name) for kind, label, name in PHASES}
    reached = [(kind, milestones[kind]) for kind in MilestoneKind if kind in milestones]
    return [
        Phase(*named[kind], start, end) for (kind, start), (_next, end) in pairwise(reached) if start < end
    ]


def _of_window(window: Window) -> _Scale:
    return _Scale(window.start, max((window.end - window.start).total_seconds(), 60.0))


def _zoomable(window: Window) -> SafeString:
    """What a script needs to turn a place in the drawing into a time: the ends, and where they lie."""
    return format_html(
        ' data-zoom data-from="{}" data-to="{}" data-left="{}" data-width="{}"',
        window.start.astimezone(UTC).isoformat(),
        window.end.astimezone(UTC).isoformat(),
        LEFT + 8,
        INNER,
    )


def _cut(stretches: Iterable[Phase], start: datetime, end: datetime) -> Iterator[Phase]:
    """The phases as far as they lie in what is drawn."""
    for phase in stretches:
        if phase.end > start and phase.start < end:
            yield phase._replace(start=max(phase.start, start), end=min(phase.end, end))


def _strips(series: Sequence[Series], along: _Scale, top: int) -> SafeString:
    """Each series as a line in a strip of its own, with its highest and lowest value."""
    drawn = []
    for place, one in enumerate(series):
        values = [value for _at, value in one.samples]
        low, high = min(values), max(values)
        upper, lower = top + STRIP * place + 6, top + STRIP * (place + 1) - 6
        first = along.start.timestamp()
        line = path(
            thinned(one.samples, BINS * 4),
            lambda at, first=first: LEFT + 8 + (at - first) / along.seconds * INNER,  # type: ignore[misc]
            scale(low, high, lower, upper),
        )
        told = f"{one.name}: {in_figures(low)} to {in_figures(high)}"
        drawn.append((LEFT, lower + 6, WIDTH - RIGHT, lower + 6, LEFT - 12, (upper + lower) // 2 + 4,
                      one.name if len(one.name) < 15 else f"{one.name[:13]}…", line, told))  # fmt: skip
    return format_html_join(
        "",
        '<line class="lane-rule" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="lane-series-name" x="{}" y="{}" text-anchor="end">{}</text>'
        '<path class="series" fill="none" d="{}"><title>{}</title></path>',
        drawn,
    )


def _scale(points: Sequence[Point], milestones: Mapping[MilestoneKind, datetime]) -> _Scale:
    moments = [points[0].at, max(point.last for point in points), *milestones.values()]
    start, end = min(moments), max(moments)
    return _Scale(start, max((end - start).total_seconds(), 60.0))


def _phases(stretches: Iterable[Phase], scale: _Scale, height: int) -> SafeString:
    bottom = height - BOTTOM
    boxes = []
    for phase in stretches:
        left, right = scale.x(phase.start), scale.x(phase.end)
        width = round(max(right - left, 1.5), 1)
        written = phase.label if width > 7 * len(phase.label) + 12 else ""
        box = (phase.kind, left, TOP - 4, width, bottom - TOP + 4, phase.label)
        boxes.append((*box, left + 6, TOP - 12, written))
    return format_html_join(
        "",
        '<rect class="phase-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
        '<text class="lane-phase-label" x="{}" y="{}">{}</text>',
        boxes,
    )


def _ticks(scale: _Scale, height: int) -> SafeString:
    bottom = height - BOTTOM
    rows = []
    for moment, label in ticks(scale.start, scale.seconds):
        x = scale.x(moment)
        anchor = "end" if x > WIDTH - 60 else "middle"
        rows.append((x, bottom, x, bottom + 5, x, bottom + 19, anchor, label))
    return format_html_join(
        "",
        '<line class="lane-tick" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="lane-time" x="{}" y="{}" text-anchor="{}">{}</text>',
        rows,
    )


def ticks(start: datetime, seconds: float) -> Iterator[tuple[datetime, str]]:
    """Round moments inside the stretch with their labels, at most ``MOST_TICKS`` of them and at least one."""
    step = next((step for step in STEPS if seconds / step.total_seconds() <= MOST_TICKS - 1), STEPS[-1])
    midnight = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * -(-(start - midnight) // step)
    end = start + timedelta(seconds=seconds)
    day = start.astimezone(UTC).date()
    for count in range(MOST_TICKS + 1):
        moment = first + step * count
        if moment > end:
            break
        dated = step >= timedelta(days=1) or moment.date() != day
        day = moment.date()
        yield moment, f"{moment.day} {moment:%b}" if dated else f"{moment:%H:%M}"


def _lanes(points: Sequence[Point], used: Sequence[Lane], scale: _Scale) -> SafeString:
    drawn = []
    for row, lane in enumerate(used):
        y = TOP + ROW * row + ROW // 2
        marks = _marks([point for point in points if point.lane == lane], lane, y, scale)
        drawn.append((LEFT, y, WIDTH - RIGHT, y, LEFT - 12, y + 4, lane.label, marks))
    return format_html_join(
        "",
        '<line class="lane-rule" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="lane-label" x="{}" y="{}" text-anchor="end">{}</text>{}',
        drawn,
    )


def _marks(points: Sequence[Point], lane: Lane, y: int, scale: _Scale) -> SafeString:
    """One mark for each stretch of ``BIN`` units that holds points, larger and counted when it holds several."""
    marks = []
    for x, together in _binned(points, scale):
        count = sum(point.size for point in together)
        scale_by = 1.0 if count == 1 else min(1.15 + count / 60, 1.7)
        marks.append((f"mark-{lane}", x, y, round(scale_by, 2), SHAPES[lane], _told(together)))
    return format_html_join(
        "", '<path class="{}" transform="translate({} {}) scale({})" d="{}"><title>{}</title></path>', marks
    )


def _binned(points: Sequence[Point], scale: _Scale) -> Iterator[tuple[float, list[Point]]]:
    together: list[Point] = []
    left = 0.0
    for point in points:
        x = scale.x(point.at)
        if together and x - left < BIN:
            together.append(point)
            continue
        if together:
            yield left, together
        together, left = [point], x
    if together:
        yield left, together


def _told(together: Sequence[Point]) -> str:
    first, last = together[0], together[-1]
    count = sum(point.size for point in together)
    if count == 1:
        return f"E{first.number}, {first.at.astimezone(UTC):%H:%M} UTC"
    return f"{count} entries, {first.at.astimezone(UTC):%H:%M} to {last.last.astimezone(UTC):%H:%M} UTC"


def _description(
    points: Sequence[Point], used: Sequence[Lane], milestones: Mapping[MilestoneKind, datetime]
) -> str:
    counts = ", ".join(
        f"{lane.label} {sum(point.size for point in points if point.lane == lane)}" for lane in used
    )
    reached = [f"{kind.label} {_moment(milestones[kind])}" for kind in MilestoneKind if kind in milestones]
    if not points:
        return "No entry lies in this stretch."
    last = _moment(max(point.last for point in points))
    span = f"From {_moment(points[0].at)} to {last} UTC. Entries by lane: {counts}."
    return f"{span} Milestones: {', '.join(reached)}." if reached else span


def _moment(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y %H:%M}"
