"""The incident: what everything else hangs on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from incidents.enums import MilestoneKind, Severity


class IncidentQuerySet(OwnedQuerySet):
    """Words for incidents."""

    def real(self) -> IncidentQuerySet:
        """Without the synthetic history of the demo."""
        return self.filter(is_synthetic=False)

    def newest_first(self) -> IncidentQuerySet:
        return self.order_by("-declared_at", "-id")

    def real_ones_first(self) -> IncidentQuerySet:
        """Newest first, with the synthetic history of the demo behind everything that happened."""
        return self.order_by("is_synthetic", "-declared_at", "-id")


class Incident(OrganizationOwned):
    """One incident; its commander holds the guardian permission ``command_incident``.

    ``classification`` says why it has its severity ("SEV2 because ..."). It is in intake until ``accepted_at``: what
    the organization demands for its severity must be known first. ``insights`` is what the analysis of its chronology
    proposes, for people to confirm. ``repeat_of`` is set only when a person confirms that the same failure returned.
    A private incident, and everything derived from it, is visible to its ``readers`` only. ``data_exposed`` says that
    somebody may have seen what they must not, so that security signs too. ``is_synthetic`` marks filler of the demo,
    and is shown wherever such a row is.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("pk",)

    reference = models.CharField(
        max_length=30, validators=[RegexValidator(r"^[A-Z][A-Z0-9]*-[0-9]{4}-[0-9]{3,6}$")]
    )
    title = models.CharField(max_length=200)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    services = models.ManyToManyField(
        "incidents.Service", through="incidents.AffectedService", related_name="incidents"
    )
    declared_at = models.DateTimeField()
    repeat_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeats"
    )
    is_synthetic = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)
    data_exposed = models.BooleanField(default=False)
    classification = models.CharField(max_length=300, blank=True, default="")
    region = models.CharField(max_length=120, blank=True, default="")
    customer_impact = models.CharField(max_length=500, blank=True, default="")
    detected_by = models.CharField(max_length=200, blank=True, default="")
    accepted_at = models.DateTimeField(null=True, blank=True)
    insights = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: Any = scoped(IncidentQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["-declared_at", "-id"]
        permissions: ClassVar[Any] = [("command_incident", "Commands the incident and signs for it")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "reference"], name="incident_reference_once"),
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values), name="incident_severity_known"
            ),
            models.CheckConstraint(
                condition=models.Q(repeat_of__isnull=True) | ~models.Q(repeat_of=models.F("id")),
                name="incident_repeats_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class IncidentReader(OrganizationOwned):
    """A person who may see a private incident and everything that comes of it."""

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    named_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["person__name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "person"], name="incident_reader_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} may see {self.incident_id}"


class AffectedService(OrganizationOwned):
    """A service that an incident affected; its owners must sign."""

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="affected_services")
    service = models.ForeignKey("incidents.Service", on_delete=models.PROTECT, related_name="affected_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["service__name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "service"], name="affected_service_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} affected by {self.incident_id}"


class Milestone(OrganizationOwned):
    """One of the five moments, resting on a timeline entry; its time is always the entry's time."""

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=20, choices=MilestoneKind)
    entry = models.ForeignKey("incidents.Entry", on_delete=models.PROTECT, related_name="milestones")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["entry__at", "entry__tie", "entry__number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "kind"], name="milestone_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=MilestoneKind.values), name="milestone_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.incident_id}"
