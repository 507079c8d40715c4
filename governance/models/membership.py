"""Who belongs to an organization, and as what."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from governance.enums import Role


class Membership(models.Model):
    """One role of one person in one organization; a person may hold several."""

    organization = models.ForeignKey(
        "governance.Organization", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        ordering: ClassVar[list[str]] = ["organization_id", "user_id", "role"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "user", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display()}"
