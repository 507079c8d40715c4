"""Submitting, asking for changes and publishing (invariant 5); signing stands in ``signing``."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.errors import InvalidTransition
from governance.models import User
from reviews import publication_steps
from reviews.enums import ReviewState
from reviews.errors import SigningRefused
from reviews.models import Publication, Review, SignOff
from reviews.selectors.rules import current_policy
from reviews.selectors.seats import rights_in, seats_of
from reviews.selectors.standing import ReviewStanding
from reviews.services import telling
from reviews.services.changing import MOVED, content_changed, void_signatures
from reviews.services.moving import apply, lock
from reviews.services.searching import enter_document


@transaction.atomic
def submit_review(*, actor: User, review: Review) -> Review:
    """Give the text to its signers, under the organization's present rules, which the review keeps from now on.

    Raises ``InvalidTransition`` with everything that stands in its way: open questions and comments, blocking checks,
    posts that nobody holds.
    """
    require_right(actor, Permission.SUBMIT_REVIEW, review)
    current = lock(review)
    current.policy = current_policy(current.organization_id)
    current.save(update_fields=["policy"])
    current = apply(current, "submit", actor)
    telling.signatures_needed(current, actor)
    return current


@transaction.atomic
def request_changes(*, actor: User, review: Review, reason: str) -> Review:
    """Send the text back to its authors with a reason; signatures given so far are voided."""
    require_right(actor, Permission.REQUEST_CHANGES, review)
    reason = reason.strip()
    if not reason:
        raise SigningRefused("Say what should change, so that the authors can do it.")
    current = apply(review, "request_changes", actor, reason)
    current.changes_because, current.changes_asked_by = reason, actor
    current.changes_asked_at = timezone.now()
    current.save(update_fields=["changes_because", "changes_asked_by", "changes_asked_at"])
    void_signatures(actor=actor, review=current, because="Changes were requested")
    telling.changes_requested(current, actor)
    return current


def settle(review: Review, actor: User | None) -> None:
    """Let the state follow the signatures, inside the caller's transaction.

    The last signature (or exception) approves a review; one that no longer stands lets it wait again.
    """
    current = lock(review)
    standing = ReviewStanding(current)
    whole = not standing.signatures_missing and not standing.people_missing
    if current.state == ReviewState.IN_REVIEW and whole and standing.signed_exactly:
        telling.approved(apply(current, "approve", actor), actor)
    elif current.state == ReviewState.APPROVED and not whole:
        telling.signatures_needed(apply(current, "reopen", actor), actor)


def publish_review(*, actor: User, review: Review) -> Publication:
    """Publish the signed text: its outbox rows are written in the same transaction.

    The hash and the signatures on it are looked at again. A text that moved without anybody's notice voids them, so
    that it can be signed anew, an exception that ended lets the review wait for that signature, and
    ``InvalidTransition`` says so.
    """
    try:
        return _publish(actor=actor, review=review)
    except InvalidTransition:
        _reopen_when_unsigned(actor=actor, review=review)
        raise


@transaction.atomic
def _publish(*, actor: User, review: Review) -> Publication:
    require_right(actor, Permission.PUBLISH_REVIEW, review)
    current = apply(review, "publish", actor)
    publication = _new_edition(actor, current)
    publication_steps.enqueue_all(publication)
    enter_document(publication)
    audit.record(
        organization=current.organization_id,
        actor=actor,
        action="publication.created",
        subject=f"review:{current.incident.reference}",
        number=publication.number,
        sha256=publication.snapshot.sha256,
    )
    telling.published(current, actor)
    return publication


def _new_edition(actor: User, review: Review) -> Publication:
    """The publication of the signed text, which takes the place of the edition before it."""
    now = timezone.now()
    signoff = SignOff.objects.standing().filter(review=review).select_related("snapshot").first()
    Publication.objects.filter(review=review, superseded_at__isnull=True).update(superseded_at=now)
    publication = Publication(
        organization_id=review.organization_id,
        review=review,
        number=review.edition,
        snapshot=signoff.snapshot,
        published_by=actor,
        published_at=review.published_at if review.edition == 1 and review.published_at else now,
    )
    publication.save(force_insert=True)
    return publication


@transaction.atomic
def _reopen_when_unsigned(*, actor: User, review: Review) -> None:
    standing = ReviewStanding(lock(review))
    if standing.state != ReviewState.APPROVED:
        return
    if not standing.signed_exactly:
        content_changed(actor=actor, review=review, because=MOVED)
    settle(review, actor)


def require_right(actor: User, permission: Permission, review: Review) -> None:
    """Raise ``AccessDenied`` unless a role, a post or a delegation gives this person the right in this review."""
    if permission not in rights_in(actor, review, seats_of(review)):
        access.require(actor, permission, review)
