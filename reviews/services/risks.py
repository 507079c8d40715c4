"""Risks that stay: stated, given an owner and a day, accepted or closed with a reason, and looked at again.

Until the review is published a risk is a part of its text. Afterward the published text stays, and the risk lives on
beside it: whoever watches it closes it, or says when it is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from governance.selectors import today_in
from incidents.models import Entry
from reviews import passages
from reviews.drafting.risks import DraftRisk
from reviews.enums import Bearing, Provenance, ReviewState
from reviews.errors import RiskRefused, StaleRisk
from reviews.models import Factor, FactorEvidence, Review, Risk
from reviews.selectors.audience import who_may_see
from reviews.services.changing import content_changed, require_open
from reviews.services.moving import lock

LONGEST_STATEMENT = 2000
LONGEST_REASON = 1000


@transaction.atomic
def save_risk(
    *,
    actor: User,
    review: Review,
    statement: str,
    owner: User | None = None,
    review_on: date | None = None,
    factor: Factor | None = None,
    risk: Risk | None = None,
    version: int | None = None,
) -> Risk:
    """Add a risk, or change ``risk`` over the version that the person had before them.

    ``statement`` may cite entries as ``[E12]``; words that a person changed are that person's statement. Raises
    ``StaleRisk``, ``PublishedText``, ``UnknownCitation`` and ``RiskRefused``.
    """
    access.require(actor, Permission.EDIT_REVIEW, review)
    current = lock(review)
    words = _statement(statement, current)
    row = _row(current, risk, version)
    if words != row.statement:
        row.statement, row.provenance, row.author = words, Provenance.PERSON, actor
    row.owner, row.review_on = _able(owner, current), _day_of(row, review_on, current)
    row.factor = _own_factor(factor, current)
    row.save()
    verb = "changed" if risk else "added"
    content_changed(actor=actor, review=current, because=f"Risk {row.label} was {verb}")
    _record(actor, current, row, verb)
    return row


@transaction.atomic
def accept_risk(*, actor: User, risk: Risk, because: str, version: int | None = None) -> Risk:
    """Say why nothing more is done about a risk; it stays watched. An empty reason takes the acceptance back."""
    access.require(actor, Permission.EDIT_REVIEW, risk)
    review, row = _held(risk, version)
    reason = _reason(because)
    if reason == row.accepted_because:
        return row
    row.accepted_because = reason
    row.version += 1
    row.save(update_fields=["accepted_because", "version"])
    verb = "accepted" if reason else "no longer accepted"
    content_changed(actor=actor, review=review, because=f"Risk {row.label} was {verb}")
    _record(actor, review, row, verb)
    return row


@transaction.atomic
def close_risk(*, actor: User, risk: Risk, because: str, version: int | None = None) -> Risk:
    """End the watching of a risk with a reason: its owner, or whoever may write the review; also when published.

    Before that it leaves the text, which voids signatures; afterward what was published stays as it is.
    """
    require_watcher(actor, risk)
    review, row = _held(risk, version)
    reason = _reason(because)
    if not reason:
        raise RiskRefused("Say why it needs no more watching: what ended it, or what it turned out to be.")
    row.closed_at, row.closed_by, row.closed_because = timezone.now(), actor, reason
    row.version += 1
    row.save(update_fields=["closed_at", "closed_by", "closed_because", "version"])
    _change_unless_published(actor, review, f"Risk {row.label} was closed")
    _record(actor, review, row, "closed")
    return row


@transaction.atomic
def look_again(*, actor: User, risk: Risk, on: date, version: int | None = None) -> Risk:
    """Keep watching a risk, and say on which day it is looked at next; also when published."""
    require_watcher(actor, risk)
    review, row = _held(risk, version)
    if on <= today_in(review.organization_id):
        raise RiskRefused("Choose a day to come: the risk is looked at again on it.")
    row.review_on = on
    row.version += 1
    row.save(update_fields=["review_on", "version"])
    _change_unless_published(actor, review, f"Risk {row.label} was put off")
    _record(actor, review, row, "looked at")
    return row


def may_watch(person: User, risk: Risk) -> bool:
    """Whether the person watches the risk, or may write the review; its text need not be open."""
    owns = risk.owner_id == person.pk and bool(access.roles_of(person, risk.organization_id))
    return owns or access.can(person, Permission.EDIT_REVIEW, risk)


def require_watcher(person: User, risk: Risk) -> None:
    """Raise ``AccessDenied`` for somebody who neither owns the risk nor may write the review."""
    if not may_watch(person, risk):
        access.require(person, Permission.EDIT_REVIEW, risk)


def write_drafted(review: Review, risks: Iterable[DraftRisk]) -> None:
    """Keep what a draft leaves open as risks without owner and day: these are for people to name."""
    pairs = FactorEvidence.objects.filter(factor__review=review, bearing=Bearing.FOR).order_by(
        "-factor__number"
    )
    factors = dict(pairs.values_list("entry__number", "factor_id"))
    Risk.objects.bulk_create(
        Risk(
            organization_id=review.organization_id,
            review=review,
            number=number,
            statement=f"{risk.text} {passages.cite(risk.entries)}".strip(),
            factor_id=next((factors[entry] for entry in risk.suspects if entry in factors), None),
            provenance=Provenance.EVIDENCE,
        )
        for number, risk in enumerate(risks, start=1)
    )


def _statement(text: str, review: Review) -> str:
    words = " ".join(text.split())
    if not words:
        raise RiskRefused("Say in one sentence what could still happen.")
    known = Entry.objects.filter(incident_id=review.incident_id)
    cited = passages.cited_numbers(passages.parse(words))
    passages.require_known(
        passages.parse(words), known.filter(number__in=cited).values_list("number", flat=True)
    )
    return words


def _row(review: Review, risk: Risk | None, version: int | None) -> Risk:
    if risk is None:
        last = Risk.objects.filter(review=review).aggregate(last=Max("number"))["last"] or 0
        return Risk(organization_id=review.organization_id, review=review, number=last + 1)
    row = _living(Risk.objects.select_for_update(of=("self",)).get(pk=risk.pk, review=review), version)
    row.version += 1
    return row


def _held(risk: Risk, version: int | None) -> tuple[Review, Risk]:
    """The review and the risk as they are now, held until the transaction ends."""
    review = lock(risk.review)
    if review.state != ReviewState.PUBLISHED:
        require_open(review)
    rows = Risk.objects.select_for_update(of=("self",)).select_related("owner")
    return review, _living(rows.get(pk=risk.pk, review=review), version)


def _living(row: Risk, version: int | None) -> Risk:
    if row.closed_at is not None:
        raise RiskRefused(f"{row.label} is closed. If it is back, state it as a new risk.")
    if version is not None and row.version != version:
        raise StaleRisk
    return row


def _able(owner: User | None, review: Review) -> User | None:
    if owner is None:
        return None
    able = access.roles_of(owner, review.organization_id) and not owner.is_service
    if not able or not who_may_see(review.incident, [owner]):
        raise RiskRefused(f"{owner} cannot see this incident. Choose an owner who can.")
    return owner


def _day_of(row: Risk, day: date | None, review: Review) -> date | None:
    """The day as it was named; a new one must be to come, so that somebody is reminded of it."""
    if day is not None and day != row.review_on and day <= today_in(review.organization_id):
        raise RiskRefused("Choose a day to come: the owner is reminded on it.")
    return day


def _own_factor(factor: Factor | None, review: Review) -> Factor | None:
    if factor is not None and factor.review_id != review.pk:
        raise RiskRefused("A factor of another review cannot leave this risk. Choose one of this review.")
    return factor


def _reason(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _change_unless_published(actor: User, review: Review, because: str) -> None:
    if review.state != ReviewState.PUBLISHED:
        content_changed(actor=actor, review=review, because=because)


def _record(actor: User, review: Review, risk: Risk, verb: str) -> None:
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action=f"risk.{verb.replace(' ', '_')}",
        subject=f"review:{review.incident.reference}",
        risk=risk.number,
        owner=risk.owner_id,
        review_on=risk.review_on.isoformat() if risk.review_on else None,
    )
