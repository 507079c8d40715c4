"""What people are told: on the page, by mail and in Slack."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.enums import NoticeChannel, NoticeKind
from governance.models.base import OrganizationOwned, OwnedQuerySet, scoped


class NoticeQuerySet(OwnedQuerySet):
    """Words for notices."""

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)


class Notice(OrganizationOwned):
    """One thing that one person is told once.

    ``key`` names the event, so that nobody hears of it twice. ``path`` is the address below the installation's own,
    with the fragment of the very passage. ``subject`` names the thing (``incident:INC-2026-0012``): who may no longer
    see it sees no notice of it either. ``mailed_at`` and ``slacked_at`` say when it was handed to those channels.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=30, choices=NoticeKind)
    key = models.CharField(max_length=160)
    subject = models.CharField(max_length=120, blank=True, default="")
    text = models.CharField(max_length=400)
    path = models.CharField(max_length=400)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    slacked_at = models.DateTimeField(null=True)

    objects: Any = scoped(NoticeQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "recipient", "key"], name="notice_once"),
            models.CheckConstraint(condition=models.Q(kind__in=NoticeKind.values), name="notice_kind_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recipient", "-created_at"], name="notice_of_person"),
            models.Index(
                fields=["organization", "created_at"],
                name="notice_unread",
                condition=models.Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class NoticeChoice(OrganizationOwned):
    """Whether a person wants one kind of notice through one channel; without a row the kind's default holds."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    kind = models.CharField(max_length=30, choices=NoticeKind)
    channel = models.CharField(max_length=10, choices=NoticeChannel)
    wanted = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organization", "person", "kind", "channel"], name="notice_choice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} by {self.channel}: {self.wanted}"
