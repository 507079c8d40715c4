"""Services: what breaks, and who owns it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped


class ServiceQuerySet(OwnedQuerySet):
    """Words for services."""


class Service(OrganizationOwned):
    """Something customers or other teams use; its owners hold the guardian permission ``own_service``.

    ``sla_percent`` is the availability promised over 30 days, ``minute_cost`` what a minute of customer impact costs in
    ``currency`` (ISO 4217); empty where nobody set it, and then nothing is computed from it.
    """

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120)
    description = models.TextField(blank=True, default="")
    sla_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    minute_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: Any = scoped(ServiceQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        permissions: ClassVar[Any] = [("own_service", "Owns the service and signs for it")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "slug"], name="service_slug_once"),
            models.CheckConstraint(
                condition=models.Q(sla_percent__isnull=True)
                | models.Q(sla_percent__gt=0, sla_percent__lte=100),
                name="service_promises_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(minute_cost__isnull=True)
                | (models.Q(minute_cost__gte=0) & ~models.Q(currency="")),
                name="service_price_has_a_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def promised(self) -> str:
        """The promised availability as people write it: ``99.95%``; empty when nobody set it."""
        if self.sla_percent is None:
            return ""
        return f"{float(self.sla_percent):.3f}".rstrip("0").rstrip(".") + "%"
