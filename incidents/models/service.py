"""Services: what breaks, and who owns it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped


class ServiceQuerySet(OwnedQuerySet):
    """Words for services."""


class Service(OrganizationOwned):
    """Something customers or other teams use; its owners hold the guardian permission ``own_service``."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120)
    description = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: Any = scoped(ServiceQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        permissions: ClassVar[Any] = [("own_service", "Owns the service and signs for it")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "slug"], name="service_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name
