"""Who is writing where: signs that are gone in half a minute, so they are neither audited nor part of the review."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access
from governance.access import Permission
from governance.models import User
from reviews.models import Presence, Section


@transaction.atomic
def note_presence(*, actor: User, section: Section) -> None:
    """The actor has the section open for writing now; one statement, however often it is said."""
    access.require(actor, Permission.EDIT_REVIEW, section)
    sign = Presence(
        organization_id=section.organization_id, section=section, person=actor, seen_at=timezone.now()
    )
    Presence.objects.bulk_create(
        [sign], update_conflicts=True, unique_fields=["section", "person"], update_fields=["seen_at"]
    )


@transaction.atomic
def end_presence(*, actor: User, section: Section) -> None:
    """The actor closed the section."""
    Presence.objects.filter(section=section, person=actor).delete()
