"""Pages of reviews that stand beside a private incident."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from incidents.models import IncidentReader
from reviews.enums import ReviewState
from reviews.models import Publication, Review
from tests.factories import make_incident, make_member, make_organization
from tests.factories.reviews import make_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization("acme")


@pytest.fixture
def publication(organization: Organization) -> Publication:
    return make_publication(organization)


def _private_review(organization: Organization, reader: User) -> Review:
    incident = make_incident(organization, is_private=True)
    IncidentReader(organization=organization, incident=incident, person=reader).save()
    review = Review(organization=organization, incident=incident, author=reader)
    review.save()
    return review


def test_publication_page_says_that_it_is_kept_here(client: Client, publication: Publication) -> None:
    incident, reader = publication.review.incident, publication.published_by
    address = reverse("reviews:publication", args=["acme", incident.reference])
    client.force_login(reader)
    assert "Private: kept here." not in client.get(address).text
    with scope(organization=publication.organization):
        incident.is_private = True
        incident.save()
        IncidentReader(organization=incident.organization, incident=incident, person=reader).save()
    text = client.get(address).text
    assert "Private: kept here." in text
    assert "badge-private" in text


@pytest.mark.parametrize("page", ["detail", "list"])
def test_what_took_the_place_of_a_review_is_not_named_to_outsiders(
    client: Client, organization: Organization, publication: Publication, page: str
) -> None:
    reader, outsider = make_member(organization), make_member(organization, *Role)
    with scope(organization=organization):
        replacement = _private_review(organization, reader)
        review = publication.review
        review.state, review.superseded_by = ReviewState.SUPERSEDED, replacement
        review.closed_because, review.closed_by = "Another one says it", reader
        review.save()
    address = {
        "detail": reverse("reviews:detail", args=["acme", review.incident.reference]),
        "list": reverse("reviews:list", args=["acme"]) + "?state=closed",
    }[page]
    seen = {}
    for person in (reader, outsider):
        client.force_login(person)
        seen[person] = replacement.incident.reference in client.get(address).text
    assert seen == {reader: True, outsider: False}
