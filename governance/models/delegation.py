"""Who stands in for whom while somebody is away, and which days the organization works."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models.base import OrganizationOwned, OwnedQuerySet, scoped


class DelegationQuerySet(OwnedQuerySet):
    """Words for delegations."""

    def in_force(self, today: date) -> DelegationQuerySet:
        """Those that hold on a day and were not ended early."""
        return self.filter(starts_on__lte=today, ends_on__gte=today, ended_at__isnull=True)


class Delegation(OrganizationOwned):
    """``delegate`` may sign in the posts and roles of ``principal`` from ``starts_on`` to ``ends_on``, both included.

    What a delegate signs names both of them. A delegation is never deleted: it is ended early.
    """

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_held"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects: Any = scoped(DelegationQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="delegation_forwards"
            ),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("delegate")), name="delegation_to_another"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="delegation_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.principal_id}, {self.starts_on} to {self.ends_on}"


def monday_to_friday() -> list[int]:
    """The working days of most organizations, Monday being 0."""
    return [0, 1, 2, 3, 4]


class WorkCalendar(OrganizationOwned):
    """When the organization works: deadlines in business days count these days, in this zone."""

    zone = models.CharField(max_length=60, default="UTC")
    workdays = models.JSONField(default=monday_to_friday)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization"], name="work_calendar_once"),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.organization_id} in {self.zone}"


class Holiday(OrganizationOwned):
    """A day on which the organization does not work."""

    on = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar[list[str]] = ["on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "on"], name="holiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.on}"
