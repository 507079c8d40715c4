"""Finding what is published: what ranks first, who finds it, and what may be typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.models import Organization, User
from incidents.models import Incident
from reviews.enums import ReviewState, SectionKey
from reviews.models import Review, SearchDocument, Section
from reviews.selectors.searching import PER_PAGE, Asked, pieces, search
from reviews.services import revise_review, supersede_review, withdraw_review
from reviews.services.searching import rebuild_documents
from tests.factories import make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db

FIELDS = (
    "review_id",
    "publication_id",
    "title",
    "summary",
    "causes",
    "rest",
    "services",
    "templates",
    "vector",
)


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = make_organization()
    with scope(organization=made):
        yield made


@pytest.fixture
def reader(organization: Organization) -> User:
    return make_member(organization)


@pytest.fixture
def published() -> Iterator[Setting]:
    made = make_setting(ReviewState.PUBLISHED)
    with scope(organization=made.organization):
        yield made


def document(organization: Organization, **fields: Any) -> SearchDocument:
    """A document as it would be published, of an incident of its own."""
    incident = make_incident(organization, title=fields.get("title", "An outage"))
    incident.is_private = fields.pop("is_private", False)
    incident.save()
    review = Review(
        organization=organization, incident=incident, state=ReviewState.PUBLISHED, published_at=START
    )
    review.save()
    values: dict[str, Any] = {
        "title": incident.title,
        "severity": 2,
        "declared_at": START,
        "published_at": START,
        **fields,
    }
    row = SearchDocument(organization=organization, incident=incident, review=review, **values)
    row.save()
    return row


def titles(user: User, words: str, **narrowing: Any) -> list[str]:
    return [row.title for row in search(user, Asked(words, **narrowing)).rows]


def test_title_weighs_more_than_summary_and_summary_more_than_the_rest(
    organization: Organization, reader: User
) -> None:
    document(organization, title="The third", rest="A failover went wrong.")
    document(organization, title="The second", causes="A failover went wrong.")
    document(organization, title="The failover")
    assert titles(reader, "failovers") == ["The failover", "The second", "The third"]


def test_real_incidents_stand_before_synthetic_ones(organization: Organization, reader: User) -> None:
    document(organization, title="A failover of the past", is_synthetic=True)
    document(organization, title="The real one", rest="A failover.")
    assert titles(reader, "failover") == ["The real one", "A failover of the past"]


def test_phrases_alternatives_and_exclusions_are_understood(organization: Organization, reader: User) -> None:
    document(organization, title="Connection pool exhausted")
    document(organization, title="Pool of connections drained")
    document(organization, title="Certificate expired")
    assert titles(reader, '"connection pool"') == ["Connection pool exhausted"]
    assert titles(reader, "pool -exhausted") == ["Pool of connections drained"]
    assert len(titles(reader, "certificate OR pool")) == 3


def test_filters_narrow_by_service_severity_and_year(organization: Organization, reader: User) -> None:
    document(organization, title="Failover one", services=["mysql"], severity=1)
    later = START.replace(year=2020)
    document(organization, title="Failover two", services=["proxy"], severity=3, declared_at=later)
    assert titles(reader, "failover", service="mysql") == ["Failover one"]
    assert titles(reader, "failover", severity=3) == ["Failover two"]
    assert titles(reader, "failover", year=2018) == ["Failover one"]
    assert not titles(reader, "failover", year=2020, severity=1)


@pytest.mark.parametrize(
    "typed",
    [
        '"', "'", '"" OR', "- -", "& | ! <-> :* ( )", "a\\", "\x00heron", "%s %(q)s", "the and of", "🦆" * 50,
        "<b>heron", "'); DROP TABLE reviews_review; --", "heron:*", "OR", "x" * 10_000, "heron " * 1_700,
    ],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_the_page(organization: Organization, reader: User, typed: str) -> None:
    document(organization, title="A heron")
    browser = Client()
    browser.force_login(reader)
    answer = browser.get(reverse("reviews:search", args=[organization.slug]), {"q": typed})
    assert answer.status_code == (422 if len(typed) > 200 else 200)
    assert (len(typed) > 200) == ("Look for at most 200 characters." in answer.text)
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    ("name", "value"), [("year", "20018"), ("year", "٢"), ("severity", "9"), ("service", "x"), ("year", "0")]
)
def test_filters_that_cannot_be_are_refused_with_a_sentence(
    organization: Organization, reader: User, name: str, value: str
) -> None:
    browser = Client()
    browser.force_login(reader)
    answer = browser.get(reverse("reviews:search", args=[organization.slug]), {"q": "heron", name: value})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_snippet_marks_what_was_found_and_leaves_markup_text(
    organization: Organization, reader: User
) -> None:
    document(organization, rest="Then a heron sat on <script>alert(1)</script> the wire.")
    browser = Client()
    browser.force_login(reader)
    answer = browser.get(reverse("reviews:search", args=[organization.slug]), {"q": "herons"})
    assert "<mark>heron</mark>" in answer.text
    assert "<script>alert(1)" not in answer.text


def test_snippet_comes_in_pieces() -> None:
    assert list(pieces("a \x02b\x03 c \x02d")) == [("a ", False), ("b", True), (" c ", False), ("d", False)]


def test_pages_follow_each_other_and_end(organization: Organization, reader: User) -> None:
    for number in range(PER_PAGE + 1):
        document(organization, title=f"Failover {number}")
    first, second = (search(reader, Asked("failover"), number) for number in (1, 2))
    assert (len(first.rows), first.next, first.total) == (PER_PAGE, 2, PER_PAGE + 1)
    assert (len(second.rows), second.next, second.previous) == (1, None, 1)
    assert {row.title for row in first.rows}.isdisjoint(row.title for row in second.rows)
    assert search(reader, Asked("failover"), 77).number == 1


def test_queries_do_not_depend_on_what_is_found(organization: Organization, reader: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            search(reader, Asked("failover"))
        return len(caught)

    document(organization, title="Failover")
    one = asked()
    for number in range(6):
        document(organization, title=f"Failover {number}")
    assert asked() == one


def test_private_incident_is_found_and_counted_for_its_readers_only(
    organization: Organization, reader: User
) -> None:
    row = document(organization, title="A heron in private", is_private=True)
    assert search(reader, Asked("heron")).total == 0
    row.incident.readers.create(organization=organization, person=reader)
    assert titles(reader, "heron") == ["A heron in private"]


def test_other_organization_finds_nothing(organization: Organization) -> None:
    document(organization, title="A heron")
    other = make_organization("beta")
    with scope(organization=other):
        assert search(make_member(other), Asked("heron")).total == 0


def test_publication_is_found_by_every_part_of_its_text(published: Setting) -> None:
    for words in (
        "rolled back proxy",
        published.incident.reference,
        "nobody measured",
        published.incident.title,
    ):
        assert titles(published.jon, words) == [published.incident.title], words


def test_draft_is_not_found() -> None:
    made = make_setting(ReviewState.APPROVED)
    with scope(organization=made.organization):
        assert not SearchDocument.objects.exists()


def test_edition_in_force_is_found_while_the_next_is_written(published: Setting) -> None:
    revise_review(actor=published.jon, review=published.now(), reason="The vendor wrote to us.")
    Section.objects.filter(review=published.review, key=SectionKey.SUMMARY).update(body="A heron.")
    assert rebuild_documents(published.organization) == 1
    assert not titles(published.jon, "heron")
    assert titles(published.jon, "proxy")


def test_withdrawn_review_leaves_the_search(published: Setting) -> None:
    withdraw_review(actor=published.jon, review=published.now(), reason="It named a customer.")
    assert not SearchDocument.objects.exists()
    assert rebuild_documents(published.organization) == 0


def test_replaced_review_leaves_the_search(published: Setting) -> None:
    incident = make_incident(published.organization, published.mara, (published.service,))
    other = Review(organization=published.organization, incident=incident)
    other.save()
    supersede_review(actor=published.jon, review=published.now(), by=other, reason="It is told there.")
    assert not SearchDocument.objects.exists()
    assert rebuild_documents(published.organization) == 0


def test_rebuild_equals_what_publication_wrote(published: Setting) -> None:
    written = SearchDocument.objects.values(*FIELDS).get()
    SearchDocument.objects.update(title="Spoilt", services=[])
    call_command("rebuild_search", "--organization", published.organization.slug)
    assert SearchDocument.objects.values(*FIELDS).get() == written
    assert written["publication_id"]
    assert written["services"] == ["mysql"]


def test_past_without_a_text_is_found_by_its_title(organization: Organization, reader: User) -> None:
    row = document(organization, title="Replicas lagged")
    assert rebuild_documents(organization) == 1
    assert titles(reader, "replica") == [row.title]
    assert Incident.objects.count() == 1


def test_service_of_the_filter_is_one_of_the_organization(organization: Organization, reader: User) -> None:
    make_service(organization, "mysql")
    browser = Client()
    browser.force_login(reader)
    answer = browser.get(reverse("reviews:search", args=[organization.slug]), {"service": "mysql"})
    assert 'value="mysql" selected' in " ".join(answer.text.split())
