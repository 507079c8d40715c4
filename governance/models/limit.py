"""How much of its limits everybody has used."""

from __future__ import annotations

from django.db import models


class LimitUse(models.Model):
    """A bucket that fills with every try and runs empty with time; ``governance.limits`` alone reads and writes it.

    ``key`` is a SHA-256: the table says of nobody who tried what. ``level`` is how many tries it held at ``at``.
    """

    key = models.CharField(max_length=64, primary_key=True)
    level = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["at"], name="limit_use_by_age"),)

    def __str__(self) -> str:
        return f"{self.level:.1f} at {self.at:%Y-%m-%d %H:%M:%S}"
