"""Connections to outside systems."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from governance.enums import ConnectionKind
from governance.fields import EncryptedTextField
from governance.models.base import OrganizationOwned


class Connection(OrganizationOwned):
    """How one organization reaches one outside system.

    ``base_url`` may have a path (Atlassian's scoped tokens need one). ``options`` holds what the kind asks for beside
    the secret (space key, channel, project key, account email); the registry in ``connections`` names and checks them.
    """

    kind = models.CharField(max_length=20, choices=ConnectionKind)
    base_url = models.URLField(max_length=500)
    options = models.JSONField(default=dict)
    secret = EncryptedTextField()
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "kind"], name="connection_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.organization_id}"
