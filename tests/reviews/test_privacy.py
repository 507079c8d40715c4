"""A private incident's publication stays in the house: its record and PDF are made, and nothing is copied outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from governance import outbox
from governance.enums import DeliveryStatus
from governance.models import Delivery, Organization
from incidents.models import Incident
from reviews import publication_steps
from reviews.models import Publication
from reviews.publication_steps import KEPT_HERE, Planned, Step
from reviews.publishers.pdf import document_html
from reviews.publishers.published import load
from reviews.selectors.privacy import involved_in
from tests.factories import make_organization
from tests.factories.reviews import make_publication

pytestmark = pytest.mark.django_db

IN_THE_HOUSE = {"reviews.record", "reviews.pdf"}


@pytest.fixture
def publication() -> Publication:
    return make_publication(make_organization())


@pytest.fixture(autouse=True)
def _inside(publication: Publication) -> Iterator[None]:
    with scope(organization=publication.organization):
        yield


def _make_private(publication: Publication) -> None:
    Incident.objects.filter(pk=publication.review.incident_id).update(is_private=True)


def _kinds(organization: Organization) -> set[str]:
    return set(Delivery.objects.values_list("kind", flat=True))


def test_every_step_goes_out_for_an_open_incident(publication: Publication) -> None:
    assert _kinds(publication.organization) == {step.kind for step in publication_steps.steps()}


def test_only_what_stays_is_planned_for_a_private_one(publication: Publication) -> None:
    Delivery.objects.all().delete()
    _make_private(publication)
    publication_steps.enqueue_all(publication)
    assert _kinds(publication.organization) == IN_THE_HOUSE


def test_nothing_but_record_and_pdf_is_said_to_stay() -> None:
    assert {step.kind for step in publication_steps.steps() if step.stays} == IN_THE_HOUSE


def test_what_was_planned_before_it_became_private_delivers_nothing(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered: list[int] = []

    def deliver(delivery: Delivery) -> outbox.Outcome:
        delivered.append(delivery.pk)
        return outbox.Outcome()

    step = Step(
        "test.outside", "Outside", 1, lambda one: [Planned("outside", {"publication": one.pk})], deliver
    )
    monkeypatch.setattr(publication_steps, "_steps", {})
    monkeypatch.setattr(outbox, "_handlers", dict(outbox._handlers))
    publication_steps.register(step)
    Delivery.objects.all().delete()
    publication_steps.enqueue_all(publication)
    _make_private(publication)
    outbox.deliver_one(Delivery.objects.get().pk)
    row = Delivery.objects.get()
    assert (row.status, row.last_error, delivered) == (DeliveryStatus.NOT_CONNECTED, KEPT_HERE, [])


def test_pdf_says_that_it_is_private(publication: Publication) -> None:
    assert "Private: for named readers only" not in document_html(load(publication.pk))
    _make_private(publication)
    assert "Private: for named readers only" in document_html(load(publication.pk))


def test_author_and_signers_have_to_do_with_it(publication: Publication) -> None:
    review = publication.review
    signers = {signoff.signer for signoff in review.signoffs.all()}
    assert set(involved_in(review.incident)) == {review.author, *signers}
