"""Raw payloads on their way in: stored first, read by a task afterwards, and never lost (invariants 3, 7 and 11)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import PurePath
from typing import Any, BinaryIO, cast

import orjson
import psycopg
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import Error, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from governance import access, audit, outbox
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from incidents import sources
from incidents.enums import ArrivalStatus, ArrivalWay, SourceKind
from incidents.errors import IntakeRefused, TimeNotCertain
from incidents.models import Arrival, Hook, Incident
from incidents.models.evidence import NOT_FETCHED
from incidents.models.intake import OPEN_STATUSES
from incidents.services import attachments, bulk, insights, nudges, routing
from incidents.services.evidence import Given, ImportOutcome, context_of, take
from incidents.services.progress import Cancelled, Progress
from incidents.services.raw_files import RawFile, received
from incidents.services.routing import Facts
from incidents.sources import ParseContext

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 5
LONGEST_REASON = 2000
MOST_KEYS = 50
READ_AT_ONCE = 2**20
CONFIRM = "incidents.confirm_subscription"
BROKE = (
    "Reading it broke on our side, several times. An administrator finds the reason in the log; "
    "replay it after a fix."
)
_RECEIVE = """
INSERT INTO incidents_arrival (
    organization_id, hook_id, way, kind, delivery, headers, filename, body, file, sha256, size, received_at,
    declared, status, reason, attempts, done, cancel, keys
) VALUES (%s, %s, 'hook', %s, %s, %s, %s, %s, '', %s, %s, now(), '{}', 'waiting', '', 0, 0, false, '{}')
ON CONFLICT DO NOTHING RETURNING id
"""


# Coming in -----------------------------------------------------------------------------------------------------------


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


# Being read ----------------------------------------------------------------------------------------------------------


def take_in(arrival_id: int) -> Arrival | None:
    """Read one waiting arrival into the incidents that it belongs to; nothing when somebody else has it."""
    arrival = _claim(arrival_id)
    if arrival is None:
        return None
    with scope(organization=arrival.organization):
        _finish(arrival, *_attempt(arrival))
        if not _due().filter(organization_id=arrival.organization_id).exists():
            _refresh(arrival)
    return arrival


def _refresh(arrival: Arrival) -> None:
    """What the last of a batch does; when the analysis breaks, what was read stays read."""
    try:
        insights.refresh_stale(arrival.organization_id)
    except Exception:
        log.exception("the analysis after arrival %s broke", arrival.pk)


def sweep(limit: int = 500) -> int:
    """Read everything that waits, oldest first; gives the number of arrivals that were read."""
    done = 0
    while done < limit:
        with scopes_disabled():
            due = list(_due().values_list("pk", flat=True)[: min(50, limit - done)])
        worked = sum(take_in(pk) is not None for pk in due)
        if not worked:
            break
        done += worked
    return done


def _due() -> Any:
    now = timezone.now()
    waiting = Q(status=ArrivalStatus.WAITING) & (Q(lease_until__isnull=True) | Q(lease_until__lte=now))
    abandoned = Q(status=ArrivalStatus.READING, lease_until__lte=now)
    return Arrival.objects.filter(waiting | abandoned).order_by("received_at", "id")


def _claim(arrival_id: int) -> Arrival | None:
    """The arrival as ours for ten minutes, committed; a reader that dies is followed by another when they are over."""
    with scopes_disabled(), transaction.atomic():
        arrival: Arrival | None = (
            _due()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("organization", "hook", "incident")
            .filter(pk=arrival_id)
            .first()
        )
        if arrival is None:
            return None
        arrival.attempts += 1
        arrival.status = ArrivalStatus.READING
        arrival.lease_until = timezone.now() + LEASE
        arrival.save(update_fields=["attempts", "status", "lease_until"])
        return arrival


def _attempt(arrival: Arrival) -> tuple[ArrivalStatus, str]:
    """Read it; what went wrong becomes a status and a sentence that says what to do."""
    if arrival.attempts > MOST_ATTEMPTS:
        return ArrivalStatus.UNREAD, BROKE
    try:
        return _read(arrival)
    except Cancelled:
        return (
            ArrivalStatus.CANCELLED,
            "It was cancelled while it was read. Nothing of it was kept as entries.",
        )
    except TimeNotCertain as error:
        return ArrivalStatus.UNCERTAIN, str(error)
    except AfterwordError as error:
        return ArrivalStatus.UNREAD, str(error)
    except Exception:
        log.exception("arrival %s broke", arrival.pk)
        return ArrivalStatus.WAITING, BROKE


def _read(arrival: Arrival) -> tuple[ArrivalStatus, str]:
    source, context = sources.get(arrival.kind), _context(arrival)
    given = Given(arrival.filename, source, context, arrival)
    if arrival.incident is not None:
        outcome = _into(arrival.incident, arrival, given)
        return ArrivalStatus.TAKEN_IN, _told([arrival.incident], [outcome])
    facts = routing.facts_of(source.parse(BytesIO(bytes(arrival.body or b"")), context), context)
    _remember(arrival, facts)
    if not facts.entries:
        _confirm_when_asked(arrival)
        expected = facts.skipped and all(part.expected for part in facts.skipped)
        reason = facts.skipped[0].reason if facts.skipped else "It holds no facts."
        return (ArrivalStatus.NO_FACTS if expected else ArrivalStatus.UNREAD), reason
    incidents = routing.incidents_for(arrival, facts)
    if not incidents:
        return (
            ArrivalStatus.KEPT,
            "No incident fits yet. It comes in when one opens, or when a person attaches it.",
        )
    outcomes = [_into(incident, arrival, given) for incident in incidents]
    return ArrivalStatus.TAKEN_IN, _told(incidents, outcomes)


def _confirm_when_asked(arrival: Arrival) -> None:
    """An SNS topic delivers nothing until its subscription is confirmed; the outbox does that."""
    if arrival.headers.get("x-amz-sns-message-type") == "SubscriptionConfirmation":
        outbox.enqueue(
            organization=arrival.organization_id,
            group=f"address {arrival.hook_id}",
            stage=1,
            kind=CONFIRM,
            key=f"confirm {arrival.pk}",
            payload={"arrival": arrival.pk},
        )


def _context(arrival: Arrival) -> ParseContext:
    declared = dict(arrival.declared)
    if arrival.hook is not None and not declared.get("zone"):
        declared["zone"] = arrival.hook.zone
    return context_of(declared, headers=arrival.headers, names=routing.names_of(arrival))


def _remember(arrival: Arrival, facts: Facts) -> None:
    """What the arrival is about, so that an incident that opens later finds it."""
    arrival.keys = sorted(facts.keys)[:MOST_KEYS]
    arrival.first_at, arrival.last_at = facts.first_at, facts.last_at
    arrival.save(update_fields=["keys", "first_at", "last_at"])


def _into(incident: Incident, arrival: Arrival, given: Given) -> ImportOutcome:
    with _opened(arrival) as stream, Progress(arrival) as watch:
        raw = RawFile(stream, arrival.sha256, arrival.size)
        outcome = take(actor=arrival.received_by, incident=incident, given=given, raw=raw, watch=watch)
    attachments.want(incident, outcome.files)
    return outcome


def _opened(arrival: Arrival) -> BinaryIO:
    if arrival.file:
        return cast(BinaryIO, arrival.file.storage.open(str(arrival.file.name)))
    return BytesIO(bytes(arrival.body or b""))


def _told(incidents: list[Incident], outcomes: list[ImportOutcome]) -> str:
    """``2 entries added, 1 known already.``; each with its reference when there are several incidents."""
    told = [_counted(outcome) for outcome in outcomes]
    if len(told) == 1:
        return f"{told[0]}."
    named = (f"{incident.reference}: {words}" for incident, words in zip(incidents, told, strict=True))
    return "; ".join(named) + "."


def _counted(outcome: ImportOutcome) -> str:
    parts = [f"{outcome.added} {'entry' if outcome.added == 1 else 'entries'} added"]
    if outcome.evidence.line_count:
        parts.append(f"{outcome.evidence.line_count:,} lines kept beside them")
    elif outcome.already_known:
        parts.append(f"{outcome.already_known} known already")
    cuts = sum(part["location"] == NOT_FETCHED for part in outcome.skipped)
    if unread := len(outcome.skipped) - cuts:
        parts.append(f"{unread} could not be read (see under Evidence)")
    if cuts:
        parts.append("more was there than was fetched (see under Evidence)")
    return ", ".join(parts)


def _finish(arrival: Arrival, status: ArrivalStatus, reason: str) -> None:
    """Record how it ended; one that broke waits a little longer after each attempt."""
    arrival.status, arrival.reason = status, bulk.storable(reason)[:LONGEST_REASON]
    broke = status == ArrivalStatus.WAITING
    arrival.lease_until = timezone.now() + timedelta(seconds=5 * 3**arrival.attempts) if broke else None
    arrival.finished_at = None if broke else timezone.now()
    arrival.save(update_fields=["status", "reason", "lease_until", "finished_at"])


# What people do about it ---------------------------------------------------------------------------------------------


@transaction.atomic
def replay(*, actor: User, arrival: Arrival, declared: Mapping[str, Any] | None = None) -> Arrival:
    """Read an arrival again, with what was declared about it in the meantime.

    What was taken in already adds nothing. Raises ``IntakeRefused`` while it is being read.
    """
    access.require(actor, Permission.ADD_EVIDENCE, arrival)
    current = _locked(arrival)
    if current.status in (ArrivalStatus.READING, ArrivalStatus.WAITING):
        raise IntakeRefused("It is being read already. Reload the page to see how far it is.")
    if declared:
        context_of({**current.declared, **declared})
        current.declared = {**current.declared, **declared}
    _again(current)
    _record(actor, current, "replayed")
    return current


@transaction.atomic
def attach(*, actor: User, arrival: Arrival, incident: Incident) -> Arrival:
    """Say to which incident an arrival belongs, and read it into that one; what was kept about the same follows."""
    access.require(actor, Permission.ADD_EVIDENCE, incident)
    current = _locked(arrival)
    if current.status in (ArrivalStatus.READING, ArrivalStatus.WAITING):
        raise IntakeRefused("It is being read already. Reload the page to see how far it is.")
    current.incident = incident
    routing.link(incident, current.keys, actor)
    _again(current)
    transaction.on_commit(lambda: nudges.opened(incident.pk))
    _record(actor, current, "attached", incident=incident.reference)
    return current


@transaction.atomic
def dismiss(*, actor: User, arrival: Arrival, reason: str) -> Arrival:
    """Say that an arrival needs nobody any more; it is kept, and can still be replayed."""
    access.require(actor, Permission.ADD_EVIDENCE, arrival)
    current = _locked(arrival)
    if not reason.strip():
        raise IntakeRefused("Say why nobody needs it, for those who look for it later.")
    if current.status not in (*OPEN_STATUSES, ArrivalStatus.KEPT):
        raise IntakeRefused("Only what waits for a person can be dismissed. Reload the page.")
    current.status, current.reason = ArrivalStatus.DISMISSED, reason.strip()[:LONGEST_REASON]
    current.finished_at = timezone.now()
    current.save(update_fields=["status", "reason", "finished_at"])
    _record(actor, current, "dismissed")
    return current


@transaction.atomic
def cancel(*, actor: User, arrival: Arrival) -> Arrival:
    """Ask the reader to stop; nothing of the file becomes entries. One that nobody reads yet ends at once."""
    access.require(actor, Permission.ADD_EVIDENCE, arrival)
    if not Arrival.objects.filter(pk=arrival.pk).in_work().exists():
        raise IntakeRefused("It is not being read any more, so there is nothing to cancel.")
    Arrival.objects.filter(pk=arrival.pk).update(cancel=True)
    Arrival.objects.filter(pk=arrival.pk, status=ArrivalStatus.WAITING).update(
        status=ArrivalStatus.CANCELLED,
        reason="It was cancelled before it was read.",
        finished_at=timezone.now(),
    )
    arrival.refresh_from_db()
    _record(actor, arrival, "cancelled")
    return arrival


def gather_for(incident_id: int) -> int:
    """Bring in what was kept and belongs to an incident that opened since; gives how many arrivals that were."""
    with scopes_disabled():
        incident = Incident.objects.select_related("organization").get(pk=incident_id)
    with scope(organization=incident.organization):
        found = routing.kept_for(incident)
        for arrival in found:
            with transaction.atomic():
                _again(_locked(arrival))
        return len(found)


def _locked(arrival: Arrival) -> Arrival:
    current: Arrival = Arrival.objects.select_for_update(of=("self",)).get(pk=arrival.pk)
    return current


def _again(arrival: Arrival) -> None:
    arrival.status, arrival.reason, arrival.attempts = ArrivalStatus.WAITING, "", 0
    arrival.cancel, arrival.done, arrival.lease_until, arrival.finished_at = False, 0, None, None
    arrival.save()
    transaction.on_commit(lambda: nudges.read(arrival.pk))


def _record(actor: User, arrival: Arrival, what: str, **data: Any) -> None:
    audit.record(
        organization=arrival.organization_id,
        actor=actor,
        action=f"arrival.{what}",
        subject=f"arrival:{arrival.pk}",
        sha256=arrival.sha256,
        **data,
    )
