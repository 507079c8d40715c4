"""Risks on the screens, in My work and in reminders: before the publication and after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from governance.enums import NoticeKind, Role
from governance.models import Notice, User
from governance.selectors import today_in
from incidents.models import Incident
from reviews.content import content_of
from reviews.enums import ReviewState
from reviews.models import Review, Risk
from reviews.publishers.printed import context_of
from reviews.publishers.published import Published, load
from reviews.publishers.storage import page_body
from reviews.selectors.waiting import waiting_in_reviews
from reviews.services import close_risk, look_again, save_risk, withdraw_review
from reviews.services.reminding import remind_of_risks
from tests.factories import make_incident, make_member
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db

WORDS = "The old primary may take writes again."


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        Risk.objects.filter(review=made.review).delete()
        yield made


def address(setting: Setting, name: str, *parts: object) -> str:
    return reverse(f"reviews:{name}", args=[setting.organization.slug, setting.incident.reference, *parts])


def as_(person: User, client: Client) -> Client:
    client.force_login(person)
    return client


def day(setting: Setting, days: int = 30) -> date:
    return today_in(setting.organization.pk) + timedelta(days=days)


def stated(setting: Setting, statement: str = f"{WORDS} [E2]", owner: User | None = None) -> Risk:
    return save_risk(
        actor=setting.mara,
        review=setting.now(),
        statement=statement,
        owner=owner or setting.priya,
        review_on=day(setting),
    )


def comes(risk: Risk, setting: Setting, days: int = 0) -> None:
    """Let its day come."""
    Risk.objects.filter(pk=risk.pk).update(review_on=day(setting, days))


def published(setting: Setting) -> Published:
    bring_to(setting, ReviewState.PUBLISHED)
    found = setting.now().publications.get()
    return load(found.pk)


def noon(setting: Setting) -> datetime:
    return datetime.combine(day(setting, 0), time(12), UTC)


def test_risk_is_stated_changed_accepted_put_off_and_closed_without_javascript(
    setting: Setting, client: Client
) -> None:
    browser = as_(setting.mara, client)
    form = {"statement": f"{WORDS} [E2]", "owner": setting.priya.pk, "review_on": day(setting).isoformat()}
    answer = browser.post(address(setting, "risk_new"), form)
    assert (answer.status_code, answer["Location"]) == (302, f"{address(setting, 'detail')}#risks")
    risk = Risk.objects.get(review=setting.review)
    for name, sent in (
        ("risk", {**form, "statement": "It may take writes.", "version": 1}),
        ("risk_accept", {"because": "Its price is too high.", "version": 2}),
        ("risk_again", {"on": day(setting, 60).isoformat(), "version": 3}),
        ("risk_close", {"because": "The old primary is gone.", "version": 4}),
    ):
        page = browser.get(address(setting, "risk", 1)).content.decode()
        assert f'action="{address(setting, name, 1)}"' in page
        assert browser.post(address(setting, name, 1), sent).status_code == 302
    risk.refresh_from_db()
    assert (risk.statement, risk.accepted_because) == ("It may take writes.", "Its price is too high.")
    assert (risk.review_on, risk.closed_because) == (day(setting, 60), "The old primary is gone.")
    closed = browser.get(address(setting, "risk", 1)).content.decode()
    assert "The old primary is gone." in closed
    assert "<textarea" not in closed


def test_refused_form_comes_back_with_what_was_typed(setting: Setting, client: Client) -> None:
    stated(setting)
    browser = as_(setting.mara, client)
    answer = browser.post(address(setting, "risk", 1), {"statement": "X is near. [E99]", "version": 1})
    assert answer.status_code == 422
    assert "X is near. [E99]" in answer.content.decode()
    stale = browser.post(address(setting, "risk_close", 1), {"because": "Gone at last.", "version": 7})
    assert stale.status_code == 422
    assert "Gone at last." in stale.content.decode()
    assert browser.post(address(setting, "risk_new"), {"statement": " "}).status_code == 422


def test_workbench_shows_risks_below_their_section_and_asks_for_owner_and_day(
    setting: Setting, client: Client
) -> None:
    stated(setting)
    Risk.objects.update(owner=None, review_on=None)
    page = as_(setting.mara, client).get(address(setting, "detail")).content.decode()
    assert page.index('id="unresolved_risks"') < page.index('id="risk-1"')
    assert "Say who watches it, and on which day it is looked at." in page
    Risk.objects.update(owner=setting.priya, review_on=day(setting))
    page = client.get(address(setting, "detail")).content.decode()
    assert "Say who watches it" not in page
    assert "Watched by Priya Nair" in page
    assert WORDS in page


def test_risks_are_shown_where_the_review_has_no_section_for_them(setting: Setting, client: Client) -> None:
    stated(setting)
    other = Review(organization=setting.organization, incident=make_incident(setting.organization))
    other.save()
    Risk.objects.update(review=other)
    bare = reverse("reviews:detail", args=[setting.organization.slug, other.incident.reference])
    page = as_(setting.mara, client).get(bare).content.decode()
    assert page.count('id="risk-1"') == 1


def test_signer_reads_the_risks(setting: Setting, client: Client) -> None:
    stated(setting)
    bring_to(setting, ReviewState.IN_REVIEW)
    page = as_(setting.priya, client).get(address(setting, "sign")).content.decode()
    assert WORDS in page
    assert "Add a risk" not in page


def test_page_of_a_risk_offers_nothing_to_who_may_not(setting: Setting, client: Client) -> None:
    stated(setting)
    auditor = make_member(setting.organization, Role.AUDITOR)
    page = as_(auditor, client).get(address(setting, "risk", 1)).content.decode()
    assert WORDS in page
    assert "<textarea" not in page
    Risk.objects.update(owner=auditor)
    page = client.get(address(setting, "risk", 1)).content.decode()
    assert address(setting, "risk_close", 1) in page
    assert address(setting, "risk_accept", 1) not in page


def test_risk_of_a_private_incident_is_not_there_for_others(setting: Setting, client: Client) -> None:
    stated(setting)
    Incident.objects.filter(pk=setting.incident.pk).update(is_private=True)
    outsider = as_(make_member(setting.organization, Role.SRE_LEAD), client)
    for name in ("risk", "risk_accept", "risk_again", "risk_close"):
        assert outsider.post(address(setting, name, 1)).status_code == 404


def test_risk_waits_for_its_owner_when_its_day_has_come(setting: Setting) -> None:
    risk = stated(setting)

    def waits(person: User) -> list[tuple[str, bool]]:
        rows = waiting_in_reviews(person, setting.organization)
        return [(row.url, row.overdue) for row in rows if row.kind == "Risk"]

    assert waits(setting.priya) == []
    comes(risk, setting)
    assert waits(setting.priya) == [(address(setting, "risk", 1), False)]
    assert waits(setting.jon) == []
    bring_to(setting, ReviewState.PUBLISHED)
    comes(risk, setting, -2)
    assert waits(setting.priya) == [(address(setting, "risk", 1), True)]
    look_again(actor=setting.priya, risk=risk, on=day(setting, 9))
    assert waits(setting.priya) == []
    comes(risk, setting)
    close_risk(actor=setting.priya, risk=risk, because="It is gone.")
    assert waits(setting.priya) == []


def test_owner_who_may_no_longer_see_the_incident_is_not_waited_for(setting: Setting) -> None:
    owner = make_member(setting.organization, Role.RESPONDER)
    comes(stated(setting, owner=owner), setting)
    Incident.objects.filter(pk=setting.incident.pk).update(is_private=True)
    assert not waiting_in_reviews(owner, setting.organization)
    assert remind_of_risks(organization=setting.organization, now=noon(setting)) == 0


def test_owner_is_reminded_once_for_each_day_also_after_the_publication(setting: Setting) -> None:
    risk = stated(setting)
    bring_to(setting, ReviewState.PUBLISHED)

    def remind() -> int:
        return remind_of_risks(organization=setting.organization, now=noon(setting))

    assert remind() == 0
    comes(risk, setting)
    assert (remind(), remind()) == (1, 0)
    told = Notice.objects.get(recipient=setting.priya, key__startswith="risk:")
    assert (told.kind, told.path) == (NoticeKind.DEADLINE_NEAR, address(setting, "risk", 1))
    assert WORDS in told.text
    comes(risk, setting, -1)
    assert remind() == 1
    comes(risk, setting, -40)
    assert remind() == 0


def test_nobody_is_reminded_of_a_withdrawn_review(setting: Setting) -> None:
    risk = stated(setting)
    withdraw_review(actor=setting.jon, review=setting.now(), reason="It was a drill.")
    comes(risk, setting)
    assert remind_of_risks(organization=setting.organization, now=noon(setting)) == 0
    assert not [row for row in waiting_in_reviews(setting.priya, setting.organization) if row.kind == "Risk"]


def test_reminders_of_the_day_hold_the_risks(setting: Setting) -> None:
    from reviews.services.reminding import remind

    comes(stated(setting), setting)
    remind(organization=setting.organization, now=noon(setting))
    assert Notice.objects.filter(recipient=setting.priya, key__startswith="risk:").count() == 1


def test_publication_keeps_the_risk_and_shows_how_it_stands_today(setting: Setting, client: Client) -> None:
    risk = stated(setting)
    form = published(setting)
    page = as_(setting.priya, client).get(address(setting, "publication")).content.decode()
    assert WORDS in page
    assert "Open today" in page
    close_risk(actor=setting.priya, risk=risk, because="It was taken apart.")
    page = client.get(address(setting, "publication")).content.decode()
    assert WORDS in page
    assert re.search(r"Closed since.*It was taken apart\.", page, re.DOTALL)
    assert (
        load(form.publication.pk).content["risks"]
        == form.content["risks"]
        == content_of(setting.now())["risks"]
    )


def test_confluence_and_pdf_show_risks_with_owner_and_day(setting: Setting) -> None:
    from reviews.publishers.pdf import document_html

    stated(setting)
    form = published(setting)
    page = page_body(form)
    assert page.index("<h2>Unresolved risks</h2>") < page.index(WORDS)
    assert "<td>Priya Nair</td>" in page
    assert day(setting).isoformat() in page
    assert context_of(form)["risks"][0]["day"].startswith(str(day(setting).day))
    html = document_html(form)
    assert WORDS in html
    assert "Priya Nair" in html


def test_record_with_risks_and_natures_fits_its_schema(setting: Setting) -> None:
    import json
    from pathlib import Path

    from django.conf import settings

    from reviews.publishers.record import record_of
    from reviews.services import save_factor
    from tests.reviews.publishers.schema import faults

    stated(setting)
    stated(setting, "Nobody watches the limit.")
    save_factor(
        actor=setting.mara,
        review=setting.review,
        statement="The limit was low.",
        confidence="probable",
        nature="human",
        whys=["Nobody owned it."],
    )
    schema = json.loads((Path(settings.BASE_DIR) / "docs" / "portable-record.schema.json").read_text())
    record = record_of(published(setting))
    assert len(record["content"]["risks"]) == 2
    assert list(faults(record, schema, schema)) == []
