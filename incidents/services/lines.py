"""A long log: its lines by COPY, the patterns they fall into, and an entry for each pattern that stands out.

The server takes in what is written while the next lines are read, so that neither waits for the other, and memory does
not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.db import connection

from incidents.analysis.cascades import cascades
from incidents.analysis.concerns import Concerns
from incidents.analysis.marks import Marked, mark
from incidents.analysis.patterns import Miner, Pattern
from incidents.analysis.silences import silences
from incidents.analysis.windows import Window
from incidents.chronology import NormalizedEntry
from incidents.enums import Lane, MilestoneKind, PatternMark, Precision, Trust
from incidents.models import Entry, Evidence, Incident, LogLine, LogPattern, Milestone
from incidents.services import bulk
from incidents.sources.base import NOTHING, About, Signal

_COPY = """
COPY incidents_logline (
    organization_id, evidence_id, ordinal, at, pattern, level, actor, text, original_time, location
) FROM STDIN (FORMAT binary)
"""
_TYPES = ["int8", "int8", "int4", "timestamptz", "int4", *["text"] * 5]


@dataclass(frozen=True, slots=True)
class Log:
    """What was written: lines, entries for what stands out of them, and what was noticed about the services."""

    lines: int
    entries: int
    notes: Mapping[str, tuple[str, ...]]


def write(incident: Incident, evidence: Evidence, facts: Iterable[NormalizedEntry]) -> Log:
    """Write all lines, mine them, and show what stands out; the caller holds the incident's lock."""
    miner, concerns = Miner(), Concerns()
    count = _copy(incident, evidence, facts, miner, concerns)
    patterns = miner.patterns()
    window = _window(incident, patterns)
    marked = mark(patterns, window).marked
    added = _show(incident, evidence, marked, window, concerns)
    _keep(incident, evidence, patterns, {found.pattern.groups: found for found in marked})
    notes = {
        "cascades": tuple(found.why for found in cascades(patterns, window)),
        "silences": tuple(found.why for found in silences(patterns, window)),
    }
    return Log(count, added, notes)


def _copy(
    incident: Incident,
    evidence: Evidence,
    facts: Iterable[NormalizedEntry],
    miner: Miner,
    concerns: Concerns,
) -> int:
    """Write the lines as they come, each with the number of its group."""
    organization, pk, ordinal = incident.organization_id, evidence.pk, 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # the check of all lines at the end stays off the disk
        with cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            write, add, tell, storable, named = copy.write_row, miner.add, concerns.add, bulk.storable, _named
            for ordinal, (signal, at, _, _, _) in enumerate(facts, start=1):
                when, text, _, _, location, actor, _, _, _, level, about = signal
                text, actor = storable(text), named(actor)
                group = add(text, actor, level, at.timestamp(), ordinal)
                if about is not NOTHING:
                    tell(group, about)
                write((organization, pk, ordinal, at, group, level, actor, text, when[:100], location))
    return ordinal


@lru_cache(maxsize=1024)
def _named(actor: str) -> str:
    return bulk.storable(actor)[:200]


def _window(incident: Incident, patterns: Sequence[Pattern]) -> Window:
    """From the start of the incident, as far as it is known, until the end of the log."""
    started = (
        Milestone.objects.filter(
            incident=incident, kind__in=[MilestoneKind.IMPACT_STARTED, MilestoneKind.DETECTED]
        )
        .order_by("entry__at")
        .values_list("entry__at", flat=True)
        .first()
    )
    first = min(pattern.first for pattern in patterns)
    last = max(pattern.last for pattern in patterns) + 1
    start = (started or incident.declared_at).timestamp()
    return Window(start if first < start < last else first, last)


def _show(
    incident: Incident, evidence: Evidence, marked: Sequence[Marked], window: Window, concerns: Concerns
) -> int:
    """An entry for each pattern that stands out: a line of it, how often it was seen and until when."""
    if not marked:
        return 0
    shown = [(found, _line(evidence, found, window)) for found in marked]
    with bulk.incoming(evidence.kind) as incoming:
        for found, line in shown:
            signal = _signal(found, line, _about(found.pattern, concerns))
            entry = NormalizedEntry(signal, line.at, line.at, Precision.SECOND, "UTC")
            incoming.add(entry, found.count, _moment(found.pattern.last))
    return bulk.write_new(incident, evidence.pk)


def _signal(found: Marked, line: LogLine, about: About) -> Signal:
    pattern = found.pattern
    return Signal(
        time_text=line.original_time,
        text=line.text,
        lane=Lane.LOG,
        trust=Trust.OBSERVED,
        location=line.location,
        actor=pattern.actor,
        identity=_identity(pattern),
        level=pattern.level,
        about=about,
    )


def _about(pattern: Pattern, concerns: Concerns) -> About:
    """What most of the pattern's lines say they concern; the program that wrote them when they name no service."""
    about = concerns.of(pattern.groups)
    return about if about.services or not pattern.actor else about._replace(services=(pattern.actor,))


def _identity(pattern: Pattern) -> str:
    return f"pattern {pattern.actor}\x1f{pattern.level}\x1f{pattern.template}"


def _line(evidence: Evidence, found: Marked, window: Window) -> LogLine:
    """The first line of the pattern in the time for which it is marked, so that its entry's time was observed."""
    since = window.start if found.mark == PatternMark.MORE else found.pattern.first
    lines = LogLine.objects.filter(evidence=evidence)
    earliest: LogLine | None = (
        lines.filter(pattern__in=found.pattern.groups, at__gte=_moment(since))
        .order_by("at", "ordinal")
        .first()
    )
    return earliest or lines.get(ordinal=found.pattern.samples[0])


def _keep(
    incident: Incident,
    evidence: Evidence,
    patterns: Sequence[Pattern],
    marked: dict[tuple[int, ...], Marked],
) -> None:
    """Keep every pattern; the marked ones with the entry that shows them, which an earlier log may have brought."""
    digests = {bulk.digest_of(evidence.kind, _identity(found.pattern)): key for key, found in marked.items()}
    rows = Entry.objects.filter(incident=incident, digest__in=list(digests)).values_list("digest", "pk")
    entries = {digests[digest]: pk for digest, pk in rows}
    LogPattern.objects.bulk_create(
        (
            _row(evidence, pattern, marked.get(pattern.groups), entries.get(pattern.groups))
            for pattern in patterns
        ),
        batch_size=1000,
    )


def _row(evidence: Evidence, pattern: Pattern, found: Marked | None, entry_id: int | None) -> LogPattern:
    return LogPattern(
        organization_id=evidence.organization_id,
        evidence=evidence,
        template=pattern.template,
        actor=pattern.actor,
        level=pattern.level,
        count=pattern.count,
        first_at=_moment(pattern.first),
        last_at=_moment(pattern.last),
        groups=list(pattern.groups),
        samples=list(pattern.samples),
        mark=found.mark if found else "",
        why=found.why[:500] if found else "",
        entry_id=entry_id,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
