"""A private incident that outsiders try to reach: by every address that leads to it, and on every page beside it.

The world is that of the access matrix with all of its incidents private. Everybody of the matrix is named, so they
meet what the matrix says; the outsiders hold every role, a post, and a share in what they may not see. What a route
takes is read from the resolver: a new one that takes an id is covered at once, and fails unless it answers 404 or
stands among those whose ids belong to no incident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django_scopes import scope
from pytest_django import DjangoDbBlocker

from governance.access import Post, appoint
from governance.enums import NoticeKind, Role
from governance.models import Organization, User
from governance.services.notices import tell
from incidents.models import Arrival, Incident, IncidentReader, Service
from remediation.models import ActionItem
from reviews.models import Question, Review
from reviews.services.searching import rebuild_documents
from tests.architecture.test_access_matrix import (
    DRAFT,
    METHODS,
    PEOPLE,
    PRIVATE,
    PUBLISHED,
    ROUTES,
    TABLE,
    Row,
    World,
    _argument_names,
    _ask,
    _world,
    evidence_directory,
)
from tests.factories import make_member

__all__ = ["evidence_directory"]

pytestmark = pytest.mark.django_db

IDS = {"ref", "pk", "number"}
# Their ids belong to people, machines, addresses, rules and notices (whose subjects are looked at one by one).
OF_NO_INCIDENT = {
    "governance:absence_end",
    "governance:group_remove",
    "governance:notice",
    "governance:person_roles",
    "governance:program",
    "governance:program_close",
    "governance:token_revoke",
    "incidents:rule",
    "incidents:rule_remove",
    "incidents:source",
    "incidents:source_close",
    "incidents:source_secret",
    "reviews:template_drop",
    "reviews:template_of",
}
TITLE = "Quartz heron in the cellar"
# What stands in the world's incidents, and would show if a page let anything through.
WORDS = (
    TITLE,
    DRAFT,
    PUBLISHED,
    PRIVATE,
    "Fence the old primary",
    "Rehearse the failover",
    "heron.json",
    "The word stands in a quotation.",
    "a notice about the heron",
)
# Words of the published incident, which has everything that is looked for in it.
SEARCHED = "primary"
MOST_PAGES = 60


class Private(NamedTuple):
    """The world of the matrix, in which everything is private, and the people who are not named."""

    world: World
    outsiders: dict[str, User]
    pages: dict[int, dict[str, str]]

    def crawled(self, person: User) -> dict[str, str]:
        """What the person finds, looked for once: every request leaves the world as it was."""
        if person.pk not in self.pages:
            self.pages[person.pk] = _crawl(self.world, person)
        return self.pages[person.pk]


def _arguments(route: str) -> set[str]:
    return {name for names in _argument_names(route) for name in names}


HANGING = [
    route
    for route in ROUTES
    if "org" in _arguments(route) and _arguments(route) & IDS and route not in OF_NO_INCIDENT
]
BESIDE = [
    row.route for row in TABLE if row.method == "get" and row.status == 200 and row.route not in HANGING
]


@pytest.fixture(scope="module")
def private(
    evidence_directory: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Private]:
    """The one world of this module, which every request leaves as it was, and which is gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _private(_world())
        transaction.set_rollback(True)


def _private(world: World) -> Private:
    organization = world.organization
    outsiders = {role.value: make_member(organization, role) for role in Role}
    outsiders |= {
        "owner": make_member(organization, Role.AUDITOR),
        "everything": make_member(organization, *Role),
    }
    with scope(organization=organization):
        for incident in Incident.objects.all():
            _close(incident, world)
        for service in Service.objects.all():
            appoint(outsiders["owner"], Post.SERVICE_OWNER, service)
        Arrival.objects.update(incident=Incident.objects.get(reference=DRAFT), filename="heron.json")
        rebuild_documents(organization)
        _share(organization, outsiders["everything"])
        _tell(organization, [*outsiders.values(), *world.people.values()])
    return Private(world, outsiders, {})


def _close(incident: Incident, world: World) -> None:
    incident.is_private, incident.title = True, TITLE
    incident.save()
    for person in world.people.values():
        IncidentReader.objects.get_or_create(
            organization=incident.organization, incident=incident, person=person
        )


