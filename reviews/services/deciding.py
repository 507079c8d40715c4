"""Submitting, asking for changes, signing and publishing (invariant 5)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.errors import AccessDenied, InvalidTransition
from governance.models import User
from reviews import publication_steps
from reviews.enums import Confidence, ReviewState, SignOffRole
from reviews.errors import SigningRefused, TextChanged
from reviews.models import Publication, Review, SignedService, SignOff, Snapshot
from reviews.selectors.seats import Seat, rights_in, roles_open_to, seats_of
from reviews.selectors.standing import ReviewStanding
from reviews.services.changing import MOVED, content_changed, void_signatures
from reviews.services.moving import apply, lock
from reviews.workflow import check

_SIGNING_RIGHTS = {
    SignOffRole.INCIDENT_COMMANDER: Permission.SIGN_AS_COMMANDER,
    SignOffRole.SERVICE_OWNER: Permission.SIGN_AS_OWNER,
}


@transaction.atomic
def submit_review(*, actor: User, review: Review) -> Review:
    """Give the text to its signers; raises ``InvalidTransition`` while a question or a post is open."""
    _require(actor, Permission.SUBMIT_REVIEW, review)
    return apply(review, "submit", actor)


@transaction.atomic
def request_changes(*, actor: User, review: Review, reason: str) -> Review:
    """Send the text back to its authors with a reason; signatures given so far are voided."""
    _require(actor, Permission.REQUEST_CHANGES, review)
    reason = reason.strip()
    if not reason:
        raise SigningRefused("Say what should change, so that the authors can do it.")
    current = apply(review, "request_changes", actor)
    current.changes_because, current.changes_asked_by = reason, actor
    current.changes_asked_at = timezone.now()
    current.save(update_fields=["changes_because", "changes_asked_by", "changes_asked_at"])
    void_signatures(actor=actor, review=current, because="Changes were requested")
    return current


@transaction.atomic
def sign_review(
    *,
    actor: User,
    review: Review,
    role: SignOffRole | str,
    sha256: str,
    confidence: Confidence | str,
    reason: str,
) -> SignOff:
    """Sign exactly the text whose SHA-256 was shown; an owner signs for every affected service that they own.

    The last signature approves the review. Signatures on a text that moved without anybody's notice are voided. Raises
    ``TextChanged`` when the text is another by now, ``SigningRefused`` for a second role or a missing reason, and
    ``AccessDenied`` for somebody without the post.
    """
    current = lock(review)
    standing = ReviewStanding(current)
    check("sign", standing)
    void_signatures(actor=actor, review=current, because=MOVED, but_those_on=standing.sha256)
    role, confidence = SignOffRole(role), Confidence(confidence)
    seats = seats_of(current)
    mine = _seats_to_take(actor, seats, role)
    reason = reason.strip()
    if not reason:
        raise SigningRefused(
            "Say in a sentence why you are that sure; the reason is published with your signature."
        )
    if sha256 != standing.sha256:
        raise TextChanged
    signoff = _write_signoff(actor, current, standing, role, confidence, reason, mine)
    if not ReviewStanding(current).signatures_missing:
        apply(current, "approve", actor)
    return signoff


def publish_review(*, actor: User, review: Review) -> Publication:
    """Publish the signed text: its outbox rows are written in the same transaction.

    The hash and the signatures on it are looked at again. A text that moved without anybody's notice voids them, so
    that it can be signed anew, and ``InvalidTransition`` says so.
    """
    try:
        return _publish(actor=actor, review=review)
    except InvalidTransition:
        _void_when_moved(actor=actor, review=review)
        raise


@transaction.atomic
def _publish(*, actor: User, review: Review) -> Publication:
    _require(actor, Permission.PUBLISH_REVIEW, review)
    current = apply(review, "publish", actor)
    signoff = SignOff.objects.standing().filter(review=current).select_related("snapshot").first()
    publication = Publication(
        organization_id=current.organization_id,
        review=current,
        snapshot=signoff.snapshot,
        published_by=actor,
        published_at=current.published_at or timezone.now(),
    )
    publication.save(force_insert=True)
    publication_steps.enqueue_all(publication)
    audit.record(
        organization=current.organization_id,
        actor=actor,
        action="publication.created",
        subject=f"review:{current.incident.reference}",
        number=publication.number,
        sha256=publication.snapshot.sha256,
    )
    return publication


@transaction.atomic
def _void_when_moved(*, actor: User, review: Review) -> None:
    standing = ReviewStanding(lock(review))
    if standing.state == ReviewState.APPROVED and not standing.signed_exactly:
        content_changed(actor=actor, review=review, because=MOVED)


def _require(actor: User, permission: Permission, review: Review) -> None:
    if permission not in rights_in(actor, review, seats_of(review)):
        access.require(actor, permission, review)


def _seats_to_take(actor: User, seats: list[Seat], role: SignOffRole) -> list[Seat]:
    """The empty seats of this role that the person may take; nobody signs in two roles (invariant 5)."""
    if any(seat.signoff and seat.signoff.signer_id == actor.pk for seat in seats):
        raise SigningRefused("You have signed this text. Nobody signs it twice or in two roles.")
    held = [seat for seat in seats if seat.role == role and actor in seat.people]
    if not held:
        raise AccessDenied(
            f"You may not {_SIGNING_RIGHTS[role].value} here. The incident commander and the owners of the affected "
            "services sign."
        )
    if role not in roles_open_to(actor, seats):
        raise SigningRefused(
            "Somebody else has signed in this role already. Nothing is left for you to sign."
        )
    return held


def _write_signoff(
    actor: User,
    review: Review,
    standing: ReviewStanding,
    role: SignOffRole,
    confidence: Confidence,
    reason: str,
    seats: list[Seat],
) -> SignOff:
    snapshot, _ = Snapshot.objects.get_or_create(
        organization_id=review.organization_id,
        review=review,
        sha256=standing.sha256,
        defaults={"text": standing.text},
    )
    signoff = SignOff(
        organization_id=review.organization_id,
        review=review,
        snapshot=snapshot,
        role=role,
        signer=actor,
        confidence=confidence,
        reason=reason,
    )
    signoff.save(force_insert=True)
    for seat in seats:
        if seat.service is not None and not seat.signed:
            SignedService(
                organization_id=review.organization_id, signoff=signoff, service=seat.service
            ).save()
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="review.signed",
        subject=f"review:{review.incident.reference}",
        role=role.value,
        sha256=snapshot.sha256,
        confidence=confidence.value,
        services=[seat.service.pk for seat in seats if seat.service is not None],
    )
    return signoff
