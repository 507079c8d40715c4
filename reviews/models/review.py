"""The review of one incident."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from reviews.enums import ReviewState


class ReviewQuerySet(OwnedQuerySet):
    """Words for reviews."""

    def open(self) -> ReviewQuerySet:
        return self.exclude(state=ReviewState.PUBLISHED)


class Review(OrganizationOwned):
    """The postmortem in the making; one per incident.

    ``state`` moves only through ``workflow.py``. ``content_version`` counts every change of anything that would be
    published; it orders saves and shows a stale page. ``changes_because`` is what a reader asked for last.
    """

    incident = models.OneToOneField("incidents.Incident", on_delete=models.PROTECT, related_name="review")
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.DRAFTING)
    content_version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    changes_because = models.TextField(blank=True, default="")
    changes_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    changes_asked_at = models.DateTimeField(null=True)

    objects: Any = scoped(ReviewQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=ReviewState.values), name="review_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ReviewState.PUBLISHED) | models.Q(published_at__isnull=False),
                name="review_published_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.incident_id}"
