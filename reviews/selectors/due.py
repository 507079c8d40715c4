"""What is due in an organization: every incident whose postmortem is not out, with its next deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from governance.models import Holiday, User, WorkCalendar
from governance.selectors import today_in
from incidents.enums import MilestoneKind
from incidents.models import Incident, Milestone
from reviews.deadlines import Due, WorkingDays, due_of, stage_of
from reviews.enums import CLOSED_STATES, ReviewState, Stage, WaiverKind
from reviews.models import Review, Waiver
from reviews.policy import Policy
from reviews.selectors.rules import rules_of


@dataclass(frozen=True)
class Deadline:
    """The next thing that is due for one incident; ``review`` is None while nothing is drafted."""

    incident: Incident
    review: Review | None
    stage: Stage
    due: Due

    @property
    def at(self) -> datetime:
        return self.due.of(self.stage)

    @property
    def edition(self) -> int:
        return self.review.edition if self.review else 1

    @property
    def overdue(self) -> bool:
        return self.at < timezone.now()


def working_days(organization_id: int) -> WorkingDays:
    """The organization's calendar; Monday to Friday in UTC while it has set none."""
    calendar = WorkCalendar.objects.filter(organization_id=organization_id).first() or WorkCalendar()
    holidays = Holiday.objects.filter(organization_id=organization_id).values_list("on", flat=True)
    return WorkingDays(ZoneInfo(calendar.zone), frozenset(calendar.workdays), frozenset(holidays))


def deadlines(organization_id: int, user: User | None = None, *, synthetic: bool = False) -> list[Deadline]:
    """Every open deadline of the active organization, the nearest first, of incidents that the person may see.

    What a manager excepted from having a postmortem is due nowhere, and neither is synthetic history, which is read
    only when it is asked for. The number of queries is constant.
    """
    days, present = working_days(organization_id), rules_of(organization_id)
    rows = [deadline_of(incident, days, present) for incident in _open(organization_id, user, synthetic)]
    return sorted((row for row in rows if row is not None), key=lambda row: (row.at, row.incident.pk))


def deadline_of(incident: Any, days: WorkingDays, present: Policy) -> Deadline | None:
    """The next deadline of an incident that ``with_moments`` read; None when its review is closed."""
    review: Review | None = getattr(incident, "review", None)
    stage = stage_of(ReviewState(review.state) if review else None)
    if stage is None:
        return None
    held = (
        review.policy
        if review and review.state not in (ReviewState.DRAFTING, ReviewState.CHANGES_REQUESTED)
        else None
    )
    policy = Policy.from_plain(held.rules) if held else present
    return Deadline(
        incident, review, stage, due_of(began(incident), policy.deadlines[incident.severity], days)
    )


def began(incident: Any) -> datetime:
    """From when deadlines count: the end of the incident, but never before it was opened here or opened again."""
    moments: Iterable[datetime | None] = (
        incident.resolved_at or incident.declared_at,
        incident.created_at,
        incident.reopened_at,
    )
    return max(moment for moment in moments if moment is not None)


def with_moments(incidents: Any) -> Any:
    """Incidents with what their deadlines count from: ``resolved_at`` and ``reopened_at``, either of them empty."""
    resolved = Milestone.objects.filter(incident=OuterRef("pk"), kind=MilestoneKind.RESOLVED)
    reopened = Max("review__state_changes__at", filter=Q(review__state_changes__move="revise"))
    return incidents.annotate(
        resolved_at=Subquery(resolved.values("entry__at")[:1]), reopened_at=reopened
    ).select_related("review__policy")


def _open(organization_id: int, user: User | None, synthetic: bool) -> Any:
    seen = Incident.objects.visible_to(user) if user else Incident.objects.all()
    incidents = seen if synthetic else seen.real()
    skipped = Waiver.objects.in_force(today_in(organization_id)).filter(kind=WaiverKind.POSTMORTEM)
    return with_moments(
        incidents.filter(organization_id=organization_id)
        .filter(Q(review__isnull=True) | ~Q(review__state__in=CLOSED_STATES))
        .exclude(pk__in=skipped.values("incident"))
    )
