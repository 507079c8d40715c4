"""The outbox: what must reach the outside exactly once (invariant 7).

A row is enqueued in the transaction of the change that it belongs to. A worker claims it (lease and attempt are
committed), lets the handler of its kind work outside of any transaction, and records the outcome if it still holds
the lease. A worker that dies leaves a lease that runs out; the sweep finds it, and every row that a lost nudge forgot.
Because the first attempt may have reached the outside before it died, handlers look before they create, and a row with
an unknown outcome is left alone for a settling time, so that the outside has time to know what it was told.
"""

from __future__ import annotations

import hashlib
import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from governance import access, audit
from governance.enums import DeliveryStatus
from governance.errors import AccessDenied, AfterwordError, NotConnected, OutsideError
from governance.models import Delivery, Organization, User

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(minutes=30)
BROKE = "This step broke on our side. An administrator finds the reason in the log; it is tried again."
GAVE_UP = f"It was tried {MAX_ATTEMPTS} times without success. Mend the cause, then retry this step."


class LeaseLost(Exception):
    """The row was taken over by another worker; the handler that meets this stops where it is."""


@dataclass(frozen=True)
class Outcome:
    """What a handler achieved: the receiving system's id and address of it, and anything later steps need."""

    external_id: str = ""
    url: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Verdict:
    """How an attempt ended; ``pause`` is the wait in seconds that the outside asked for."""

    status: DeliveryStatus
    outcome: Outcome = Outcome()
    sentence: str = ""
    pause: float = 0.0


Handler = Callable[[Delivery], Outcome]
_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Name the handler of a kind of delivery; called while the application starts."""
    _handlers[kind] = handler


def enqueue(
    *,
    organization: Organization | int,
    group: str,
    stage: int,
    kind: str,
    key: str,
    payload: dict[str, Any],
    not_before: datetime | None = None,
) -> Delivery:
    """Write one row in the caller's transaction; a second call with the same key gives the row that exists.

    A row that is not to leave at once waits for the sweep after ``not_before``.
    """
    organization_id = organization if isinstance(organization, int) else organization.pk
    facts: dict[str, Any] = {"group": group, "stage": stage, "kind": kind, "payload": payload}
    if not_before is not None:
        facts["not_before"] = not_before
    with scope(organization=organization_id):
        found = Delivery.objects.get_or_create(organization_id=organization_id, key=key, defaults=facts)
    delivery: Delivery = found[0]
    if not_before is None:
        transaction.on_commit(lambda: _nudge(delivery.pk))
    return delivery


def deliver_one(delivery_id: int) -> bool:
    """Claim one row and work on it; False when it is not due, waits for an earlier stage, is taken or is done."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return False
    with scope(organization=delivery.organization):
        _finish(delivery, _attempt(delivery))
    return True


def sweep(limit: int = 50) -> int:
    """Work on everything that is due, and on what becomes due by that; gives the number of rows worked on."""
    worked = 0
    while worked < limit:
        with scopes_disabled():
            due = list(_claimable().values_list("pk", flat=True)[: limit - worked])
        done = sum(deliver_one(pk) for pk in due)
        if not done:
            break
        worked += done
    return worked


@transaction.atomic
def retry(*, actor: User, delivery: Delivery) -> None:
    """Let a person start a failed or unconnected row again; the caller has asked whether they may publish.

    The attempts begin anew at one, so that the handler still knows that an earlier attempt may have arrived.
    """
    if not access.roles_of(actor, delivery.organization_id):
        raise AccessDenied("Only members of this organization may retry its deliveries.")
    row: Delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.status not in {DeliveryStatus.FAILED, DeliveryStatus.NOT_CONNECTED}:
        raise AfterwordError("This step is not waiting for a retry. Reload the page to see where it stands.")
    row.status, row.attempts, row.last_error = DeliveryStatus.PENDING, 1, ""
    row.not_before, row.finished_at = timezone.now(), None
    row.save()
    transaction.on_commit(lambda: _nudge(row.pk))
    audit.record(
        organization=row.organization_id,
        actor=actor,
        action="delivery.retried",
        subject=f"delivery:{row.key}",
    )


def fingerprint(delivery: Delivery) -> str:
    """What marks the thing that a delivery creates outside: equal on every attempt, different in other installations.

    Twenty hexadecimal digits, so that it fits into labels and block ids.
    """
    facts = f"{delivery.organization_id} {delivery.key} {delivery.created_at.isoformat()}"
    return hashlib.sha256(facts.encode()).hexdigest()[:20]


def extend(delivery: Delivery) -> None:
    """Hold the lease for another period; raises ``LeaseLost`` when the row is in other hands.

    Handlers call it between looking and creating, so that the settling time counts from the creation, and a worker that
    slept through its lease creates nothing; and whenever their work takes long.
    """
    until = timezone.now() + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    held = Delivery.objects.filter(
        pk=delivery.pk, status=DeliveryStatus.LEASED, lease_token=delivery.lease_token
    )
    if not held.update(lease_until=until):
        raise LeaseLost(f"delivery {delivery.key} is in other hands")


def oldest_due_age() -> timedelta:
    """For how long the longest waiting claimable row has been due; zero when nothing waits."""
    with scopes_disabled():
        since = _claimable().aggregate(since=Min(Coalesce("lease_until", "not_before")))["since"]
    return max(timezone.now() - since, timedelta(0)) if since else timedelta(0)


