"""Undoing what a person did to a chronology; the undoing is announced and audited like the deed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents import changes
from incidents.errors import CurationRefused
from incidents.models import Curation, Incident, Milestone
from incidents.services import desk, proposals


@transaction.atomic
def undo(*, actor: User, curation: Curation) -> Curation:
    """Give back what was before; refused when it was undone already, or when something else changed it since."""
    access.require(actor, Permission.CURATE_CHRONOLOGY, curation)
    current: Curation = (
        Curation.objects.select_for_update(of=("self",)).select_related("incident").get(pk=curation.pk)
    )
    if current.undone_at is not None:
        raise CurationRefused("This was undone already. Reload the page.")
    incident = current.incident
    numbers = [int(number) for number in current.after.get("entries", {})]
    if numbers:
        # An entry may be highlighted again only after it has left the one that it stands in: the folded ones last.
        entries = desk.locked(incident, numbers)
        desk.restore(actor, current, sorted(entries, key=lambda entry: entry.folded_into_id is not None))
    _restore_milestones(actor, incident, current)
    current.undone_by, current.undone_at = actor, timezone.now()
    current.save(update_fields=["undone_by", "undone_at"])
    if current.kind in proposals.TELLING:
        proposals.outdate(incident)
    changes.announce(incident=incident, actor=actor, what=f"it was undone that {current.clause}")
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="curation.undone",
        subject=f"incident:{incident.reference}",
        curation=current.pk,
        kind=current.kind,
    )
    return current


def _restore_milestones(actor: User, incident: Incident, curation: Curation) -> None:
    for kind, number in curation.before.get("milestones", {}).items():
        stands = Milestone.objects.select_for_update().filter(incident=incident, kind=kind).first()
        if (stands.entry.number if stands else None) != curation.after["milestones"][kind]:
            raise CurationRefused("That milestone was moved again since. Undo the later change first.")
        if number is None:
            if stands:
                stands.delete()
            continue
        (entry,) = desk.locked(incident, [number])
        stands = stands or Milestone(organization_id=incident.organization_id, incident=incident, kind=kind)
        stands.entry, stands.set_by = entry, actor
        stands.save()
