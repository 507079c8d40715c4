"""Who may see a private incident, and what hangs on it: the one place that says so (invariant 9)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from governance import access
from governance.access import Post
from governance.models import User
from governance.sight import Sight
from incidents.models import Arrival, Incident, IncidentReader

_OF_REFERENCE = re.compile(r"(?:incident|review):(.+)")
_OF_ARRIVAL = re.compile(r"arrival:([0-9]{1,18})")
_OF_FETCH = re.compile(r"delivery:(?:pull|file|model) ([0-9]{1,18}) .*")


def hidden_from(user: User) -> Any:
    """The ids of the private incidents of the active organization that name other people only.

    ``OwnedQuerySet.visible_to`` leaves out everything that hangs on them. No role helps against it.
    """
    named = IncidentReader.objects.filter(incident=OuterRef("pk"), person=user)
    return Incident.objects.filter(is_private=True).exclude(Exists(named)).order_by().values("pk")


def may_see(user: User, incident: Incident) -> bool:
    """Whether the incident, as it stands now, is one of those that the person may see."""
    found: bool = user.is_active and Incident.objects.visible_to(user).filter(pk=incident.pk).exists()
    return found


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


def sight_of(person: User, subjects: frozenset[str]) -> Sight:
    """What the person may see of what this room's subjects name: incidents, their reviews, arrivals, and fetches."""
    references = _found(_OF_REFERENCE, subjects)
    rows = Incident.objects.filter(is_private=True, reference__in=set(references.values()))
    ids = dict(rows.order_by().values_list("reference", "pk"))
    named = {subject: ids[reference] for subject, reference in references.items() if reference in ids}
    fetched = {subject: int(pk) for subject, pk in _found(_OF_FETCH, subjects).items()}
    return sight_by_incident(person, named | fetched) | _arrivals(person, _found(_OF_ARRIVAL, subjects))


def sight_by_incident(person: User, subjects: Mapping[str, int]) -> Sight:
    """The same for subjects of any room, given the id of the incident that each hangs on; two queries at most."""
    private = Incident.objects.filter(is_private=True, pk__in=set(subjects.values())).order_by()
    confidential = set(private.values_list("pk", flat=True)) if subjects else set()
    hidden = set(hidden_from(person).filter(pk__in=confidential).values_list("pk", flat=True))
    return Sight(
        frozenset(subject for subject, pk in subjects.items() if pk in hidden),
        frozenset(subject for subject, pk in subjects.items() if pk in confidential),
    )


def _arrivals(person: User, subjects: Mapping[str, str]) -> Sight:
    if not subjects:
        return Sight()
    rows = Arrival.objects.filter(pk__in={int(pk) for pk in subjects.values()}).order_by()
    seen = {str(pk) for pk in rows.visible_to(person).values_list("pk", flat=True)}
    private = {
        str(pk)
        for pk in rows.filter(
            Q(incident__is_private=True) | Q(evidence__incident__is_private=True)
        ).values_list("pk", flat=True)
    }
    return Sight(
        frozenset(subject for subject, pk in subjects.items() if pk in private - seen),
        frozenset(subject for subject, pk in subjects.items() if pk in private),
    )


def _found(pattern: re.Pattern[str], subjects: frozenset[str]) -> dict[str, str]:
    """What the pattern's group finds, by the subject in which it stands."""
    matches = {subject: pattern.fullmatch(subject) for subject in subjects}
    return {subject: match.group(1) for subject, match in matches.items() if match}


def _named(incident: Incident) -> Any:
    return IncidentReader.objects.filter(incident=incident).order_by().values("person")
