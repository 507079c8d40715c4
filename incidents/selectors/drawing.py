"""Milestones and the swim lanes of a chronology."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString

from incidents import lanes
from incidents.chronology import contradictions
from incidents.enums import Lane, MilestoneKind
from incidents.models import Incident, Milestone

SHAPES = {lane.value: lanes.shape(lane) for lane in Lane}
_POINTS = """
WITH span AS MATERIALIZED (
    SELECT min(at) AS start, greatest(extract(epoch FROM max(at) - min(at)), 60)::float8 / %(bins)s AS width
    FROM incidents_entry WHERE incident_id = %(incident)s AND NOT hidden
)
SELECT lane, min(at) AS first, min(number), count(*), max(at)
FROM incidents_entry, span WHERE incident_id = %(incident)s AND NOT hidden
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


def swim_lanes(incident: Incident, times: dict[MilestoneKind, datetime] | None = None) -> SafeString:
    """The drawing of everything that is shown; empty for an empty chronology."""
    times = milestone_times(incident) if times is None else times
    return draw_lanes(incident, lane_points(incident), times)


def draw_lanes(
    incident: Incident, points: Sequence[lanes.Point], times: dict[MilestoneKind, datetime]
) -> SafeString:
    """The drawing of points that were read already."""
    return lanes.draw(points, times, title=f"Chronology of {incident.reference} by lane")


def lane_points(incident: Incident) -> list[lanes.Point]:
    """What is shown, gathered by the database into as many stretches of each lane as a drawing can tell apart."""
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, {"incident": incident.pk, "bins": lanes.BINS})
        return [lanes.Point(*row) for row in cursor.fetchall()]


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


# Choosing --------------------------------------------------------------------------------------------------------
