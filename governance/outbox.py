"""The outbox: what must reach the outside exactly once (invariant 7).

A row is enqueued in the transaction of the change that it belongs to. A worker claims it (lease and attempt are
committed), lets the handler of its kind work outside of any transaction, and records the outcome if it still holds the
lease. A worker that dies leaves a lease that runs out; the sweep finds it, and every row that a lost nudge forgot. Because
the first attempt may have reached the outside before it died, handlers look before they create, and a row with an unknown
outcome is left alone for a settling time, so that the outside has time to know what it was told.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from governance import audit
from governance.enums import DeliveryStatus
from governance.errors import AfterwordError, NotConnected, OutsideError
from governance.models import Delivery, Organization, User

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True)
class Outcome:
    """What a handler achieved: the receiving system's id and address of it, and anything later steps need."""

    external_id: str = ""
    url: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


Handler = Callable[[Delivery], Outcome]
_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Name the handler of a kind of delivery; called while the application starts."""
    _handlers[kind] = handler


def enqueue(
    *, organization: Organization | int, group: str, stage: int, kind: str, key: str, payload: dict[str, Any]
) -> Delivery:
    """Write one row in the caller's transaction; a second call with the same key gives the row that exists."""
    organization_id = organization if isinstance(organization, int) else organization.pk
    delivery, _ = Delivery.objects.get_or_create(
        organization_id=organization_id,
        key=key,
        defaults={"group": group, "stage": stage, "kind": kind, "payload": payload},
    )
    transaction.on_commit(lambda: _nudge(delivery.pk))
    return delivery


def deliver_one(delivery_id: int) -> bool:
    """Claim one row and work on it; False when it is not due, not claimable, or already done."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return False
    with scope(organization=delivery.organization):
        _finish(delivery, *_attempt(delivery))
    return True


def sweep(limit: int = 50) -> int:
    """Work on everything that is due, and on what became due by that; gives the number of rows worked on."""
    worked = 0
    while worked < limit:
        with scopes_disabled():
            due = list(_claimable().values_list("pk", flat=True)[:limit])
        done = sum(deliver_one(pk) for pk in due)
        if not done:
            break
        worked += done
    return worked


@transaction.atomic
def retry(*, actor: User, delivery: Delivery) -> None:
    """Let a person start a failed or unconnected row again."""
    row: Delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.status not in {DeliveryStatus.FAILED, DeliveryStatus.NOT_CONNECTED}:
        raise AfterwordError("This step is not waiting for a retry. Reload the page to see where it stands.")
    row.status = DeliveryStatus.PENDING
    row.attempts = max(row.attempts, 1)
    row.not_before = timezone.now()
    row.finished_at = None
    row.last_error = ""
    row.save()
    audit.record(
        organization=row.organization_id, actor=actor, action="delivery.retried", subject=f"delivery:{row.key}"
    )
    transaction.on_commit(lambda: _nudge(row.pk))


def extend(delivery: Delivery) -> None:
    """Hold the lease for another period; for handlers whose work takes long."""
    until = timezone.now() + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token).update(lease_until=until)


def oldest_due() -> datetime | None:
    """Since when the longest waiting claimable row has been due; None when nothing waits."""
    with scopes_disabled():
        oldest: datetime | None = _claimable().aggregate(oldest=Min("not_before"))["oldest"]
    return oldest


def _claimable() -> Any:
    """Rows that are due and whose group has no unfinished row of an earlier stage."""
    now = timezone.now()
    settled = now - timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS)
    earlier = Delivery.objects.unfinished().filter(
        organization_id=OuterRef("organization_id"), group=OuterRef("group"), stage__lt=OuterRef("stage")
    )
    due = Q(status=DeliveryStatus.PENDING, not_before__lte=now)
    abandoned = Q(status=DeliveryStatus.LEASED, lease_until__lte=settled)
    return Delivery.objects.filter(due | abandoned).exclude(Exists(earlier)).order_by("stage", "not_before", "id")


def _claim(delivery_id: int) -> Delivery | None:
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
        row.status = DeliveryStatus.LEASED
        row.attempts += 1
        row.lease_token = uuid.uuid4()
        row.lease_until = timezone.now() + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
        row.save(update_fields=["status", "attempts", "lease_token", "lease_until"])
        return row


def _attempt(delivery: Delivery) -> tuple[DeliveryStatus, Outcome, str, float | None]:
    """Run the handler; gives the next status, the outcome, the sentence, and the wished pause in seconds."""
    handler = _handlers.get(delivery.kind)
    if handler is None:
        return DeliveryStatus.FAILED, Outcome(), f"Nothing here knows how to deliver {delivery.kind}.", None
    try:
        return DeliveryStatus.DELIVERED, handler(delivery), "", None
    except NotConnected as error:
        return DeliveryStatus.NOT_CONNECTED, Outcome(), str(error), None
    except OutsideError as error:
        status = DeliveryStatus.FAILED if error.permanent else DeliveryStatus.PENDING
        return status, Outcome(), str(error), error.retry_after
    except Exception:
        log.exception("delivery %s (%s) broke", delivery.key, delivery.kind)
        return DeliveryStatus.PENDING, Outcome(), "This step broke on our side; the log has the details.", None


@transaction.atomic
def _finish(
    delivery: Delivery, status: DeliveryStatus, outcome: Outcome, sentence: str, retry_after: float | None
) -> None:
    """Record the outcome, unless another worker has taken the row over in the meantime."""
    row: Delivery | None = (
        Delivery.objects.select_for_update().filter(pk=delivery.pk, lease_token=delivery.lease_token).first()
    )
    if row is None:
        log.warning("delivery %s was taken over before its outcome was recorded", delivery.key)
        return
    if status == DeliveryStatus.PENDING and row.attempts >= MAX_ATTEMPTS:
        status = DeliveryStatus.FAILED
    row.status, row.last_error = status, sentence
    row.lease_token, row.lease_until = None, None
    if status == DeliveryStatus.PENDING:
        row.not_before = timezone.now() + _pause(row.attempts, retry_after)
    else:
        row.finished_at = timezone.now()
        row.result = {"id": outcome.external_id, "url": outcome.url, **outcome.detail}
        _record(row)
        transaction.on_commit(lambda: _nudge_group(row))
    row.save()


def _pause(attempts: int, retry_after: float | None) -> timedelta:
    """How long to wait before the next attempt: doubling, with jitter, never under what the outside asked for.

    The settling time is the least, because an attempt that failed may still have arrived.
    """
    doubled = min(timedelta(seconds=2.0**attempts), LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311
    wished = timedelta(seconds=retry_after or 0)
    return max(doubled, wished, timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS))


def _record(row: Delivery) -> None:
    audit.record(
        organization=row.organization_id,
        actor=None,
        action=f"delivery.{row.status}",
        subject=f"delivery:{row.key}",
        kind=row.kind,
        attempts=row.attempts,
        external_id=row.result.get("id", ""),
    )


def _nudge(delivery_id: int) -> None:
    """Tell a worker; a broker that cannot be reached loses nothing, because the sweep looks into the table."""
    from governance import tasks

    try:
        tasks.deliver.delay(delivery_id)
    except Exception:
        log.warning("the broker took no nudge; the sweep will find delivery %s", delivery_id, exc_info=True)


def _nudge_group(row: Delivery) -> None:
    with scopes_disabled():
        due = _claimable().filter(organization_id=row.organization_id, group=row.group)
        waiting = list(due.exclude(pk=row.pk).values_list("pk", flat=True))
    for pk in waiting:
        _nudge(pk)
