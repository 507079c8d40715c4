"""Reading raw evidence, with whatever secrets stand in it: for named roles only, and each reading is audited."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents.models import Arrival, Evidence


@transaction.atomic
def read_evidence(*, actor: User, evidence: Evidence) -> None:
    """Allow and note that a person takes a raw file away; raises ``AccessDenied``."""
    access.require(actor, Permission.READ_RAW_EVIDENCE, evidence.incident)
    audit.record(
        organization=evidence.organization_id,
        actor=actor,
        action="evidence.read",
        subject=f"incident:{evidence.incident.reference}",
        evidence=evidence.pk,
        sha256=evidence.sha256,
    )


@transaction.atomic
def read_arrival(*, actor: User, arrival: Arrival) -> None:
    """Allow and note that a person takes away what arrived; raises ``AccessDenied``."""
    access.require(actor, Permission.READ_RAW_EVIDENCE, arrival.incident or arrival)
    audit.record(
        organization=arrival.organization_id,
        actor=actor,
        action="arrival.read",
        subject=f"arrival:{arrival.pk}",
        sha256=arrival.sha256,
    )
