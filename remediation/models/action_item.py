"""Action items: the promises of a postmortem."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from incidents.enums import Severity
from remediation.enums import ActionKind, ActionStatus


class ActionItemQuerySet(OwnedQuerySet):
    """Words for action items."""

    def open(self) -> ActionItemQuerySet:
        return self.filter(status=ActionStatus.OPEN)

    def overdue(self, today: date) -> ActionItemQuerySet:
        return self.open().filter(due_on__lt=today)

    def real_ones_first(self) -> ActionItemQuerySet:
        """Soonest due first, with the synthetic history of the demo behind everything that was promised."""
        return self.order_by("review__incident__is_synthetic", "due_on", "severity", "id")

    def owned_by(self, user: Any) -> ActionItemQuerySet:
        return self.filter(owner=user)


class ActionItem(OrganizationOwned):
    """One promise: what, who, how urgent, by when, and how one will know that it worked.

    ``verify_on`` is the day on which that is looked at; empty where nobody set one. ``recommendation`` is the key of
    the recommendation that it was taken from, if it was.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="action_items")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=ActionKind)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="action_items")
    severity = models.PositiveSmallIntegerField(choices=Severity)
    due_on = models.DateField()
    verification_criterion = models.TextField()
    verify_on = models.DateField(null=True, blank=True)
    recommendation = models.CharField(max_length=80, blank=True, default="")
    factor = models.ForeignKey(
        "reviews.Factor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    depends_on = models.ManyToManyField(
        "self", through="remediation.Dependency", symmetrical=False, related_name="needed_by"
    )
    status = models.CharField(max_length=10, choices=ActionStatus, default=ActionStatus.OPEN)
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    completion_note = models.TextField(blank=True, default="")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    verification_note = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: Any = scoped(ActionItemQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on", "severity", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "number"], name="action_item_number_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=ActionStatus.values), name="action_item_status_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=ActionStatus.VERIFIED) | models.Q(verified_by__isnull=False),
                name="action_item_verified_by_someone",
            ),
            models.CheckConstraint(
                condition=~models.Q(verification_criterion=""), name="action_item_says_how_it_is_verified"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "status", "due_on"], name="action_item_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """How the item is named inside its review: ``A3``."""
        return f"A{self.number}"


class Dependency(OrganizationOwned):
    """``item`` cannot be finished before ``depends_on``; cycles are refused by the service."""

    incident_paths: ClassVar[tuple[str, ...]] = ("item__review__incident",)

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="dependencies")
    depends_on = models.ForeignKey(ActionItem, on_delete=models.PROTECT, related_name="dependents")

    class Meta:
        verbose_name_plural = "dependencies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["item", "depends_on"], name="dependency_once"),
            models.CheckConstraint(
                condition=~models.Q(item=models.F("depends_on")), name="dependency_on_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} after {self.depends_on_id}"


class TrackerIssue(OrganizationOwned):
    """The issue in an outside tracker that mirrors an action item."""

    incident_paths: ClassVar[tuple[str, ...]] = ("item__review__incident",)

    item = models.OneToOneField(ActionItem, on_delete=models.PROTECT, related_name="tracker_issue")
    key = models.CharField(max_length=60)
    url = models.URLField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "key"], name="tracker_issue_once"),
        ]

    def __str__(self) -> str:
        return self.key
