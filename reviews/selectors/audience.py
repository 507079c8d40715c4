"""Who may hear of a review: nobody is told of an incident that they may not see."""

from __future__ import annotations

from collections.abc import Iterable

from governance import access
from governance.access import Permission
from governance.models import User
from incidents.models import Incident, Service
from reviews.models import Review


def who_may_see(incident_id: int, people: Iterable[User]) -> list[User]:
    """Those of the people who may see the incident, each once, in their order."""
    each = {person.pk: person for person in people}
    return [
        person
        for person in each.values()
        if Incident.objects.visible_to(person).filter(pk=incident_id).exists()
    ]


def may_comment(person: User, review: Review) -> bool:
    """Whether the person's role, command of the incident or ownership of an affected service lets them comment."""
    subjects = [review.incident, *Service.objects.filter(incidents=review.incident_id)]
    return any(access.can(person, Permission.COMMENT, subject) for subject in subjects)
