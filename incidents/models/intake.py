"""What arrives: addresses for deliveries, raw arrivals, and the rules by which they find their incident."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from governance.fields import EncryptedTextField
from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from incidents.enums import ArrivalStatus, ArrivalWay, HookKind, Severity, SourceKind

OPEN_STATUSES = (ArrivalStatus.UNCERTAIN, ArrivalStatus.UNREAD)
IN_WORK = (ArrivalStatus.WAITING, ArrivalStatus.READING)
CUTS = "cuts"


class Hook(OrganizationOwned):
    """One address of one organization to which one outside system delivers.

    ``token`` is the unguessable part of the address. ``secret`` authenticates each delivery; ``previous_secret`` does
    so too until ``previous_until``, while an operator changes it on the other side. ``options`` holds what the kind
    asks for beside it (an SNS topic and its certificates, the name of a timestamp header).
    """

    kind = models.CharField(max_length=20, choices=HookKind)
    name = models.CharField(max_length=120)
    token = models.CharField(max_length=64, unique=True)
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(blank=True, default="")
    previous_until = models.DateTimeField(null=True)
    options = models.JSONField(default=dict)
    zone = models.CharField(max_length=60, blank=True, default="")
    is_active = models.BooleanField(default=True)
    refused_at = models.DateTimeField(null=True)
    refused_why = models.CharField(max_length=300, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=HookKind.values), name="hook_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def secrets(self, now: datetime) -> list[str]:
        """The secrets that hold at this moment, the newest first."""
        holds = self.previous_secret and self.previous_until and now < self.previous_until
        return [self.secret, self.previous_secret] if holds else [self.secret]


class ArrivalQuerySet(OwnedQuerySet):
    """Words for arrivals."""

    def needing_a_person(self) -> ArrivalQuerySet:
        return self.filter(status__in=OPEN_STATUSES)

    def kept(self) -> ArrivalQuerySet:
        return self.filter(status=ArrivalStatus.KEPT)

    def in_work(self) -> ArrivalQuerySet:
        return self.filter(status__in=IN_WORK)


class Arrival(OrganizationOwned):
    """One raw payload as it was received; what was received never changes, and no row is ever removed.

    ``delivery`` is the sender's own id of it, else its SHA-256: the same delivery is stored once. A delivery or a pull
    keeps its bytes in ``body``, an upload in ``file``. ``declared`` holds what a person said about it ("zone",
    "clock_offset", "date_order", "year", "columns"), and under ``CUTS`` the sentences of a fetch about what a limit
    kept out of it. ``done`` of ``size`` bytes are read; ``cancel`` asks the reader to stop. ``keys`` are the
    fingerprints of the things that its facts are about, by which it finds its incident.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident", "evidence__incident")

    # Each index and each key costs a storm of deliveries its time: those below are covered by the unique keys, the
    # index of the newest, and the composite keys over (organization, hook) and (organization, incident) that the
    # migrations add; one of the two is always set.
    organization = models.ForeignKey(
        "governance.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    hook = models.ForeignKey(
        Hook,
        on_delete=models.PROTECT,
        null=True,
        related_name="arrivals",
        db_index=False,
        db_constraint=False,
    )
    way = models.CharField(max_length=10, choices=ArrivalWay)
    kind = models.CharField(max_length=20, choices=SourceKind)
    delivery = models.CharField(max_length=200)
    headers = models.JSONField(default=dict)
    filename = models.CharField(max_length=255)
    body = models.BinaryField(null=True)
    file = models.FileField(max_length=255, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    incident = models.ForeignKey(
        "incidents.Incident",
        on_delete=models.PROTECT,
        null=True,
        related_name="arrivals",
        db_index=False,
        db_constraint=False,
    )
    declared = models.JSONField(default=dict)
    status = models.CharField(max_length=12, choices=ArrivalStatus, default=ArrivalStatus.WAITING)
    reason = models.TextField(blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    cancel = models.BooleanField(default=False)
    keys = ArrayField(models.CharField(max_length=200), default=list)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: Any = scoped(ArrivalQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["hook", "delivery"], name="arrival_once"),
            models.UniqueConstraint(fields=["hook", "sha256"], name="arrival_body_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=ArrivalStatus.values), name="arrival_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(hook__isnull=False) | models.Q(incident__isnull=False),
                name="arrival_belongs_somewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(body__isnull=False) | ~models.Q(file=""), name="arrival_has_its_bytes"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["received_at"],
                name="arrival_in_work",
                condition=models.Q(status__in=[status.value for status in IN_WORK]),
            ),
            models.Index(fields=["organization", "-received_at"], name="arrival_newest"),
            models.Index(
                fields=["incident"],
                name="arrival_of_incident",
                condition=models.Q(incident__isnull=False),
            ),
            models.Index(
                fields=["organization", "status"],
                name="arrival_open",
                condition=models.Q(status__in=[status.value for status in OPEN_STATUSES]),
            ),
            models.Index(
                fields=["organization", "first_at"],
                name="arrival_kept",
                condition=models.Q(status=ArrivalStatus.KEPT.value),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class IncidentLink(OrganizationOwned):
    """A thing outside that belongs to an incident: "pagerduty incident PINC001", "slack channel C0INCIDENT1"."""

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="links")
    key = models.CharField(max_length=200)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["key"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "key"], name="incident_link_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "key"], name="incident_link_by_key"),
        ]

    def __str__(self) -> str:
        return self.key


class KnownName(OrganizationOwned):
    """The name behind an id that a chat system uses for a person or a channel."""

    source = models.CharField(max_length=20, choices=SourceKind)
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["source", "key"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "source", "key"], name="known_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class IntakeRule(OrganizationOwned):
    """When a delivery that belongs to no incident opens one, how severe it is, and whose service it concerns.

    ``words`` must all stand in the text, the service or the region of one of its facts; no word fits everything. The
    first active rule by ``position`` that fits decides.
    """

    name = models.CharField(max_length=120)
    source = models.CharField(max_length=20, choices=SourceKind, blank=True, default="")
    words = models.CharField(max_length=300, blank=True, default="")
    severity = models.PositiveSmallIntegerField(choices=Severity)
    service = models.ForeignKey(
        "incidents.Service", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values), name="intake_rule_severity_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IntakePolicy(OrganizationOwned):
    """What an incident of each severity must have before it leaves intake, and how long a silence is named.

    ``required`` maps the severity as text ("1") to a list of ``IntakeField`` values; one row for an organization.
    """

    required = models.JSONField(default=dict)
    gap_minutes = models.PositiveIntegerField(default=30)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "intake policies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization"], name="intake_policy_once"),
        ]

    def __str__(self) -> str:
        return f"intake policy {self.version} of {self.organization_id}"
