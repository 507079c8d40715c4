"""Editions, replacement and withdrawal: what is decided anew, and what stays for good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.errors import AccessDenied, InvalidTransition
from incidents.services import highlight_entry
from reviews.content import current_sha256
from reviews.enums import ReviewState, SignOffRole
from reviews.errors import PublishedText, RevisionRefused
from reviews.models import Publication, Review, Section, SignOff, StateChange
from reviews.publishers.published import load
from reviews.publishers.storage import page_body
from reviews.services import (
    draft_review,
    publish_review,
    revise_review,
    save_section,
    submit_review,
    supersede_review,
    withdraw_review,
)
from tests.factories import make_entry, make_incident
from tests.factories.incidents import START
from tests.reviews.builders import Setting, make_setting, sign

pytestmark = pytest.mark.django_db

OWNER, COMMANDER = SignOffRole.SERVICE_OWNER, SignOffRole.INCIDENT_COMMANDER


@pytest.fixture
def published() -> Iterator[Setting]:
    made = make_setting(ReviewState.PUBLISHED)
    with scope(organization=made.organization):
        yield made


def publish_again(setting: Setting) -> Publication:
    submit_review(actor=setting.jon, review=setting.now())
    sign(setting, setting.priya, OWNER)
    sign(setting, setting.mara, COMMANDER)
    return publish_review(actor=setting.mara, review=setting.now())


def another_review(setting: Setting) -> Review:
    incident = make_incident(setting.organization, setting.mara, (setting.service,))
    make_entry(incident, START, "Something happened", number=1)
    return draft_review(actor=setting.jon, incident=incident)


def test_next_edition_needs_its_own_signatures_even_without_an_edit(published: Setting) -> None:
    first = Publication.objects.get()
    revise_review(actor=published.jon, review=published.now(), reason="The vendor wrote to us.")
    assert published.now().state == ReviewState.DRAFTING
    assert current_sha256(published.now()) != first.snapshot.sha256
    assert not SignOff.objects.standing().exists()
    second = publish_again(published)
    first.refresh_from_db()
    assert (second.number, second.superseded_at) == (2, None)
    assert first.superseded_at is not None
    assert published.now().published_at == first.published_at


def test_edition_in_force_stays_whole_while_the_next_is_written(published: Setting) -> None:
    first = Publication.objects.get()
    before = load(first.pk)
    revise_review(actor=published.jon, review=published.now(), reason="The vendor wrote to us.")
    section = Section.objects.get(review=published.review, key="summary")
    save_section(actor=published.jon, section=section, body="Another text.", version=section.version)
    publish_again(published)
    after = load(first.pk)
    assert after.signatures == before.signatures
    assert len(after.signatures) == 2
    assert after.content == before.content


def test_next_edition_prints_why(published: Setting) -> None:
    revise_review(actor=published.jon, review=published.now(), reason="The vendor wrote to us.")
    page = page_body(load(publish_again(published).pk))
    assert "Edition 2." in page
    assert "The vendor wrote to us." in page


def test_opening_again_needs_the_right_and_a_reason(published: Setting) -> None:
    with pytest.raises(AccessDenied):
        revise_review(actor=published.priya, review=published.now(), reason="So.")
    with pytest.raises(RevisionRefused, match="Say why"):
        revise_review(actor=published.jon, review=published.now(), reason=" ")
    revise_review(actor=published.mara, review=published.now(), reason="The commander may.")
    change = StateChange.objects.filter(move="revise").get()
    assert (change.reason, change.actor) == ("The commander may.", published.mara)


def test_withdrawn_review_is_closed_and_its_publication_marked(published: Setting) -> None:
    with pytest.raises(AccessDenied):
        withdraw_review(actor=published.mara, review=published.now(), reason="So.")
    withdraw_review(actor=published.jon, review=published.now(), reason="It named a customer.")
    review = published.now()
    assert (review.state, review.closed_because) == (ReviewState.WITHDRAWN, "It named a customer.")
    assert Publication.objects.get().withdrawn_at is not None
    with pytest.raises(PublishedText, match="This review is withdrawn"):
        highlight_entry(actor=published.jon, entry=published.incident.entries.get(number=1), on=True)
    with pytest.raises(InvalidTransition):
        revise_review(actor=published.jon, review=review, reason="No way back.")


def test_withdrawn_draft_in_review_keeps_no_signature() -> None:
    made = make_setting(ReviewState.IN_REVIEW)
    with scope(organization=made.organization):
        sign(made, made.priya, OWNER)
        withdraw_review(actor=made.jon, review=made.now(), reason="A drill.")
        assert SignOff.objects.get().voided_because == "The review was withdrawn"


def test_replaced_review_names_the_other_one(published: Setting) -> None:
    other = another_review(published)
    supersede_review(actor=published.jon, review=published.now(), by=other, reason="One cause, one review.")
    review = published.now()
    assert (review.state, review.superseded_by) == (ReviewState.SUPERSEDED, other)
    assert Publication.objects.get().superseded_at is not None


def test_review_is_not_replaced_by_itself_or_by_a_closed_one(published: Setting) -> None:
    with pytest.raises(RevisionRefused, match="cannot replace itself"):
        supersede_review(actor=published.jon, review=published.now(), by=published.now(), reason="So.")
    other = another_review(published)
    withdraw_review(actor=published.jon, review=other, reason="A drill.")
    other.refresh_from_db()
    with pytest.raises(RevisionRefused, match="is withdrawn itself"):
        supersede_review(actor=published.jon, review=published.now(), by=other, reason="So.")


def test_review_that_was_closed_meanwhile_replaces_nothing(published: Setting) -> None:
    """Two people who replace each other's reviews at once would leave none in force."""
    seen = another_review(published)
    supersede_review(actor=published.jon, review=seen, by=published.now(), reason="One cause.")
    with pytest.raises(RevisionRefused, match=r"replaced|superseded"):
        supersede_review(actor=published.jon, review=published.now(), by=seen, reason="One cause.")
    assert published.now().state == ReviewState.PUBLISHED


