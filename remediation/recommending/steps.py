"""A recommended step, and how it gets its owner, its severity and its days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from incidents.enums import Severity
from remediation.enums import ActionKind, Rule, Tier
from remediation.recommending.record import Person, Record, first_by_name

#: Days from the day on which something is due to the day on which somebody looks whether it works.
CHECK_AFTER_DAYS = 14
_KEY = re.compile(r"([a-z]+)\.[A-Za-z0-9-]{1,60}")


def is_key(text: str) -> bool:
    """Whether the text could be the key of a recommendation: a known rule, and a target."""
    match = _KEY.fullmatch(text)
    return match is not None and match.group(1) in Rule.values


@dataclass(frozen=True)
class Step:
    """What a rule proposes.

    ``target`` names what it answers inside a key (``factor-2``), ``answers`` for people (``Factor 2``). ``entries`` are
    the numbers of what it rests on. ``below`` says by how many degrees not doing it is less bad than the incident was.
    ``service`` is whose owner is asked; without one it is a matter of the response, and the commander is asked.
    ``owner`` is set where the record names one already.
    """

    rule: Rule
    target: str
    answers: str
    kind: ActionKind
    tier: Tier
    title: str
    because: str
    criterion: str
    entries: tuple[int, ...] = ()
    factor: int | None = None
    is_probable: bool = False
    below: int = 0
    service: str = ""
    owner: Person | None = None

    @property
    def key(self) -> str:
        """``guard.factor-2``: the same as long as the rule speaks about the same thing."""
        return f"{self.rule.value}.{self.target}"


@dataclass(frozen=True)
class Recommendation:
    """A step with everything that an action item needs; ``owner_because`` is a clause: ``owns mysql``."""

    step: Step
    owner: Person | None
    owner_because: str
    severity: int
    due_on: date
    verify_on: date

    @property
    def key(self) -> str:
        return self.step.key


def completed(step: Step, record: Record) -> Recommendation:
    """The step with a suggested owner, a severity, and the days that the policy gives it."""
    severity = min(record.severity + step.below, Severity.SEV4.value)
    owner, why = _owner(step, record)
    due = record.today + timedelta(days=record.promise_days[severity])
    return Recommendation(step, owner, why, severity, due, due + timedelta(days=CHECK_AFTER_DAYS))


def _owner(step: Step, record: Record) -> tuple[Person | None, str]:
    """Who is asked first that there is, and why they."""
    if step.owner is not None:
        return step.owner, "watches it already"
    service = _of_services(step.service, record)
    commander = (first_by_name(record.commanders), "commanded the incident")
    lead = (first_by_name(record.leads), "is an SRE lead")
    ways = [*service, commander, lead] if step.service else [commander, lead, *service]
    return next(((person, why) for person, why in ways if person is not None), (None, ""))


def _of_services(wanted: str, record: Record) -> Sequence[tuple[Person | None, str]]:
    """The owners of the wanted service, then those of the others."""
    ordered = sorted(record.services, key=lambda one: (one.name != wanted, one.name))
    return [(first_by_name(one.owners), f"owns {one.name}") for one in ordered]
