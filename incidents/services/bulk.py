"""Writing many entries at once: COPY into a temporary table, then one INSERT that numbers them in time order.

The temporary table has no index and no log, so that a file streams through in flat memory; what the incident already
knows is found by digest in one join. The caller holds the incident's lock and an open transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection

from incidents.chronology import NormalizedEntry
from incidents.models import Incident

_INCOMING = """
CREATE TEMPORARY TABLE incoming_entry (
    ordinal integer, at timestamptz, original_at timestamptz, digest bytea, identified boolean,
    text text, lane text, actor text, trust text, precision text, original_time text, zone text, location text
) ON COMMIT DROP
"""
_TYPES = ["int4", "timestamptz", "timestamptz", "bytea", "bool", *["text"] * 8]


class Incoming:
    """The temporary table while it is filled."""

    def __init__(self, copy: Any, kind: str) -> None:
        self._write = copy.write_row
        self._kind = kind.encode()
        self.count = 0

    def add(self, entry: NormalizedEntry) -> None:
        """Write one entry."""
        signal, at, original_at, precision, zone = entry
        time_text, text, lane, trust, location, actor, identity, _zone, _precision = signal
        if "\x00" in text:
            text = text.replace("\x00", "\u2400")
        if identity:
            digest = sha256(b"%b\x1f%b" % (self._kind, identity.encode())).digest()
        else:
            digest = sha256(f"{original_at.timestamp()}\x1f{actor}\x1f{text}".encode()).digest()
        self.count += 1
        self._write(
            (
                self.count, at, original_at, digest, identity != "",
                text, lane.value, actor[:200].replace("\x00", ""), trust.value, precision.value,
                time_text[:100], zone, location[:200],
            )
        )  # fmt: skip


@contextmanager
def incoming(kind: str) -> Iterator[Incoming]:
    """Create the temporary table and open it for writing."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # sorts a log of usual size without going to disk
        cursor.execute("DROP TABLE IF EXISTS incoming_entry")
        cursor.execute(_INCOMING)
        with cursor.copy("COPY incoming_entry FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(_TYPES)
            yield Incoming(copy, kind)


def lock(incident: Incident) -> None:
    """Let one writer at a time number an incident's entries; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"entries of incident {incident.pk}"]
        )


def next_number(incident: Incident) -> int:
    """The number of the next entry; the caller holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM incidents_entry WHERE incident_id = %s", [incident.pk]
        )
        return int(cursor.fetchone()[0])


# A line without an identity of its own that stands n times in a file is n facts: the n-th gets a digest of its own.
_FRESH = """
WITH told AS (
    SELECT i.*, row_number() OVER (PARTITION BY digest ORDER BY ordinal) AS nth FROM incoming_entry i
), facts AS (
    SELECT *, left(encode(CASE WHEN nth = 1 THEN digest ELSE sha256(digest || nth::text::bytea) END, 'hex'), 32) AS hex
    FROM told WHERE nth = 1 OR NOT identified
), fresh AS (
    SELECT f.* FROM facts f
    WHERE NOT EXISTS (SELECT 1 FROM incidents_entry e WHERE e.incident_id = %(incident)s AND e.digest = f.hex)
)
"""
_COUNT = _FRESH + "SELECT count(*) FROM fresh"  # noqa: S608 - constants of this module
_INSERT = """
INSERT INTO incidents_entry (
    organization_id, incident_id, evidence_id, number, at, text, lane, actor, trust, precision,
    original_at, original_time, original_text, zone, location, digest, highlighted, hidden, hidden_reason
)
SELECT %(organization)s, %(incident)s, %(evidence)s, %(first)s - 1 + row_number() OVER (ORDER BY at, ordinal),
    at, text, lane, actor, trust, precision,
    original_at, original_time, text, zone, location, hex, false, false, ''
FROM fresh
ORDER BY at, ordinal
"""


def count_new(incident: Incident) -> int:
    """How many of the incoming facts the incident does not know yet."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"incident": incident.pk})
        return int(cursor.fetchone()[0])


def write_new(incident: Incident, evidence_id: int) -> None:
    """Turn the incoming facts that are new into entries that rest on this evidence."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FRESH + _INSERT,
            {
                "organization": incident.organization_id,
                "incident": incident.pk,
                "evidence": evidence_id,
                "first": next_number(incident),
            },
        )


def digest_of_statement(author_id: int, at: datetime, text: str) -> str:
    """The digest of a person's own statement: the same person says the same thing about one moment only once."""
    return sha256(f"statement\x1f{author_id}\x1f{at.timestamp()}\x1f{text}".encode()).hexdigest()[:32]
