"""Incidents, reviews and promises with the days that the KPIs count, written straight into the tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from governance.models import Organization, User
from incidents.enums import MilestoneKind
from incidents.models import Incident, Milestone, Service
from remediation.enums import ActionKind, ActionStatus
from remediation.models import ActionItem
from reviews.enums import ReviewState
from reviews.models import Review
from tests.factories import make_entry, make_incident

DAY = timedelta(days=1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def happened(
    organization: Organization,
    declared: date,
    *,
    resolved: date | None = None,
    published: date | None = None,
    services: tuple[Service, ...] = (),
    **fields: Any,
) -> Incident:
    """An incident declared at noon of a day; its milestone and its review exist when their days are given."""
    incident = make_incident(organization, services=services, declared_at=noon(declared), **fields)
    if resolved is not None:
        entry = make_entry(incident, noon(resolved))
        Milestone(
            organization=organization, incident=incident, kind=MilestoneKind.RESOLVED, entry=entry
        ).save()
    if published is not None:
        Review(
            organization=organization,
            incident=incident,
            state=ReviewState.PUBLISHED,
            published_at=noon(published),
        ).save()
    return incident


def promised(
    incident: Incident,
    owner: User,
    *,
    on: date,
    due: date,
    completed: date | None = None,
    status: ActionStatus | None = None,
) -> ActionItem:
    """An action item of the incident's review; its state follows from the day of completion unless it is given."""
    review = Review.objects.get(incident=incident)
    item = ActionItem(
        organization=incident.organization,
        review=review,
        number=ActionItem.objects.filter(review=review).count() + 1,
        title="Fence the old primary",
        kind=ActionKind.PREVENT,
        owner=owner,
        severity=2,
        due_on=due,
        verification_criterion="A drill shows one primary only.",
        status=status or (ActionStatus.DONE if completed else ActionStatus.OPEN),
        completed_at=noon(completed) if completed else None,
        completed_by=owner if completed else None,
    )
    item.save()
    ActionItem.objects.filter(pk=item.pk).update(created_at=noon(on))
    return item
