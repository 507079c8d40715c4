"""Importing log lines against parsing and ``COPY``ing the same rows with nothing else."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
from django.db import connection, transaction
from django_scopes import scope

from governance.models import Organization, User
from incidents.services import import_evidence
from tests.bench.registry import Measured, bench, by_turns
from tests.factories import make_incident, make_member, make_organization

LINES = 50_000
START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
ZONES = (UTC, timezone(timedelta(hours=-4)), timezone(timedelta(hours=5, minutes=30)))
COLUMNS = (
    "organization_id", "incident_id", "evidence_id", "number", "at", "text", "lane", "actor", "trust", "precision",
    "original_at", "original_time", "original_text", "zone", "location", "digest", "highlighted", "hidden",
    "hidden_reason",
)  # fmt: skip
TYPES = [
    "int8", "int8", "int8", "int4", "timestamptz", "text", "varchar", "varchar", "varchar", "varchar",
    "timestamptz", "varchar", "text", "varchar", "varchar", "varchar", "bool", "bool", "varchar",
]  # fmt: skip


def log(seed: int) -> bytes:
    """JSON lines in mixed offsets, as several services write them into one file."""
    lines = []
    for place in range(LINES):
        at = (START + timedelta(milliseconds=137 * place)).astimezone(ZONES[place % 3])
        text = f"request {place * 7919 % 100_003} took {place % 431} ms on shard {place % 64}, run {seed}"
        record = {
            "timestamp": at.isoformat(),
            "level": "info",
            "logger": f"service-{place % 17}",
            "message": text,
        }
        lines.append(orjson.dumps(record))
    return b"\n".join(lines)


def copy_only(content: bytes, table: str) -> None:
    """The least that reading and storing these rows can be: no check, no order, no duplicate looked for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")
        with cursor.copy(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            for number, line in enumerate(io.BytesIO(content), 1):
                copy.write_row(row(number, orjson.loads(line)))


def row(number: int, record: dict[str, Any]) -> tuple[Any, ...]:
    when, text = record["timestamp"], record["message"]
    at = datetime.fromisoformat(when)
    digest = hashlib.sha256(f"{when}{text}".encode()).hexdigest()
    actor, location = record["logger"], f"line {number}"
    return (
        1, 1, 1, number, at, text, "log", actor, "observed", "second", at, when, text, "UTC", location, digest,
        False, False, "",
    )  # fmt: skip


def imported(organization: Organization, actor: User, content: bytes) -> None:
    """The same file through the service."""
    with scope(organization=organization):
        incident = make_incident(organization)
        outcome = import_evidence(
            actor=actor, incident=incident, filename="bench.jsonl", stream=io.BytesIO(content), kind="log"
        )
    if outcome.added != LINES:
        raise AssertionError(f"{outcome.added} of {LINES} lines came in")


@bench
def import_of_log_lines() -> Iterator[Measured]:
    """Both floors: a bare table, and one with the two indexes without which a chronology is none."""
    organization = make_organization("bench-import")
    actor = make_member(organization)
    with connection.cursor() as cursor:
        for table in ("bench_bare", "bench_indexed"):
            cursor.execute(f"CREATE TABLE {table} (LIKE incidents_entry)")
            cursor.execute(f"ALTER TABLE {table} ALTER id DROP NOT NULL")
        cursor.execute("CREATE UNIQUE INDEX ON bench_indexed (incident_id, digest)")
        cursor.execute("CREATE INDEX ON bench_indexed (incident_id, at, number)")
    content = log(1)
    whole, bare, indexed = by_turns(
        lambda: imported(organization, actor, content),
        lambda: copy_only(content, "bench_bare"),
        lambda: copy_only(content, "bench_indexed"),
        rounds=4,
    )
    what = f"importing {LINES:,} log lines"
    yield Measured(what, "parsing and COPYing the same rows with nothing else", whole, bare)
    yield Measured(what, "the same into a table with a unique digest and the order by time", whole, indexed)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_bare, bench_indexed")
