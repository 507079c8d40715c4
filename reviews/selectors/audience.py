"""Who may hear of a review: nobody is told of an incident that they may not see."""

from __future__ import annotations

from collections.abc import Iterable

from governance import access
from governance.access import Permission
from governance.models import User
from incidents.models import Incident, Service
from incidents.selectors.privacy import people_who_see
from reviews.models import Review


def who_may_see(incident: Incident, people: Iterable[User]) -> list[User]:
    """Those of the people who may see the incident, each once, in their order; one query."""
    each = {person.pk: person for person in people}
    seeing = set(people_who_see(incident).filter(pk__in=each).values_list("pk", flat=True)) if each else set()
    return [person for pk, person in each.items() if pk in seeing]


def may_comment(person: User, review: Review) -> bool:
    """Whether the person's role, command of the incident or ownership of an affected service lets them comment."""
    subjects = [review.incident, *Service.objects.filter(incidents=review.incident_id)]
    return any(access.can(person, Permission.COMMENT, subject) for subject in subjects)
