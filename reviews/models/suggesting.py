"""What machines propose and people decide: passages of a newer draft or of a model, and what a model was asked."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from governance.models import OrganizationOwned
from reviews.enums import ProposalKind, ProposalState, Provenance, RunState


class ModelSettings(OrganizationOwned):
    """Whether a language model may be asked, for which sections, and what its tokens cost; off where there is no row.

    The address and its secret are a connection. Prices are per million tokens, in the currency that they name.
    """

    is_enabled = models.BooleanField(default=False)
    sections = ArrayField(models.CharField(max_length=30), default=list)
    price_in = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    price_out = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "model settings"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization"], name="model_settings_once"),
        ]

    def __str__(self) -> str:
        return "on" if self.is_enabled else "off"


class ModelConsent(OrganizationOwned):
    """A person allowed that the chronology of one private incident is sent to the model; revoked, never deleted."""

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="model_consents"
    )
    reason = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["given_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="model_consent_has_a_reason"),
            models.UniqueConstraint(
                fields=["incident"],
                condition=models.Q(revoked_at__isnull=True),
                name="model_consent_in_force_once",
            ),
        ]

    def __str__(self) -> str:
        return f"consent for {self.incident_id}"


class ModelRun(OrganizationOwned):
    """One question to a model, and what came of it.

    ``discarded`` counts by reason the passages that were thrown away unread. ``cost`` is in the currency of the
    settings at that time, empty where no price was set. ``failure`` is a sentence for people.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("section__review__incident",)

    section = models.ForeignKey("reviews.Section", on_delete=models.CASCADE, related_name="model_runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    model = models.CharField(max_length=200, blank=True, default="")
    host = models.CharField(max_length=300, blank=True, default="")
    prompt_version = models.CharField(max_length=40, blank=True, default="")
    prompt_sha256 = models.CharField(max_length=64, blank=True, default="")
    tokens_in = models.PositiveIntegerField(null=True)
    tokens_out = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    discarded = models.JSONField(default=dict)
    failure = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-requested_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=RunState.values), name="model_run_state_known"
            ),
            models.UniqueConstraint(
                fields=["section"], condition=models.Q(state=RunState.WAITING), name="model_run_waiting_once"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} for section {self.section_id}"


class Proposal(OrganizationOwned):
    """A change of one passage that a person takes as it is, edits, or rejects; it never acts by itself.

    ``before`` is the passage (with its citations) that it would replace or remove, or behind which it would be put;
    empty for the top of the section. ``text`` is Markdown with citations. ``fingerprint`` is a SHA-256 of what it says,
    so that what was rejected is not proposed again. ``run`` is set for what a model said.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("section__review__incident",)

    section = models.ForeignKey("reviews.Section", on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=10, choices=ProposalKind)
    provenance = models.CharField(max_length=10, choices=Provenance)
    before = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    position = models.PositiveIntegerField(default=0)
    because = models.CharField(max_length=300, blank=True, default="")
    fingerprint = models.CharField(max_length=64)
    run = models.ForeignKey(ModelRun, on_delete=models.CASCADE, null=True, related_name="proposals")
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_text = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["section__position", "position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["section", "fingerprint"], name="proposal_said_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ProposalKind.values), name="proposal_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[ProposalState.OPEN, ProposalState.GONE])
                | models.Q(decided_by__isnull=False),
                name="proposal_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {(self.text or self.before)[:60]}"
