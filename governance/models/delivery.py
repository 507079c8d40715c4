"""The outbox: what must reach the outside exactly once (invariant 7)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from governance.enums import DeliveryStatus
from governance.models.base import OrganizationOwned, OwnedQuerySet, scoped

FINAL_STATUSES = (DeliveryStatus.DELIVERED, DeliveryStatus.NOT_CONNECTED, DeliveryStatus.FAILED)


class DeliveryQuerySet(OwnedQuerySet):
    """Words for outbox rows."""

    def unfinished(self) -> DeliveryQuerySet:
        return self.exclude(status__in=FINAL_STATUSES)

    def of_group(self, group: str) -> DeliveryQuerySet:
        return self.filter(group=group).order_by("stage", "id")


class Delivery(OrganizationOwned):
    """One step towards the outside.

    ``kind`` chooses the handler; ``key`` is the idempotency key that travels to the receiving end; ``payload`` holds
    ids only. Rows of one ``group`` are worked off stage by stage: a row waits until no earlier stage of its group is
    unfinished. ``lease_token`` proves that a worker still owns the row when it reports the outcome.
    """

    group = models.CharField(max_length=80)
    stage = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    result = models.JSONField(default=dict)
    last_error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects: Any = scoped(DeliveryQuerySet)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "key"], name="delivery_key_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=DeliveryStatus.values), name="delivery_status_known"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["not_before", "id"],
                name="delivery_due",
                condition=models.Q(status__in=[DeliveryStatus.PENDING, DeliveryStatus.LEASED]),
            ),
            models.Index(fields=["group", "stage"], name="delivery_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.status}"
