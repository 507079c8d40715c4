"""Raw payloads on their way in: stored as they came, before anything reads them (invariants 3, 7 and 11)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, BinaryIO

import orjson
import psycopg
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import Error, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from governance import access
from governance.access import Permission
from governance.models import User
from incidents import sources
from incidents.enums import ArrivalWay, SourceKind
from incidents.models import Arrival, Hook, Incident
from incidents.services import bulk, nudges
from incidents.services.evidence import context_of
from incidents.services.raw_files import received

_RECEIVE = """
INSERT INTO incidents_arrival (
    organization_id, hook_id, way, kind, delivery, headers, filename, body, file, sha256, size, received_at,
    declared, status, reason, attempts, done, cancel, keys
) VALUES (%s, %s, 'hook', %s, %s, %s, %s, %s, '', %s, %s, now(), '{}', 'waiting', '', 0, 0, false, '{}')
ON CONFLICT DO NOTHING RETURNING id
"""


def receive(
    *, hook: Hook, kind: SourceKind, delivery: str, headers: Mapping[str, str], body: bytes
) -> int | None:
    """Store an authenticated delivery as it came, in one statement; nothing for one that is here already.

    ``delivery`` is the sender's id of it, or empty. The same id, and the same bytes, are stored once for an address.
    """
    digest = hashlib.sha256(body).hexdigest()
    name = f"{hook.kind} {timezone.now():%Y-%m-%d %H:%M:%S} UTC.json"
    values: list[Any] = [
        hook.organization_id, hook.pk, kind.value, bulk.storable(delivery or digest)[:200],
        orjson.dumps({key: bulk.storable(value) for key, value in headers.items()}).decode(),
        name, body, digest, len(body),
    ]  # fmt: skip
    stored = _insert(values)
    if stored is not None:
        nudges.soon()
    return stored


def _insert(values: list[Any]) -> int | None:
    """The id of the new row, or nothing when there is one already.

    The quick way spares what a storm would pay for every delivery: Django's question whether a kept connection still
    works, and planning the statement again. Where that fails (the connection is dead, a pooler knows no prepared
    statement) it is sent once more in the usual way; a row that was stored after all is then known already.
    """
    connection.ensure_connection()
    try:
        return _returned(_prepared(connection), values)
    except Error:
        if connection.in_atomic_block:
            raise
        if not connection.is_usable():
            connection.close()
        return _returned(connection.cursor(), values)


def _prepared(django: Any) -> CursorWrapper:
    """A cursor that asks nothing first and lets the server keep the plan; Django's own never do the latter."""
    django.health_check_done = True
    django.connection.prepare_threshold = 0
    prepared: CursorWrapper = django._prepare_cursor(psycopg.Cursor(django.connection))
    return prepared


def _returned(cursor: CursorWrapper, values: list[Any]) -> int | None:
    with cursor:
        cursor.execute(_RECEIVE, values)
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def upload(
    *,
    actor: User,
    incident: Incident,
    filename: str,
    stream: BinaryIO,
    kind: str,
    declared: Mapping[str, Any] | None = None,
    way: ArrivalWay = ArrivalWay.UPLOAD,
) -> Arrival:
    """Keep a raw file for an incident, to be read by a task or by ``take_in``.

    Raises ``EvidenceRefused`` for a file that cannot be evidence at all, before anything is kept.
    """
    access.require(actor, Permission.ADD_EVIDENCE, incident)
    source = sources.get(kind)
    context_of(declared or {})
    with received(stream) as raw:
        name = default_storage.save(
            f"{incident.organization_id}/{raw.sha256[:2]}/{raw.sha256}", File(raw.stream)
        )
        arrival = Arrival(
            organization_id=incident.organization_id,
            way=way,
            kind=source.kind,
            delivery=raw.sha256,
            filename=PurePath(filename).name[:255] or "evidence",
            file=name,
            sha256=raw.sha256,
            size=raw.size,
            received_by=actor,
            incident=incident,
            declared=dict(declared or {}),
        )
    arrival.save(force_insert=True)
    transaction.on_commit(lambda: nudges.read(arrival.pk))
    return arrival
