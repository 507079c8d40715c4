"""What recommendations are made from: the record of a review, as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from incidents.enums import Lane, MilestoneKind
from reviews.enums import Confidence

_ALARM = re.compile(
    r"(?<!\bno )(?<!\bwithout )(?<!\bwithout an )\b(?:alert(?:s|ed|ing)?|alarms?|paged|pager\w*|monitor(?:s|ing)?)\b",
    re.IGNORECASE,
)


class Person(NamedTuple):
    """Somebody who may see the incident, and so can be asked to keep a promise."""

    name: str
    pk: int


class Mention(NamedTuple):
    """An entry of the chronology.

    ``is_exact`` says that its time can be counted from in minutes, ``tells_of_change`` that its words speak of a change
    although it came with others.
    """

    number: int
    at: datetime
    text: str
    lane: str
    services: tuple[str, ...] = ()
    is_exact: bool = True
    tells_of_change: bool = False

    @property
    def is_change(self) -> bool:
        return self.lane == Lane.CHANGE

    @property
    def is_alarm(self) -> bool:
        """Whether a machine raised it, or its words say that one did."""
        return self.lane in (Lane.ALERT, Lane.METRIC) or bool(_ALARM.search(self.text))


class KnownFactor(NamedTuple):
    """A contributing factor with the entries that speak for it."""

    number: int
    statement: str
    confidence: str
    is_trigger: bool = False
    nature: str = ""
    would_confirm: str = ""
    entries: tuple[Mention, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        return self.confidence == Confidence.CONFIRMED


class KnownService(NamedTuple):
    """An affected service and who owns it."""

    name: str
    owners: tuple[Person, ...] = ()


class Silence(NamedTuple):
    """Between two entries nothing is recorded."""

    after: int
    before: int
    minutes: int


class KnownRisk(NamedTuple):
    """An open risk; ``is_accepted`` says that somebody took it on with a reason."""

    number: int
    statement: str
    owner: Person | None = None
    factor: int | None = None
    is_accepted: bool = False


class Owed(NamedTuple):
    """What is still promised after another incident: labels such as ``A3``, and those of them that are overdue."""

    reference: str
    promised: tuple[str, ...]
    overdue: tuple[str, ...] = ()
    is_repeat: bool = False


class Answer(NamedTuple):
    """An action item that exists: its kind, the number of the factor that it answers, and what it was taken from."""

    kind: str
    factor: int | None = None
    key: str = ""


@dataclass(frozen=True)
class Record:
    """Everything that a recommendation may name; nothing in one comes from anywhere else.

    ``alerts`` are those of the incident, ``returns`` are entries that tell of a way back, ``gap_minutes`` is from which
    length on the rules call a silence one, and ``promise_days`` are the days of a promise by its severity.
    """

    severity: int
    today: date
    promise_days: Mapping[int, int]
    gap_minutes: int
    services: tuple[KnownService, ...] = ()
    commanders: tuple[Person, ...] = ()
    leads: tuple[Person, ...] = ()
    factors: tuple[KnownFactor, ...] = ()
    milestones: Mapping[MilestoneKind, Mention] = field(default_factory=dict)
    alerts: tuple[Mention, ...] = ()
    returns: tuple[Mention, ...] = ()
    silences: tuple[Silence, ...] = ()
    risks: tuple[KnownRisk, ...] = ()
    owed: tuple[Owed, ...] = ()
    answers: tuple[Answer, ...] = ()

    def minutes(self, earlier: MilestoneKind, later: MilestoneKind) -> int | None:
        """Whole minutes from one milestone to another; None when one is not set, or not known to the minute."""
        first, last = self.milestones.get(earlier), self.milestones.get(later)
        return None if first is None or last is None else minutes_between(first, last)

    def answered(self, kind: str, factor: int) -> bool:
        """Whether an action item of this kind answers the factor."""
        return any((one.kind, one.factor) == (kind, factor) for one in self.answers)


def minutes_between(first: Mention, last: Mention) -> int | None:
    """Whole minutes from one entry to another, as clocks show them; None when one is not known to the minute."""
    if not (first.is_exact and last.is_exact):
        return None
    early, late = (one.at.replace(second=0, microsecond=0) for one in (first, last))
    return int((late - early).total_seconds()) // 60


def first_by_name(people: Iterable[Person]) -> Person | None:
    """Whom a list of people is asked through: the first by name, so that the order they come in does not matter."""
    return min(people, default=None)
