"""Importing a long mixed log against parsing it bare and ``COPY``ing the same lines with nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator

from django.db import connection, transaction
from django_scopes import scope

from governance.models import Organization, User
from incidents.services import import_evidence
from tests.bench import logs, peers
from tests.bench.registry import Measured, bench, by_turns
from tests.factories import make_incident, make_member, make_organization

LINES = 200_000
ROUNDS = 5
COLUMNS = "organization_id, evidence_id, ordinal, at, pattern, level, actor, text, original_time, location"
TYPES = ["int8", "int8", "int4", "timestamptz", "int4", *["text"] * 5]


def copy_only(content: bytes, table: str) -> None:
    """The least that reading and storing these lines can be: no secret masked, no pattern mined, nothing checked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")
        with cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            for number, line in enumerate(logs.bare(io.BytesIO(content)), 1):
                at, when, text, actor, level = line
                copy.write_row((1, 1, number, at, 1, level, actor, text, when, f"line {number}"))


def imported(organization: Organization, actor: User, content: bytes) -> None:
    """The same file through the service, as an upload goes."""
    with scope(organization=organization):
        incident = make_incident(organization)
        outcome = import_evidence(
            actor=actor, incident=incident, filename="bench.log", stream=io.BytesIO(content), kind="log"
        )
    if outcome.evidence.line_count != LINES or outcome.skipped:
        raise AssertionError(f"{outcome.evidence.line_count} of {LINES} lines came in: {outcome.skipped[:3]}")


@bench
def import_of_a_mixed_log() -> Iterator[Measured | str]:
    """Both floors: a bare table, and one with the index without which a line cannot be found again."""
    organization = make_organization("bench-import")
    actor = make_member(organization)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (LIKE incidents_logline)")
        cursor.execute("CREATE TABLE bench_indexed (LIKE incidents_logline INCLUDING INDEXES)")
    content = b"\n".join(logs.mixed(LINES, 1))
    whole, bare, indexed = by_turns(
        lambda: imported(organization, actor, content),
        lambda: copy_only(content, "bench_bare"),
        lambda: copy_only(content, "bench_indexed"),
        rounds=ROUNDS,
    )
    what = f"importing {LINES:,} mixed log lines"
    yield Measured(what, "parsing and COPYing the same lines with nothing else", whole, bare)
    yield Measured(what, "the same into a table with its index", whole, indexed)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_bare, bench_indexed")
    yield from peers.reading(content, what, whole)
