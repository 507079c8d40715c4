"""Who is writing, what they have not saved, and how a section came to its words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from governance.models import User
from reviews.models import Presence, Review, Revision, Section, UnsavedText
from reviews.redline import differences

SEEN_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True)
class Saved:
    """One revision, and how many words it brought and took away."""

    revision: Revision
    inserted: int
    deleted: int


def writers_in(review: Review, but: User) -> dict[str, str]:
    """By section key: ``Priya Nair is writing here``, for everybody else who gave a sign in the last half minute."""
    rows = Presence.objects.filter(section__review=review, seen_at__gte=timezone.now() - SEEN_WITHIN)
    names: dict[str, list[str]] = defaultdict(list)
    for key, name in (
        rows.exclude(person=but).order_by("person__name").values_list("section__key", "person__name")
    ):
        names[key].append(name)
    return {key: _are_writing(found) for key, found in names.items()}


def _are_writing(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is writing here"
    return f"{', '.join(names[:-1])} and {names[-1]} are writing here"


def unsaved_of(person: User, section: Section) -> UnsavedText | None:
    """What the person typed in this section and neither saved nor threw away; nothing when it is what stands there."""
    kept: UnsavedText | None = UnsavedText.objects.filter(section=section, person=person).first()
    return kept if kept and kept.body != section.body else None


def revision_of(section: Section, number: int) -> Revision | None:
    found: Revision | None = (
        Revision.objects.filter(section=section, number=number).select_related("author").first()
    )
    return found


def note_of(section: Section) -> str:
    """How the section's newest revision came about, where it was not by writing."""
    notes = Revision.objects.filter(section=section, number=section.version).values_list("note", flat=True)
    return notes.first() or ""


def saved_of(section: Section, page: Sequence[Revision]) -> list[Saved]:
    """The revisions of one page, newest first, each with the size of its change."""
    if not page:
        return []
    before = Revision.objects.filter(section=section, number__lt=page[-1].number).order_by("-number").first()
    bodies = [*(revision.body for revision in page), before.body if before else ""]
    return [
        Saved(revision, *_size(older, revision.body))
        for revision, older in zip(page, bodies[1:], strict=True)
    ]


def _size(before: str, after: str) -> tuple[int, int]:
    """Words inserted and deleted."""
    counted = {-1: 0, 0: 0, 1: 0}
    for kind, text in differences(before, after):
        counted[kind] += len(re.findall(r"\w+", text))
    return counted[1], counted[-1]
