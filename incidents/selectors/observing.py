"""What an incident's rows tell the analysis: entries, measured series, log patterns with their counts, changes, calls.

A constant number of queries, and bounded memory: what tells of trouble comes first where there is more than fits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from incidents.analysis.facts import Fact
from incidents.analysis.figures import Terms
from incidents.analysis.observed import Change, Observed, Ref, RefKind, Series, from_facts, template_ref
from incidents.analysis.patterns import Pattern
from incidents.analysis.whole import Mark, Marks
from incidents.curves import readable
from incidents.enums import Lane, MilestoneKind, SourceKind
from incidents.models import (
    AffectedService,
    ClockOffset,
    Entry,
    Evidence,
    Incident,
    Measured,
    Milestone,
)
from incidents.selectors.mined import TROUBLE, Clocks, patterns_of
from incidents.selectors.naming import metric_name, named_in, owner_of, plain_name
from incidents.selectors.payloads import CHANGES, Payloads, payloads_of

MOST_ENTRIES = 20_000
MOST_SERIES = 300

_FIELDS = (
    "number", "at", "text", "lane", "actor", "trust", "precision", "evidence__kind", "evidence_id", "fingerprint",
    "services", "highlighted",
)  # fmt: skip
_DEPLOYED = re.compile(r"^deployment\b", re.IGNORECASE)
_UNDONE = re.compile(
    r"\b(?:ended in an error|failed|is queued|is pending|is in progress|was canceled|was skipped)\b",
    re.IGNORECASE,
)
_NO_CHANGE = re.compile(r"^(?:Check|Checks|Status|Workflow)\b")


class Seen(NamedTuple):
    """What there is to analyze, and the numbers of the entries that show each part of it."""

    observed: Observed
    facts: tuple[Fact, ...]
    marks: Marks
    terms: tuple[Terms, ...]
    entries: Mapping[Ref, tuple[int, ...]]


class _Row(NamedTuple):
    """An entry: the fact, how bad its source calls it, and where it stands in its file."""

    fact: Fact
    level: str
    location: str


def seen_of(incident: Incident) -> Seen:
    """Everything on record about an incident, in the form that the analysis reads."""
    rows, terms, marks = _rows(incident), _terms(incident), marks_of(incident)
    clocks = dict(
        ClockOffset.objects.filter(incident=incident, withdrawn_at=None).values_list("source", "seconds")
    )
    affected = [one.service for one in terms]
    known = {*affected, *(name for row in rows if row.fact.lane != Lane.LOG for name in row.fact.services)}
    patterns = [
        (replace(one, actor=owner_of(one.actor, known)), numbers)
        for one, numbers in patterns_of(incident, clocks)
    ]
    series = _series(incident, affected, clocks)
    payloads = payloads_of(Evidence.objects.filter(incident=incident, kind__in=[*CHANGES, SourceKind.XRAY]))
    shown = {number for _, numbers in (*patterns, *series.items()) for number in numbers}
    observed = _observed(rows, shown, payloads, [one for one, _ in patterns], series, known)
    return Seen(
        observed._replace(began=marks.started.at if marks.started else None),
        tuple(row.fact for row in rows),
        marks,
        tuple(terms),
        _entries(rows, patterns, series),
    )


def marks_of(incident: Incident) -> Marks:
    """The milestones that the analysis reads."""
    rows = Milestone.objects.filter(incident=incident).values_list("kind", "entry__at", "entry__number")
    found = {kind: Mark(at.timestamp(), number) for kind, at, number in rows}
    return Marks(
        found.get(MilestoneKind.IMPACT_STARTED),
        found.get(MilestoneKind.DETECTED),
        found.get(MilestoneKind.RESOLVED),
    )


def _rows(incident: Incident) -> list[_Row]:
    """What is shown; of a chronology too long for memory, ordinary log lines are what stays out."""
    ordinary = When(Q(lane=Lane.LOG, highlighted=False) & ~Q(level__in=TROUBLE), then=Value(1))
    chosen = (
        Entry.objects.filter(incident=incident)
        .shown()
        .annotate(
            last=Case(ordinary, default=Value(0), output_field=IntegerField()),
            who=Coalesce("author__name", "actor"),
        )
    )
    found = chosen.order_by("last", "at", "tie", "number").values_list(*_FIELDS, "level", "location", "who")
    return [_row(*row) for row in found[:MOST_ENTRIES]]


def _row(*row: Any) -> _Row:
    *values, level, location, who = row
    named = dict(zip(_FIELDS, values, strict=True))
    fact = Fact(
        number=named["number"],
        at=named["at"],
        text=named["text"],
        lane=named["lane"],
        actor=who or "",
        trust=named["trust"],
        precision=named["precision"],
        source=named["evidence__kind"] or "",
        evidence=named["evidence_id"] or 0,
        fingerprint=named["fingerprint"],
        services=tuple(filter(None, map(plain_name, named["services"]))),
        highlighted=named["highlighted"],
    )
    return _Row(fact, level, location)


def _observed(
    rows: Sequence[_Row],
    shown: set[int],
    payloads: Payloads,
    patterns: Iterable[Pattern],
    series: Iterable[Series],
    known: Set[str],
) -> Observed:
    """What the entries tell; programs are called by the services that they belong to, where one is known.

    Lines that stand for a pattern, and entries of a series, are told by these and not a second time.
    """
    told = from_facts(
        (row.fact for row in rows if row.fact.number not in shown), patterns, series, payloads.calls
    )
    bad = {f"E{row.fact.number}" for row in rows if row.level in TROUBLE}
    by_number = {f"E{row.fact.number}": row for row in rows}
    deployed = {
        payloads.detail(row.fact.evidence, row.location).commit for row in rows if _is_deployment(row.fact)
    }
    changes = (_change(one, by_number[one.key], payloads, deployed - {""}) for one in told.changes)
    belongs = {name: owner_of(name, known) for name in {one.service for one in told.lines}}
    lines = (
        one._replace(service=belongs[one.service], is_trouble=one.is_trouble or one.ref.key in bad)
        for one in told.lines
    )
    return told._replace(
        lines=tuple(lines),
        changes=tuple(one for one in changes if one),
    )


def _change(change: Change, row: _Row, payloads: Payloads, deployed: Set[str]) -> Change | None:
    """The change with what it touches.

    ``None`` for a record of work that has changed nothing yet or at all, and for a commit for which its deployment
    stands.
    """
    if _UNDONE.search(row.fact.text) or _NO_CHANGE.match(row.fact.text):
        return None
    detail = payloads.detail(row.fact.evidence, row.location)
    kind, is_live = _kind(row.fact)
    if not is_live and detail.commit in deployed:
        return None
    return change._replace(kind=kind, is_live=is_live, files=detail.files, diff=detail.diff)


def _is_deployment(fact: Fact) -> bool:
    return fact.source == SourceKind.DEPLOY or bool(_DEPLOYED.match(fact.fingerprint))


def _kind(fact: Fact) -> tuple[str, bool]:
    """What sort of change it is, and whether the record says that it reached production."""
    if fact.source == SourceKind.FLAGS:
        return "flag", True
    if _is_deployment(fact):
        return "deployment", True
    if fact.source == SourceKind.GITHUB:
        return ("release" if fact.fingerprint.startswith("release") else "commit"), False
    return "change", True


def _series(incident: Incident, affected: Sequence[str], clocks: Clocks) -> dict[Series, tuple[int, ...]]:
    """Each measured series, its parts joined, with the numbers of the entries that show it."""
    rows = (
        Measured.objects.filter(entry__incident=incident, entry__hidden=False, entry__folded_into=None)
        .order_by("entry__at", "entry__tie", "entry__number")
        .values_list("name", "entry__services", "points", "entry__number", "entry__evidence__kind")
    )
    points: defaultdict[tuple[str, str], set[tuple[float, float]]] = defaultdict(set)
    numbers: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for name, services, measured, number, source in rows[:MOST_SERIES]:
        key = plain_name(services[0] if services else named_in(name, affected)), metric_name(name)
        points[key].update((at - clocks.get(source, 0), value) for at, value in readable(measured))
        numbers[key].append(number)
    return {Series(*key, tuple(sorted(points[key]))): tuple(numbers[key]) for key in sorted(points)}


def _terms(incident: Incident) -> list[Terms]:
    """What is promised and paid for the affected services."""
    rows = AffectedService.objects.filter(incident=incident).order_by("service__name")
    return [
        Terms(name, _number(target), _number(price), currency)
        for name, target, price, currency in rows.values_list(
            "service__name", "service__sla_percent", "service__minute_cost", "service__currency"
        )
    ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _entries(
    rows: Iterable[_Row],
    patterns: Iterable[tuple[Pattern, tuple[int, ...]]],
    series: Mapping[Series, tuple[int, ...]],
) -> dict[Ref, tuple[int, ...]]:
    """What shows each part: an entry itself, the entries of a pattern, the entries of a series."""
    found = {Ref(RefKind.ENTRY, f"E{row.fact.number}"): (row.fact.number,) for row in rows}
    for pattern, numbers in patterns:
        if numbers:
            ref = template_ref(pattern)
            found[ref] = tuple(sorted({*found.get(ref, ()), *numbers}))
    return found | {one.ref: numbers for one, numbers in series.items()}