def _share(organization: Organization, outsider: User) -> None:
    """What the outsider would find in "My work", were they named."""
    Review.objects.update(author=outsider)
    Question.objects.update(assigned_to=outsider)
    for item in ActionItem.objects.order_by("pk")[1:]:
        item.owner = outsider
        item.save()


def _tell(organization: Organization, people: list[User]) -> None:
    tell(
        actor=None,
        organization_id=organization.pk,
        recipients=people,
        kind=NoticeKind.MENTIONED,
        key="heron",
        text=f"{DRAFT}: a notice about the heron",
        path=f"/{organization.slug}/reviews/{DRAFT}/",
        subject=f"incident:{DRAFT}",
    )


def test_routes_said_to_be_of_no_incident_take_an_id() -> None:
    assert {route for route in ROUTES if _arguments(route) & IDS} >= OF_NO_INCIDENT
    assert not {route for route in OF_NO_INCIDENT if "ref" in _arguments(route)}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("route", HANGING)
def test_outsider_meets_404_at_every_address(private: Private, route: str, method: str) -> None:
    """A method that the route does not have may be refused before anything is looked for."""
    expected = {404} if (route, method) in {(row.route, row.method) for row in TABLE} else {404, 405}
    met = {
        name: _ask(private.world, route, method, person).status_code
        for name, person in private.outsiders.items()
    }
    assert set(met.values()) <= expected, met


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.route in HANGING], ids=lambda row: f"{row.method} {row.route}"
)
def test_reader_meets_what_the_matrix_says(private: Private, row: Row) -> None:
    expected = {name: row.status if name in row.who else 403 for name in PEOPLE}
    people = private.world.people
    met = {name: _ask(private.world, row.route, row.method, people[name]).status_code for name in PEOPLE}
    # What it takes for an incident to be made private is that it is not.
    changed = dict.fromkeys(row.who, 422) if row.route == "incidents:make_private" else {}
    assert met == expected | changed


@pytest.mark.parametrize("name", [*(role.value for role in Role), "owner", "everything"])
def test_no_page_beside_it_says_a_word(private: Private, name: str) -> None:
    for address, text in private.crawled(private.outsiders[name]).items():
        said = [word for word in WORDS if word in text]
        assert not said, address


def test_search_finds_it_for_readers_alone(private: Private) -> None:
    address = f"{private.world.address('reviews:search')}?q={SEARCHED}"
    outside = [_read(person, address) for person in private.outsiders.values()]
    inside = [_read(person, address) for person in private.world.people.values()]
    assert not any(PUBLISHED in text for text in outside)
    assert all(PUBLISHED in text for text in inside)


def test_readers_find_every_word_so_that_outsiders_could(private: Private) -> None:
    unseen = set(WORDS)
    for person in private.world.people.values():
        pages = private.crawled(person).values() if unseen else ()
        unseen -= {word for word in unseen if any(word in text for text in pages)}
    assert not unseen


def _read(person: User, address: str) -> str:
    client = Client()
    client.force_login(person)
    with transaction.atomic():
        text = unescape(client.get(address).text)
        transaction.set_rollback(True)
    return text


def _crawl(world: World, person: User) -> dict[str, str]:
    """The text of every page that takes no id of an incident, and of those that their filters and pagers lead to."""
    client = Client()
    client.force_login(person)
    waiting = [world.address(route) for route in dict.fromkeys(BESIDE)]
    waiting.append(f"{world.address('reviews:search')}?q={SEARCHED}")
    found: dict[str, str] = {}
    with transaction.atomic():
        while waiting and len(found) < MOST_PAGES:
            address = waiting.pop(0)
            if address in found:
                continue
            answer = client.get(address)
            found[address] = unescape(answer.text) if answer.status_code == 200 else ""
            waiting += [link for link in _links(address, found[address]) if link not in found]
        transaction.set_rollback(True)
    assert not waiting, "There are more pages than the crawl takes: raise MOST_PAGES."
    return found


def _links(address: str, text: str) -> list[str]:
    """The other filters and pages of the same address."""
    path = urlsplit(address).path
    links = [unescape(link) for link in re.findall(r'href="([^"#]*)', text)]
    full = [f"{path}{link}" if link.startswith("?") else link for link in links]
    return [link for link in dict.fromkeys(full) if urlsplit(link).path == path and "subject=" not in link]
