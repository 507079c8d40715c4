"""The audit trail: append-only and chained by the database itself (invariant 8)."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models.base import OrganizationOwned


class AuditEntry(OrganizationOwned):
    """One change of state.

    ``sequence``, ``at``, ``previous_hash`` and ``hash`` are filled by a BEFORE INSERT trigger; UPDATE, DELETE and
    TRUNCATE are refused by triggers. ``data`` is canonical JSON text, hashed byte for byte. No personal text goes
    into it: people are ids, so that a name can be erased without breaking the chain.
    """

    sequence = models.PositiveBigIntegerField(editable=False, default=0)
    at = models.DateTimeField(editable=False, null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    data = models.TextField(default="{}")
    previous_hash = models.CharField(max_length=64, editable=False, default="")
    hash = models.CharField(max_length=64, editable=False, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["organization_id", "sequence"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "sequence"], name="audit_sequence_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "subject", "sequence"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject}"

    def append(self) -> AuditEntry:
        """Write this entry; the database completes it, so read it again before showing it."""
        self.save(force_insert=True)
        return self

    @property
    def details(self) -> dict[str, Any]:
        """``data`` as a dictionary."""
        parsed: dict[str, Any] = json.loads(self.data)
        return parsed
