"""What stands around a text, for the checks; and who confirmed what only a person can tell."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from governance.enums import DeliveryStatus
from governance.models import Delivery, User
from incidents.models import Incident
from reviews import publication_steps
from reviews.checks import Around, Confirmed, RiskState, about
from reviews.content import canonical_text, sha256_of
from reviews.deadlines import due_of
from reviews.enums import CheckCode, ReviewState
from reviews.models import (
    Comment,
    Confirmation,
    CustomerText,
    Publication,
    Question,
    Review,
    Revision,
    Risk,
    SignOff,
)
from reviews.policy import Policy
from reviews.selectors.due import began, with_moments, working_days
from reviews.selectors.rules import today_of
from reviews.selectors.sections import required_and_empty

BEFORE_SUBMISSION = (ReviewState.DRAFTING, ReviewState.CHANGES_REQUESTED)


def around_of(
    review: Review,
    content: Mapping[str, Any],
    policy: Policy,
    *,
    open_comments: int,
    unsigned: Sequence[str],
) -> Around:
    """Everything that the checks ask beside the text, in a constant number of queries; local tables only."""
    message, approved = _message(review)
    return Around(
        today=today_of(review),
        is_submitted=review.state not in BEFORE_SUBMISSION,
        is_published=review.published_at is not None,
        open_comments=open_comments,
        reviewers=_reviewers(review),
        late=_late(review, policy),
        unsigned=tuple(unsigned),
        undelivered=_undelivered(review),
        message=message,
        message_approved=approved,
        required_empty=tuple(required_and_empty(review)),
        risks=_risks(review),
        promise_days=policy.promise_days,
        confirmations=confirmations_of(review, content),
    )


def confirmations_of(review: Review, content: Mapping[str, Any]) -> dict[CheckCode, Confirmed]:
    """Who confirmed which point, and whether what it is about is still the same; one query."""
    rows = Confirmation.objects.filter(review=review, revoked_at__isnull=True).select_related("confirmed_by")
    known = {code.value for code in CheckCode}
    return {
        CheckCode(row.code): Confirmed(
            by=row.confirmed_by.name,
            at=row.confirmed_at,
            note=row.note,
            still=row.content_sha256 == sha256_about(content, CheckCode(row.code)),
        )
        for row in rows
        if row.code in known
    }


def sha256_about(content: Mapping[str, Any], code: CheckCode) -> str:
    """The SHA-256 of what a point is about."""
    return sha256_of(canonical_text(about(content, code)))


def _reviewers(review: Review) -> tuple[str, ...]:
    """People other than the author who had a hand in it, by name."""
    comments = Comment.objects.filter(thread__review=review).values_list("author_id")
    edits = Revision.objects.filter(section__review=review).values_list("author_id")
    answers = Question.objects.filter(review=review).values_list("answered_by_id")
    signatures = SignOff.objects.standing().filter(review=review).values_list("signer_id")
    found = {
        pk for (pk,) in comments.order_by().union(edits.order_by(), answers.order_by(), signatures.order_by())
    }
    people = found - {review.author_id, None}
    return (
        tuple(User.objects.filter(pk__in=people).order_by("name").values_list("name", flat=True))
        if people
        else ()
    )


def _late(review: Review, policy: Policy) -> tuple[str, ...]:
    """Sentences about what came after its day; invented history is due nowhere."""
    incident = with_moments(Incident.objects.filter(pk=review.incident_id)).get()
    if incident.is_synthetic:
        return ()
    due = due_of(began(incident), policy.deadlines[incident.severity], working_days(review.organization_id))
    moments: Collection[tuple[str, datetime, datetime]] = (
        ("draft", review.created_at, due.draft),
        ("review", review.submitted_at or timezone.now(), due.review),
    )
    return tuple(f"The {name} was due on {until:%-d %b %Y}" for name, at, until in moments if at > until)


def _undelivered(review: Review) -> tuple[str, ...]:
    """The steps of the publication in force that failed, as people call them."""
    if review.published_at is None:
        return ()
    last = Publication.objects.filter(review=review).order_by("-number").first()
    rows = Delivery.objects.of_group(last.group).filter(status=DeliveryStatus.FAILED) if last else ()
    return tuple(dict.fromkeys(publication_steps.label_of(row.kind) for row in rows))


def _message(review: Review) -> tuple[str, bool]:
    """The text for customers, and whether somebody approved it as it stands."""
    row = CustomerText.objects.filter(review=review).first()
    if row is None:
        return "", False
    sha256 = hashlib.sha256(row.body.encode()).hexdigest()
    return row.body, row.approved_at is not None and row.approved_sha256 == sha256


def _risks(review: Review) -> tuple[RiskState, ...]:
    rows = Risk.objects.filter(review=review, closed_at__isnull=True).select_related("factor")
    return tuple(
        RiskState(
            number=row.number,
            has_owner=row.owner_id is not None,
            review_on=row.review_on,
            factor=row.factor.number if row.factor else None,
            accepted=bool(row.accepted_because),
        )
        for row in rows
    )
