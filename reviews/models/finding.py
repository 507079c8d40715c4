"""What full-text search and the look for similar incidents read: one row for each review in force."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from governance.models import OrganizationOwned
from incidents.enums import Severity

LANGUAGE = "english"
MOST_TEMPLATES = 50
TEMPLATE_CHARACTERS = 400


class SearchDocument(OrganizationOwned):
    """The words of a published review; derived, so that ``rebuild_search`` can make all of them anew.

    ``summary`` holds the summary too, ``causes`` the factors, a line each, and ``rest`` everything else that people
    wrote or the chronology says. ``services`` are names, ``templates`` the log patterns that stood out. The database
    computes ``vector`` from the texts. ``is_synthetic`` is the incident's, so that an index puts the real ones first.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.OneToOneField(
        "incidents.Incident", on_delete=models.CASCADE, related_name="search_document"
    )
    review = models.OneToOneField("reviews.Review", on_delete=models.CASCADE, related_name="search_document")
    publication = models.OneToOneField(
        "reviews.Publication", on_delete=models.CASCADE, null=True, related_name="search_document"
    )
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    causes = models.TextField(blank=True)
    rest = models.TextField(blank=True)
    services = ArrayField(models.CharField(max_length=200), default=list)
    templates = ArrayField(models.TextField(), default=list)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    declared_at = models.DateTimeField()
    published_at = models.DateTimeField()
    is_synthetic = models.BooleanField(default=False)
    vector = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=LANGUAGE)
        + SearchVector("summary", "causes", weight="B", config=LANGUAGE)
        + SearchVector("rest", weight="C", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["is_synthetic", "-published_at", "-id"]
        indexes: ClassVar[list[Any]] = [
            GinIndex(fields=["vector"], name="search_by_words", fastupdate=False),
            GinIndex(fields=["services"], name="search_by_services", fastupdate=False),
            GinIndex(fields=["templates"], name="search_by_templates", fastupdate=False),
            models.Index(
                "organization",
                "is_synthetic",
                models.F("published_at").desc(),
                models.F("id").desc(),
                name="search_newest",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values), name="search_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title
