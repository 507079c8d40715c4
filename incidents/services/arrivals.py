"""Reading what arrived, by a task: each arrival becomes entries or waits with its reason (invariants 3 and 7)."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from governance import outbox
from governance.errors import AfterwordError
from incidents import sources
from incidents.enums import ArrivalStatus
from incidents.errors import TimeNotCertain
from incidents.models import Arrival, Incident
from incidents.models.evidence import NOT_FETCHED
from incidents.services import attachments, bulk, insights, routing
from incidents.services.evidence import Given, ImportOutcome, context_of, take
from incidents.services.progress import Cancelled, Progress
from incidents.services.raw_files import RawFile
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
