"""The records that the demo is made of: plain frozen data, and what must hold between them.

Addresses name people of ``DemoOrganization.people``; fact ids point into the ``facts`` of the same incident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

Stage = Literal["imported", "drafted", "awaiting_signature", "published"]
FileKind = Literal["pagerduty", "slack", "alertmanager", "github", "log"]
FactPrecision = Literal["minute", "approx"]
Confidence = Literal["confirmed", "probable", "suspected", "unknown"]
SeverityName = Literal["SEV1", "SEV2", "SEV3", "SEV4"]
ActionKind = Literal["prevent", "detect", "lessen", "respond"]
SignoffRole = Literal["incident_commander", "service_owner", "manager", "security"]
MilestoneName = Literal["impact_started", "detected", "acknowledged", "mitigated", "resolved"]
SectionKey = Literal[
    "summary",
    "customer_impact",
    "detection",
    "contributing_factors",
    "mitigation",
    "went_well",
    "security",
    "surprises",
    "unresolved_risks",
    "lessons",
]


class DemoDataError(ValueError):
    """The demo's data contradicts itself; the message names the file and the value."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One invented person of the demo organization. ``role`` is a value of ``governance.enums.Role``."""

    email: str
    name: str
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoService:
    """A service and the address of the person who owns it."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    """The organization that the demo fills."""

    name: str
    slug: str
    people: tuple[DemoPerson, ...]
    services: tuple[DemoService, ...]


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One raw source file. ``zone`` is the IANA zone to declare for times that carry none, else ``None``."""

    name: str
    path: Path
    kind: FileKind
    about: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class DemoFact:
    """A published fact and where it must be found.

    ``at`` is the expected instant in UTC with zero seconds: the pages give minutes. Exactly one entry that comes out
    of ``file`` holds the text ``contains``, within the minute ``at``. ``approx`` means that the page itself says
    "about" and the text says "around".
    """

    id: str
    at: datetime
    precision: FactPrecision
    file: str
    contains: str


@dataclass(frozen=True, slots=True)
class DemoFigure:
    """One number of the impact as published, with its label: ``24 h 11 min``, ``customer impact``."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class DemoImpact:
    """Customer impact as published; ``duration`` keeps the published wording."""

    started: datetime
    ended: datetime
    duration: str
    users: str
    figures: tuple[DemoFigure, ...]


@dataclass(frozen=True, slots=True)
class DemoRootCause:
    """What the review says about the cause, by ``author`` (address), resting on ``evidence`` (fact ids)."""

    text: str
    confidence: Confidence
    author: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoFactor:
    """A contributing factor with the facts for and against it; none for it makes it the author's statement.

    ``trigger`` marks what set the incident off; ``reasoning`` says how the facts bear on the factor.
    """

    text: str
    reasoning: str
    confidence: Confidence
    author: str
    trigger: bool
    evidence_for: tuple[str, ...]
    evidence_against: tuple[str, ...]
    would_confirm: str | None


@dataclass(frozen=True, slots=True)
class DemoStatement:
    """A sentence or two that a person adds to a section of the review."""

    section: SectionKey
    text: str
    author: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    """A person's answer to a question that a draft is likely to ask; ``topic`` is a stable key for matching."""

    topic: str
    section: SectionKey
    question: str
    text: str
    author: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoAction:
    """A promise. ``due_in_days`` counts from the day it is made; ``depends_on`` names other actions by id.

    ``factor`` is the number, from 1, of the factor that it answers, where it answers one.
    """

    id: str
    kind: ActionKind
    factor: int | None
    title: str
    owner: str
    severity: SeverityName
    due_in_days: int
    verification: str
    depends_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoSignoff:
    """Who signs as what, how sure, and why; ``signed`` is false where the demo still waits for the signature."""

    role: SignoffRole
    person: str
    confidence: Confidence
    reason: str
    signed: bool


@dataclass(frozen=True, slots=True)
class DemoIncident:
    """One public incident. ``facts`` stand in their published order; all ids in the record point into them."""

    id: str
    reference: str
    title: str
    severity: SeverityName
    services: tuple[str, ...]
    stage: Stage
    sources: tuple[str, ...]
    publisher: str
    published_zone: str
    commander: str
    owner: str
    people_invented: bool
    files: tuple[DemoFile, ...]
    facts: tuple[DemoFact, ...]
    milestones: Mapping[MilestoneName, str]
    highlights: tuple[str, ...]
    contradictions: tuple[str, ...]
    impact: DemoImpact
    root_cause: DemoRootCause | None
    factors: tuple[DemoFactor, ...]
    statements: tuple[DemoStatement, ...]
    answers: tuple[DemoAnswer, ...]
    actions: tuple[DemoAction, ...]
    signoffs: tuple[DemoSignoff, ...]

    def fact(self, fact_id: str) -> DemoFact:
        """The fact with this id. Raises ``DemoDataError`` when there is none."""
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise DemoDataError(f"{self.id}: no fact is called {fact_id!r}.")

    def file(self, name: str) -> DemoFile:
        """The raw file with this name. Raises ``DemoDataError`` when there is none."""
        for file in self.files:
            if file.name == name:
                return file
        raise DemoDataError(f"{self.id}: no file is called {name!r}.")

    def facts_of(self, file: DemoFile) -> tuple[DemoFact, ...]:
        """The facts that this file carries, in their published order."""
        return tuple(fact for fact in self.facts if fact.file == file.name)
