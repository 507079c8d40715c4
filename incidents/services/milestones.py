"""The five moments of an incident, each resting on an entry of its chronology."""

from __future__ import annotations

from django.db import transaction

from governance import access
from governance.access import Permission
from governance.models import User
from incidents.enums import CurationKind, MilestoneKind
from incidents.errors import CurationRefused
from incidents.models import Entry, Incident, Milestone
from incidents.services import acceptance, desk
from incidents.services.desk import Act


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
    before = milestone.entry.number if milestone else None
    milestone = milestone or Milestone(organization_id=incident.organization_id, incident=incident, kind=kind)
    milestone.entry, milestone.set_by = entry, actor
    milestone.save()
    act = Act(CurationKind.MILESTONE, f"“{kind.label}” now rests on {entry.label}", "milestone.set")
    _remember(actor, incident, kind, act, before, entry.number)
    acceptance.settle(incident, actor)
    return milestone


@transaction.atomic
def clear_milestone(*, actor: User, incident: Incident, kind: MilestoneKind | str) -> None:
    """Take a milestone away; one that is not set stays so."""
    access.require(actor, Permission.CURATE_CHRONOLOGY, incident)
    kind = MilestoneKind(kind)
    milestone = Milestone.objects.select_for_update().filter(incident=incident, kind=kind).first()
    if milestone is None:
        return
    before = milestone.entry.number
    milestone.delete()
    act = Act(CurationKind.MILESTONE, f"“{kind.label}” was cleared", "milestone.cleared")
    _remember(actor, incident, kind, act, before, None)


def _remember(
    actor: User, incident: Incident, kind: MilestoneKind, act: Act, before: int | None, after: int | None
) -> None:
    desk.remember(
        actor=actor,
        incident=incident,
        act=act,
        before={"milestones": {kind.value: before}},
        after={"milestones": {kind.value: after}},
        data={"kind": kind.value, "entry": before if after is None else after},
    )
