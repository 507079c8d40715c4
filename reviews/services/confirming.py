"""Confirming what only a person can tell, and taking that back; the text itself stays as it is."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from reviews.checks import BY_CODE, CONFIRMABLE
from reviews.content import content_of
from reviews.enums import CheckCode
from reviews.errors import ConfirmationRefused
from reviews.models import Confirmation, Review
from reviews.selectors.checking import sha256_about
from reviews.services.changing import require_open
from reviews.services.moving import lock


@transaction.atomic
def confirm_point(*, actor: User, review: Review, code: CheckCode | str, note: str = "") -> Confirmation:
    """Say that a point of the checklist holds for the text as it is now, in the place of an earlier word.

    Raises ``ConfirmationRefused`` for a point that is computed, and ``PublishedText`` for a closed review.
    """
    access.require(actor, Permission.EDIT_REVIEW, review)
    point = _confirmable(code)
    current = lock(review)
    require_open(current)
    _end(current, point)
    row = Confirmation(
        organization_id=current.organization_id,
        review=current,
        code=point.value,
        note=" ".join(note.split()),
        content_sha256=sha256_about(content_of(current), point),
        confirmed_by=actor,
    )
    row.save(force_insert=True)
    _record("check.confirmed", actor, current, point, sha256=row.content_sha256)
    return row


@transaction.atomic
def take_back_confirmation(*, actor: User, review: Review, code: CheckCode | str) -> None:
    """Open a point again; raises ``ConfirmationRefused`` when nobody had confirmed it."""
    access.require(actor, Permission.EDIT_REVIEW, review)
    point = _confirmable(code)
    current = lock(review)
    require_open(current)
    if not _end(current, point):
        raise ConfirmationRefused("Nobody has confirmed this point. There is nothing to take back.")
    _record("check.reopened", actor, current, point)


def _confirmable(code: CheckCode | str) -> CheckCode:
    if code not in CONFIRMABLE:
        raise ConfirmationRefused(
            "This point is computed from the record. Mend what it names, and it holds by itself."
        )
    return CheckCode(code)


def _end(review: Review, code: CheckCode) -> int:
    """Take back the word in force; how many there were."""
    rows = Confirmation.objects.filter(review=review, code=code.value, revoked_at__isnull=True)
    ended: int = rows.update(revoked_at=timezone.now())
    return ended


def _record(action: str, actor: User, review: Review, code: CheckCode, **details: str) -> None:
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action=action,
        subject=f"review:{review.incident.reference}",
        check=code.value,
        number=BY_CODE[code].number,
        **details,
    )
