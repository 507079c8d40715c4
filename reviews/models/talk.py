"""What people say about a text beside it, and who is writing in it now."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from governance.models import OrganizationOwned, OwnedQuerySet, scoped


class ThreadQuerySet(OwnedQuerySet):
    """Words for threads."""

    def open(self) -> ThreadQuerySet:
        return self.filter(resolved_at__isnull=True)


class Thread(OrganizationOwned):
    """A conversation about a passage of a section, or about an entry of the chronology.

    ``quote`` is the passage's text when the conversation began, by which it is found again after edits; when the words
    are gone the thread stays with its section and shows them.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("review__incident",)

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="threads")
    section = models.ForeignKey(
        "reviews.Section", on_delete=models.CASCADE, null=True, related_name="threads"
    )
    entry = models.ForeignKey("incidents.Entry", on_delete=models.PROTECT, null=True, related_name="threads")
    quote = models.TextField(blank=True, default="")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)

    objects: Any = scoped(ThreadQuerySet)

    class Meta:
        ordering: ClassVar[list[str]] = ["opened_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(section__isnull=True) ^ models.Q(entry__isnull=True),
                name="thread_about_one_thing",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["review", "section"],
                name="thread_open",
                condition=models.Q(resolved_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.quote[:60] or f"about entry {self.entry_id}"


class Comment(OrganizationOwned):
    """One thing said in a thread.

    ``suggestion`` is other wording for the thread's quote (empty: none was made; a suggestion to delete says so with
    ``suggests_deletion``). A comment is taken back by its author, never deleted: its words go, its place stays.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ("thread__review__incident",)

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True)
    suggestion = models.TextField(blank=True, default="")
    suggests_deletion = models.BooleanField(default=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]

    def __str__(self) -> str:
        return self.body[:60]


class UnsavedText(OrganizationOwned):
    """What a person is typing in a section and has not saved: a lost connection or a closed tab loses no word."""

    incident_paths: ClassVar[tuple[str, ...]] = ("section__review__incident",)

    section = models.ForeignKey("reviews.Section", on_delete=models.CASCADE, related_name="unsaved_texts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    body = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["section", "person"], name="unsaved_text_once"),
        ]

    def __str__(self) -> str:
        return f"unsaved words of {self.person_id} in {self.section_id}"


class Presence(OrganizationOwned):
    """Somebody has a section open for writing; ``seen_at`` is the last sign of it."""

    incident_paths: ClassVar[tuple[str, ...]] = ("section__review__incident",)

    section = models.ForeignKey("reviews.Section", on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["section", "person"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.section_id}"
