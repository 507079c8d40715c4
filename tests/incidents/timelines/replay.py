"""The ten public incidents: raw files to be imported, and the instants that must come back.

Five stand in the demo, five beside this module; ``expected`` holds one table for each. A table lists what was
published in the order of time: the instant in UTC, the precision with which it was ``published``, the file that tells
it, words by which its entry is known, and how that file writes the time (``written``, ``zone``, ``precision``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import config.demo
from governance.models import User
from incidents.enums import MilestoneKind
from incidents.models import Incident
from incidents.services import ImportOutcome, import_evidence

HERE = Path(__file__).parent
DEMO = Path(config.demo.__file__).parent / "incidents"
DECLARED = ("zone", "clock_offset", "date_order", "year", "columns")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as its source would have written it, with what a person declares about it."""

    path: Path
    kind: str
    declared: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.name

    def bring_in(self, actor: User, incident: Incident) -> ImportOutcome:
        """Import it as declared."""
        return self.bring_in_as(actor, incident, self.declared)

    def bring_in_as(self, actor: User, incident: Incident, declared: Mapping[str, Any]) -> ImportOutcome:
        """Import it with other declarations than those that hold."""
        with self.path.open("rb") as stream:
            return import_evidence(
                actor=actor, incident=incident, filename=self.name, stream=stream, kind=self.kind, **declared
            )


@dataclass(frozen=True, slots=True)
class Published:
    """One published fact, and how the entry looks that must tell it."""

    at: datetime
    published: str
    file: str
    contains: str
    written: str
    zone: str
    precision: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One incident; ``milestones`` are the moments by which it contradicts itself, each named by words of its entry."""

    id: str
    files: tuple[RawFile, ...]
    facts: tuple[Published, ...]
    milestones: Mapping[MilestoneKind, str]

    def file(self, name: str) -> RawFile:
        return next(file for file in self.files if file.name == name)


def timelines() -> list[Timeline]:
    """All ten, by name."""
    return [_timeline(path) for path in sorted((HERE / "expected").glob("*.toml"))]


def _timeline(path: Path) -> Timeline:
    table = _toml(path)
    return Timeline(
        path.stem,
        tuple(file for place in (DEMO, HERE) for file in _files(place / path.stem)),
        tuple(_published(row) for row in table["facts"]),
        {MilestoneKind(kind): words for kind, words in table.get("contradicts", {}).items()},
    )


def _files(directory: Path) -> Iterator[RawFile]:
    manifest = directory / "incident.toml"
    for row in _toml(manifest)["files"] if manifest.exists() else ():
        declared = {name: row[name] for name in DECLARED if name in row}
        yield RawFile(directory / row["name"], row["kind"], declared)


def _published(row: Mapping[str, Any]) -> Published:
    return Published(**{**row, "at": row["at"].astimezone(UTC)})


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return tomllib.load(stream)
