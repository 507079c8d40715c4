"""Raw payloads, kept as received (invariant 3)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from incidents.enums import SourceKind

NOT_FETCHED = "not fetched"


class EvidenceQuerySet(OwnedQuerySet):
    """Words for evidence."""


class Evidence(OrganizationOwned):
    """One raw file and how it was read; the row and the file never change.

    ``zone`` is the zone that a person declared for times that carry none (IANA name or fixed offset), empty when none
    was needed. ``clock_offset`` is how many seconds the source's clock is known to run ahead. ``skipped`` lists what
    could not be read, each as ``{"location": "line 7", "reason": "..."}``, so that the draft can name it; what a fetch
    left out has the location ``NOT_FETCHED``.
    A long log has ``line_count`` lines beside its entries. ``declared`` holds what else a person said about the file.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=20, choices=SourceKind)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    file = models.FileField(max_length=255)
    zone = models.CharField(max_length=60, blank=True, default="")
    clock_offset = models.IntegerField(default=0)
    entry_count = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list)
    line_count = models.PositiveIntegerField(default=0)
    arrival = models.ForeignKey(
        "incidents.Arrival", on_delete=models.PROTECT, null=True, related_name="evidence"
    )
    declared = models.JSONField(default=dict)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    imported_at = models.DateTimeField(auto_now_add=True)

    objects: Any = scoped(EvidenceQuerySet)

    class Meta:
        verbose_name_plural = "evidence"
        ordering: ClassVar[list[str]] = ["imported_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "kind", "sha256"], name="evidence_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=SourceKind.values), name="evidence_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.filename
