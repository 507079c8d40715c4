"""Words that a person is typing and has not saved. They are that person's alone, and no part of the text."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access
from governance.access import Permission
from governance.models import User
from reviews.models import Section, UnsavedText
from reviews.services.changing import require_open
from reviews.services.editing import tidy


@transaction.atomic
def keep_unsaved(*, actor: User, section: Section, body: str, version: int) -> UnsavedText | None:
    """Keep what the actor typed over ``version``, in the place of what was kept before.

    Nothing is kept, and ``None`` comes back, when the words are those that are stored. No signature is voided. Raises
    ``PublishedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, section)
    require_open(section.review)
    if tidy(body) == section.body:
        drop_unsaved(actor=actor, section=section)
        return None
    kept: UnsavedText
    kept, _ = UnsavedText.objects.update_or_create(
        section=section,
        person=actor,
        defaults={"body": body.replace("\x00", ""), "version": version, "saved_at": timezone.now()},
        create_defaults={
            "organization_id": section.organization_id,
            "body": body.replace("\x00", ""),
            "version": version,
        },
    )
    return kept


@transaction.atomic
def drop_unsaved(*, actor: User, section: Section) -> None:
    """Forget what the actor typed in this section: it was saved, or thrown away."""
    UnsavedText.objects.filter(section=section, person=actor).delete()