def test_screens_ask_for_the_reason_and_mark_what_was_closed(published: Setting, client: Client) -> None:
    names = [published.organization.slug, published.incident.reference]
    client.force_login(published.jon)
    shown = client.get(reverse("reviews:detail", args=names)).content.decode()
    for name in ("revise", "supersede", "withdraw"):
        assert f'href="{reverse(f"reviews:{name}", args=names)}"' in shown
    url = reverse("reviews:supersede", args=names)
    answer = client.post(url, {"by": "INC-1999-0001", "reason": "So."})
    assert answer.status_code == 422
    assert "There is no other review of INC-1999-0001" in answer.content.decode()
    other = another_review(published)
    client.post(url, {"by": other.incident.reference.lower(), "reason": "One cause, one review."})
    page = client.get(reverse("reviews:publication", args=names)).content.decode()
    assert "One cause, one review." in page
    assert other.incident.reference in page
    listed = client.get(reverse("reviews:list", args=names[:1]), {"state": "closed"}).content.decode()
    assert published.incident.reference in listed


def test_every_edition_can_be_read(published: Setting, client: Client) -> None:
    names = [published.organization.slug, published.incident.reference]
    revise_review(actor=published.jon, review=published.now(), reason="The vendor wrote to us.")
    publish_again(published)
    client.force_login(published.priya)
    first, second = Publication.objects.order_by("number")
    url = reverse("reviews:publication", args=names)
    latest, earlier = (
        client.get(url).content.decode(),
        client.get(url, {"number": "1"}).content.decode(),
    )
    assert second.snapshot.sha256 in latest
    assert "The vendor wrote to us." in latest
    assert first.snapshot.sha256 in earlier
    assert "A later edition took the place of this one" in earlier
    assert client.get(url, {"number": "3"}).status_code == 404
