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
from incidents.sources.base import NOTHING, About

_INCOMING = """
CREATE TEMPORARY TABLE IF NOT EXISTS incoming_entry (
    ordinal integer, at timestamptz, original_at timestamptz, digest bytea, identified boolean,
    text text, lane text, actor text, trust text, precision text, original_time text, zone text, location text,
    level text, services text[], region text, customer text, fingerprint text, times_seen integer, last_at timestamptz
) ON COMMIT DELETE ROWS
"""
_TYPES = [
    "int4", "timestamptz", "timestamptz", "bytea", "bool", *["text"] * 9, "text[]", *["text"] * 3, "int4", "timestamptz"
]  # fmt: skip


class Incoming:
    """The temporary table while it is filled.

    ``beside`` holds, by digest in hex, what a few entries bring along and what has tables of its own: a measured
    series, files.
    """

    def __init__(self, copy: Any, kind: str) -> None:
        self._write = copy.write_row
        self._kind = kind.encode()
        self.count = 0
        self.beside: dict[str, About] = {}

    def add(self, entry: NormalizedEntry, times_seen: int = 1, last_at: datetime | None = None) -> None:
        """Write one entry; ``times_seen`` and ``last_at`` when it stands for several."""
        signal, at, original_at, precision, zone = entry
        time_text, text, lane, trust, location, actor, identity, _zone, _precision, level, about = signal
        text, actor = storable(text), storable(actor)[:200]
        digest = self._digest(identity, original_at, actor, text)
        self.count += 1
        if about is not NOTHING and (about.series or about.files):
            self.beside[digest.hex()[:32]] = about
        self._write(
            (
                self.count, at, original_at, digest, identity != "",
                text, lane.value, actor, trust.value, precision.value,
                storable(time_text)[:100], zone, storable(location)[:200],
                level, [storable(name)[:120] for name in about.services[:20]], storable(about.region)[:120],
                storable(about.customer)[:120], storable(about.fingerprint)[:200], times_seen, last_at,
            )
        )  # fmt: skip

    def _digest(self, identity: str, original_at: datetime, actor: str, text: str) -> bytes:
        if identity:
            return sha256(b"%b\x1f%b" % (self._kind, identity.encode(errors="replace"))).digest()
        return sha256(f"{original_at.timestamp()}\x1f{actor}\x1f{text}".encode()).digest()


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL, and halves of surrogate pairs."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\u2400").encode(errors="replace").decode()


@contextmanager
def incoming(kind: str) -> Iterator[Incoming]:
    """Open the temporary table for writing, empty; a connection keeps it, so small imports leave no dead tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # sorts a log of usual size without going to disk
        cursor.execute(_INCOMING)
        cursor.execute("TRUNCATE incoming_entry")
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
_INSERT = """
INSERT INTO incidents_entry (
    organization_id, incident_id, evidence_id, tie, number, at, text, lane, actor, trust, precision,
    original_at, original_time, original_text, zone, location, digest, highlighted, hidden, hidden_reason,
    level, services, region, customer, fingerprint, times_seen, last_at
)
SELECT %(organization)s, %(incident)s, %(evidence)s,
    (SELECT left(sha256, 8) FROM incidents_evidence WHERE id = %(evidence)s),
    %(first)s - 1 + row_number() OVER (ORDER BY at, ordinal),
    at, text, lane, actor, trust, precision,
    original_at, original_time, text, zone, location, hex, false, false, '',
    level, services, region, customer, fingerprint, times_seen, last_at
FROM fresh
ORDER BY at, ordinal
"""


def write_new(incident: Incident, evidence_id: int) -> int:
    """Turn the incoming facts that are new into entries that rest on this evidence; gives how many they are."""
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
        return int(cursor.rowcount)


def digest_of(kind: str, identity: str) -> str:
    """The digest of a fact that its source names."""
    return sha256(f"{kind}\x1f{identity}".encode(errors="replace")).hexdigest()[:32]


def digest_of_statement(author_id: int, at: datetime, text: str) -> str:
    """The digest of a person's own statement: the same person says the same thing about one moment only once."""
    return sha256(f"statement\x1f{author_id}\x1f{at.timestamp()}\x1f{text}".encode()).hexdigest()[:32]
