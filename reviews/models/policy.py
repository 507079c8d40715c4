"""The rules that reviews are held to, and the exceptions from them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from reviews.enums import SignOffRole, WaiverKind


class ReviewPolicy(OrganizationOwned):
    """One version of an organization's rules; never changed, only followed by another version.

    ``rules`` is the plain form of ``policy.Policy``.
    """

    version = models.PositiveIntegerField()
    rules = models.JSONField()
    note = models.CharField(max_length=300, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "version"], name="review_policy_version_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class WaiverQuerySet(OwnedQuerySet):
    """Words for exceptions."""

    def in_force(self, today: date) -> WaiverQuerySet:
        """Those that were not revoked and have not ended."""
        return self.filter(revoked_at__isnull=True, ends_on__gte=today)


class Waiver(OrganizationOwned):
    """An exception that a manager granted for one incident: from what, why, and until when (invariant 5).

    A waived signature names its seat (``role``, and ``service`` for an owner's); a waived check names its
    ``check_code``. It is printed in the publication and counted in the KPIs; it is revoked, never deleted.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="waivers")
    kind = models.CharField(max_length=20, choices=WaiverKind)
    role = models.CharField(max_length=20, choices=SignOffRole, blank=True, default="")
    service = models.ForeignKey("incidents.Service", on_delete=models.PROTECT, null=True, related_name="+")
    check_code = models.CharField(max_length=60, blank=True, default="")
    reason = models.TextField()
    ends_on = models.DateField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    revoked_because = models.TextField(blank=True, default="")

    objects: Any = scoped(WaiverQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["granted_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=WaiverKind.values), name="waiver_kind_known"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="waiver_has_a_reason"),
            models.CheckConstraint(
                condition=~models.Q(kind=WaiverKind.SIGNATURE) | ~models.Q(role=""),
                name="waiver_names_its_seat",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=WaiverKind.CHECK) | ~models.Q(check_code=""),
                name="waiver_names_its_check",
            ),
            models.UniqueConstraint(
                fields=["incident", "kind", "role", "service", "check_code"],
                condition=models.Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="waiver_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.incident_id}"
