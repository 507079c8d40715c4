"""What every change of the text does: it counts, and it voids the signatures that stood (invariant 5)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import audit
from governance.models import User
from incidents.models import Incident
from reviews.enums import CLOSED_STATES, ReviewState
from reviews.errors import ClosedText, PublishedText
from reviews.models import Review, SignOff
from reviews.services import telling
from reviews.services.moving import apply, lock

MOST_BECAUSE = 200
MOVED = "The text is no longer the one that was signed"


@transaction.atomic
def content_changed(*, actor: User | None, review: Review, because: str) -> None:
    """Note a change of anything that would be published; ``because`` is a sentence without its full stop.

    Standing signatures are voided, and a signed review waits for signatures again. Raises ``PublishedText`` when the
    review is closed.
    """
    current = lock(review)
    require_open(current)
    current.content_version += 1
    current.save(update_fields=["content_version"])
    if current.state == ReviewState.APPROVED:
        apply(current, "reopen", actor)
    void_signatures(actor=actor, review=current, because=because)


def require_open(review: Review) -> None:
    """Raise ``PublishedText`` for a review whose text and chronology stay as they are."""
    if review.state == ReviewState.PUBLISHED:
        raise PublishedText
    if review.state in CLOSED_STATES:
        raise ClosedText(ReviewState(review.state).label.lower())


def void_signatures(*, actor: User | None, review: Review, because: str, but_those_on: str = "") -> None:
    """Void what stands, saying why; inside the caller's transaction, with the review locked.

    Signatures on the text with the SHA-256 ``but_those_on`` are left standing.
    """
    rows = SignOff.objects.standing().filter(review=review).exclude(snapshot__sha256=but_those_on)
    for signoff in rows.select_related("signer"):
        signoff.voided_at = timezone.now()
        signoff.voided_by = actor
        signoff.voided_because = because[:MOST_BECAUSE]
        signoff.save(update_fields=["voided_at", "voided_by", "voided_because"])
        telling.signature_voided(signoff, review, actor)
        audit.record(
            organization=review.organization_id,
            actor=actor,
            action="signature.voided",
            subject=f"review:{review.incident.reference}",
            role=signoff.role,
            signer=signoff.signer_id,
        )


def chronology_changed(*, incident: Incident, actor: User | None, what: str) -> None:
    """Hear of a change of the chronology, which is part of the text; see ``incidents.changes``."""
    review = Review.objects.filter(incident=incident).first()
    if review is not None:
        content_changed(actor=actor, review=review, because=what[:1].upper() + what[1:])
