"""What stands beside entries: pictures of metrics, files, clocks set right, and the record of what people did."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from incidents.enums import CurationKind, SourceKind


class Measured(OrganizationOwned):
    """The series that an entry shows as a picture: ``points`` are ``[Unix seconds, value]`` in order."""

    incident_paths: ClassVar[tuple[str, ...]] = ("entry__incident",)

    entry = models.OneToOneField("incidents.Entry", on_delete=models.PROTECT, related_name="measured")
    name = models.CharField(max_length=300)
    unit = models.CharField(max_length=40, blank=True, default="")
    points = models.JSONField()

    class Meta:
        verbose_name_plural = "measured"

    def __str__(self) -> str:
        return self.name


class Attachment(OrganizationOwned):
    """A file beside an entry: an image that was re-encoded, or anything else as a download only.

    ``key`` is the source's own id of the file ("F0123"), by which it is kept once. ``media_type`` is what we found the
    bytes to be, never what somebody claimed.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="attachments")
    entry = models.ForeignKey(
        "incidents.Entry", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    key = models.CharField(max_length=200, blank=True, default="")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    file = models.FileField(max_length=255)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["added_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["incident", "key"], condition=~models.Q(key=""), name="attachment_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether it may be shown; everything else is a download."""
        return self.media_type.startswith("image/")


class ClockOffset(OrganizationOwned):
    """A person's declaration that a source's clock ran ``seconds`` ahead; its entries were moved back by as much.

    ``pairs`` are the entries that two sources both saw, as ``[number, number, difference in seconds]``.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="clock_offsets")
    source = models.CharField(max_length=20, choices=SourceKind)
    seconds = models.IntegerField()
    pairs = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["declared_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["incident", "source"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="clock_offset_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.seconds:+d} s"


class CurationQuerySet(OwnedQuerySet):
    """Words for what people did."""

    def undoable(self) -> CurationQuerySet:
        return self.filter(undone_at__isnull=True)


class Curation(OrganizationOwned):
    """One thing that a person did to a chronology, with what was before and after, so that it can be undone.

    ``before`` and ``after`` are ``{"entries": {"12": {"highlighted": false}}, "milestones": {"detected": 12}}``.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="curations")
    kind = models.CharField(max_length=12, choices=CurationKind)
    clause = models.CharField(max_length=300)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    objects: Any = scoped(CurationQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["incident", "-at"], name="curation_newest"),
        ]

    def __str__(self) -> str:
        return self.clause
