"""Setting a source's clock right: only when a person declares it, with the pairs that show it, and undoable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents import changes
from incidents.enums import SourceKind
from incidents.errors import CurationRefused
from incidents.models import ClockOffset, Evidence, Incident
from incidents.services import bulk, proposals
from incidents.services.curation import checked_reason

WIDEST = 24 * 60 * 60
# Every entry of the source moves by the same span, and each leaves a correction (invariant 2).
_CORRECT = """
INSERT INTO incidents_correction (
    organization_id, entry_id, at_before, at_after, text_before, text_after, reason, corrected_by_id, corrected_at
)
SELECT e.organization_id, e.id, e.at, e.at + %(by)s, e.text, e.text, %(reason)s, %(actor)s, now()
FROM incidents_entry e JOIN incidents_evidence v ON v.id = e.evidence_id
WHERE e.incident_id = %(incident)s AND v.kind = %(source)s
    AND (%(evidence)s::bigint IS NULL OR v.id = %(evidence)s)
"""
_MOVE = """
UPDATE incidents_entry e SET at = e.at + %(by)s, version = e.version + 1
FROM incidents_evidence v
WHERE v.id = e.evidence_id AND e.incident_id = %(incident)s AND v.kind = %(source)s
    AND (%(evidence)s::bigint IS NULL OR v.id = %(evidence)s)
"""


@transaction.atomic
def declare_offset(
    *,
    actor: User,
    incident: Incident,
    source: SourceKind | str,
    seconds: int,
    reason: str,
    pairs: Sequence[Sequence[float]] = (),
) -> ClockOffset:
    """Declare that a source's clock ran ``seconds`` ahead (negative: behind); its entries move back by as much.

    Raises ``CurationRefused`` without a reason, for no offset or one over a day, and while another one holds.
    """
    access.require(actor, Permission.CURATE_CHRONOLOGY, incident)
    source = SourceKind(source)
    reason = checked_reason(reason, "Say by what you know that this clock was wrong.")
    if not seconds or abs(seconds) > WIDEST:
        raise CurationRefused("A clock is off by 1 second to 24 hours. More than that is a wrong zone.")
    bulk.lock(incident)
    if ClockOffset.objects.filter(incident=incident, source=source, withdrawn_at=None).exists():
        raise CurationRefused(f"An offset of {source.label} holds already. Withdraw it first.")
    offset = ClockOffset(
        organization_id=incident.organization_id,
        incident=incident,
        source=source,
        seconds=seconds,
        pairs=[list(pair) for pair in pairs],
        reason=reason,
        declared_by=actor,
    )
    offset.save(force_insert=True)
    told = f"Clock of {source.label} set right by {-seconds:+d} s: {reason}"
    moved = _shift(incident, source, -seconds, told[:300], actor.pk)
    proposals.outdate(incident)
    changes.announce(incident=incident, actor=actor, what=f"the clock of {source.label} was set right")
    _record(actor, offset, "declared", moved)
    return offset


@transaction.atomic
def withdraw_offset(*, actor: User, offset: ClockOffset) -> ClockOffset:
    """Take a declaration back; the entries return to where they were, with a correction each."""
    access.require(actor, Permission.CURATE_CHRONOLOGY, offset)
    bulk.lock(offset.incident)
    current: ClockOffset = ClockOffset.objects.select_for_update(of=("self",)).get(pk=offset.pk)
    if current.withdrawn_at is not None:
        raise CurationRefused("This offset was withdrawn already. Reload the page.")
    current.withdrawn_by, current.withdrawn_at = actor, timezone.now()
    current.save(update_fields=["withdrawn_by", "withdrawn_at"])
    source = SourceKind(current.source)
    told = f"The declared clock offset of {source.label} was withdrawn"
    moved = _shift(current.incident, source, current.seconds, told, actor.pk)
    proposals.outdate(current.incident)
    changes.announce(incident=current.incident, actor=actor, what=told[0].lower() + told[1:])
    _record(actor, current, "withdrawn", moved)
    return current


def set_right(incident: Incident, evidence: Evidence) -> None:
    """Move what just came in by the offset that holds for its source."""
    found: ClockOffset | None = ClockOffset.objects.filter(
        incident=incident, source=evidence.kind, withdrawn_at=None
    ).first()
    if found is not None:
        told = f"Clock of {found.get_source_display()} set right by {-found.seconds:+d} s: {found.reason}"
        _shift(incident, SourceKind(found.source), -found.seconds, told[:300], found.declared_by_id, evidence)


def _shift(
    incident: Incident,
    source: SourceKind,
    seconds: int,
    reason: str,
    actor_id: int,
    evidence: Evidence | None = None,
) -> int:
    """Move the entries of a source, or of one piece of its evidence; gives how many they were."""
    values: dict[str, Any] = {
        "evidence": evidence.pk if evidence else None,
        "by": timedelta(seconds=seconds),
        "reason": reason,
        "actor": actor_id,
        "incident": incident.pk,
        "source": source.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT, values)
        cursor.execute(_MOVE, values)
        return int(cursor.rowcount)


def _record(actor: User, offset: ClockOffset, what: str, moved: int) -> None:
    audit.record(
        organization=offset.organization_id,
        actor=actor,
        action=f"clock_offset.{what}",
        subject=f"incident:{offset.incident.reference}",
        source=offset.source,
        seconds=offset.seconds,
        entries=moved,
    )
