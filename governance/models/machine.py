"""Accounts of programs, and what groups of single sign-on mean here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.enums import Role
from governance.models.base import OrganizationOwned, OwnedQuerySet, scoped


class ServiceAccount(OrganizationOwned):
    """A program that works in one organization; ``user`` carries its name in what it does."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="service_account"
    )
    purpose = models.CharField(max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"service account {self.user_id}"


class ServiceTokenQuerySet(OwnedQuerySet):
    """Words for tokens."""

    def valid(self, now: datetime) -> ServiceTokenQuerySet:
        """Tokens that neither expired nor were revoked."""
        return self.filter(expires_at__gt=now, revoked_at__isnull=True, account__closed_at__isnull=True)


class ServiceToken(OrganizationOwned):
    """What a program shows instead of a password; only its SHA-256 is kept.

    ``scopes`` are values of ``access.Permission`` (and "read"): the token gives these and nothing else. ``hint`` is the
    beginning that people may see, to tell tokens apart.
    """

    account = models.ForeignKey(ServiceAccount, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: Any = scoped(ServiceTokenQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class GroupRole(OrganizationOwned):
    """Members of ``group`` at the sign-on ``provider`` get ``role`` here, and lose it with the group."""

    provider = models.CharField(max_length=60)
    group = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        ordering: ClassVar[list[str]] = ["provider", "group", "role"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organization", "provider", "group", "role"], name="group_role_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="group_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.group} of {self.provider}: {self.role}"
