"""The publication's page: the chronology as it was signed, with what its evidence measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.models import Organization, User
from incidents.models import Entry, Measured
from reviews.models import Publication
from tests.factories import make_member, make_organization
from tests.factories.reviews import make_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = make_organization("acme")
    with scope(organization=made):
        yield made


@pytest.fixture
def publication(organization: Organization) -> Publication:
    return make_publication(organization, evidence="<b>Orchestrator</b> elected a second primary")


@pytest.fixture
def reader(organization: Organization) -> User:
    return make_member(organization)


def entries_of(publication: Publication) -> list[Entry]:
    return list(Entry.objects.filter(incident=publication.review.incident_id).in_order())


def measure(entry: Entry) -> None:
    first = entry.at.timestamp()
    points = [[first + 60 * step, step] for step in range(5)]
    Measured(
        organization_id=entry.organization_id, entry=entry, name=f"Lag {entry.label}", points=points
    ).save()


def page(client: Client, publication: Publication) -> str:
    reference = publication.review.incident.reference
    return client.get(reverse("reviews:publication", args=["acme", reference])).content.decode()


def test_page_shows_what_was_signed_and_not_what_was_changed_since(
    client: Client, reader: User, publication: Publication
) -> None:
    Entry.objects.filter(pk=entries_of(publication)[0].pk).update(text="Changed since")
    client.force_login(reader)
    shown = page(client, publication)
    assert "&lt;b&gt;Orchestrator&lt;/b&gt; elected a second primary" in shown
    assert "Changed since" not in shown


def test_entry_with_a_series_shows_its_picture_without_inline_style(
    client: Client, reader: User, publication: Publication
) -> None:
    first, _second = entries_of(publication)
    measure(first)
    client.force_login(reader)
    shown = page(client, publication)
    assert shown.count("picture-small") == 1
    picture = shown[shown.index("<svg", shown.index("picture-frame")) :]
    picture = picture[: picture.index("</svg>")]
    assert "<title" in picture and "<desc" in picture
    assert "<style" not in picture and "style=" not in picture


def test_page_takes_as_many_queries_for_more_pictures(
    client: Client,
    reader: User,
    publication: Publication,
    django_assert_num_queries: object,
) -> None:
    first, second = entries_of(publication)
    measure(first)
    client.force_login(reader)
    page(client, publication)
    with CaptureQueriesContext(connection) as one:
        page(client, publication)
    measure(second)
    with django_assert_num_queries(len(one)):  # type: ignore[operator]
        page(client, publication)
