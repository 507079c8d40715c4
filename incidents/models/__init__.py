"""The tables of the incidents room."""

from incidents.models.evidence import Evidence, EvidenceQuerySet
from incidents.models.incident import AffectedService, Incident, IncidentQuerySet, Milestone
from incidents.models.service import Service, ServiceQuerySet
from incidents.models.timeline import Correction, Entry, EntryQuerySet

__all__ = [
    "AffectedService",
    "Correction",
    "Entry",
    "EntryQuerySet",
    "Evidence",
    "EvidenceQuerySet",
    "Incident",
    "IncidentQuerySet",
    "Milestone",
    "Service",
    "ServiceQuerySet",
]
