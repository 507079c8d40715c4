"""What shapes a review beside its sections: templates, risks that stay, and the text for customers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned
from incidents.enums import Severity
from reviews.enums import Provenance


class ReviewTemplate(OrganizationOwned):
    """One version of what a review consists of; never changed, only followed by another version.

    ``severity`` is empty for the template of all severities that have none of their own. ``parts`` is the plain form
    of ``templating.Template``.
    """

    severity = models.PositiveSmallIntegerField(choices=Severity, null=True)
    version = models.PositiveIntegerField()
    parts = models.JSONField()
    note = models.CharField(max_length=300, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["severity", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organization", "severity", "version"],
                name="review_template_version_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class Risk(OrganizationOwned):
    """What the incident showed and nothing has ended yet: who watches it, and when it is looked at again.

    ``owner`` and ``review_on`` are empty until a person names them. A risk that needs no more watching is closed with
    a reason, never deleted.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="risks")
    number = models.PositiveSmallIntegerField()
    statement = models.TextField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="risks"
    )
    review_on = models.DateField(null=True)
    accepted_because = models.TextField(blank=True, default="")
    factor = models.ForeignKey("reviews.Factor", on_delete=models.SET_NULL, null=True, related_name="risks")
    provenance = models.CharField(max_length=10, choices=Provenance)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_because = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "number"], name="risk_number_once"),
            models.CheckConstraint(condition=~models.Q(statement=""), name="risk_says_something"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | ~models.Q(closed_because=""),
                name="risk_is_closed_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.statement[:60]

    @property
    def label(self) -> str:
        """How the risk is named inside its review: ``R2``."""
        return f"R{self.number}"


class CustomerText(OrganizationOwned):
    """What customers are told: a text of its own, which a person approves as it stands.

    ``approved_sha256`` is of ``body`` when it was approved; a text that changed since is not approved. ``version`` is
    the optimistic lock of its form.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.OneToOneField("reviews.Review", on_delete=models.CASCADE, related_name="customer_text")
    body = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    approved_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True) | models.Q(approved_by__isnull=False),
                name="customer_text_approved_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"customer text of {self.review_id}"
