"""The review of one incident."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from reviews.enums import CLOSED_STATES, ReviewState


class ReviewQuerySet(OwnedQuerySet):
    """Words for reviews."""

    def open(self) -> ReviewQuerySet:
        return self.exclude(state__in=CLOSED_STATES)


class Review(OrganizationOwned):
    """The postmortem in the making; one per incident.

    ``state`` moves only through ``workflow.py``. ``content_version`` counts every change of anything that would be
    published; it orders saves and shows a stale page. ``changes_because`` is what a reader asked for last. ``policy``
    is the version of the rules that it is held to, ``template`` the version of what it consists of (empty: the usual
    one), ``edition`` the number that its next publication gets. A review that another one replaces points at it with
    ``superseded_by``; ``closed_because`` says why it was withdrawn or replaced.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

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
    policy = models.ForeignKey(
        "reviews.ReviewPolicy", on_delete=models.PROTECT, null=True, related_name="reviews"
    )
    template = models.ForeignKey(
        "reviews.ReviewTemplate", on_delete=models.PROTECT, null=True, related_name="reviews"
    )
    edition = models.PositiveSmallIntegerField(default=1)
    revision_because = models.TextField(blank=True, default="")
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    closed_because = models.TextField(blank=True, default="")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

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
            models.CheckConstraint(
                condition=models.Q(superseded_by__isnull=True) | ~models.Q(superseded_by=models.F("id")),
                name="review_superseded_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.incident_id}"


class StateChange(OrganizationOwned):
    """One move of a review, for good: writing time is told apart from waiting time by these rows.

    ``move`` is the name in the transition table; ``reason`` is what the person said, where the move asks for one.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="state_changes")
    move = models.CharField(max_length=30)
    source = models.CharField(max_length=20, choices=ReviewState, blank=True)
    target = models.CharField(max_length=20, choices=ReviewState)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.source} to {self.target} of {self.review_id}"
