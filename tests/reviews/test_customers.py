"""What customers are told: proposed, written by one person, approved to the byte by another, and copied out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.access import Permission, can
from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, User
from reviews.content import current_sha256, sha256_of
from reviews.enums import ReviewState
from reviews.errors import ClosedText, CustomerTextRefused, StaleCustomerText
from reviews.models import CustomerText, SignOff
from reviews.selectors.customers import CustomerStanding
from reviews.services import (
    approve_customer_text,
    publish_review,
    revise_review,
    save_customer_text,
    submit_review,
    withdraw_review,
)
from tests.factories import make_member
from tests.reviews.builders import Setting, answer_all, bring_to, make_setting, sign

pytestmark = pytest.mark.django_db

WORDS = "## What happened\n\nYou could not place orders for a while. We are sorry."
OTHER = "You could not place orders. We are sorry."


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


@pytest.fixture
def published(setting: Setting) -> Setting:
    bring_to(setting, ReviewState.PUBLISHED)
    return setting


def address(setting: Setting, name: str = "customer", *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def write(setting: Setting, body: str = WORDS, version: int = 0, actor: User | None = None) -> CustomerText:
    person = actor or setting.priya
    return save_customer_text(actor=person, review=setting.now(), body=body, version=version)


def approve(setting: Setting, actor: User, body: str = WORDS, *, despite: bool = False) -> CustomerText:
    return approve_customer_text(
        actor=actor, review=setting.now(), sha256=sha256_of(body), despite_remarks=despite
    )


def standing(setting: Setting) -> CustomerStanding:
    return CustomerStanding(setting.now())


def as_(person: User, client: Client) -> Client:
    client.force_login(person)
    return client


def test_start_is_proposed_and_not_kept_until_somebody_saves_it(setting: Setting) -> None:
    found = standing(setting)
    assert "## What happened" in found.body
    assert (found.is_written, found.is_approved) == (False, False)
    assert not CustomerText.objects.exists()


def test_text_is_written_over_the_version_that_was_read(published: Setting) -> None:
    assert write(published).version == 1
    with pytest.raises(StaleCustomerText):
        write(published, OTHER, version=0, actor=published.jon)
    assert write(published, OTHER, version=1, actor=published.jon).updated_by == published.jon
    assert AuditEntry.objects.filter(action="customer_text.changed").count() == 2


def test_text_beside_the_review_voids_no_signature(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    before = current_sha256(setting.now())
    write(setting)
    assert current_sha256(setting.now()) == before
    assert not SignOff.objects.filter(voided_at__isnull=False).exists()


def test_empty_text_is_refused_and_readers_write_nothing(published: Setting) -> None:
    with pytest.raises(CustomerTextRefused):
        write(published, " \n ")
    with pytest.raises(AccessDenied):
        write(published, actor=make_member(published.organization, Role.AUDITOR))


def test_text_of_a_withdrawn_review_stays(published: Setting) -> None:
    write(published)
    withdraw_review(actor=published.jon, review=published.now(), reason="It was a drill.")
    with pytest.raises(ClosedText):
        write(published, OTHER, version=1)
    with pytest.raises(ClosedText):
        approve(published, published.jon)
    assert not standing(published).is_approved


def test_sre_lead_manager_and_commander_may_approve(setting: Setting) -> None:
    manager = make_member(setting.organization, Role.MANAGER)
    asked = [setting.jon, setting.mara, manager, setting.priya]
    asked += [
        make_member(setting.organization, role) for role in (Role.SECURITY, Role.AUDITOR, Role.ADMINISTRATOR)
    ]
    may = [can(one, Permission.APPROVE_CUSTOMER_TEXT, setting.incident) for one in asked]
    assert may == [True, True, True, False, False, False, False]


def test_exact_bytes_are_approved_by_somebody_else(published: Setting) -> None:
    write(published)
    row = approve(published, published.mara)
    assert (row.approved_by, row.approved_sha256) == (published.mara, sha256_of(WORDS))
    assert standing(published).is_approved
    assert AuditEntry.objects.filter(action="customer_text.approved").exists()


def test_last_writer_does_not_approve(published: Setting) -> None:
    write(published, actor=published.jon)
    with pytest.raises(CustomerTextRefused, match="You wrote this text last"):
        approve(published, published.jon)
    with pytest.raises(AccessDenied):
        approve(published, published.priya)
    assert not standing(published).is_approved


def test_changed_text_is_not_approved_even_when_it_is_changed_back(published: Setting) -> None:
    write(published)
    approve(published, published.jon)
    write(published, OTHER, version=1)
    assert not standing(published).is_approved
    write(published, WORDS, version=2, actor=published.jon)
    assert not standing(published).is_approved
    with pytest.raises(CustomerTextRefused, match="You wrote"):
        approve(published, published.jon)


def test_one_byte_behind_our_back_ends_the_approval(published: Setting) -> None:
    write(published)
    approve(published, published.jon)
    CustomerText.objects.update(body=f"{WORDS} ")
    assert not standing(published).is_approved


def test_text_that_was_not_shown_is_not_approved(published: Setting) -> None:
    write(published, OTHER)
    with pytest.raises(StaleCustomerText):
        approve(published, published.jon, WORDS)


def test_same_words_again_keep_the_approval(published: Setting) -> None:
    write(published)
    approve(published, published.jon)
    write(published, f"{WORDS}\r\n", version=1)
    assert standing(published).is_approved


def test_nothing_is_approved_before_it_is_written_and_published(setting: Setting) -> None:
    with pytest.raises(CustomerTextRefused, match="Write and save it first"):
        approve(setting, setting.jon, "")
    write(setting)
    with pytest.raises(CustomerTextRefused, match="Publish the review first"):
        approve(setting, setting.jon)


def test_blanks_hold_it_up_and_other_remarks_are_for_a_person_to_judge(published: Setting) -> None:
    blank = f"{WORDS} [Say where customers can ask.]"
    write(published, blank)
    with pytest.raises(CustomerTextRefused, match="is still blank"):
        approve(published, published.jon, blank, despite=True)
    named = f"{WORDS} Ask Priya Nair."
    write(published, named, version=1)
    with pytest.raises(CustomerTextRefused, match="Read what is remarked"):
        approve(published, published.jon, named)
    assert approve(published, published.jon, named, despite=True).approved_by == published.jon


def test_later_edition_asks_for_a_new_approval(published: Setting) -> None:
    write(published)
    approve(published, published.jon)
    revise_review(actor=published.mara, review=published.now(), reason="It was worse.")
    assert not standing(published).is_approved
    answer_all(published)
    submit_review(actor=published.jon, review=published.now())
    sign(published, published.priya, "service_owner")
    sign(published, published.mara, "incident_commander")
    publish_review(actor=published.mara, review=published.now())
    found = standing(published)
    assert not found.is_approved
    assert "a later edition" in found.mark
    assert approve(published, published.jon)
    assert standing(published).is_approved


def test_page_shows_remarks_with_ways_out_and_what_was_typed(published: Setting, client: Client) -> None:
    browser = as_(published.priya, client)
    assert "[name the part of your product" in browser.get(address(published)).content.decode()
    body = "Ask Mara Okafor about mysql. [E2]"
    assert browser.post(address(published), {"body": body, "version": 0}).status_code == 302
    page = browser.get(address(published)).content.decode()
    for part in ("A person&#x27;s name", "An internal name", "A reference to the record", "Say “we”"):
        assert part in page
    stale = browser.post(address(published), {"body": "Mine.", "version": 0})
    assert stale.status_code == 422
    assert "Mine." in stale.content.decode()


def test_page_is_marked_until_it_is_approved_and_offers_the_words_then(
    published: Setting, client: Client
) -> None:
    write(published)
    assert (
        "nobody has approved this text"
        in as_(published.priya, client).get(address(published)).content.decode()
    )
    assert address(published, "customer_approve") not in client.get(address(published)).content.decode()
    browser = as_(published.jon, client)
    assert "Approve for customers" in browser.get(address(published)).content.decode()
    sent = {"sha256": sha256_of(WORDS)}
    assert browser.post(address(published, "customer_approve"), sent).status_code == 302
    page = browser.get(address(published)).content.decode()
    assert "Approved by Jon Vik" in page
    assert "Copy it from here" in page


def test_refused_approval_says_why(published: Setting, client: Client) -> None:
    write(published, actor=published.jon)
    answer = as_(published.jon, client).post(
        address(published, "customer_approve"), {"sha256": sha256_of(WORDS)}
    )
    assert answer.status_code == 422
    assert "You wrote this text last" in answer.content.decode()


def test_copies_are_plain_or_markdown_and_a_draft_says_that_it_is_one(
    published: Setting, client: Client
) -> None:
    write(published)
    browser = as_(published.priya, client)
    draft = browser.get(address(published, "customer_copy", "text"))
    assert draft.content.decode().startswith("Draft: nobody has approved this text for customers.\n")
    approve(published, published.jon)
    text = browser.get(address(published, "customer_copy", "text"))
    assert text.content.decode() == f"{WORDS.removeprefix('## ')}\n"
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    markdown = browser.get(address(published, "customer_copy", "markdown"))
    assert markdown.content.decode() == f"{WORDS}\n"
    assert browser.get(address(published, "customer_copy", "word")).status_code == 404
