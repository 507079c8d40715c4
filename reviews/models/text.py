"""The text of a review: sections of passages, factors, questions and every revision."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from governance.models import OrganizationOwned
from reviews.enums import Bearing, Confidence, FactorNature, Provenance, SectionKey


class Section(OrganizationOwned):
    """One section; ``body`` is Markdown with citations as ``[E12]`` behind the sentence that they support.

    ``body`` is what people edit and sign. ``Passage`` rows are its reading, made anew at each save. ``version`` is the
    optimistic lock of the editing form. ``title``, ``is_required`` and ``guidance`` come from the template that the
    review was drafted with; an empty title is the usual one.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=30, choices=SectionKey)
    title = models.CharField(max_length=120, blank=True, default="")
    is_required = models.BooleanField(default=False)
    guidance = models.TextField(blank=True, default="")
    position = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "key"], name="section_once"),
            models.CheckConstraint(condition=models.Q(key__in=SectionKey.values), name="section_key_known"),
        ]

    def __str__(self) -> str:
        return self.get_key_display()

    def get_key_display(self) -> str:  # type: ignore[no-redef]  # in the place of Django's own
        """The section's own title, or the usual one: everything that names a section names it so."""
        return self.title or str(SectionKey(self.key).label)


class Revision(OrganizationOwned):
    """One saved state of a section, kept for good; ``author`` is empty for a generated draft.

    ``note`` says how it came about where that was not by writing: restored, merged, a suggestion applied.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("section__review__incident",)

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["section", "number"], name="revision_number_once"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of section {self.section_id}"


class Passage(OrganizationOwned):
    """One sentence (or list item) of a section with what it rests on; no citations make it its author's statement."""

    incident_paths: ClassVar[tuple[str, ...]] = ("section__review__incident",)

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    paragraph = models.PositiveIntegerField(default=0)
    text = models.TextField()
    provenance = models.CharField(max_length=10, choices=Provenance)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    entries = models.ManyToManyField("incidents.Entry", through="reviews.Citation", related_name="passages")

    class Meta:
        ordering: ClassVar[list[str]] = ["section__position", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["section", "position"],
                name="passage_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=~models.Q(provenance=Provenance.PERSON) | models.Q(author__isnull=False),
                name="passage_person_is_named",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Citation(OrganizationOwned):
    """A passage rests on an entry."""

    incident_paths: ClassVar[tuple[str, ...]] = ("passage__section__review__incident",)

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="citations")
    entry = models.ForeignKey("incidents.Entry", on_delete=models.PROTECT, related_name="citations")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["passage", "entry"], name="citation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.passage_id} cites {self.entry_id}"


class Factor(OrganizationOwned):
    """A contributing factor with its confidence and the evidence for and against it (invariant 4).

    ``whys`` are the answers to "why?", each asked of the one before, in the words of ``author`` or of who edited last.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="factors")
    number = models.PositiveSmallIntegerField()
    statement = models.TextField()
    confidence = models.CharField(max_length=10, choices=Confidence)
    is_trigger = models.BooleanField(default=False)
    nature = models.CharField(max_length=10, choices=FactorNature, blank=True, default="")
    whys = ArrayField(models.TextField(), default=list)
    reasoning = models.TextField(blank=True, default="")
    would_confirm = models.TextField(blank=True, default="")
    provenance = models.CharField(max_length=10, choices=Provenance)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "number"], name="factor_number_once"),
            models.CheckConstraint(
                condition=models.Q(confidence__in=Confidence.values), name="factor_confidence_known"
            ),
            models.CheckConstraint(
                condition=models.Q(nature__in=["", *FactorNature.values]), name="factor_nature_known"
            ),
        ]

    def __str__(self) -> str:
        return self.statement[:60]


class FactorEvidence(OrganizationOwned):
    """An entry that speaks for or against a factor."""

    incident_paths: ClassVar[tuple[str, ...]] = ("factor__review__incident",)

    factor = models.ForeignKey(Factor, on_delete=models.CASCADE, related_name="evidence")
    entry = models.ForeignKey("incidents.Entry", on_delete=models.PROTECT, related_name="+")
    bearing = models.CharField(max_length=8, choices=Bearing, default=Bearing.FOR)

    class Meta:
        ordering: ClassVar[list[str]] = ["bearing", "entry__at", "entry__tie", "entry__number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["factor", "entry"], name="factor_evidence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.bearing} {self.factor_id}"


class Question(OrganizationOwned):
    """What the evidence does not say and a person must; an answer is that person's statement.

    Whoever it is assigned to may answer it, without a right to write the review.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="questions")
    section = models.CharField(max_length=30, choices=SectionKey)
    code = models.CharField(max_length=40)
    text = models.TextField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="questions"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "code"], name="question_once"),
            models.CheckConstraint(
                condition=models.Q(answer="") | models.Q(answered_by__isnull=False),
                name="question_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
