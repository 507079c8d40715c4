"""The tables of the incidents room."""

from incidents.models.beside import Attachment, ClockOffset, Curation, Measured
from incidents.models.evidence import Evidence, EvidenceQuerySet
from incidents.models.incident import AffectedService, Incident, IncidentQuerySet, IncidentReader, Milestone
from incidents.models.intake import Arrival, Hook, IncidentLink, IntakePolicy, IntakeRule, KnownName
from incidents.models.logs import LogLine, LogPattern
from incidents.models.service import Service, ServiceQuerySet
from incidents.models.timeline import Correction, Entry, EntryQuerySet

__all__ = [
    "AffectedService",
    "Arrival",
    "Attachment",
    "ClockOffset",
    "Correction",
    "Curation",
    "Entry",
    "EntryQuerySet",
    "Evidence",
    "EvidenceQuerySet",
    "Hook",
    "Incident",
    "IncidentLink",
    "IncidentQuerySet",
    "IncidentReader",
    "IntakePolicy",
    "IntakeRule",
    "KnownName",
    "LogLine",
    "LogPattern",
    "Measured",
    "Milestone",
    "Service",
    "ServiceQuerySet",
]
