"""What the present is measured against."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned


class Baseline(OrganizationOwned):
    """The KPI values of a past window, frozen when captured.

    ``values`` maps a KPI's key to the plain form of its ``Measure`` (see ``definitions.py``); ``definitions_version``
    says which formulas gave them.
    """

    window_start = models.DateField()
    window_end = models.DateField()
    values = models.JSONField()
    definitions_version = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True, default="")
    captured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    captured_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-captured_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(window_end__gte=models.F("window_start")), name="baseline_window_forwards"
            ),
        ]

    def __str__(self) -> str:
        return f"baseline {self.window_start} to {self.window_end}"
