"""What the demo is made of: typed records read from the TOML files beside this module.

``demo_organization()`` gives the people and services, ``demo_incidents()`` the public incidents: their raw source
files, the facts that those files must yield once imported, and, for incidents that are further along, what people
wrote, promised and signed. Every value is plain data; turning it into rows is the seeder's work.

The facts are those of the pages in ``DemoIncident.sources``, restated. The people are invented.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from config.demo.records import (
    ActionKind,
    Confidence,
    DemoAction,
    DemoAnswer,
    DemoDataError,
    DemoFact,
    DemoFactor,
    DemoFigure,
    DemoFile,
    DemoImpact,
    DemoIncident,
    DemoOrganization,
    DemoPerson,
    DemoRootCause,
    DemoService,
    DemoSignoff,
    DemoStatement,
    FactPrecision,
    FileKind,
    MilestoneName,
    SectionKey,
    SeverityName,
    SignoffRole,
    Stage,
)

__all__ = [
    "DemoAction",
    "DemoAnswer",
    "DemoDataError",
    "DemoFact",
    "DemoFactor",
    "DemoFigure",
    "DemoFile",
    "DemoImpact",
    "DemoIncident",
    "DemoOrganization",
    "DemoPerson",
    "DemoRootCause",
    "DemoService",
    "DemoSignoff",
    "DemoStatement",
    "demo_incidents",
    "demo_organization",
    "load_incident",
]

DATA = Path(__file__).parent

Row = Mapping[str, Any]
T = TypeVar("T")


@cache
def demo_organization() -> DemoOrganization:
    """The demo organization with its people and services."""
    raw = _toml(DATA / "organization.toml")
    people = _each(
        raw["people"], lambda row: DemoPerson(row["email"], row["name"], row["role"], row["title"])
    )
    services = _each(raw["services"], lambda row: DemoService(row["name"], row["owner"]))
    return DemoOrganization(raw["name"], raw["slug"], people, services)


@cache
def demo_incidents() -> tuple[DemoIncident, ...]:
    """All demo incidents, the one furthest along first.

    Raises ``DemoDataError`` when a record names a person, a file or a fact that does not exist.
    """
    found = [load_incident(path.parent) for path in (DATA / "incidents").glob("*/incident.toml")]
    order = get_args(Stage)
    return tuple(sorted(found, key=lambda incident: (-order.index(incident.stage), incident.id)))


def load_incident(directory: Path) -> DemoIncident:
    """Read ``incident.toml`` in ``directory`` and check that everything it names exists."""
    raw = _toml(directory / "incident.toml")
    incident = DemoIncident(
        id=raw["id"],
        reference=raw["reference"],
        title=raw["title"],
        severity=_one_of(SeverityName, raw["severity"]),
        services=tuple(raw["services"]),
        stage=_one_of(Stage, raw["stage"]),
        sources=tuple(raw["sources"]),
        publisher=raw["publisher"],
        published_zone=raw["published_zone"],
        commander=raw["commander"],
        owner=raw["owner"],
        people_invented=raw["people_invented"],
        files=_each(raw["files"], lambda row: _file(directory, row)),
        facts=_each(raw["facts"], _fact),
        milestones=_milestones(raw["milestones"]),
        highlights=tuple(raw["highlights"]),
        contradictions=tuple(raw["contradictions"]),
        impact=_impact(raw["impact"]),
        root_cause=_root_cause(raw["root_cause"]) if "root_cause" in raw else None,
        factors=_each(raw.get("factors", ()), _factor),
        statements=_each(raw.get("statements", ()), _statement),
        answers=_each(raw.get("answers", ()), _answer),
        actions=_each(raw.get("actions", ()), _action),
        signoffs=_each(raw.get("signoffs", ()), _signoff),
    )
    _check(incident)
    return incident


# Reading rows ------------------------------------------------------------------------------------------------------


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return tomllib.load(stream)


def _each(rows: Iterable[Row], build: Callable[[Row], T]) -> tuple[T, ...]:
    return tuple(build(row) for row in rows)


def _one_of(literal: Any, value: str) -> Any:
    """``value`` when it is one of the words of a ``Literal``; typed loosely because mypy cannot narrow to one."""
    if value not in get_args(literal):
        raise DemoDataError(f"{value!r} is not one of {', '.join(get_args(literal))}.")
    return value


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise DemoDataError(f"{value!r} is not an instant with an offset.")
    return value.astimezone(UTC)


def _file(directory: Path, row: Row) -> DemoFile:
    return DemoFile(
        name=row["name"],
        path=directory / row["name"],
        kind=_one_of(FileKind, row["kind"]),
        about=row["about"],
        zone=row.get("zone"),
    )


def _fact(row: Row) -> DemoFact:
    return DemoFact(
        id=row["id"],
        at=_instant(row["at"]),
        precision=_one_of(FactPrecision, row["precision"]),
        file=row["file"],
        contains=row["contains"],
    )


def _milestones(row: Row) -> Mapping[MilestoneName, str]:
    return MappingProxyType({_one_of(MilestoneName, kind): fact_id for kind, fact_id in row.items()})


def _impact(row: Row) -> DemoImpact:
    return DemoImpact(
        started=_instant(row["started"]),
        ended=_instant(row["ended"]),
        duration=row["duration"],
        users=row["users"],
        figures=_each(row["figures"], lambda figure: DemoFigure(figure["value"], figure["label"])),
    )


def _root_cause(row: Row) -> DemoRootCause:
    return DemoRootCause(
        text=row["text"],
        confidence=_one_of(Confidence, row["confidence"]),
        author=row["author"],
        evidence=tuple(row["evidence"]),
    )


def _factor(row: Row) -> DemoFactor:
    return DemoFactor(
        text=row["text"],
        reasoning=row["reasoning"],
        confidence=_one_of(Confidence, row["confidence"]),
        author=row["author"],
        trigger=row.get("trigger", False),
        evidence_for=tuple(row["for"]),
        evidence_against=tuple(row["against"]),
        would_confirm=row.get("would_confirm"),
    )


def _statement(row: Row) -> DemoStatement:
    return DemoStatement(
        section=_one_of(SectionKey, row["section"]),
        text=row["text"],
        author=row["author"],
        evidence=tuple(row["evidence"]),
    )


def _answer(row: Row) -> DemoAnswer:
    return DemoAnswer(
        topic=row["topic"],
        section=_one_of(SectionKey, row["section"]),
        question=row["question"],
        text=row["text"],
        author=row["author"],
        evidence=tuple(row["evidence"]),
    )


def _action(row: Row) -> DemoAction:
    return DemoAction(
        id=row["id"],
        kind=_one_of(ActionKind, row["kind"]),
        factor=row.get("factor"),
        title=row["title"],
        owner=row["owner"],
        severity=_one_of(SeverityName, row["severity"]),
        due_in_days=row["due_in_days"],
        verification=row["verification"],
        depends_on=tuple(row["depends_on"]),
    )


def _signoff(row: Row) -> DemoSignoff:
    return DemoSignoff(
        role=_one_of(SignoffRole, row["role"]),
        person=row["person"],
        confidence=_one_of(Confidence, row["confidence"]),
        reason=row["reason"],
        signed=row["signed"],
    )


# Checking that what is named exists -------------------------------------------------------------------------------


def _check(incident: DemoIncident) -> None:
    organization = demo_organization()
    _known(incident, "person", _named_people(incident), (person.email for person in organization.people))
    _known(incident, "service", incident.services, (service.name for service in organization.services))
    _known(incident, "fact", _named_facts(incident), (fact.id for fact in incident.facts))
    _known(incident, "file", (fact.file for fact in incident.facts), (file.name for file in incident.files))
    _known(incident, "action", _named_actions(incident), (action.id for action in incident.actions))
    _known(
        incident,
        "factor",
        (str(action.factor) for action in incident.actions if action.factor is not None),
        (str(number) for number, _ in enumerate(incident.factors, start=1)),
    )
    for file in incident.files:
        if not file.path.is_file():
            raise DemoDataError(f"{incident.id}: the raw file {file.name} is missing.")


def _known(incident: DemoIncident, noun: str, named: Iterable[str], known: Iterable[str]) -> None:
    if missing := sorted(set(named) - set(known)):
        raise DemoDataError(f"{incident.id}: unknown {noun}: {', '.join(missing)}.")


def _named_people(incident: DemoIncident) -> Iterator[str]:
    yield from (incident.commander, incident.owner)
    yield from (signoff.person for signoff in incident.signoffs)
    yield from (action.owner for action in incident.actions)
    yield from (factor.author for factor in incident.factors)
    yield from (statement.author for statement in incident.statements)
    yield from (answer.author for answer in incident.answers)
    if incident.root_cause:
        yield incident.root_cause.author


def _named_facts(incident: DemoIncident) -> Iterator[str]:
    yield from incident.milestones.values()
    yield from incident.highlights
    for factor in incident.factors:
        yield from (*factor.evidence_for, *factor.evidence_against)
    for statement in incident.statements:
        yield from statement.evidence
    for answer in incident.answers:
        yield from answer.evidence
    if incident.root_cause:
        yield from incident.root_cause.evidence


def _named_actions(incident: DemoIncident) -> Iterator[str]:
    for action in incident.actions:
        yield from action.depends_on
