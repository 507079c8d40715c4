"""Who is told what about a review, in sentences with the place to go to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from governance.enums import NoticeKind
from governance.models import User
from governance.services.notices import tell
from reviews.models import Review, SignOff, Waiver
from reviews.selectors.seats import seats_of


def signatures_needed(review: Review, actor: User | None) -> None:
    """Everybody who may fill an empty seat hears that the text waits for them."""
    waiting = [seat for seat in seats_of(review) if not seat.filled]
    _tell(
        review,
        actor,
        [person for seat in waiting for person in seat.candidates],
        NoticeKind.SIGNATURE_NEEDED,
        f"signature:{review.content_version}:{_stamp(review.submitted_at)}",
        f"The review of {_named(review)} waits for your signature.",
        "sign",
    )


def signature_voided(signoff: SignOff, review: Review, actor: User | None) -> None:
    """The signer hears what changed; the person who changed it knows."""
    _tell(
        review,
        actor,
        [signoff.signer],
        NoticeKind.SIGNATURE_VOIDED,
        f"voided:{signoff.pk}",
        f"Your signature on the review of {_named(review)} no longer stands: {_clause(signoff.voided_because)}.",
        "sign",
    )


def changes_requested(review: Review, actor: User) -> None:
    """The author hears what has to change."""
    _tell(
        review,
        actor,
        _author(review),
        NoticeKind.CHANGES_REQUESTED,
        f"changes:{_stamp(review.changes_asked_at)}",
        f"{actor} requested changes in the review of {_named(review)}: {review.changes_because}",
        "detail",
    )


def approved(review: Review, actor: User | None) -> None:
    """The author and the commanders hear that the text can be published."""
    commanders = [person for seat in seats_of(review)[:1] for person in seat.people]
    _tell(
        review,
        actor,
        [*_author(review), *commanders],
        NoticeKind.APPROVED,
        f"approved:{_stamp(review.approved_at)}",
        f"All have signed the review of {_named(review)}. It can be published.",
        "detail",
    )


def published(review: Review, actor: User) -> None:
    """Who wrote it and who signed it hear that it is out."""
    signers = SignOff.objects.standing().filter(review=review).select_related("signer")
    _tell(
        review,
        actor,
        [*_author(review), *(one.signer for one in signers)],
        NoticeKind.PUBLISHED,
        f"published:{review.edition}",
        f"The review of {_named(review)} is published.",
        "publication",
    )


def waiver_granted(review: Review, waiver: Waiver, what: str, actor: User) -> None:
    """The author and whose signature is not waited for hear of the exception."""
    seats = [
        seat
        for seat in seats_of(review)
        if waiver.role and seat.role == waiver.role and _pk(seat.service) == waiver.service_id
    ]
    _tell(
        review,
        actor,
        [*_author(review), *(person for seat in seats for person in seat.people)],
        NoticeKind.WAIVER_GRANTED,
        f"waiver:{waiver.pk}",
        f"{actor} granted an exception for {_named(review)}: {what}. {waiver.reason}",
        "detail",
    )


def _stamp(at: datetime | None) -> str:
    return f"{at.timestamp():.3f}" if at else ""


def _pk(service: object) -> int | None:
    return getattr(service, "pk", None)


def _author(review: Review) -> list[User]:
    return [review.author] if review.author else []


def _named(review: Review) -> str:
    return f"{review.incident.reference}, {review.incident.title}"


def _clause(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _tell(
    review: Review,
    actor: User | None,
    people: Iterable[User],
    kind: NoticeKind,
    key: str,
    text: str,
    route: str,
) -> None:
    """``key`` is made unique by the review, so that every event of it is told once."""
    tell(
        actor=actor,
        organization_id=review.organization_id,
        recipients=people,
        kind=kind,
        key=f"review:{review.pk}:{key}",
        text=text,
        path=reverse(f"reviews:{route}", args=[review.organization.slug, review.incident.reference]),
        subject=f"incident:{review.incident.reference}",
    )
