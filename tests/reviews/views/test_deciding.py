"""Submitting, asking for changes, signing and publishing on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from governance.enums import DeliveryStatus, Role
from governance.models import Delivery, User
from reviews.content import current_sha256
from reviews.enums import ReviewState, SignOffRole
from reviews.models import Publication, Section, SignOff, Waiver
from reviews.services import save_section
from tests.factories import make_incident, make_member
from tests.factories.people import PASSWORD
from tests.reviews.builders import Setting, answer_all, make_setting, sign

pytestmark = pytest.mark.django_db


def make(state: ReviewState) -> Iterator[Setting]:
    made = make_setting(state)
    with scope(organization=made.organization):
        yield made


@pytest.fixture
def drafting() -> Iterator[Setting]:
    yield from make(ReviewState.DRAFTING)


@pytest.fixture
def in_review() -> Iterator[Setting]:
    yield from make(ReviewState.IN_REVIEW)


@pytest.fixture
def approved() -> Iterator[Setting]:
    yield from make(ReviewState.APPROVED)


@pytest.fixture
def published() -> Iterator[Setting]:
    yield from make(ReviewState.PUBLISHED)


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def page(client: Client, person: User, url: str) -> str:
    client.force_login(person)
    return client.get(url).content.decode()


def test_buttons_show_what_the_person_may_do_next(in_review: Setting, client: Client) -> None:
    signs, requests, publishes = (address(in_review, name) for name in ("sign", "request_changes", "publish"))
    as_owner = page(client, in_review.priya, address(in_review, "detail"))
    assert f'href="{signs}"' in as_owner
    assert f'href="{requests}"' in as_owner
    as_lead = page(client, in_review.jon, address(in_review, "detail"))
    assert f'href="{signs}"' not in as_lead
    assert f'action="{publishes}"' not in as_lead


def test_submit_says_what_is_missing_and_then_submits(drafting: Setting, client: Client) -> None:
    assert "questions are open" in page(client, drafting.jon, address(drafting, "detail"))
    client.post(address(drafting, "submit"))
    assert drafting.now().state == ReviewState.DRAFTING
    answer_all(drafting)
    answer = client.post(address(drafting, "submit"), follow=True)
    assert "waits for its signatures" in answer.content.decode()
    assert drafting.now().state == ReviewState.IN_REVIEW


def test_sign_page_shows_text_hash_and_meanings_and_signs(in_review: Setting, client: Client) -> None:
    shown = page(client, in_review.priya, address(in_review, "sign"))
    sha256 = current_sha256(in_review.now())
    assert f"sha256 {sha256}" in shown
    assert "Reproduced, or shown beyond doubt by evidence" in shown
    assert "Not known, or there is no single root cause" in shown
    assert 'class="passage"' in shown
    assert re.search(r"\d+ sentences, \d+ factors?, \d+ entries", shown)
    role = SignOffRole.SERVICE_OWNER
    values = {"role": role, "sha256": sha256, "confidence": "probable", "reason": "The log shows it."}
    values |= {"password": PASSWORD}
    assert client.post(address(in_review, "sign"), values).status_code == 302
    assert SignOff.objects.get().signer == in_review.priya
    assert "The log shows it." not in shown


def test_signature_on_a_changed_text_comes_back_with_what_was_typed(
    in_review: Setting, client: Client
) -> None:
    page(client, in_review.priya, address(in_review, "sign"))
    shown = current_sha256(in_review.now())
    section = Section.objects.get(review=in_review.review, key="summary")
    save_section(actor=in_review.jon, section=section, body="Another text.", version=1)
    values = {
        "role": "service_owner",
        "sha256": shown,
        "confidence": "suspected",
        "reason": "My long reason.",
        "password": PASSWORD,
    }
    answer = client.post(address(in_review, "sign"), values)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "The text changed while you read it" in text
    assert "My long reason.</textarea>" in text
    assert f'value="{current_sha256(in_review.now())}"' in text
    assert not SignOff.objects.exists()


def test_signer_who_signed_before_sees_what_changed(in_review: Setting, client: Client) -> None:
    sign(in_review, in_review.priya, SignOffRole.SERVICE_OWNER)
    section = Section.objects.get(review=in_review.review, key="summary")
    save_section(actor=in_review.jon, section=section, body=f"{section.body} Two more words.", version=1)
    shown = page(client, in_review.priya, address(in_review, "sign"))
    assert "Changed since you last signed" in shown
    assert "Two more words.</ins>" in shown


def test_incomplete_signature_keeps_nothing_and_says_why(in_review: Setting, client: Client) -> None:
    page(client, in_review.priya, address(in_review, "sign"))
    values = {"role": "service_owner", "sha256": current_sha256(in_review.now())}
    answer = client.post(address(in_review, "sign"), values)
    assert answer.status_code == 422
    assert "Choose how sure you are" in answer.content.decode()
    assert "Say why, in a sentence" in answer.content.decode()


def test_person_without_a_post_meets_403(in_review: Setting, client: Client) -> None:
    client.force_login(in_review.jon)
    assert client.get(address(in_review, "sign")).status_code == 403
    values = {
        "role": "service_owner",
        "sha256": current_sha256(in_review.now()),
        "confidence": "unknown",
        "reason": "X.",
    }
    assert client.post(address(in_review, "sign"), values).status_code == 403


def test_requested_changes_are_shown_to_the_authors(in_review: Setting, client: Client) -> None:
    client.force_login(in_review.priya)
    url = address(in_review, "request_changes")
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Tell the detection better."}).status_code == 302
    shown = page(client, in_review.jon, address(in_review, "detail"))
    assert "Priya Nair requested changes" in shown
    assert "Tell the detection better." in shown


def test_publishing_leads_to_the_publication_with_its_steps(approved: Setting, client: Client) -> None:
    client.force_login(approved.mara)
    answer = client.post(address(approved, "publish"))
    assert answer["Location"] == address(approved, "publication")
    shown = client.get(address(approved, "publication")).content.decode()
    publication = Publication.objects.get()
    assert publication.snapshot.sha256 in shown
    assert 'hx-trigger="every 2s"' in shown
    assert "look again" in shown
    assert "Confluence page" in shown


def test_finished_publication_stops_polling_and_offers_its_files(published: Setting, client: Client) -> None:
    publication = Publication.objects.get()
    rows = Delivery.objects.of_group(publication.group)
    rows.update(status=DeliveryStatus.NOT_CONNECTED, finished_at=publication.published_at)
    shown = page(client, published.mara, address(published, "publication"))
    assert "hx-trigger" not in shown
    assert "Not connected" in shown
    assert client.get(address(published, "download", "pdf")).status_code == 404
    assert client.get(address(published, "download", "other")).status_code == 404


def test_failed_step_is_tried_again_by_somebody_with_the_right(published: Setting, client: Client) -> None:
    publication = Publication.objects.get()
    row = Delivery.objects.of_group(publication.group).first()
    Delivery.objects.filter(pk=row.pk).update(
        status=DeliveryStatus.FAILED, last_error="Confluence said no.", finished_at=publication.published_at
    )
    assert "Confluence said no." in page(client, published.mara, address(published, "publication"))
    client.post(address(published, "retry", row.pk))
    row.refresh_from_db()
    assert row.status == DeliveryStatus.PENDING
    client.force_login(published.priya)
    assert client.post(address(published, "retry", row.pk)).status_code == 403


def test_polled_steps_are_a_fragment(published: Setting, client: Client) -> None:
    client.force_login(published.jon)
    answer = client.get(address(published, "publication"), headers={"HX-Request": "true"}).content.decode()
    assert answer.lstrip().startswith("<section")
    assert "<html" not in answer


def test_published_review_offers_no_edit(published: Setting, client: Client) -> None:
    shown = page(client, published.jon, address(published, "detail"))
    assert address(published, "section_edit", "summary") not in shown
    assert address(published, "factor_new") not in shown
    client.post(address(published, "section_edit", "summary"), {"body": "X", "version": 1})
    assert Section.objects.get(review=published.review, key="summary").body != "X"


@pytest.mark.parametrize(
    ("name", "parts"),
    [("section_edit", ["summary"]), ("factor_new", []), ("factor_edit", [1]), ("request_changes", [])],
)
def test_published_text_offers_no_form(
    published: Setting, client: Client, name: str, parts: list[object]
) -> None:
    client.force_login(published.jon)
    answer = client.get(address(published, name, *parts))
    assert answer.status_code == 422
    assert "They stay as they are." in answer.content.decode()


def test_skipped_postmortem_is_shown_with_its_reason_and_taken_back(
    in_review: Setting, client: Client
) -> None:
    ines = make_member(in_review.organization, Role.MANAGER, name="Ines Duarte")
    incident = make_incident(in_review.organization, in_review.mara, (in_review.service,))
    names = [in_review.organization.slug, incident.reference]
    client.force_login(ines)
    offered = client.get(reverse("incidents:detail", args=names)).content.decode()
    assert f'href="{reverse("reviews:skip", args=names)}"' in offered
    ends_on = timezone.now().date() + timedelta(days=9)
    client.post(reverse("reviews:skip", args=names), {"reason": "It was a drill.", "ends_on": ends_on})
    shown = client.get(reverse("incidents:detail", args=names)).content.decode()
    assert "No postmortem is asked for until" in shown
    assert "It was a drill." in shown
    assert "No postmortem asked" in client.get(reverse("incidents:list", args=names[:1])).content.decode()
    listed = reverse("reviews:exceptions", args=names[:1])
    assert "It was a drill." in client.get(listed).content.decode()
    url = reverse("reviews:waiver_revoke", args=[names[0], Waiver.objects.get().pk])
    client.post(url, {"reason": "It was none."})
    assert "It was none." not in client.get(listed).content.decode()
    assert "It was none." in client.get(listed, {"show": "past"}).content.decode()


def test_manager_grants_an_exception_on_its_page(in_review: Setting, client: Client) -> None:
    client.force_login(make_member(in_review.organization, Role.MANAGER, name="Ines Duarte"))
    url = address(in_review, "waiver")
    assert f'href="{url}"' in client.get(address(in_review, "detail")).content.decode()
    answer = client.post(url, {"what": "check::unanswered", "reason": "So."})
    assert answer.status_code == 422
    values = {
        "what": f"signature:service_owner:{in_review.service.pk}",
        "reason": "Priya is on leave.",
        "ends_on": timezone.now().date() + timedelta(days=9),
    }
    assert client.post(url, values).status_code == 302
    shown = client.get(address(in_review, "detail")).content.decode()
    assert "Priya is on leave." in shown
    assert Waiver.objects.get().service == in_review.service
