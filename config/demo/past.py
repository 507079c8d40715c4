"""Writes the synthetic history into the tables, every incident marked as synthetic."""

from __future__ import annotations

import hashlib
from datetime import datetime

from config.demo.history import PastAction, PastIncident, synthetic_history
from governance import audit
from governance.models import Organization, User
from incidents.enums import Lane, MilestoneKind, Precision, Trust
from incidents.models import AffectedService, Entry, Incident, Milestone, Service
from remediation.enums import ActionStatus
from remediation.models import ActionItem
from reviews.enums import ReviewState
from reviews.models import Review
from reviews.services.searching import rebuild_documents


def seed_history(
    organization: Organization, services: dict[str, Service], author: User, now: datetime
) -> None:
    """Incidents, milestones, reviews and action items of the nine months before ``now``."""
    history = synthetic_history(now)
    incidents = [_incident(organization, past) for past in history]
    Incident.objects.bulk_create(incidents)
    by_index = {past.index: incident for past, incident in zip(history, incidents, strict=True)}
    for past in history:
        if past.repeat_of is not None:
            by_index[past.index].repeat_of = by_index[past.repeat_of]
    Incident.objects.bulk_update([row for row in incidents if row.repeat_of_id], ["repeat_of"])
    AffectedService.objects.bulk_create(
        AffectedService(
            organization=organization, incident=by_index[past.index], service=services[past.service]
        )
        for past in history
    )
    _milestones(organization, history, by_index, author)
    _reviews(organization, history, by_index, author)
    rebuild_documents(organization)
    audit.record(
        organization=organization,
        actor=author,
        action="history.seeded",
        subject=f"organization:{organization.slug}",
        synthetic_incidents=len(incidents),
    )


def _incident(organization: Organization, past: PastIncident) -> Incident:
    return Incident(
        organization=organization,
        reference=f"SYN-{past.impact_started:%Y}-{past.index + 1:04d}",
        title=past.title,
        severity=past.severity,
        declared_at=past.detected,
        is_synthetic=True,
    )


def _milestones(
    organization: Organization, history: tuple[PastIncident, ...], by_index: dict[int, Incident], author: User
) -> None:
    rows: list[tuple[MilestoneKind, Entry]] = []
    for past in history:
        moments = (
            (MilestoneKind.IMPACT_STARTED, past.impact_started, "Impact started"),
            (MilestoneKind.DETECTED, past.detected, "Detected by an alert"),
            (MilestoneKind.RESOLVED, past.resolved, "Resolved"),
        )
        for number, (kind, at, text) in enumerate(moments, start=1):
            rows.append((kind, _entry(organization, by_index[past.index], number, at, text, author)))
    Entry.objects.bulk_create(entry for _, entry in rows)
    Milestone.objects.bulk_create(
        Milestone(organization=organization, incident=entry.incident, kind=kind, entry=entry, set_by=author)
        for kind, entry in rows
    )


def _entry(
    organization: Organization, incident: Incident, number: int, at: datetime, text: str, author: User
) -> Entry:
    words = f"{text} (synthetic)"
    return Entry(
        organization=organization,
        incident=incident,
        number=number,
        at=at,
        text=words,
        lane=Lane.STATEMENT,
        trust=Trust.INFERRED,
        precision=Precision.MINUTE,
        original_at=at,
        original_time=at.isoformat(),
        original_text=words,
        zone="UTC",
        digest=hashlib.sha256(f"{incident.reference} {number}".encode()).hexdigest(),
        author=author,
    )


def _reviews(
    organization: Organization, history: tuple[PastIncident, ...], by_index: dict[int, Incident], author: User
) -> None:
    published = [past for past in history if past.published_at is not None]
    reviews = {
        past.index: Review(
            organization=organization,
            incident=by_index[past.index],
            state=ReviewState.PUBLISHED,
            author=author,
            submitted_at=past.published_at,
            approved_at=past.published_at,
            published_at=past.published_at,
        )
        for past in published
    }
    Review.objects.bulk_create(reviews.values())
    items = [
        (_item(organization, reviews[past.index], number, action, past, author), action)
        for past in published
        for number, action in enumerate(past.actions, start=1)
    ]
    ActionItem.objects.bulk_create(item for item, _ in items)
    for item, action in items:
        item.created_at = action.created  # auto_now_add stamps the present; the past is the point here
    ActionItem.objects.bulk_update([item for item, _ in items], ["created_at"])


def _item(
    organization: Organization,
    review: Review,
    number: int,
    action: PastAction,
    past: PastIncident,
    author: User,
) -> ActionItem:
    status = ActionStatus.OPEN
    if action.completed:
        status = ActionStatus.VERIFIED if action.verified else ActionStatus.DONE
    return ActionItem(
        organization=organization,
        review=review,
        number=number,
        title=action.title,
        kind=action.kind,
        owner=author,
        severity=past.severity,
        due_on=action.due.date(),
        verification_criterion=action.verification,
        status=status,
        completed_at=action.completed,
        completed_by=author if action.completed else None,
        verified_at=action.verified,
        verified_by=author if action.verified else None,
        created_by=author,
    )
