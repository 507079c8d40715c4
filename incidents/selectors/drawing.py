"""Milestones and the swim lanes of a chronology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min
from django.utils.safestring import SafeString

from incidents import lanes
from incidents.chronology import contradictions
from incidents.curves import Sample, readable
from incidents.enums import Lane, MilestoneKind
from incidents.models import Entry, Incident, Measured, Milestone

SHAPES = {lane.value: lanes.shape(lane) for lane in Lane}
MOST_SERIES = 3
_POINTS = """
WITH span AS (SELECT %(start)s::timestamptz AS start, %(seconds)s::float8 / %(bins)s AS width)
SELECT lane, min(at) AS first, min(number), count(*), max(at)
FROM incidents_entry, span
WHERE incident_id = %(incident)s AND NOT hidden AND folded_into_id IS NULL
    AND at BETWEEN %(start)s AND %(end)s
GROUP BY lane, floor(extract(epoch FROM at - start)::float8 / width)
ORDER BY first, min(number)
"""


def milestone_times(incident: Incident) -> dict[MilestoneKind, datetime]:
    """The time of each milestone that is set: always that of its entry as it stands now."""
    rows = Milestone.objects.filter(incident=incident).values_list("kind", "entry__at")
    return {MilestoneKind(kind): at for kind, at in rows}


def milestone_rows(incident: Incident) -> list[dict[str, Any]]:
    """All five milestones in order, each with the entry it rests on or nothing."""
    set_ones = {
        row.kind: row.entry for row in Milestone.objects.filter(incident=incident).select_related("entry")
    }
    rows = []
    for kind in MilestoneKind:
        entry = set_ones.get(kind.value)
        at = moment_in_words(entry.at) if entry else ""
        rows.append({"kind": kind.value, "label": kind.label, "entry": entry, "at": at})
    return rows


def milestone_contradictions(incident: Incident) -> list[str]:
    """Sentences about milestones that stand in the wrong order."""
    return contradictions(milestone_times(incident))


def span_of(incident: Incident, times: Mapping[MilestoneKind, datetime]) -> lanes.Window | None:
    """From the first to the last of what is shown and of the milestones; nothing for an empty chronology."""
    ends = Entry.objects.filter(incident=incident).shown().aggregate(first=Min("at"), last=Max("at"))
    if ends["first"] is None:
        return None
    moments = [ends["first"], ends["last"], *times.values()]
    return lanes.Window(min(moments), max(moments))


def swim_lanes(incident: Incident, times: Mapping[MilestoneKind, datetime] | None = None) -> SafeString:
    """The drawing of everything that is shown; empty for an empty chronology."""
    times = milestone_times(incident) if times is None else times
    window = span_of(incident, times)
    if window is None:
        return lanes.draw([], {}, title="")
    return draw_lanes(incident, lane_points(incident, window), times, window)


def draw_lanes(
    incident: Incident,
    points: Sequence[lanes.Point],
    times: Mapping[MilestoneKind, datetime],
    window: lanes.Window,
    series: Sequence[lanes.Series] = (),
) -> SafeString:
    """The drawing of points that were read already."""
    title = f"Chronology of {incident.reference} by lane"
    return lanes.draw(points, times, title=title, window=window, series=series)


def lane_points(incident: Incident, window: lanes.Window) -> list[lanes.Point]:
    """What is shown, gathered by the database into as many stretches of each lane as a drawing can tell apart."""
    values: dict[str, Any] = {
        "incident": incident.pk,
        "bins": lanes.BINS,
        "start": window.start,
        "end": window.end,
        "seconds": max((window.end - window.start).total_seconds(), 60.0),
    }
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, values)
        return [lanes.Point(*row) for row in cursor.fetchall()]


def series_of(incident: Incident, window: lanes.Window) -> list[lanes.Series]:
    """The first measured series of the chronology, each by its name once, as far as they lie in the window."""
    first, last = window.start.timestamp(), window.end.timestamp()
    rows = Measured.objects.filter(entry__incident=incident, entry__hidden=False).order_by("entry__at", "pk")
    found: dict[str, list[Sample]] = {}
    for name, points in rows.values_list("name", "points")[: MOST_SERIES * 4]:
        inside = [sample for sample in readable(points) if first <= sample[0] <= last]
        if len(inside) > 1 and (name in found or len(found) < MOST_SERIES):
            found[name] = sorted({*found.get(name, []), *inside})
    return [lanes.Series(name, samples) for name, samples in found.items()]


def lane_table(points: Iterable[lanes.Point]) -> list[dict[str, str]]:
    """The drawing's data as a table: each lane with its count, first and last time."""
    by_lane: dict[str, list[lanes.Point]] = {}
    for point in points:
        by_lane.setdefault(point.lane, []).append(point)
    return [
        {
            "shape": SHAPES[lane.value],
            "label": lane.label,
            "count": str(sum(point.size for point in found)),
            "first": moment_in_words(found[0].at),
            "last": moment_in_words(max(point.last for point in found)),
        }
        for lane in Lane
        if (found := by_lane.get(lane.value))
    ]


def moment_in_words(at: datetime) -> str:
    """``21 Oct 2018 22:52``, in UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y %H:%M}"
