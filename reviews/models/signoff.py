"""Signatures on an exact text, and the publication of that text (invariant 5)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from reviews.enums import Confidence, SignOffRole


class Snapshot(OrganizationOwned):
    """The canonical text of a review at one moment, kept byte for byte; ``sha256`` is what people sign."""

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="snapshots")
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "sha256"], name="snapshot_once"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class SignOffQuerySet(OwnedQuerySet):
    """Words for signatures."""

    def standing(self) -> SignOffQuerySet:
        """Signatures that no later change has voided."""
        return self.filter(voided_at__isnull=True)

    def voided(self) -> SignOffQuerySet:
        """Signatures under a text that has changed since, the latest change last."""
        return self.filter(voided_at__isnull=False).order_by("voided_at", "id")


class SignOff(OrganizationOwned):
    """One person's signature in one role under one exact text.

    The constraints say that nobody signs twice in two roles and that there is one commander's signature at most. An
    owner of several affected services signs once for all of them (``services``). A delegate signs for
    ``on_behalf_of``. ``method`` says in words how the person had signed in, ``authenticated_at`` when they last proved
    who they are. ``no_single_cause`` is the answer "there is no single root cause", beside how sure they are of it.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="signoffs")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="signoffs")
    role = models.CharField(max_length=20, choices=SignOffRole)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signoffs")
    services = models.ManyToManyField("incidents.Service", through="reviews.SignedService", related_name="+")
    confidence = models.CharField(max_length=10, choices=Confidence)
    no_single_cause = models.BooleanField(default=False)
    reason = models.TextField()
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    method = models.CharField(max_length=80, blank=True, default="")
    authenticated_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(auto_now_add=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    voided_because = models.CharField(max_length=200, blank=True, default="")

    objects: Any = scoped(SignOffQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["signed_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["review", "signer"],
                condition=models.Q(voided_at__isnull=True),
                name="signoff_one_role_per_person",
            ),
            models.UniqueConstraint(
                fields=["review"],
                condition=models.Q(voided_at__isnull=True, role=SignOffRole.INCIDENT_COMMANDER),
                name="signoff_one_commander",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="signoff_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(confidence__in=Confidence.values), name="signoff_confidence_known"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=SignOffRole.values), name="signoff_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.signer_id} on {self.snapshot_id}"


class SignedService(OrganizationOwned):
    """A service for which an owner signed."""

    incident_paths: ClassVar[tuple[str, ...]] = ("signoff__review__incident",)

    signoff = models.ForeignKey(SignOff, on_delete=models.CASCADE, related_name="signed_services")
    service = models.ForeignKey("incidents.Service", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["signoff", "service"], name="signed_service_once"),
        ]

    def __str__(self) -> str:
        return f"{self.signoff_id} for {self.service_id}"


class Publication(OrganizationOwned):
    """The published text with its files; how far each outside step has come stands in the outbox.

    ``document`` is the PDF and ``record`` the portable record (JSON); both are filled by their delivery and never
    replaced. A later edition supersedes it; a withdrawn one stays readable, marked with the reason.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveSmallIntegerField(default=1)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="publications")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    document = models.FileField(max_length=255, blank=True, default="")
    document_sha256 = models.CharField(max_length=64, blank=True, default="")
    record = models.FileField(max_length=255, blank=True, default="")
    record_sha256 = models.CharField(max_length=64, blank=True, default="")
    superseded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "number"], name="publication_number_once"),
        ]

    def __str__(self) -> str:
        return f"publication {self.number} of review {self.review_id}"

    @property
    def group(self) -> str:
        """The outbox group of this publication's deliveries."""
        return f"publication:{self.pk}"


class Look(OrganizationOwned):
    """The text that a signer last had on the signing page; what changed since is told from it."""

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "person"], name="look_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} looked at {self.snapshot_id}"
