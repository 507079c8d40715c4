"""A long log: its lines by COPY, the patterns they fall into, and an entry for each pattern that stands out.

The server takes in what is written while the next lines are read, so that neither waits for the other, and memory does
not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from incidents.analysis.patterns import Miner, Pattern
from incidents.chronology import NormalizedEntry
from incidents.models import Evidence, Incident, LogPattern
from incidents.services import bulk

_COPY = """
COPY incidents_logline (
    organization_id, evidence_id, ordinal, at, pattern, level, actor, text, original_time, location
) FROM STDIN (FORMAT binary)
"""
_TYPES = ["int8", "int8", "int4", "timestamptz", "int4", *["text"] * 5]
SHORTEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Log:
    """What was written: lines, and entries for what stands out of them."""

    lines: int
    entries: int


def write(incident: Incident, evidence: Evidence, facts: Iterable[NormalizedEntry]) -> Log:
    """Write all lines, mine them, and show what stands out; the caller holds the incident's lock."""
    miner = Miner()
    samples: dict[int, NormalizedEntry] = {}
    count = _copy(incident, evidence, facts, miner, samples)
    patterns = miner.patterns()
    LogPattern.objects.bulk_create(_row(evidence, pattern) for pattern in patterns)
    return Log(count, 0)


def _row(evidence: Evidence, pattern: Pattern) -> LogPattern:
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
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _copy(
    incident: Incident,
    evidence: Evidence,
    facts: Iterable[NormalizedEntry],
    miner: Miner,
    samples: dict[int, NormalizedEntry],
) -> int:
    """Write the lines as they come; keeps one fact of each group, so that a pattern can be shown by a real line."""
    organization, pk, ordinal = incident.organization_id, evidence.pk, 0
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        write, add, storable = copy.write_row, miner.add, bulk.storable
        for ordinal, fact in enumerate(facts, start=1):
            signal, at = fact.signal, fact.at
            text, actor, level = storable(signal.text), storable(signal.actor)[:200], signal.level
            group = add(text, actor, level, at.timestamp(), ordinal)
            if group not in samples:
                samples[group] = fact
            write(
                (
                    organization, pk, ordinal, at, group, level, actor, text,
                    signal.time_text[:100], signal.location[:200],
                )
            )  # fmt: skip
    return ordinal
