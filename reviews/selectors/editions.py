"""What each publication rests on: the signatures under its text, and the exceptions in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from reviews.content import instant
from reviews.enums import SignOffRole, WaiverKind
from reviews.exemptions import Exemption, PrintedWaiver, printed_check
from reviews.models import Publication, Review, SignOff, Waiver


def editions_of(review: Review) -> list[Publication]:
    """Every publication of a review, the latest first."""
    rows = Publication.objects.filter(review=review).select_related("snapshot", "published_by")
    return list(rows.order_by("-number"))


def signoffs_of(publication: Publication) -> Any:
    """The signatures that stood when the text was published, in their order; a later edition voids them for itself."""
    stood = Q(voided_at__isnull=True) | Q(voided_at__gte=publication.published_at)
    return (
        SignOff.objects.filter(stood, review_id=publication.review_id, snapshot_id=publication.snapshot_id)
        .select_related("signer", "on_behalf_of")
        .prefetch_related("services")
        .order_by("signed_at", "id")
    )


def waivers_of(publication: Publication, content: Mapping[str, Any]) -> tuple[PrintedWaiver, ...]:
    """The exceptions that a publication rests on: waived signatures that nobody gave, and waived checks."""
    seats = (printed(row) for row in _signature_waivers(publication))
    return (*seats, *(printed_check(row) for row in content.get("waivers", [])))


def _signature_waivers(publication: Publication) -> list[Waiver]:
    at = publication.published_at
    signoffs = list(signoffs_of(publication))
    roles = {one.role for one in signoffs}
    services = {service.pk for one in signoffs for service in one.services.all()}
    rows = Waiver.objects.filter(
        Q(revoked_at__isnull=True) | Q(revoked_at__gte=at),
        incident=publication.review.incident_id,
        kind=WaiverKind.SIGNATURE,
        granted_at__lte=at,
        ends_on__gte=at.date(),
    ).select_related("service", "granted_by")
    return [
        row
        for row in rows.order_by("granted_at", "id")
        if (row.service_id not in services if row.service_id else row.role not in roles)
    ]


def printed(row: Waiver) -> PrintedWaiver:
    """A waived signature as it is printed."""
    exemption = Exemption(WaiverKind.SIGNATURE, row.role, row.service)
    return PrintedWaiver(
        kind=WaiverKind.SIGNATURE.value,
        label=exemption.label,
        reason=row.reason,
        granted_by=row.granted_by.name,
        granted_at=instant(row.granted_at),
        ends_on=row.ends_on.isoformat(),
        role=SignOffRole(row.role).value,
        service=row.service.name if row.service else "",
    )
