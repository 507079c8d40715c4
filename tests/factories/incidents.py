"""Services, incidents and their chronologies, written straight into the tables."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.utils.text import slugify

from governance.access import Post, appoint
from governance.models import Organization, User
from incidents.enums import Lane, Precision, Severity, SourceKind, Trust
from incidents.models import AffectedService, Entry, Evidence, Incident, Service

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
_numbers = count(1)


def make_service(organization: Organization, name: str = "", owner: User | None = None) -> Service:
    name = name or f"service {next(_numbers)}"
    service = Service(organization=organization, name=name, slug=slugify(name))
    service.save()
    if owner is not None:
        appoint(owner, Post.SERVICE_OWNER, service)
    return service


def make_incident(
    organization: Organization,
    commander: User | None = None,
    services: tuple[Service, ...] = (),
    **fields: Any,
) -> Incident:
    number = next(_numbers)
    fields = {
        "reference": f"INC-2018-{number:04d}",
        "title": f"Incident {number}",
        "severity": Severity.SEV2,
        "declared_at": START,
        "accepted_at": START,
        **fields,
    }
    incident = Incident(organization=organization, **fields)
    incident.save()
    for service in services:
        AffectedService(organization=organization, incident=incident, service=service).save()
    if commander is not None:
        appoint(commander, Post.INCIDENT_COMMANDER, incident)
    return incident


def make_evidence(incident: Incident, **fields: Any) -> Evidence:
    number = next(_numbers)
    fields = {
        "kind": SourceKind.LOG,
        "filename": f"evidence-{number}.log",
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "size": 1,
        "file": f"evidence-{number}.log",
        **fields,
    }
    evidence = Evidence(organization=incident.organization, incident=incident, **fields)
    evidence.save()
    return evidence


def make_entry(incident: Incident, at: datetime | None = None, text: str = "", **fields: Any) -> Entry:
    number = next(_numbers)
    at = at or START
    text = text or f"Fact {number}"
    fields = {
        "number": number,
        "lane": Lane.LOG,
        "trust": Trust.OBSERVED,
        "precision": Precision.SECOND,
        "original_time": at.isoformat(),
        "zone": "UTC",
        "digest": hashlib.sha256(f"{number} {text}".encode()).hexdigest(),
        **fields,
    }
    if "evidence" not in fields and "author" not in fields:
        fields["evidence"] = make_evidence(incident)
    entry = Entry(
        organization=incident.organization,
        incident=incident,
        at=at,
        text=text,
        original_at=at,
        original_text=text,
        **fields,
    )
    entry.save()
    return entry
