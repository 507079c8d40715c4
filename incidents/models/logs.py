"""Logs too long to be entries line by line: their lines, and the patterns that the lines fall into."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from governance.models import OrganizationOwned
from incidents.enums import PatternMark


class LogLine(OrganizationOwned):
    """One line of a long log, masked; written by COPY only, and never changed.

    Its place is its evidence and ``ordinal`` (from 1, in the order of the file). ``pattern`` is the number of the
    group it fell into while it was read; ``LogPattern.groups`` says which pattern holds that group. One index and no
    foreign key: a trigger checks each statement once, as for entries.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("evidence__incident",)

    pk = models.CompositePrimaryKey("evidence_id", "ordinal")
    organization = models.ForeignKey(
        "governance.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    evidence = models.ForeignKey(
        "incidents.Evidence",
        on_delete=models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
    )
    ordinal = models.PositiveIntegerField()
    at = models.DateTimeField()
    pattern = models.PositiveIntegerField()
    level = models.CharField(max_length=8)
    actor = models.CharField(max_length=200)
    text = models.TextField()
    original_time = models.CharField(max_length=100)
    location = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "ordinal"]

    def __str__(self) -> str:
        return f"line {self.ordinal}"


class LogPattern(OrganizationOwned):
    """Lines that differ in their variables only, counted; a marked one stands in the chronology as an entry."""

    incident_paths: ClassVar[tuple[str, ...]] = ("evidence__incident",)

    evidence = models.ForeignKey("incidents.Evidence", on_delete=models.PROTECT, related_name="patterns")
    template = models.TextField()
    actor = models.CharField(max_length=200, blank=True, default="")
    level = models.CharField(max_length=8, blank=True, default="")
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    groups = ArrayField(models.PositiveIntegerField())
    samples = ArrayField(models.PositiveIntegerField())
    mark = models.CharField(max_length=8, choices=PatternMark, blank=True, default="")
    why = models.CharField(max_length=500, blank=True, default="")
    entry = models.ForeignKey("incidents.Entry", on_delete=models.PROTECT, null=True, related_name="patterns")

    class Meta:
        ordering: ClassVar[list[str]] = ["-count", "id"]

    def __str__(self) -> str:
        return self.template
