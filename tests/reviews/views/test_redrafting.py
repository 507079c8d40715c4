"""Proposed changes as people decide them: with htmx and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import User
from incidents.enums import Precision
from incidents.models import Incident
from incidents.services import add_statement
from reviews.enums import ProposalKind, ProposalState, Provenance, ReviewState
from reviews.models import Factor, Passage, Proposal, Section
from reviews.redrafting import Change
from reviews.services import save_section
from reviews.services.proposals import accept_proposal, propose
from reviews.services.suspecting import suspected
from tests.factories import make_member
from tests.factories.incidents import START
from tests.reviews.builders import Setting, answer_all, bring_to, make_setting

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def as_(person: User, client: Client) -> Client:
    client.force_login(person)
    return client


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def drafted(setting: Setting) -> str:
    row = Passage.objects.filter(section=summary(setting)).order_by("position")[0]
    return f"{row.text} [{', '.join(f'E{one.entry.number}' for one in row.citations.all())}]"


def proposed(setting: Setting, count: int = 1) -> list[Proposal]:
    changes = [
        Change(
            ProposalKind.REPLACE, drafted(setting), "Writes stood still. [E2]", 0, "E2 came after the draft."
        )
    ]
    more = ["Reads went on.", "So did searches.", "Mail came late.", "Pages were slow.", "Nobody paid."]
    changes += [
        Change(ProposalKind.ADD, "", f"{said} [E2]", number)
        for number, said in enumerate(more[: count - 1], start=1)
    ]
    return propose(
        actor=setting.jon, section=summary(setting), changes=changes, provenance=Provenance.EVIDENCE
    )


def new_evidence(setting: Setting) -> None:
    at = START + timedelta(minutes=30)
    add_statement(
        actor=setting.mara,
        incident=setting.incident,
        at=at,
        text="We restarted the proxy",
        precision=Precision.MINUTE,
    )


def test_banner_offers_to_look_until_somebody_did(setting: Setting, client: Client) -> None:
    browser, page = as_(setting.jon, client), address(setting, "detail")
    assert "came after this draft" not in browser.get(page).content.decode()
    new_evidence(setting)
    assert "1 entry came after this draft was made." in browser.get(page).content.decode()
    answer = browser.post(address(setting, "look"), follow=True)
    text = answer.content.decode()
    assert "came after this draft was made" not in text
    assert "proposed beside the sections" in text
    assert "came after the draft." in text


def test_reader_sees_neither_banner_nor_proposals(setting: Setting, client: Client) -> None:
    proposed(setting)
    new_evidence(setting)
    reader = make_member(setting.organization, Role.MANAGER)
    page = as_(reader, client).get(address(setting, "detail")).content.decode()
    assert "came after this draft" not in page
    assert "Writes stood still" not in page


def test_proposal_shows_its_words_its_reason_and_its_entries(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    page = as_(setting.jon, client).get(address(setting, "detail")).content.decode()
    shown = page.partition(f'id="proposal-{row.pk}"')[2].partition("</form>")[0]
    assert "Writes stood still" in shown
    assert "<ins>" in shown
    assert "<del>" in shown
    assert "E2 came after the draft." in shown
    assert (
        reverse("incidents:entry", args=[setting.organization.slug, setting.incident.reference, 2]) in shown
    )
    assert "1 change proposed" in page


def test_change_of_citations_alone_says_so(setting: Setting, client: Client) -> None:
    change = Change(ProposalKind.REPLACE, drafted(setting), drafted(setting).replace("[E2]", "[E3]"))
    propose(actor=setting.jon, section=summary(setting), changes=[change], provenance=Provenance.EVIDENCE)
    page = as_(setting.jon, client).get(address(setting, "detail")).content.decode()
    assert "The words stay; E3 is cited, E2 no longer." in page


@pytest.mark.parametrize(
    ("name", "state", "body"),
    [
        ("proposal_take", ProposalState.ACCEPTED, "Writes stood still. [E2]"),
        ("proposal_reject", ProposalState.REJECTED, ""),
    ],
)
def test_proposal_is_decided_without_javascript(
    setting: Setting, client: Client, name: str, state: str, body: str
) -> None:
    (row,) = proposed(setting)
    answer = as_(setting.jon, client).post(address(setting, name, row.pk))
    assert (answer.status_code, answer["Location"]) == (302, f"{address(setting, 'detail')}#summary")
    row.refresh_from_db()
    assert row.state == state
    assert body in summary(setting).body


def test_proposal_is_taken_in_place_with_htmx(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    answer = as_(setting.jon, client).post(address(setting, "proposal_take", row.pk), headers=HTMX)
    text = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#summary")
    assert "Writes stood still." in text
    assert "The proposal is taken." in text
    assert 'id="proposal-count" hx-swap-oob="true"></span>' in text
    assert "<html" not in text


def test_second_browser_meets_a_sentence_and_the_section_as_it_is(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    accept_proposal(actor=setting.mara, proposal=row)
    body = summary(setting).body
    browser = as_(setting.jon, client)
    answer = browser.post(address(setting, "proposal_reject", row.pk), headers=HTMX)
    assert answer.status_code == 422
    assert "Mara Okafor took this proposal before you" in answer.content.decode()
    told = browser.post(address(setting, "proposal_take", row.pk), follow=True).content.decode()
    assert "Mara Okafor took this proposal before you" in told
    assert summary(setting).body == body


def test_proposal_is_taken_in_other_words(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    browser, url = as_(setting.jon, client), address(setting, "proposal_edit", row.pk)
    assert "Writes stood still. [E2]" in browser.get(url).content.decode()
    assert browser.post(url, {"text": " "}).status_code == 422
    assert browser.post(url, {"text": "Seen. [E99]"}).status_code == 422
    answer = browser.post(url, {"text": "Nobody could write. [E2]"})
    assert answer["Location"] == f"{address(setting, 'detail')}#summary"
    first = Passage.objects.filter(section=summary(setting)).order_by("position")[0]
    assert (first.text, first.author) == ("Nobody could write.", setting.jon)


def test_refused_words_stay_in_the_form_in_place(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    url = address(setting, "proposal_edit", row.pk)
    answer = as_(setting.jon, client).post(url, {"text": "Seen by us. [E99]"}, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Seen by us. [E99]" in text
    assert "E99 is not in this chronology" in text
    assert f'id="proposal-{row.pk}"' in text


def test_all_of_a_section_are_taken_at_once(setting: Setting, client: Client) -> None:
    proposed(setting, 3)
    answer = as_(setting.jon, client).post(address(setting, "proposals_take", "summary"), follow=True)
    assert "3 proposals are taken." in answer.content.decode()
    assert "So did searches. [E2]" in summary(setting).body


def test_stale_proposal_can_only_be_rejected(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    section = summary(setting)
    save_section(actor=setting.mara, section=section, body="All new words.", version=section.version)
    page = as_(setting.jon, client).get(address(setting, "detail")).content.decode()
    shown = page.partition(f'id="proposal-{row.pk}"')[2].partition("</form>")[0]
    assert "cannot be taken" in shown
    assert "Reject" in shown
    assert "Take<" not in shown


def test_open_proposals_do_not_hold_up_a_review_but_signers_are_told(
    setting: Setting, client: Client
) -> None:
    proposed(setting, 2)
    answer_all(setting)
    browser = as_(setting.jon, client)
    assert "2 proposed changes are undecided" in browser.get(address(setting, "detail")).content.decode()
    browser.post(address(setting, "submit"))
    assert setting.now().state == ReviewState.IN_REVIEW
    browser.force_login(setting.priya)
    session = browser.get(address(setting, "sign"), follow=True).content.decode()
    assert "2 proposed changes are undecided" in session


def test_suspected_factor_is_added_from_its_page(setting: Setting, client: Client) -> None:
    Factor.objects.filter(review=setting.review).delete()
    browser, page = as_(setting.jon, client), address(setting, "suspected")
    assert address(setting, "suspected") in browser.get(address(setting, "detail")).content.decode()
    statement = suspected(setting.review)[0].statement
    assert "to the review" in browser.get(page).content.decode()
    told = browser.post(page, {"statement": statement}, follow=True).content.decode()
    assert "The factor is added." in told
    assert Factor.objects.get(review=setting.review).statement == statement
    again = browser.post(page, {"statement": statement}, follow=True).content.decode()
    assert "the review names it already" in again


def test_published_review_shows_and_decides_nothing(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    bring_to(setting, ReviewState.PUBLISHED)
    browser = as_(setting.jon, client)
    assert f"proposal-{row.pk}" not in browser.get(address(setting, "detail")).content.decode()
    told = browser.post(address(setting, "proposal_take", row.pk), follow=True).content.decode()
    assert "This review is published" in told
    assert "Writes stood still" not in summary(setting).body


def test_private_incident_and_another_review_are_not_found(setting: Setting, client: Client) -> None:
    (row,) = proposed(setting)
    other = make_setting()
    browser = as_(other.jon, client)
    paths = [("proposal_take", row.pk), ("proposal_reject", row.pk), ("proposal_edit", row.pk)]
    for name, pk in paths:
        theirs = reverse(f"reviews:{name}", args=[other.organization.slug, other.incident.reference, pk])
        assert browser.post(theirs, {"text": "x"}).status_code == 404
    Incident.objects.filter(pk=setting.incident.pk).update(is_private=True)
    outsider = make_member(setting.organization, Role.RESPONDER)
    browser.force_login(outsider)
    rest: list[tuple[str, *tuple[object, ...]]] = [
        *paths,
        ("look",),
        ("suspected",),
        ("proposals_take", "summary"),
    ]
    for name, *parts in rest:
        assert browser.post(address(setting, name, *parts), {"text": "x"}).status_code == 404


def test_queries_do_not_grow_with_proposals(setting: Setting, client: Client) -> None:
    browser, page = as_(setting.jon, client), address(setting, "detail")
    proposed(setting, 1)
    browser.get(page)
    with CaptureQueriesContext(connection) as one:
        browser.get(page)
    proposed(setting, 6)
    with CaptureQueriesContext(connection) as many:
        browser.get(page)
    assert len(many) == len(one)
