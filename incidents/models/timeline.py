"""The chronology's rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped
from incidents.enums import Lane, Precision, Trust

ORDER = ("at", "tie", "number")


class EntryQuerySet(OwnedQuerySet):
    """Words for timeline entries."""

    def in_order(self) -> EntryQuerySet:
        """The one UTC order. Entries of one instant stand by their raw file (its hash), then as the file has them, so
        that the order does not depend on which file came in first."""
        return self.order_by(*ORDER)

    def shown(self) -> EntryQuerySet:
        return self.filter(hidden=False, folded_into__isnull=True)

    def highlighted(self) -> EntryQuerySet:
        return self.filter(highlighted=True, hidden=False, folded_into__isnull=True)


class Entry(OrganizationOwned):
    """One fact at one time (invariant 2).

    ``number`` is its name in an incident ("E12") and never changes. ``tie`` is the beginning of its raw file's hash, by
    which entries of one instant are ordered. ``at`` and ``text`` are what is shown;
    ``original_at``, ``original_time`` (the time as the source wrote it), ``original_text`` and ``zone`` stay as they
    came, whatever is corrected. ``location`` says where in the raw file it stands. ``author`` is set, and ``evidence``
    empty, for a person's own statement. ``digest`` makes importing the same fact twice add nothing.

    ``services``, ``region``, ``customer`` and ``fingerprint`` are what the payload says the fact concerns. An entry
    that is ``folded_into`` another is the same event, or a repeat of it: the other one stands for it. ``times_seen``
    and ``last_at`` say how often and until when an entry by itself was seen, such as a pattern of log lines.
    ``version`` counts what people changed, so that nobody changes what they have not seen.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("incident",)

    # The composite keys over (organization, id) that the migrations add say the same as plain foreign keys would; a
    # second check and a second index of the same columns for each of a log's lines would double the time of an import.
    organization = models.ForeignKey(
        "governance.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    incident = models.ForeignKey(
        "incidents.Incident",
        on_delete=models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    evidence = models.ForeignKey(
        "incidents.Evidence", on_delete=models.PROTECT, null=True, related_name="entries", db_constraint=False
    )
    number = models.PositiveIntegerField()
    tie = models.CharField(max_length=8, blank=True, default="", db_default="")
    at = models.DateTimeField()
    text = models.TextField()
    lane = models.CharField(max_length=12, choices=Lane)
    actor = models.CharField(max_length=200, blank=True, default="")
    trust = models.CharField(max_length=10, choices=Trust)
    precision = models.CharField(max_length=8, choices=Precision)
    original_at = models.DateTimeField()
    original_time = models.CharField(max_length=100)
    original_text = models.TextField()
    zone = models.CharField(max_length=60)
    location = models.CharField(max_length=200, blank=True, default="")
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    highlighted = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    hidden_reason = models.CharField(max_length=300, blank=True, default="")
    level = models.CharField(max_length=8, blank=True, default="", db_default="")
    services = ArrayField(models.CharField(max_length=120), default=list, db_default=[])
    region = models.CharField(max_length=120, blank=True, default="", db_default="")
    customer = models.CharField(max_length=120, blank=True, default="", db_default="")
    fingerprint = models.CharField(max_length=200, blank=True, default="", db_default="")
    tags = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    folded_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="folded",
        db_constraint=False,
        db_index=False,
    )
    times_seen = models.PositiveIntegerField(default=1, db_default=1)
    last_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    objects: Any = scoped(EntryQuerySet)

    class Meta:
        verbose_name_plural = "entries"
        ordering: ClassVar[list[str]] = list(ORDER)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "number"], name="entry_number_once"),
            models.UniqueConstraint(fields=["incident", "digest"], name="entry_digest_once"),
            models.CheckConstraint(
                condition=models.Q(hidden=False) | ~models.Q(hidden_reason=""),
                name="entry_hidden_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(folded_into__isnull=True) | models.Q(highlighted=False),
                name="entry_folded_is_not_highlighted",
            ),
            models.CheckConstraint(
                condition=models.Q(evidence__isnull=False) | models.Q(author__isnull=False),
                name="entry_rests_on_something",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["incident", *ORDER], name="entry_chronology"),
            models.Index(
                fields=["folded_into"], name="entry_folds", condition=models.Q(folded_into__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """How the entry is cited: ``E12``."""
        return f"E{self.number}"


class Correction(OrganizationOwned):
    """One correction of an entry, with its reason; the entry's original stays as it was imported."""

    incident_paths: ClassVar[tuple[str, ...]] = ("entry__incident",)

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="corrections")
    at_before = models.DateTimeField()
    at_after = models.DateTimeField()
    text_before = models.TextField()
    text_after = models.TextField()
    reason = models.CharField(max_length=300)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["corrected_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="correction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"correction of {self.entry_id}: {self.reason}"
