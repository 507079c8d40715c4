"""What customers are told: written by one person, approved as it stands by another."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from reviews.enums import ReviewState
from reviews.errors import CustomerTextRefused, StaleCustomerText
from reviews.models import CustomerText, Review
from reviews.selectors.customers import CustomerStanding
from reviews.services.changing import require_open
from reviews.services.moving import lock

LONGEST = 20_000


@transaction.atomic
def save_customer_text(*, actor: User, review: Review, body: str, version: int) -> CustomerText:
    """Keep the text over the version that the person had before them (0: none); other words are not approved.

    It stands beside the review, so it can be written after the publication too, and voids no signature. Raises
    ``StaleCustomerText``, ``CustomerTextRefused`` for an empty text, and ``ClosedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, review)
    current = _held(review)
    words = body.replace("\r\n", "\n").strip()
    if not words:
        raise CustomerTextRefused("Write what customers are told, or leave the text as it is.")
    row = CustomerStanding(current).row
    if row.version != version:
        raise StaleCustomerText
    if words == row.body:
        return row
    row.body, row.updated_by = words, actor
    row.approved_by, row.approved_at, row.approved_sha256 = None, None, ""
    row.version += 1
    row.save()
    _record(actor, current, row, "changed")
    return row


@transaction.atomic
def approve_customer_text(
    *, actor: User, review: Review, sha256: str, despite_remarks: bool = False
) -> CustomerText:
    """Approve the text with this SHA-256 for customers: an SRE lead, a manager or the commander, who did not write it.

    Raises ``CustomerTextRefused`` before the publication, for the last writer, for blanks, and for what was remarked
    unless the person says that they have read it; ``StaleCustomerText`` for another text.
    """
    access.require(actor, Permission.APPROVE_CUSTOMER_TEXT, review.incident)
    current = _held(review)
    standing = CustomerStanding(current)
    if refusal := refusal_of(standing, actor):
        raise CustomerTextRefused(refusal)
    if sha256 != standing.sha256:
        raise StaleCustomerText
    found = standing.remarks()
    if found and not despite_remarks:
        raise CustomerTextRefused("Read what is remarked about the text, and say that you did.")
    row = standing.row
    row.approved_by, row.approved_at, row.approved_sha256 = actor, timezone.now(), sha256
    row.save(update_fields=["approved_by", "approved_at", "approved_sha256"])
    _record(actor, current, row, "approved", sha256=sha256, remarks=len(found))
    return row


def refusal_of(standing: CustomerStanding, actor: User) -> str:
    """Why this person cannot approve the text as it is now; empty when they can."""
    if not standing.is_written:
        return "Nobody wrote a text for customers yet. Write and save it first."
    if standing.publication is None:
        return "Publish the review first: until then what it says may still change."
    if standing.is_last_writer(actor):
        return "You wrote this text last. Somebody else approves it: an SRE lead, a manager or the commander."
    if blanks := standing.blanks:
        return f"{blanks[0].words} is still blank. Write what it asks for, then the text can be approved."
    return ""


def _held(review: Review) -> Review:
    """The review as it is now, held until the transaction ends; a closed one has no more words for customers."""
    current = lock(review)
    if current.state != ReviewState.PUBLISHED:
        require_open(current)
    return current


def _record(actor: User, review: Review, row: CustomerText, verb: str, **more: object) -> None:
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action=f"customer_text.{verb}",
        subject=f"review:{review.incident.reference}",
        version=row.version,
        **more,
    )
