"""The order of sections, which is part of the signed text."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from reviews.models import Section
from reviews.services.changing import content_changed, require_open
from reviews.services.moving import lock


@transaction.atomic
def move_section(*, actor: User, section: Section, to: int) -> None:
    """Put a section at a place, counted from 0; a place beyond either end is that end. Raises ``PublishedText``."""
    access.require(actor, Permission.EDIT_REVIEW, section)
    review = lock(section.review)
    require_open(review)
    rows = list(Section.objects.select_for_update().filter(review=review).order_by("position", "id"))
    before = [row.pk for row in rows]
    moved = rows.pop(before.index(section.pk))
    rows.insert(max(0, min(to, len(rows))), moved)
    if [row.pk for row in rows] == before:
        return
    for position, row in enumerate(rows):
        row.position = position
    Section.objects.bulk_update(rows, ["position"])
    content_changed(actor=actor, review=review, because=f"“{moved.get_key_display()}” was moved")
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="section.moved",
        subject=f"review:{review.incident.reference}",
        section=moved.key,
        to=moved.position,
    )
