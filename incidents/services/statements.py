"""What a person adds to the chronology from their own knowledge, labeled as that person's statement."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents import changes
from incidents.enums import Lane, Precision, Trust
from incidents.errors import CurationRefused
from incidents.models import Entry, Incident
from incidents.services import bulk, proposals


@transaction.atomic
def add_statement(
    *, actor: User, incident: Incident, at: datetime, text: str, precision: Precision | str
) -> Entry:
    """Add one entry on the person's own word; ``at`` must carry a zone.

    Raises ``CurationRefused`` for an empty text, a time without a zone, or a statement that stands there already.
    """
    access.require(actor, Permission.CURATE_CHRONOLOGY, incident)
    text = text.strip()
    if not text:
        raise CurationRefused("Say what happened at that time.")
    if at.tzinfo is None:
        raise CurationRefused("The time has no zone. Give it in UTC.")
    bulk.lock(incident)
    entry = Entry(
        organization_id=incident.organization_id,
        incident=incident,
        number=bulk.next_number(incident),
        at=at,
        text=text,
        lane=Lane.STATEMENT,
        actor=actor.name[:200],
        trust=Trust.REPORTED,
        precision=Precision(precision),
        original_at=at,
        original_time=at.isoformat(),
        original_text=text,
        zone="UTC",
        digest=bulk.digest_of_statement(actor.pk, at, text),
        author=actor,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise CurationRefused(
            "You have already said this about that time. Change the text or the time."
        ) from error
    proposals.outdate(incident)
    changes.announce(incident=incident, actor=actor, what=f"{entry.label} was added")
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="entry.stated",
        subject=f"incident:{incident.reference}",
        entry=entry.number,
        at=at.isoformat(),
    )
    return entry
