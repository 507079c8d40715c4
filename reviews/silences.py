"""Silences of a chronology while the impact lasted: what could not be seen is named (invariant 3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Window
from django.db.models.functions import Lag

from incidents.enums import MilestoneKind
from incidents.models import Entry, Incident, Milestone
from incidents.models.timeline import ORDER
from incidents.services.acceptance import policy_of


class Silence(NamedTuple):
    """No entry tells of the time between two entries; ``after`` and ``before`` are their numbers."""

    after: int
    before: int
    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes without an entry."""
        return int((self.end - self.start).total_seconds()) // 60


def silences(incident: Incident) -> list[Silence]:
    """Silences while the impact lasted, in order; of the whole chronology without milestones.

    The organization's policy says from which length on a silence is named. Three queries: the database compares
    neighbors, so that a chronology of any length costs the same here.
    """
    ends = (MilestoneKind.IMPACT_STARTED, MilestoneKind.RESOLVED)
    marks = Milestone.objects.filter(incident=incident, kind__in=ends).values_list("kind", "entry__at")
    moments = dict(marks)
    rows = Entry.objects.filter(incident=incident).shown()
    if start := moments.get(MilestoneKind.IMPACT_STARTED):
        rows = rows.filter(at__gte=start)
    if end := moments.get(MilestoneKind.RESOLVED):
        rows = rows.filter(at__lte=end)
    length, order = timedelta(minutes=policy_of(incident.organization_id).gap_minutes), ORDER
    neighbors = rows.annotate(
        earlier=Window(Lag("at"), order_by=order), earlier_number=Window(Lag("number"), order_by=order)
    )
    long = neighbors.filter(at__gt=F("earlier") + length).order_by(*order)
    return [Silence(row.earlier_number, row.number, row.earlier, row.at) for row in long.only("number", "at")]
