"""Reading exceptions: which are in force for a review, and all those of an organization."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from governance.models import Organization, User
from governance.selectors import today_in
from incidents.models import Incident
from reviews.enums import CheckCode, SignOffRole, WaiverKind
from reviews.models import Review, Waiver
from reviews.selectors.rules import today_of

SeatKey = tuple[SignOffRole, int | None]


def waivers_of(review: Review) -> Any:
    """The exceptions that count for a review, by when they were granted; a closed review keeps those of its text."""
    rows = Waiver.objects.filter(incident_id=review.incident_id).in_force(today_of(review))
    return rows.select_related("granted_by", "service").order_by("granted_at", "id")


def signature_waivers(review: Review) -> dict[SeatKey, Waiver]:
    """The waived seats, by role and the service's id."""
    rows = waivers_of(review).filter(kind=WaiverKind.SIGNATURE)
    return {(SignOffRole(row.role), row.service_id): row for row in rows}


def check_waivers(review: Review) -> list[Waiver]:
    """The waived checks: part of the text that is signed."""
    return list(waivers_of(review).filter(kind=WaiverKind.CHECK))


def waived_codes(review: Review) -> frozenset[CheckCode]:
    """The checks that may fail here."""
    return frozenset(CheckCode(row.check_code) for row in check_waivers(review))


def skipped_postmortem(incident: Incident) -> Waiver | None:
    """The exception by which this incident needs no review, while it is in force; drafting one revokes it."""
    row: Waiver | None = (
        Waiver.objects.in_force(today_in(incident.organization_id))
        .filter(incident=incident, kind=WaiverKind.POSTMORTEM)
        .select_related("granted_by")
        .first()
    )
    return row


def skipped_among(incidents: Iterable[Incident]) -> set[int]:
    """The ids of those incidents of one organization that need no review; two queries for any number of them."""
    asked = list(incidents)
    if not asked:
        return set()
    rows = Waiver.objects.in_force(today_in(asked[0].organization_id)).filter(
        incident__in=asked, kind=WaiverKind.POSTMORTEM
    )
    return set(rows.values_list("incident_id", flat=True))


def exceptions(organization: Organization, user: User, *, past: bool = False) -> Any:
    """The exceptions of incidents that the person may see, the latest first; ``past``: ended and revoked ones."""
    today = today_in(organization.pk)
    over = Q(revoked_at__isnull=False) | Q(ends_on__lt=today)
    rows = Waiver.objects.filter(
        organization=organization, incident__in=Incident.objects.visible_to(user)
    ).select_related("incident", "granted_by", "revoked_by", "service")
    return (rows.filter(over) if past else rows.exclude(over)).order_by("-granted_at", "-id")
