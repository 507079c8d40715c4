"""Exceptions that a manager grants, with a reason and an end, and takes back."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from governance.selectors import today_in
from incidents.models import AffectedService, Incident, Service
from reviews.enums import CLOSED_STATES, WAIVABLE_CHECKS, CheckCode, ReviewState, SignOffRole, WaiverKind
from reviews.errors import WaiverRefused
from reviews.exemptions import Exemption
from reviews.models import Review, Waiver
from reviews.selectors.seats import seats_of
from reviews.services import telling
from reviews.services.changing import content_changed, require_open
from reviews.services.deciding import settle
from reviews.services.moving import lock

LONGEST = timedelta(days=90)


def exemption_of(waiver: Waiver) -> Exemption:
    """What a waiver makes an exception from."""
    return Exemption(WaiverKind(waiver.kind), waiver.role, waiver.service, waiver.check_code)


@transaction.atomic
def grant_waiver(
    *,
    actor: User,
    incident: Incident,
    kind: WaiverKind | str,
    reason: str,
    ends_on: date,
    role: SignOffRole | str = "",
    service: Service | None = None,
    check_code: CheckCode | str = "",
) -> Waiver:
    """Grant an exception until the end of a day, where the organization works.

    A waived seat counts as filled, beside at least one signature; a waived check is part of the text, so it voids the
    signatures on it. Raises ``WaiverRefused`` for a date that is past or too far away, and for what cannot be waived.
    """
    access.require(actor, Permission.GRANT_WAIVER, incident)
    exemption = Exemption(WaiverKind(kind), str(role), service, str(check_code))
    _require_sound(reason, ends_on, today_in(incident.organization_id))
    review = Review.objects.select_related("incident").filter(incident=incident).first()
    current = lock(review) if review else None
    _require_applicable(incident, current, exemption)
    waiver = _write(actor, incident, exemption, reason.strip(), ends_on)
    _record("waiver.granted", actor, waiver, exemption, ends_on=ends_on.isoformat())
    if current is not None:
        _carry_through(actor, current, exemption, "was granted")
        telling.waiver_granted(current, waiver, exemption.label, actor)
    return waiver


@transaction.atomic
def revoke_waiver(*, actor: User, waiver: Waiver, reason: str) -> Waiver:
    """Take an exception back; what was published with it keeps it in print.

    Raises ``WaiverRefused`` when it was revoked already or its review is closed.
    """
    access.require(actor, Permission.GRANT_WAIVER, waiver.incident)
    if not reason.strip():
        raise WaiverRefused("Say why the exception is taken back.")
    review = Review.objects.select_related("incident").filter(incident_id=waiver.incident_id).first()
    current = lock(review) if review else None
    if current is not None and current.state in CLOSED_STATES:
        raise WaiverRefused("The review is closed, and the exception is part of what was decided. It stays.")
    held: Waiver = Waiver.objects.select_for_update(of=("self",)).select_related("service").get(pk=waiver.pk)
    if held.revoked_at is not None:
        raise WaiverRefused("This exception was taken back already.")
    _revoke(held, actor, reason.strip())
    if current is not None:
        _carry_through(actor, current, exemption_of(held), "was taken back")
    return held


def end_postmortem_waiver(*, actor: User, incident: Incident) -> None:
    """Somebody drafts the review that was let go: the exception ends, inside the caller's transaction."""
    rows = Waiver.objects.filter(incident=incident, kind=WaiverKind.POSTMORTEM, revoked_at__isnull=True)
    for waiver in rows:
        _revoke(waiver, actor, "The review is written after all")


def _require_sound(reason: str, ends_on: date, today: date) -> None:
    if not reason.strip():
        raise WaiverRefused("Say why the exception is granted; the reason is printed in the publication.")
    if ends_on <= today:
        raise WaiverRefused("An exception ends on a day to come. Choose a later day.")
    if ends_on > today + LONGEST:
        raise WaiverRefused(
            f"An exception lasts {LONGEST.days} days at most. Choose an earlier day; it can be granted again."
        )


def _require_applicable(incident: Incident, review: Review | None, exemption: Exemption) -> None:
    if exemption.kind == WaiverKind.POSTMORTEM:
        if review is not None:
            raise WaiverRefused("This incident has a review already. Withdraw that one instead.")
        return
    if review is None:
        raise WaiverRefused("This incident has no review yet. Draft it first.")
    require_open(review)
    if exemption.kind == WaiverKind.CHECK:
        if exemption.check not in WAIVABLE_CHECKS:
            raise WaiverRefused(
                "Choose one of the checks. A question is never waived: “Unknown, because …” is an answer."
            )
        return
    _require_seat(incident, review, exemption)


def _require_seat(incident: Incident, review: Review, exemption: Exemption) -> None:
    pk = exemption.service.pk if exemption.service else None
    if pk and not AffectedService.objects.filter(incident=incident, service_id=pk).exists():
        raise WaiverRefused("This service was not affected, so nobody signs for it.")
    seats = [
        seat
        for seat in seats_of(review)
        if seat.role == exemption.role and (seat.service.pk if seat.service else None) == pk
    ]
    if not seats:
        raise WaiverRefused("Nobody has to sign in this role here. Choose a signature that is needed.")
    if seats[0].signed:
        raise WaiverRefused("This signature was given. There is nothing to let go.")


def _write(actor: User, incident: Incident, exemption: Exemption, reason: str, ends_on: date) -> Waiver:
    """The new row, in the place of one that ended by itself."""
    same = Waiver.objects.select_for_update(of=("self",)).filter(
        incident=incident,
        kind=exemption.kind,
        role=exemption.role,
        service=exemption.service,
        check_code=exemption.check,
        revoked_at__isnull=True,
    )
    for held in same:
        if held.ends_on >= today_in(held.organization_id):
            raise WaiverRefused(
                "This exception is in force already. Take it back first, to grant another one."
            )
        _revoke(held, actor, "It had ended")
    waiver = Waiver(
        organization_id=incident.organization_id,
        incident=incident,
        kind=exemption.kind,
        role=exemption.role,
        service=exemption.service,
        check_code=exemption.check,
        reason=reason,
        ends_on=ends_on,
        granted_by=actor,
    )
    waiver.save(force_insert=True)
    return waiver


def _carry_through(actor: User, review: Review, exemption: Exemption, how: str) -> None:
    """A check is part of the text; a seat decides whether all have signed."""
    if exemption.kind == WaiverKind.CHECK:
        content_changed(actor=actor, review=review, because=f"An exception from a check {how}")
    elif review.state in (ReviewState.IN_REVIEW, ReviewState.APPROVED):
        settle(review, actor)


def _revoke(waiver: Waiver, actor: User, reason: str) -> None:
    waiver.revoked_at, waiver.revoked_by, waiver.revoked_because = timezone.now(), actor, reason
    waiver.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
    _record("waiver.revoked", actor, waiver, exemption_of(waiver), reason=reason)


def _record(action: str, actor: User, waiver: Waiver, exemption: Exemption, **details: str) -> None:
    audit.record(
        organization=waiver.organization_id,
        actor=actor,
        action=action,
        subject=f"incident:{waiver.incident.reference}",
        exception=exemption.label,
        **details,
    )
