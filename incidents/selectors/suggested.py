"""The analysis of an incident as its page shows it: sentences, each with the numbers of the entries it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from incidents.analysis.detection import Detection, How
from incidents.analysis.figures import Known, Span, Unknown
from incidents.analysis.observed import Reason
from incidents.analysis.onset import Onset
from incidents.analysis.weighing import Candidate, Kind
from incidents.analysis.whole import Analysis
from incidents.chronology import in_words
from incidents.models import Incident
from incidents.selectors.analyzing import analysis_of

_KINDS = {
    Kind.CHANGE: "Change",
    Kind.CERTIFICATE: "Certificate",
    Kind.TRAFFIC: "Traffic",
    Kind.DEPENDENCY: "Dependency",
    Kind.PROVIDER: "Provider",
    Kind.INFRASTRUCTURE: "Infrastructure",
    Kind.DATA: "Data",
    Kind.SATURATION: "Saturation",
}
_HOW = {
    How.MONITOR: "By a monitor",
    How.CUSTOMER: "By customers",
    How.PERSON: "By a person at work",
    How.UNKNOWN: "Unknown",
}


class Told(NamedTuple):
    """A sentence and the numbers of the entries that show what it says."""

    text: str
    entries: tuple[int, ...] = ()


class Began(NamedTuple):
    """Where and when it began; ``service`` is empty, and ``why`` one sentence, when nothing shows it."""

    service: str
    at: datetime | None
    is_sure: bool
    why: tuple[Told, ...]


class Suspect(NamedTuple):
    """A candidate for a contributing factor."""

    kind: str
    confidence: str
    statement: Told
    speaking: tuple[Told, ...]
    against: tuple[Told, ...]
    would_confirm: str


class Figure(NamedTuple):
    """One line of the impact or the detection; what is not known says why."""

    label: str
    told: Told
    is_known: bool = True


class Suggested(NamedTuple):
    """Everything that the page shows."""

    began: Began
    suspects: tuple[Suspect, ...]
    no_change: str
    left_out: int
    late: tuple[Told, ...]
    services: tuple[Told, ...]
    impact: tuple[Figure, ...]
    detection: tuple[Figure, ...]
    earlier: tuple[Told, ...]


def suggested_for(incident: Incident) -> Suggested:
    """What the evidence of an incident suggests."""
    found = analysis_of(incident)
    return Suggested(
        _began(found),
        tuple(_suspect(one, found) for one in found.ranking.candidates),
        found.ranking.no_change,
        found.ranking.left_out,
        _told(found, found.ranking.notes),
        _told(found, (one.why for one in found.impact.services)),
        tuple(_impact(found)),
        tuple(_detection(found)),
        _told(found, found.detection.earlier),
    )


def _told(found: Analysis, reasons: Iterable[Reason]) -> tuple[Told, ...]:
    return tuple(Told(one.text, found.cited(one)) for one in reasons)


def _began(found: Analysis) -> Began:
    onset = found.onset
    if isinstance(onset, Onset):
        return Began(onset.service, _moment(onset.began), onset.is_sure, _told(found, onset.why))
    return Began("", None, False, (Told(onset.why),))


def _suspect(one: Candidate, found: Analysis) -> Suspect:
    shown = found.cited(*one.evidence_for)[:1]
    return Suspect(
        _KINDS[one.kind],
        one.confidence.value,
        Told(one.statement, shown),
        _told(found, one.evidence_for),
        _told(found, one.evidence_against),
        one.would_confirm,
    )


def _impact(found: Analysis) -> Iterable[Figure]:
    impact = found.impact
    yield _span("Customers hit", impact.customers_hit, found)
    yield _span("Response", impact.response, found)
    rows = (
        ("Error share", impact.error_share),
        ("Requests", impact.requests),
        ("Customers", impact.customers),
        ("Promised availability", impact.sla),
        ("Cost", impact.money),
    )
    for label, value in rows:
        if isinstance(value, Known):
            yield Figure(label, Told(value.text, found.numbers(value.refs)))
        else:
            yield Figure(label, Told(value.why), is_known=False)


def _span(label: str, span: Span | Unknown, found: Analysis) -> Figure:
    if isinstance(span, Unknown):
        return Figure(label, Told(span.why), is_known=False)
    start = _moment(span.start)
    numbers = found.cited(*span.why)
    if span.end is None:
        return Figure(label, Told(f"Since {_clock(start)}; the record shows no end.", numbers))
    end = _moment(span.end)
    until = f"{end:%H:%M} UTC" if end.date() == start.date() else _clock(end)
    return Figure(label, Told(f"{in_words(end - start)}, from {_clock(start)} to {until}.", numbers))


def _detection(found: Analysis) -> Iterable[Figure]:
    seen = found.detection
    is_known = seen.how != How.UNKNOWN
    yield Figure(_HOW[seen.how] if is_known else "How", _rests(found, seen.what), is_known)
    yield Figure("Gap", Told(_gap(seen)), seen.gap is not None)
    yield Figure("Monitor", _rests(found, seen.monitor), bool(seen.monitor.refs))


def _gap(seen: Detection) -> str:
    if seen.gap is None:
        return f"{seen.gap_in_words.capitalize()}."
    if seen.gap < 1:
        return "None: it was noticed when the impact began, or before."
    return f"{seen.gap_in_words} after the impact began."


def _rests(found: Analysis, reason: Reason) -> Told:
    return Told(reason.text, found.cited(reason))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _clock(at: datetime) -> str:
    return f"{at.day} {at:%b} {at:%H:%M} UTC"
