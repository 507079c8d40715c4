"""What the analysis of causes reads: series, log patterns, changes, alarms and calls, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from incidents.analysis.facts import FIRING, Fact, in_order, state
from incidents.analysis.patterns import Pattern
from incidents.analysis.windows import Window
from incidents.analysis.wording import tells_harm
from incidents.enums import Lane, Precision

Points = tuple[tuple[float, float], ...]

MINUTE = 59.0


class RefKind(StrEnum):
    """What a sentence may rest on."""

    ENTRY = "entry"
    SERIES = "series"
    TEMPLATE = "template"
    CHANGE = "change"
    ALARM = "alarm"
    TRACE = "trace"


class Ref(NamedTuple):
    """One thing that a sentence rests on; ``key`` names it among those of its kind (``E12``, ``cart p99_ms``)."""

    kind: RefKind
    key: str


class Reason(NamedTuple):
    """One sentence, and what it rests on."""

    text: str
    refs: tuple[Ref, ...]


class Series(NamedTuple):
    """One measured value of one service over time: pairs of Unix seconds and the value, in any order."""

    service: str
    metric: str
    points: Points

    @property
    def ref(self) -> Ref:
        return Ref(RefKind.SERIES, f"{self.service} {self.metric}")


class Change(NamedTuple):
    """A deployment, commit, flag or setting.

    ``at`` is when it reached production, or was made when that is not on record (``is_live`` is then false), in Unix
    seconds. ``diff`` is a unified diff or empty; ``files`` are the paths that it touches.
    """

    key: str
    at: float
    service: str
    text: str
    kind: str = "deployment"
    files: tuple[str, ...] = ()
    diff: str = ""
    is_live: bool = True
    ref_kind: RefKind = RefKind.CHANGE

    @property
    def ref(self) -> Ref:
        return Ref(self.ref_kind, self.key)


class Alarm(NamedTuple):
    """An alert that fired ``at`` (Unix seconds); ``metric`` and ``monitor`` are empty when it does not say."""

    key: str
    at: float
    service: str
    text: str
    metric: str = ""
    monitor: str = ""
    ref_kind: RefKind = RefKind.ALARM

    @property
    def ref(self) -> Ref:
        return Ref(self.ref_kind, self.key)


class Call(NamedTuple):
    """One service calls another; ``error`` is what such a call failed with, if one did."""

    caller: str
    callee: str
    error: str = ""


class Line(NamedTuple):
    """A line of a log that is an entry by itself, written between ``at`` and ``until`` (Unix seconds)."""

    at: float
    until: float
    service: str
    text: str
    is_trouble: bool
    ref: Ref


class Note(NamedTuple):
    """A text without a place in time: the pattern of a log tool, the error of a span."""

    service: str
    text: str
    is_trouble: bool
    ref: Ref


class Observed(NamedTuple):
    """Everything known about one incident.

    ``began`` is when it is taken to have begun, if anybody said so. ``usual`` is an ordinary time that somebody
    declared for comparison; without one, what lies before the incident is compared with.
    """

    series: tuple[Series, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    lines: tuple[Line, ...] = ()
    changes: tuple[Change, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    calls: tuple[Call, ...] = ()
    notes: tuple[Note, ...] = ()
    began: float | None = None
    usual: Window | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """All that anything here is about, by name."""
        named = {one.service for one in self.series} | {one.service for one in self.changes}
        named |= {one.service for one in self.alarms} | {one.service for one in self.notes}
        named |= {one.actor for one in self.patterns} | {one.service for one in self.lines}
        named |= {name for call in self.calls for name in (call.caller, call.callee)}
        return tuple(sorted(named - {""}))

    @property
    def alarmed_at(self) -> float | None:
        """When the incident was first known of: the first alarm, or what was said of its begin when that is earlier."""
        times = [alarm.at for alarm in self.alarms] + ([self.began] if self.began is not None else [])
        return min(times, default=None)


def template_ref(pattern: Pattern) -> Ref:
    """How a sentence points at a log template."""
    return Ref(
        RefKind.TEMPLATE, f"{pattern.actor}: {pattern.template}" if pattern.actor else pattern.template
    )


def from_facts(
    facts: Iterable[Fact],
    patterns: Iterable[Pattern] = (),
    series: Iterable[Series] = (),
    calls: Iterable[Call] = (),
) -> Observed:
    """What a chronology tells: changes and alerts as such, log entries as lines, entries of metrics as notes."""
    ordered = [fact for fact in in_order(facts) if not fact.is_dated_only]
    return Observed(
        series=tuple(series),
        patterns=tuple(patterns),
        lines=tuple(_line(fact) for fact in ordered if fact.lane == Lane.LOG),
        changes=tuple(_change(fact) for fact in ordered if fact.lane == Lane.CHANGE),
        alarms=tuple(_alarm(fact) for fact in ordered if fact.lane == Lane.ALERT and state(fact) == FIRING),
        calls=tuple(calls),
        notes=tuple(_note(fact) for fact in ordered if fact.lane == Lane.METRIC),
    )


def _service(fact: Fact) -> str:
    return fact.services[0] if fact.services else fact.actor if fact.lane == Lane.LOG else ""


def _line(fact: Fact) -> Line:
    at = fact.at.timestamp()
    until = at + MINUTE if fact.precision == Precision.MINUTE else at
    return Line(
        at, until, _service(fact), fact.text, tells_harm(fact.text), Ref(RefKind.ENTRY, f"E{fact.number}")
    )


def _change(fact: Fact) -> Change:
    key, at, service = f"E{fact.number}", fact.at.timestamp(), _service(fact)
    return Change(key, at, service, fact.text, kind="change", ref_kind=RefKind.ENTRY)


def _alarm(fact: Fact) -> Alarm:
    return Alarm(f"E{fact.number}", fact.at.timestamp(), _service(fact), fact.text, ref_kind=RefKind.ENTRY)


def _note(fact: Fact) -> Note:
    return Note(_service(fact), fact.text, tells_harm(fact.text), Ref(RefKind.ENTRY, f"E{fact.number}"))
