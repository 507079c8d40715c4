"""What people say of recommendations."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned
from remediation.enums import Verdict


class RecommendationFeedback(OrganizationOwned):
    """One person's verdict on one recommendation of a review; saying it again changes it.

    ``key`` names the recommendation by its rule and by what it answers (``guard.factor-2``). It need not stand any
    more: what was said of it is counted all the same.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey(
        "reviews.Review", on_delete=models.CASCADE, related_name="recommendation_feedback"
    )
    key = models.CharField(max_length=80)
    verdict = models.CharField(max_length=10, choices=Verdict)
    note = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "recommendation feedback"
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "key", "by"], name="recommendation_feedback_once"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="recommendation_feedback_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.key}"