def _claimable() -> Any:
    """Rows that are due and whose group has no unfinished row of an earlier stage."""
    now = timezone.now()
    settled = now - timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS)
    earlier = Delivery.objects.unfinished().filter(
        organization_id=OuterRef("organization_id"), group=OuterRef("group"), stage__lt=OuterRef("stage")
    )
    due = Q(status=DeliveryStatus.PENDING, not_before__lte=now)
    abandoned = Q(status=DeliveryStatus.LEASED, lease_until__lte=settled)
    return (
        Delivery.objects.filter(due | abandoned)
        .exclude(Exists(earlier))
        .order_by("stage", "not_before", "id")
    )


def _claim(delivery_id: int) -> Delivery | None:
    """The row with a lease of our own, committed; None when somebody else has it or it is not its turn."""
    with scopes_disabled(), transaction.atomic():
        row: Delivery | None = (
            _claimable()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("organization")
            .filter(pk=delivery_id)
            .first()
        )
        if row is None:
            return None
        if row.attempts >= MAX_ATTEMPTS:
            _close(row, _Verdict(DeliveryStatus.FAILED, sentence=row.last_error or GAVE_UP))
            return None
        row.status = DeliveryStatus.LEASED
        row.attempts += 1
        row.lease_token = uuid.uuid4()
        row.lease_until = timezone.now() + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
        row.save(update_fields=["status", "attempts", "lease_token", "lease_until"])
        return row


def _attempt(delivery: Delivery) -> _Verdict:
    """Run the handler. What is no ``Exception`` passes: the process is ending, and the lease will run out."""
    handler = _handlers.get(delivery.kind)
    if handler is None:
        log.error("no handler is registered for deliveries of kind %s", delivery.kind)
        return _Verdict(DeliveryStatus.PENDING, sentence=BROKE)
    try:
        return _Verdict(DeliveryStatus.DELIVERED, handler(delivery))
    except NotConnected as error:
        return _Verdict(DeliveryStatus.NOT_CONNECTED, sentence=str(error))
    except OutsideError as error:
        status = DeliveryStatus.FAILED if error.permanent else DeliveryStatus.PENDING
        return _Verdict(status, sentence=str(error), pause=error.retry_after or 0.0)
    except Exception:
        log.exception("delivery %s (%s) broke", delivery.key, delivery.kind)
        return _Verdict(DeliveryStatus.PENDING, sentence=BROKE)


@transaction.atomic
def _finish(delivery: Delivery, verdict: _Verdict) -> None:
    """Record the outcome, unless another worker has taken the row over in the meantime."""
    held = Delivery.objects.select_for_update().filter(
        pk=delivery.pk, status=DeliveryStatus.LEASED, lease_token=delivery.lease_token
    )
    row: Delivery | None = held.first()
    if row is None:
        log.warning("delivery %s was taken over before its outcome was recorded", delivery.key)
    elif verdict.status != DeliveryStatus.PENDING:
        _close(row, verdict)
    elif row.attempts >= MAX_ATTEMPTS:
        _close(row, _Verdict(DeliveryStatus.FAILED, sentence=f"{verdict.sentence} {GAVE_UP}".strip()))
    else:
        _postpone(row, verdict)


def _postpone(row: Delivery, verdict: _Verdict) -> None:
    row.status, row.last_error = DeliveryStatus.PENDING, verdict.sentence
    row.lease_token, row.lease_until = None, None
    row.not_before = timezone.now() + _pause(row.attempts, verdict.pause)
    row.save()


def _close(row: Delivery, verdict: _Verdict) -> None:
    """Bring a row to its end, wake what waits for it, and write the audit entry last: it takes a lock."""
    outcome = verdict.outcome
    row.status, row.last_error = verdict.status, verdict.sentence
    row.lease_token, row.lease_until = None, None
    row.finished_at = timezone.now()
    row.result = {"id": outcome.external_id, "url": outcome.url, **outcome.detail}
    row.save()
    transaction.on_commit(lambda: _nudge_group(row))
    audit.record(
        organization=row.organization_id,
        actor=None,
        action=f"delivery.{row.status}",
        subject=f"delivery:{row.key}",
        kind=row.kind,
        attempts=row.attempts,
        external_id=outcome.external_id,
    )


def _pause(attempts: int, wished: float) -> timedelta:
    """How long to wait before the next attempt: doubling, with jitter, never under what the outside asked for.

    The settling time is the least, because an attempt that failed may still have arrived.
    """
    doubled = min(timedelta(seconds=2.0**attempts), LONGEST_PAUSE) * random.uniform(0.8, 1.2)
    return max(doubled, timedelta(seconds=wished), timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS))


def _nudge(delivery_id: int) -> None:
    """Tell a worker; a broker that cannot be reached loses nothing, because the sweep looks into the table."""
    try:
        current_app.send_task("governance.tasks.deliver", (delivery_id,))
    except Exception:
        log.warning("the broker took no nudge; the sweep will find delivery %s", delivery_id, exc_info=True)


def _nudge_group(row: Delivery) -> None:
    """Wake the rows of a group whose turn has come."""
    with scopes_disabled():
        due = _claimable().filter(organization_id=row.organization_id, group=row.group)
        waiting = list(due.exclude(pk=row.pk).values_list("pk", flat=True))
    for pk in waiting:
        _nudge(pk)
