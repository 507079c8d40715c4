"""What people do about arrivals: replay, attach, dismiss, cancel; nothing is lost by any of it (invariant 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents.enums import ArrivalStatus
from incidents.errors import IntakeRefused
from incidents.models import Arrival, Incident
from incidents.models.intake import OPEN_STATUSES
from incidents.services import nudges, routing
from incidents.services.arrivals import LONGEST_REASON
from incidents.services.evidence import context_of


@transaction.atomic
def replay(*, actor: User, arrival: Arrival, declared: Mapping[str, Any] | None = None) -> Arrival:
    """Read an arrival again, with what was declared about it in the meantime.

    What was taken in already adds nothing. Raises ``IntakeRefused`` while it is being read.
    """
    access.require(actor, Permission.ADD_EVIDENCE, arrival)
    current = _locked(arrival)
    if current.status in (ArrivalStatus.READING, ArrivalStatus.WAITING):
        raise IntakeRefused("It is being read already. Reload the page to see how far it is.")
    if declared:
        context_of({**current.declared, **declared})
        current.declared = {**current.declared, **declared}
    _again(current)
    _record(actor, current, "replayed")
    return current


@transaction.atomic
def attach(*, actor: User, arrival: Arrival, incident: Incident) -> Arrival:
    """Say to which incident an arrival belongs, and read it into that one; what was kept about the same follows."""
    access.require(actor, Permission.ADD_EVIDENCE, incident)
    current = _locked(arrival)
    if current.status in (ArrivalStatus.READING, ArrivalStatus.WAITING):
        raise IntakeRefused("It is being read already. Reload the page to see how far it is.")
    current.incident = incident
    routing.link(incident, current.keys, actor)
    _again(current)
    transaction.on_commit(lambda: nudges.opened(incident.pk))
    _record(actor, current, "attached", incident=incident.reference)
    return current


@transaction.atomic
def dismiss(*, actor: User, arrival: Arrival, reason: str) -> Arrival:
    """Say that an arrival needs nobody any more; it is kept, and can still be replayed."""
    access.require(actor, Permission.ADD_EVIDENCE, arrival)
    current = _locked(arrival)
    if not reason.strip():
        raise IntakeRefused("Say why nobody needs it, for those who look for it later.")
    if current.status not in (*OPEN_STATUSES, ArrivalStatus.KEPT):
        raise IntakeRefused("Only what waits for a person can be dismissed. Reload the page.")
    current.status, current.reason = ArrivalStatus.DISMISSED, reason.strip()[:LONGEST_REASON]
    current.finished_at = timezone.now()
    current.save(update_fields=["status", "reason", "finished_at"])
    _record(actor, current, "dismissed")
    return current


@transaction.atomic
def cancel(*, actor: User, arrival: Arrival) -> Arrival:
    """Ask the reader to stop; nothing of the file becomes entries. One that nobody reads yet ends at once."""
    access.require(actor, Permission.ADD_EVIDENCE, arrival)
    if not Arrival.objects.filter(pk=arrival.pk).in_work().exists():
        raise IntakeRefused("It is not being read any more, so there is nothing to cancel.")
    Arrival.objects.filter(pk=arrival.pk).update(cancel=True)
    Arrival.objects.filter(pk=arrival.pk, status=ArrivalStatus.WAITING).update(
        status=ArrivalStatus.CANCELLED,
        reason="It was cancelled before it was read.",
        finished_at=timezone.now(),
    )
    arrival.refresh_from_db()
    _record(actor, arrival, "cancelled")
    return arrival


def gather_for(incident_id: int) -> int:
    """Bring in what was kept and belongs to an incident that opened since; gives how many arrivals that were."""
    with scopes_disabled():
        incident = Incident.objects.select_related("organization").get(pk=incident_id)
    with scope(organization=incident.organization):
        found = routing.kept_for(incident)
        for arrival in found:
            with transaction.atomic():
                _again(_locked(arrival))
        return len(found)


def _locked(arrival: Arrival) -> Arrival:
    current: Arrival = Arrival.objects.select_for_update(of=("self",)).get(pk=arrival.pk)
    return current


def _again(arrival: Arrival) -> None:
    arrival.status, arrival.reason, arrival.attempts = ArrivalStatus.WAITING, "", 0
    arrival.cancel, arrival.done, arrival.lease_until, arrival.finished_at = False, 0, None, None
    arrival.save()
    transaction.on_commit(lambda: nudges.read(arrival.pk))


def _record(actor: User, arrival: Arrival, what: str, **data: Any) -> None:
    audit.record(
        organization=arrival.organization_id,
        actor=actor,
        action=f"arrival.{what}",
        subject=f"arrival:{arrival.pk}",
        sha256=arrival.sha256,
        **data,
    )
