"""The workbench as people use it: with htmx and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import User
from incidents.models import Entry
from incidents.services import clear_milestone, hide_entry
from reviews.enums import ReviewState
from reviews.models import Factor, Question, Review, Section
from reviews.services import save_factor, save_section
from tests.factories import make_incident, make_member, make_organization
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


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


def section(setting: Setting, key: str = "summary") -> Section:
    row: Section = Section.objects.get(review=setting.review, key=key)
    return row


def test_workbench_shows_sentences_with_their_evidence_and_what_is_asked(
    setting: Setting, client: Client
) -> None:
    page = as_(setting.jon, client).get(address(setting, "detail")).content.decode()
    assert 'data-cites="2"' in page
    assert 'data-entry="2"' in page
    assert "How many customers, requests or payments were affected" in page
    assert "questions have no answer" in page


def test_cited_entry_that_is_hidden_says_so_in_the_margin(setting: Setting, client: Client) -> None:
    entry = Entry.objects.get(incident=setting.incident, number=4)
    save_section(actor=setting.jon, section=section(setting), body="We looked at it. [E4]", version=1)
    clear_milestone(actor=setting.jon, incident=setting.incident, kind="acknowledged")
    hide_entry(actor=setting.jon, entry=entry, reason="Another cluster")
    page = as_(setting.jon, client).get(address(setting, "detail")).content.decode()
    assert "Another cluster. It is published because a sentence cites it." in page


def test_section_is_edited_without_javascript(setting: Setting, client: Client) -> None:
    browser = as_(setting.jon, client)
    url = address(setting, "section_edit", "summary")
    form = browser.get(url).content.decode()
    assert "<textarea" in form
    assert "<html" in form
    answer = browser.post(url, {"body": "We were slow. [E2]", "version": 1})
    assert (answer.status_code, answer["Location"]) == (302, f"{address(setting, 'detail')}#summary")
    assert section(setting).body == "We were slow. [E2]"


def test_section_is_edited_in_place_with_htmx(setting: Setting, client: Client) -> None:
    browser = as_(setting.jon, client)
    url = address(setting, "section_edit", "summary")
    headers = {"HX-Request": "true"}
    form = browser.get(url, headers=headers).content.decode()
    assert form.lstrip().startswith("<section")
    assert 'id="summary"' in form
    saved = browser.post(url, {"body": "We were slow. [E2]", "version": 1}, headers=headers)
    assert saved.status_code == 200
    assert "We were slow." in saved.content.decode()
    assert "<html" not in saved.content.decode()


def test_save_in_place_brings_what_it_changes_beside_the_section(setting: Setting, client: Client) -> None:
    """The signatures that the edit voided, the checks, the possible moves, and how many proposals are open."""
    bring_to(setting, ReviewState.APPROVED)
    answer = as_(setting.jon, client).post(
        address(setting, "section_edit", "summary"),
        {"body": "We were slow. [E2]", "version": 1},
        headers={"HX-Request": "true"},
    )
    page = answer.content.decode()
    assert page.count('hx-swap-oob="true"') == 4
    assert page.count("waiting") == 2
    assert page.count("signature voided: “Summary” was edited") == 2
    assert "All have signed this text" not in page
    shown = as_(setting.jon, client).get(address(setting, "detail")).content.decode()
    assert "hx-swap-oob" not in shown


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_stale_save_keeps_what_was_typed_and_shows_both(
    setting: Setting, client: Client, headers: dict[str, str]
) -> None:
    save_section(actor=setting.mara, section=section(setting), body="Hers stands here.", version=1)
    browser = as_(setting.jon, client)
    url = address(setting, "section_edit", "summary")
    answer = browser.post(url, {"body": "His words.", "version": 1}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "His words.</textarea>" in page
    assert "Hers stands here." in page
    assert 'name="version" value="2"' in page
    assert section(setting).body == "Hers stands here."
    browser.post(url, {"body": "Both words.", "version": 2}, headers=headers)
    assert section(setting).body == "Both words."


def test_unknown_citation_comes_back_with_the_words(setting: Setting, client: Client) -> None:
    answer = as_(setting.jon, client).post(
        address(setting, "section_edit", "summary"), {"body": "So it was. [E99]", "version": 1}
    )
    assert answer.status_code == 422
    assert "E99 is not in this chronology" in answer.content.decode()
    assert "So it was. [E99]</textarea>" in answer.content.decode()


def test_markup_of_people_and_logs_stays_words(setting: Setting, client: Client) -> None:
    body = (
        "<script>alert(1)</script> and <b onclick=x>bold</b> and [link](javascript:alert(1)) and **strong**."
    )
    save_section(actor=setting.jon, section=section(setting), body=body, version=1)
    page = as_(setting.jon, client).get(address(setting, "detail")).content.decode()
    assert "<script>alert" not in page
    assert "<b onclick" not in page
    assert "javascript:alert" not in page.replace("](javascript:alert(1))", "")
    assert "<strong>strong</strong>" in page


def test_history_shows_each_revision_as_a_redline(setting: Setting, client: Client) -> None:
    save_section(actor=setting.mara, section=section(setting), body="One sentence.", version=1)
    save_section(actor=setting.jon, section=section(setting), body="Another sentence.", version=2)
    page = as_(setting.priya, client).get(address(setting, "section_history", "summary")).content.decode()
    assert "Revision 3" in page
    assert "Revision 1" in page
    assert "</span>One</del>" in page
    assert "</span>Another</ins>" in page


def test_question_is_answered_on_a_plain_page(setting: Setting, client: Client) -> None:
    question = Question.objects.get(review=setting.review, code="impact_numbers")
    browser = as_(setting.mara, client)
    refused = browser.post(address(setting, "answer", question.pk), {"answer": "unknown"})
    assert refused.status_code == 422
    assert "Say why it is not known" in refused.content.decode()
    answer = browser.post(address(setting, "answer", question.pk), {"answer": "About 40 requests."})
    assert answer.status_code == 302
    assert "About 40 requests." in browser.get(address(setting, "detail")).content.decode()


def test_factor_is_added_changed_and_removed(setting: Setting, client: Client) -> None:
    browser = as_(setting.mara, client)
    values = {"statement": "The limit was fixed.", "confidence": "probable", "evidence_for": "E2, e3"}
    assert browser.post(address(setting, "factor_new"), values).status_code == 302
    factor = Factor.objects.get(review=setting.review, number=2)
    assert {row.entry.number for row in factor.evidence.all()} == {2, 3}
    form = browser.get(address(setting, "factor_edit", 2)).content.decode()
    assert "E2, E3" in form
    stale = {**values, "statement": "My words.", "version": 7}
    refused = browser.post(address(setting, "factor_edit", 2), stale)
    assert refused.status_code == 422
    assert "My words." in refused.content.decode()
    unknown = browser.post(address(setting, "factor_new"), {**values, "evidence_for": "E77"})
    assert unknown.status_code == 422
    assert "E77 is not in this chronology" in unknown.content.decode()
    assert browser.post(address(setting, "factor_remove", 2)).status_code == 302
    assert not Factor.objects.filter(review=setting.review, number=2).exists()


def test_reader_without_the_right_is_shown_no_form(setting: Setting, client: Client) -> None:
    browser = as_(make_member(setting.organization, Role.AUDITOR), client)
    page = browser.get(address(setting, "detail")).content.decode()
    assert address(setting, "section_edit", "summary") not in page
    assert (
        browser.post(address(setting, "section_edit", "summary"), {"body": "X", "version": 1}).status_code
        == 403
    )


def test_review_of_another_organization_is_not_there(setting: Setting, client: Client) -> None:
    stranger = make_member(make_organization(), Role.SRE_LEAD)
    browser = as_(stranger, client)
    assert browser.get(address(setting, "detail")).status_code == 404
    own = reverse(
        "reviews:detail", args=[stranger.memberships.get().organization.slug, setting.incident.reference]
    )
    assert browser.get(own).status_code == 404
    assert browser.post(address(setting, "section_edit", "summary"), {"body": "X"}).status_code == 404


def test_draft_is_made_once_from_the_incident(setting: Setting, client: Client) -> None:
    incident = make_incident(setting.organization)
    browser = as_(setting.jon, client)
    url = reverse("reviews:draft", args=[setting.organization.slug, incident.reference])
    empty = browser.post(url, follow=True)
    assert "The chronology is empty" in empty.content.decode()
    assert not Review.objects.filter(incident=incident).exists()
    again = browser.post(address(setting, "draft"))
    assert again.status_code == 302
    assert Review.objects.filter(incident=setting.incident).count() == 1


def test_list_tells_open_from_published(setting: Setting, client: Client) -> None:
    browser = as_(setting.jon, client)
    url = reverse("reviews:list", args=[setting.organization.slug])
    assert setting.incident.title in browser.get(url).content.decode()
    assert setting.incident.title not in browser.get(url, {"state": "published"}).content.decode()
    bring_to(setting, ReviewState.PUBLISHED)
    assert setting.incident.title in browser.get(url, {"state": "published"}).content.decode()
    assert setting.incident.title not in browser.get(url).content.decode()


def queries_of(browser: Client, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_workbench_takes_as_many_queries_for_many_sentences_as_for_few(
    setting: Setting, client: Client
) -> None:
    browser = as_(setting.jon, client)
    url = address(setting, "detail")
    few = queries_of(browser, url)
    body = " ".join(f"Sentence {position} is here. [E{position % 6 + 1}]" for position in range(30))
    save_section(actor=setting.jon, section=section(setting), body=body, version=1)
    for _ in range(3):
        save_factor(actor=setting.jon, review=setting.review, statement="A limit.", confidence="unknown")
    assert queries_of(browser, url) == few
