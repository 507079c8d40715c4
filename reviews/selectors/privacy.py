"""What this room knows of private incidents: who has to do with their reviews, and which deliveries are theirs."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Prefetch, Q

from governance.models import User
from governance.sight import Sight
from incidents.models import Incident
from incidents.selectors.privacy import sight_by_incident
from reviews.models import Publication, Review, SignOff

_OF_PUBLICATION = re.compile(r"delivery:publication-([0-9]{1,18})-.*")


def involved_in(incident: Incident) -> list[User]:
    """The author of the incident's review and everybody whose signature stands, for ``incidents.involved``."""
    written = Review.objects.filter(incident=incident).values("author")
    signed = SignOff.objects.standing().filter(review__incident=incident).order_by().values("signer")
    return list(User.objects.filter(Q(pk__in=written) | Q(pk__in=signed)).order_by("name", "pk"))


def sight_of(person: User, subjects: frozenset[str]) -> Sight:
    """What the person may see of the deliveries of publications, for ``governance.sight``."""
    matches = {subject: _OF_PUBLICATION.fullmatch(subject) for subject in subjects}
    publications = {subject: int(match.group(1)) for subject, match in matches.items() if match}
    if not publications:
        return Sight()
    rows = Publication.objects.filter(pk__in=set(publications.values())).order_by()
    incidents = dict(rows.values_list("pk", "review__incident"))
    return sight_by_incident(
        person, {subject: incidents[pk] for subject, pk in publications.items() if pk in incidents}
    )


def with_replacement(reviews: Any, user: User) -> Any:
    """The reviews, each with what took its place as ``superseded_by``: nothing where the user may not see that."""
    seen = Review.objects.visible_to(user).select_related("incident")
    return reviews.prefetch_related(Prefetch("superseded_by", seen))
