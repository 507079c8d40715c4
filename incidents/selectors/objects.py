"""From a person to the incidents that they may see, and to what belongs to each."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from governance import access
from governance.access import Post
from governance.models import Organization, User
from incidents.models import Correction, Entry, Evidence, Incident, Service


def incidents_of(user: User) -> Any:
    """All incidents that the user may see, newest first, with what a list shows."""
    return (
        Incident.objects.visible_to(user)
        .real_ones_first()
        .select_related("review")
        .prefetch_related("services")
    )


def incident_or_404(user: User, reference: str) -> Incident:
    """The incident of that reference, or a 404 for one that the user may not see."""
    rows = (
        Incident.objects.visible_to(user).filter(reference=reference).select_related("organization", "review")
    )
    incident: Incident | None = rows.prefetch_related("services").first()
    if incident is None:
        raise Http404(f"There is no incident {reference}.")
    return incident


def entry_or_404(incident: Incident, number: int) -> Entry:
    """An entry of the incident by its number."""
    entry: Entry | None = (
        Entry.objects.filter(incident=incident, number=number)
        .select_related("incident", "evidence", "author")
        .first()
    )
    if entry is None:
        raise Http404(f"{incident.reference} has no entry E{number}.")
    return entry


def evidence_of(incident: Incident) -> Any:
    """The incident's raw files in the order in which they came in."""
    return (
        Evidence.objects.filter(incident=incident).select_related("imported_by").order_by("imported_at", "id")
    )


def corrections_of(entry: Entry) -> Any:
    """The entry's corrections, oldest first."""
    return (
        Correction.objects.filter(entry=entry).select_related("corrected_by").order_by("corrected_at", "id")
    )


def services_with_owners(user: User) -> list[tuple[Service, list[User]]]:
    """Every service with the people who sign for it."""
    return [
        (service, list(access.holders(Post.SERVICE_OWNER, service)))
        for service in Service.objects.visible_to(user).order_by("name")
    ]


def commander_of(incident: Incident) -> User | None:
    """The incident's commander, if there is one."""
    return access.holders(Post.INCIDENT_COMMANDER, incident).first()


def services_of(organization: Organization) -> Any:
    """All services of an organization by name."""
    return Service.objects.filter(organization=organization).order_by("name")
