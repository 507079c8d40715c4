"""The public incidents of the demo, imported and curated as their records say."""

from __future__ import annotations

from config.demo.manifest import DemoIncident, demo_incidents
from governance.enums import Role
from governance.models import Organization, User
from incidents.enums import MilestoneKind, Severity, SourceKind
from incidents.models import Entry, Incident
from incidents.services import (
    create_service,
    highlight_entry,
    import_evidence,
    open_incident,
    set_milestone,
)
from tests.factories import make_member, make_organization

DEMO = {record.id: record for record in demo_incidents()}


def import_demo(record: DemoIncident) -> tuple[Organization, User, Incident]:
    """A fresh organization whose SRE lead imported this incident; call it inside no scope, query inside its own."""
    from django_scopes import scope

    organization = make_organization()
    lead = make_member(organization, Role.SRE_LEAD, name="Jon Vik")
    with scope(organization=organization):
        services = [
            create_service(actor=lead, organization=organization, name=name) for name in record.services
        ]
        incident = open_incident(
            actor=lead,
            organization=organization,
            title=record.title,
            severity=Severity[record.severity],
            services=services,
            declared_at=record.impact.started,
            reference=record.reference,
            commander=lead,
        )
        for file in record.files:
            with file.path.open("rb") as stream:
                import_evidence(
                    actor=lead,
                    incident=incident,
                    filename=file.name,
                    stream=stream,
                    kind=SourceKind(file.kind),
                    zone=file.zone or "",
                )
        _curate(lead, incident, record)
    return organization, lead, incident


def _curate(lead: User, incident: Incident, record: DemoIncident) -> None:
    found = {fact.id: _entry(incident, record, fact.id) for fact in record.facts}
    for kind, fact_id in record.milestones.items():
        set_milestone(actor=lead, incident=incident, kind=MilestoneKind(kind), entry=found[fact_id])
    for fact_id in record.highlights:
        highlight_entry(actor=lead, entry=found[fact_id], on=True)


def _entry(incident: Incident, record: DemoIncident, fact_id: str) -> Entry:
    fact = record.fact(fact_id)
    rows = Entry.objects.filter(incident=incident, evidence__filename=fact.file, text__contains=fact.contains)
    entry: Entry = next(row for row in rows if abs((row.at - fact.at).total_seconds()) < 60)
    return entry
