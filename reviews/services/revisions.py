"""Bringing an earlier revision of a section back, as a new one."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from reviews.errors import RestoreRefused
from reviews.models import Revision, Section
from reviews.services.editing import held, replace_body


@transaction.atomic
def restore_revision(*, actor: User, section: Section, number: int, version: int) -> Section:
    """Make the words of revision ``number`` the section's again; ``version`` is the one that the actor had before them.

    It is an edit with all that follows from one. Raises ``RestoreRefused`` when somebody saved in between or nothing
    would change, ``UnknownCitation`` when the chronology no longer has what the words cite, and ``PublishedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, section)
    review, current = held(section)
    wanted = Revision.objects.filter(section=current, number=number).first()
    if wanted is None:
        raise RestoreRefused(f"There is no revision {number} of this section. Choose one from the list.")
    if current.version != version:
        raise RestoreRefused(
            f"{current.updated_by} saved revision {current.version} since you opened this page, so nothing was "
            "restored. Compare with it first, then restore again."
        )
    if wanted.body == current.body:
        raise RestoreRefused(
            f"Revision {number} says what the section says now. There is nothing to restore."
        )
    replace_body(
        actor=actor, review=review, section=current, body=wanted.body, note=f"Restored from revision {number}"
    )
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="section.restored",
        subject=f"review:{review.incident.reference}",
        section=current.key,
        version=current.version,
        restored=number,
    )
    return current
