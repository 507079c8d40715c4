"""The five moments of an incident, each resting on an entry of its chronology."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents import changes
from incidents.enums import MilestoneKind
from incidents.errors import CurationRefused
from incidents.models import Entry, Incident, Milestone


@transaction.atomic
def set_milestone(*, actor: User, incident: Incident, kind: MilestoneKind | str, entry: Entry) -> Milestone:
    """Let a milestone rest on an entry, moving it there when it is already set.

    Raises ``CurationRefused`` for an entry of another incident or a hidden one.
    """
    access.require(actor, Permission.CURATE_CHRONOLOGY, incident)
    kind = MilestoneKind(kind)
    if entry.incident_id != incident.pk:
        raise CurationRefused("That entry belongs to another incident. Choose one of this chronology.")
    if entry.hidden:
        raise CurationRefused(f"{entry.label} is hidden. Show it again before a milestone rests on it.")
    milestone: Milestone | None = (
        Milestone.objects.select_for_update().filter(incident=incident, kind=kind).first()
    )
    if milestone and milestone.entry_id == entry.pk:
        return milestone
    milestone = milestone or Milestone(organization_id=incident.organization_id, incident=incident, kind=kind)
    milestone.entry, milestone.set_by = entry, actor
    milestone.save()
    changes.announce(incident=incident, actor=actor, what=f"“{kind.label}” now rests on {entry.label}")
    _record(actor, incident, kind, "set", entry.number)
    return milestone


@transaction.atomic
def clear_milestone(*, actor: User, incident: Incident, kind: MilestoneKind | str) -> None:
    """Take a milestone away; one that is not set stays so."""
    access.require(actor, Permission.CURATE_CHRONOLOGY, incident)
    kind = MilestoneKind(kind)
    milestone = Milestone.objects.select_for_update().filter(incident=incident, kind=kind).first()
    if milestone is None:
        return
    number = milestone.entry.number
    milestone.delete()
    changes.announce(incident=incident, actor=actor, what=f"“{kind.label}” was cleared")
    _record(actor, incident, kind, "cleared", number)


def _record(actor: User, incident: Incident, kind: MilestoneKind, what: str, entry: int) -> None:
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action=f"milestone.{what}",
        subject=f"incident:{incident.reference}",
        kind=kind.value,
        entry=entry,
    )
