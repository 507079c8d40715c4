"""One person's signature on the very text that they were shown (invariant 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from governance import audit
from governance.errors import AccessDenied
from governance.models import User
from reviews.enums import Confidence, SignOffRole
from reviews.errors import SigningRefused, TextChanged
from reviews.models import Look, Review, SignedService, SignOff, Snapshot
from reviews.selectors.seats import SIGNING_RIGHTS, Seat, hands, roles_open_to, seats_for, seats_of
from reviews.selectors.standing import ReviewStanding
from reviews.services.changing import MOVED, void_signatures
from reviews.services.deciding import settle
from reviews.services.moving import lock, note_move
from reviews.workflow import check

LONGEST_METHOD = 80


@dataclass(frozen=True)
class _Statement:
    """What a signer says, and how it is known who they are."""

    role: SignOffRole
    confidence: Confidence
    no_single_cause: bool
    reason: str
    method: str
    authenticated_at: datetime | None


@transaction.atomic
def sign_review(
    *,
    actor: User,
    review: Review,
    role: SignOffRole | str,
    sha256: str,
    confidence: Confidence | str,
    reason: str,
    no_single_cause: bool = False,
    method: str = "",
    authenticated_at: datetime | None = None,
) -> SignOff:
    """Sign exactly the text whose SHA-256 was shown; an owner signs for every affected service that they own.

    ``method`` says in words how the person had signed in, ``authenticated_at`` when they last proved who they are. A
    delegate's signature names whom they stand in for. The last signature approves the review. Signatures on a text that
    moved without anybody's notice are voided. Raises ``TextChanged`` when the text is another by now,
    ``SigningRefused`` for a second role or a missing reason, and ``AccessDenied`` for somebody without the post.
    """
    current = lock(review)
    standing = ReviewStanding(current)
    check("sign", standing)
    void_signatures(actor=actor, review=current, because=MOVED, but_those_on=standing.sha256)
    said = _Statement(
        SignOffRole(role),
        Confidence(confidence),
        no_single_cause,
        reason.strip(),
        method[:LONGEST_METHOD],
        authenticated_at,
    )
    mine, principal = _seats_to_take(actor, seats_of(current), said.role)
    if not said.reason:
        raise SigningRefused(
            "Say in a sentence why you are that sure; the reason is published with your signature."
        )
    if sha256 != standing.sha256:
        raise TextChanged
    signoff = _write_signoff(actor, principal, current, snapshot_of(current, standing), said)
    _sign_for(signoff, mine)
    note_move(current, "sign", current.state, actor)
    _record(signoff, mine)
    settle(current, actor)
    return signoff


@transaction.atomic
def look_at(*, actor: User, review: Review, standing: ReviewStanding) -> Look | None:
    """Keep which text the person has on the signing page now; gives their look before this one, if any."""
    before: Look | None = Look.objects.filter(review=review, person=actor).select_related("snapshot").first()
    snapshot = snapshot_of(review, standing)
    Look.objects.update_or_create(
        organization_id=review.organization_id,
        review=review,
        person=actor,
        defaults={"snapshot": snapshot},
    )
    return before


def snapshot_of(review: Review, standing: ReviewStanding) -> Snapshot:
    """The text as it is now, kept byte for byte."""
    snapshot: Snapshot = Snapshot.objects.get_or_create(
        organization_id=review.organization_id,
        review=review,
        sha256=standing.sha256,
        defaults={"text": standing.text},
    )[0]
    return snapshot


def _seats_to_take(actor: User, seats: list[Seat], role: SignOffRole) -> tuple[list[Seat], User | None]:
    """The empty seats of this role that the person may take; nobody signs in two roles (invariant 5)."""
    if actor.pk in hands(seat.signoff for seat in seats if seat.signoff):
        raise SigningRefused("Your name stands under this text. Nobody signs it twice or in two roles.")
    if not any(seat.role == role and actor in seat.candidates for seat in seats):
        raise AccessDenied(
            f"You may not {SIGNING_RIGHTS[role].value} here. The incident commander and the owners of the affected "
            "services sign, and whom the rules of reviews add."
        )
    if role not in roles_open_to(actor, seats):
        raise SigningRefused(
            "Somebody else has signed in this role already. Nothing is left for you to sign."
        )
    return seats_for(actor, seats, role)


def _write_signoff(
    actor: User, principal: User | None, review: Review, snapshot: Snapshot, said: _Statement
) -> SignOff:
    signoff = SignOff(
        organization_id=review.organization_id,
        review=review,
        snapshot=snapshot,
        role=said.role,
        signer=actor,
        on_behalf_of=principal,
        confidence=said.confidence,
        no_single_cause=said.no_single_cause,
        reason=said.reason,
        method=said.method,
        authenticated_at=said.authenticated_at,
    )
    signoff.save(force_insert=True)
    return signoff


def _sign_for(signoff: SignOff, seats: list[Seat]) -> None:
    for seat in seats:
        if seat.service is not None:
            SignedService(
                organization_id=signoff.organization_id, signoff=signoff, service=seat.service
            ).save()


def _record(signoff: SignOff, seats: list[Seat]) -> None:
    audit.record(
        organization=signoff.organization_id,
        actor=signoff.signer,
        action="review.signed",
        subject=f"review:{signoff.review.incident.reference}",
        role=str(signoff.role),
        sha256=signoff.snapshot.sha256,
        confidence=str(signoff.confidence),
        services=[seat.service.pk for seat in seats if seat.service is not None],
        on_behalf_of=signoff.on_behalf_of.name if signoff.on_behalf_of else "",
        method=signoff.method,
    )
