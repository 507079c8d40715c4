"""Putting the questions of a fresh draft to people: the commander, owners, and those who wrote in the chronology."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable

from django.utils import timezone

from governance import access
from governance.access import Post
from governance.models import User
from incidents.models import Incident, Service
from incidents.selectors.privacy import people_who_see
from reviews.drafting import DraftQuestion, Material
from reviews.models import Question, Review
from reviews.services import hearing
from reviews.templating import Asked


def ask(review: Review, asked: Iterable[DraftQuestion], material: Material, actor: User) -> None:
    """Keep the questions of a draft, each given to a person where one is found; everybody hears of theirs once.

    Several owners, and several people who wrote, take turns. Nobody is asked who may not see the incident.
    """
    turns = {whom: itertools.cycle(people or [None]) for whom, people in _people(review, material).items()}
    now = timezone.now()
    rows = [
        Question(
            organization_id=review.organization_id,
            review=review,
            section=one.section,
            code=one.code,
            text=one.text,
            assigned_to=person,
            assigned_by=actor if person else None,
            assigned_at=now if person else None,
        )
        for one in asked
        for person in [next(turns[one.asked])]
    ]
    Question.objects.bulk_create(rows)
    hearing.of_draft(rows, review, actor)


def _people(review: Review, material: Material) -> dict[Asked, list[User]]:
    """Whom the questions are for, in the order of their turns; where nobody is found the commander is asked."""
    incident = review.incident
    seeing = {person.pk: person for person in people_who_see(incident)}
    commanders = _seeing(access.holders(Post.INCIDENT_COMMANDER, incident), seeing)[:1]
    return {
        Asked.COMMANDER: commanders,
        Asked.OWNER: _seeing(_owners(incident), seeing) or commanders,
        Asked.RESPONDER: _seeing(_writers(material, seeing.values()), seeing) or commanders,
        Asked.NOBODY: [],
    }


def _seeing(people: Iterable[User], seeing: dict[int, User]) -> list[User]:
    return [seeing[pk] for pk in dict.fromkeys(person.pk for person in people) if pk in seeing]


def _owners(incident: Incident) -> list[User]:
    """The owners of the affected services, by the names of the services and their own."""
    services = Service.objects.filter(incidents=incident).order_by("name")
    return [
        person
        for people in access.holders_of_each(Post.SERVICE_OWNER, services).values()
        for person in people
    ]


def _writers(material: Material, members: Iterable[User]) -> list[User]:
    """Members under whose full name the chronology has words of a person; who wrote most comes first."""
    written = Counter(fact.actor.casefold() for fact in material.facts if fact.by_person and fact.actor)
    found = [one for one in members if written[one.name.casefold()]]
    return sorted(found, key=lambda one: (-written[one.name.casefold()], one.name, one.pk))
