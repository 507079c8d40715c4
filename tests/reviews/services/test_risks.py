"""Risks: whose they are, when they are looked at again, and what becomes of them after the publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry
from governance.selectors import today_in
from incidents.models import Incident
from reviews.content import content_of, current_sha256, published_entries
from reviews.enums import Provenance, ReviewState
from reviews.errors import PublishedText, RiskRefused, StaleRisk, UnknownCitation
from reviews.models import Factor, Risk, SignOff
from reviews.selectors.reading import changes_since
from reviews.selectors.standing import ReviewStanding
from reviews.services import (
    accept_risk,
    close_risk,
    look_again,
    remove_factor,
    revise_review,
    save_factor,
    save_risk,
    withdraw_review,
)
from tests.factories import make_entry, make_member
from tests.reviews.builders import Setting, bring_to, make_setting, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        Risk.objects.filter(review=made.review).delete()
        yield made


def day(setting: Setting, days: int = 30) -> date:
    return today_in(setting.organization.pk) + timedelta(days=days)


def stated(setting: Setting, **fields: object) -> Risk:
    values = {"statement": "The old primary may take writes again. [E2]", **fields}
    return save_risk(actor=setting.mara, review=setting.now(), **values)  # type: ignore[arg-type]


def owned(setting: Setting) -> Risk:
    return stated(setting, owner=setting.priya, review_on=day(setting))


def test_risk_is_stated_with_what_it_rests_on(setting: Setting) -> None:
    factor = Factor.objects.get(review=setting.review)
    risk = stated(setting, owner=setting.priya, review_on=day(setting), factor=factor)
    assert (risk.label, risk.provenance, risk.author) == ("R1", Provenance.PERSON, setting.mara)
    assert content_of(setting.now())["risks"] == [
        {
            "number": 1,
            "statement": "The old primary may take writes again.",
            "citations": [2],
            "owner": {"id": setting.priya.pk, "name": "Priya Nair"},
            "review_on": day(setting).isoformat(),
            "accepted_because": "",
            "factor": factor.number,
            "provenance": "person",
            "author": {"id": setting.mara.pk, "name": "Mara Okafor"},
        }
    ]
    assert AuditEntry.objects.filter(action="risk.added").exists()


def test_text_without_risks_has_no_key_for_them(setting: Setting) -> None:
    assert "risks" not in content_of(setting.now())


def test_entry_that_only_a_risk_cites_is_published(setting: Setting) -> None:
    quiet = make_entry(setting.incident, text="Disk at 91 %", number=50)
    risk = stated(setting, statement="It may come back. [E50]")
    assert quiet in published_entries(setting.now())
    close_risk(actor=setting.jon, risk=risk, because="It is another cluster.")
    assert quiet not in published_entries(setting.now())


@pytest.mark.parametrize("words", ["", "  \n "])
def test_risk_that_says_nothing_is_refused(setting: Setting, words: str) -> None:
    with pytest.raises(RiskRefused, match="in one sentence"):
        stated(setting, statement=words)


def test_risk_cites_only_what_is_there(setting: Setting) -> None:
    with pytest.raises(UnknownCitation, match="E99"):
        stated(setting, statement="It may come back. [E99]")


def test_owner_must_see_the_incident_and_the_day_must_be_to_come(setting: Setting) -> None:
    stranger = make_member(setting.organization, Role.RESPONDER)
    Incident.objects.filter(pk=setting.incident.pk).update(is_private=True)
    with pytest.raises(RiskRefused, match="cannot see this incident"):
        stated(setting, owner=stranger)
    for days in (0, -1):
        with pytest.raises(RiskRefused, match="a day to come"):
            stated(setting, review_on=day(setting, days))


def test_day_that_has_come_keeps_nobody_from_changing_the_words(setting: Setting) -> None:
    risk = owned(setting)
    Risk.objects.filter(pk=risk.pk).update(review_on=day(setting, -3))
    saved = stated(setting, risk=risk, review_on=day(setting, -3), statement="It may take writes once more.")
    assert saved.review_on == day(setting, -3)


def test_factor_of_another_review_is_refused(setting: Setting) -> None:
    other = make_setting()
    with scope(organization=other.organization):
        foreign = Factor.objects.get(review=other.review)
    with pytest.raises(RiskRefused, match="another review"):
        stated(setting, factor=foreign)


def test_older_version_is_refused(setting: Setting) -> None:
    risk = owned(setting)
    stated(setting, risk=risk, version=1)
    with pytest.raises(StaleRisk):
        stated(setting, risk=risk, version=1)
    for act in (accept_risk, close_risk):
        with pytest.raises(StaleRisk):
            act(actor=setting.mara, risk=risk, because="So.", version=1)


def test_words_that_nobody_changed_stay_the_drafts(setting: Setting) -> None:
    risk = stated(setting)
    Risk.objects.filter(pk=risk.pk).update(provenance=Provenance.EVIDENCE, author=None)
    kept = stated(setting, risk=risk, owner=setting.priya)
    assert (kept.provenance, kept.author) == (Provenance.EVIDENCE, None)
    changed = stated(setting, risk=risk, statement="Something else.")
    assert (changed.provenance, changed.author) == (Provenance.PERSON, setting.mara)


def test_every_change_voids_the_signatures_that_stood(setting: Setting) -> None:
    risk = owned(setting)
    bring_to(setting, ReviewState.IN_REVIEW)
    acts: tuple[Callable[[], object], ...] = (
        lambda: stated(setting, risk=risk, owner=setting.jon),
        lambda: accept_risk(actor=setting.mara, risk=risk, because="Its price is higher than its harm."),
        lambda: look_again(actor=setting.mara, risk=risk, on=day(setting, 60)),
        lambda: close_risk(actor=setting.mara, risk=risk, because="The old primary is gone."),
    )
    for act in acts:
        signed = sign(setting, setting.priya, "service_owner")
        act()
        assert SignOff.objects.get(pk=signed.pk).voided_because.startswith("Risk R1 was")


def test_signer_is_shown_what_changed_about_a_risk(setting: Setting) -> None:
    risk = owned(setting)
    bring_to(setting, ReviewState.IN_REVIEW)
    sign(setting, setting.priya, "service_owner")
    accept_risk(actor=setting.mara, risk=risk, because="Its price is higher than its harm.")
    difference = changes_since(setting.now(), setting.priya, "", ReviewStanding(setting.now()).text)
    assert difference
    assert [one.name for one in difference.changes] == ["Risk R1"]


def test_acceptance_is_taken_back_by_an_empty_reason(setting: Setting) -> None:
    risk = accept_risk(actor=setting.mara, risk=owned(setting), because="Rare.")
    assert content_of(setting.now())["risks"][0]["accepted_because"] == "Rare."
    assert accept_risk(actor=setting.mara, risk=risk, because=" ").accepted_because == ""


def test_risk_is_closed_with_a_reason_and_leaves_the_text(setting: Setting) -> None:
    risk = owned(setting)
    with pytest.raises(RiskRefused, match="Say why"):
        close_risk(actor=setting.mara, risk=risk, because=" ")
    closed = close_risk(actor=setting.mara, risk=risk, because="The old primary is gone.")
    assert closed.closed_by == setting.mara
    assert "risks" not in content_of(setting.now())
    acts: tuple[Callable[[], object], ...] = (
        lambda: stated(setting, risk=risk),
        lambda: accept_risk(actor=setting.mara, risk=risk, because="Rare."),
        lambda: close_risk(actor=setting.mara, risk=risk, because="Again."),
        lambda: look_again(actor=setting.mara, risk=risk, on=day(setting)),
    )
    for act in acts:
        with pytest.raises(RiskRefused, match="R1 is closed"):
            act()


def test_only_writers_and_the_owner_touch_a_risk(setting: Setting) -> None:
    auditor = make_member(setting.organization, Role.AUDITOR)
    risk = owned(setting)
    acts: tuple[Callable[[], object], ...] = (
        lambda: save_risk(actor=auditor, review=setting.review, statement="X."),
        lambda: accept_risk(actor=auditor, risk=risk, because="X."),
        lambda: close_risk(actor=auditor, risk=risk, because="X."),
        lambda: look_again(actor=auditor, risk=risk, on=day(setting, 60)),
    )
    for act in acts:
        with pytest.raises(AccessDenied):
            act()
    Risk.objects.filter(pk=risk.pk).update(owner=auditor)
    mine = Risk.objects.get(pk=risk.pk)
    look_again(actor=auditor, risk=mine, on=day(setting, 60))
    close_risk(actor=auditor, risk=mine, because="The old primary is gone.")


def test_risk_lives_on_beside_what_was_published(setting: Setting) -> None:
    risk = owned(setting)
    bring_to(setting, ReviewState.PUBLISHED)
    before, sha256 = content_of(setting.now()), current_sha256(setting.now())
    with pytest.raises(PublishedText):
        stated(setting, risk=risk, statement="Something else.")
    with pytest.raises(PublishedText):
        accept_risk(actor=setting.mara, risk=risk, because="Rare.")
    look_again(actor=setting.priya, risk=risk, on=day(setting, 90))
    close_risk(actor=setting.priya, risk=risk, because="The old primary is gone.")
    assert content_of(setting.now()) == before
    assert current_sha256(setting.now()) == sha256
    assert not SignOff.objects.filter(voided_at__isnull=False).exists()


def test_next_edition_says_how_the_risks_stand_by_then(setting: Setting) -> None:
    gone, kept = owned(setting), stated(setting, statement="The limit is still hard-coded.")
    bring_to(setting, ReviewState.PUBLISHED)
    close_risk(actor=setting.priya, risk=gone, because="The old primary is gone.")
    revise_review(actor=setting.mara, review=setting.now(), reason="The dates were wrong.")
    assert [one["number"] for one in content_of(setting.now())["risks"]] == [kept.number]


def test_risk_of_a_withdrawn_review_stays_as_it_is(setting: Setting) -> None:
    risk = owned(setting)
    withdraw_review(actor=setting.jon, review=setting.now(), reason="It was a drill.")
    with pytest.raises(PublishedText, match="withdrawn"):
        close_risk(actor=setting.mara, risk=risk, because="It was a drill.")


def test_removed_factor_leaves_its_risk(setting: Setting) -> None:
    factor = save_factor(actor=setting.mara, review=setting.review, statement="Y.", confidence="unknown")
    risk = stated(setting, factor=factor)
    remove_factor(actor=setting.mara, factor=factor)
    assert Risk.objects.get(pk=risk.pk).factor is None
    assert content_of(setting.now())["risks"][0]["factor"] is None
