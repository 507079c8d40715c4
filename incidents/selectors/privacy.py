"""Who may see a private incident, and what hangs on it: the one place that says so (invariant 9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from governance import access
from governance.access import Post
from governance.models import User
from incidents.models import Incident, IncidentReader


def hidden_from(user: User) -> Any:
    """The ids of the private incidents of the active organization that name other people only.

    ``OwnedQuerySet.visible_to`` leaves out everything that hangs on them. No role helps against it.
    """
    named = IncidentReader.objects.filter(incident=OuterRef("pk"), person=user)
    return Incident.objects.filter(is_private=True).exclude(Exists(named)).order_by().values("pk")


def may_see(user: User, incident: Incident) -> bool:
    """Whether the person, a member of the organization, is one of those who may see the incident."""
    if not access.roles_of(user, incident.organization_id):
        return False
    return (
        not incident.is_private
        or IncidentReader.objects.filter(incident=incident, person=user, incident__is_private=True).exists()
    )


def people_who_see(incident: Incident) -> Any:
    """Active members who may see the incident, by name: whom one can mention, ask or promise something for."""
    people = access.members(incident.organization_id)
    return people.filter(pk__in=_named(incident)) if incident.is_private else people


def people_to_name(incident: Incident) -> Any:
    """Active members who may not see the private incident yet, by name."""
    return access.members(incident.organization_id).exclude(pk__in=_named(incident))


class Named(NamedTuple):
    """A person who may see a private incident, and why they are on the list."""

    person: User
    named_by: User | None
    named_at: datetime
    is_member: bool
    commands: bool


def readers_of(incident: Incident) -> list[Named]:
    """The people named, by name.

    Somebody who has left the organization stays on the list and sees nothing; they see it again if they come back,
    unless they are removed.
    """
    members = set(access.members(incident.organization_id).values_list("pk", flat=True))
    commanders = {person.pk for person in access.holders(Post.INCIDENT_COMMANDER, incident)}
    rows = IncidentReader.objects.filter(incident=incident).select_related("person", "named_by")
    return [
        Named(row.person, row.named_by, row.named_at, row.person_id in members, row.person_id in commanders)
        for row in rows
    ]


def _named(incident: Incident) -> Any:
    return IncidentReader.objects.filter(incident=incident).order_by().values("person")
