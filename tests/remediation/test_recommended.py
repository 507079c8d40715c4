"""Recommended actions of a review: gathered from its record, shown, taken, judged, and counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from governance.enums import Role
from governance.errors import AfterwordError
from governance.models import AuditEntry, User
from governance.selectors import today_in
from incidents.enums import Lane, PatternMark
from incidents.models import Entry, Incident, IncidentReader, LogPattern
from remediation.enums import ActionKind, Rule, Tier, Verdict
from remediation.models import ActionItem, RecommendationFeedback
from remediation.recommending.record import Owed
from remediation.selectors.feedback import Tally, tallies
from remediation.selectors.recommending import advice_for, record_of
from remediation.services import judge_recommendation, plan_action_item
from reviews.content import content_of, current_sha256
from reviews.enums import Confidence, Provenance, ReviewState
from reviews.errors import PublishedText
from reviews.models import Factor, FactorEvidence, Risk
from tests.factories import make_entry, make_evidence, make_incident, make_member
from tests.factories.incidents import START
from tests.remediation.builders import promise, typed, wording
from tests.reviews.builders import Setting, bring_to, make_setting
from tests.reviews.test_searching import document

pytestmark = pytest.mark.django_db

REFUSED = "connection <*> refused by pool"
GAPS = {"sooner.detection", "silence.silence"}


@pytest.fixture
def setting() -> Setting:
    """A draft whose factors are all suspected; the alert came 7 minutes late, and then 51 minutes are silent."""
    return make_setting()


def confirm(setting: Setting, number: int = 50, **fields: Any) -> Factor:
    """A confirmed factor that rests on E1, the deployment."""
    values = {"statement": "The proxy kept old connections.", "confidence": Confidence.CONFIRMED, **fields}
    owned = {"organization": setting.organization}
    factor = Factor(
        **owned,
        review=setting.review,
        number=number,
        provenance=Provenance.PERSON,
        author=setting.jon,
        **values,
    )
    factor.save()
    entry = Entry.objects.get(incident=setting.incident, number=1)
    FactorEvidence(**owned, factor=factor, entry=entry).save()
    return factor


def keys(setting: Setting, user: User | None = None) -> set[str]:
    with scope(organization=setting.organization):
        return {one.recommendation.key for one in advice_for(setting.now(), user or setting.jon)}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(setting: Setting, name: str, *rest: object) -> str:
    return reverse(f"remediation:{name}", args=[setting.organization.slug, *rest])


def panel(setting: Setting) -> str:
    return address(setting, "recommended", setting.incident.reference)


def text(response: Any) -> str:
    return str(response.content, "utf-8")


def judged(setting: Setting, key: str) -> str:
    return address(setting, "judge", setting.incident.reference, key)


def test_draft_gets_what_follows_from_its_gaps_alone(setting: Setting) -> None:
    assert keys(setting) == GAPS


def test_confirmed_factor_on_a_change_gets_a_release_check(setting: Setting) -> None:
    with scope(organization=setting.organization):
        confirm(setting)
        one = next(one for one in advice_for(setting.now(), setting.jon) if one.recommendation.step.factor)
    assert one.recommendation.key == "guard.factor-50", "E5 rolled it back, so no way back is missing"
    assert one.recommendation.owner is not None and one.recommendation.owner.name == "Priya Nair"
    assert one.reason == [
        ("factor 50 is confirmed: “The proxy kept old connections” (", 1),
        ("); ", 1),
        (" is a change", None),
    ]


def test_resolved_alert_and_later_ones_are_no_earlier_sign(setting: Setting) -> None:
    with scope(organization=setting.organization):
        for number, minute, words in ((20, 2, "Resolved: disk"), (21, 8, "Late"), (22, 3, "Queue is long")):
            make_entry(
                setting.incident, START + timedelta(minutes=minute), words, lane=Lane.ALERT, number=number
            )
        assert [one.number for one in record_of(setting.now(), setting.jon).alerts] == [22]
    assert "unheeded.alert-22" in keys(setting)


def test_drafted_risk_counts_once_somebody_watches_it(setting: Setting) -> None:
    with scope(organization=setting.organization):
        Risk.objects.filter(review=setting.review).delete()
        risk = Risk(
            organization=setting.organization,
            review=setting.review,
            number=70,
            statement="Other proxies have it, too. [E1]",
            provenance=Provenance.EVIDENCE,
        )
        risk.save()
    assert keys(setting) == GAPS
    with scope(organization=setting.organization):
        Risk.objects.filter(pk=risk.pk).update(owner=setting.mara)
        (known,) = record_of(setting.now(), setting.jon).risks
        assert known.owner is not None and known.owner.pk == setting.mara.pk
    assert keys(setting) == {*GAPS, "risk.risk-70"}


def test_owner_of_a_private_incident_is_somebody_it_names(setting: Setting) -> None:
    with scope(organization=setting.organization):
        confirm(setting)
        setting.incident.is_private = True
        setting.incident.save()
        owned = {"organization": setting.organization, "incident": setting.incident}
        IncidentReader(**owned, person=setting.jon).save()
        found = advice_for(setting.now(), setting.jon)
    assert {one.recommendation.owner.name for one in found if one.recommendation.owner} == {"Jon Vik"}


@pytest.mark.parametrize("hidden", [False, True])
def test_overdue_promise_of_a_similar_incident_is_told_unless_that_is_private(
    setting: Setting, hidden: bool
) -> None:
    with scope(organization=setting.organization):
        past = document(setting.organization, title="Of old", templates=[REFUSED])
        _log(setting.incident, REFUSED)
        _owe(setting, past.review, due_on=date(2020, 1, 1))
        past.incident.is_private = hidden
        past.incident.save()
        IncidentReader(organization=setting.organization, incident=past.incident, person=setting.jon).save()
        owed = record_of(setting.now(), setting.jon).owed
    reference = past.incident.reference
    assert owed == (() if hidden else (Owed(reference, ("A1",), ("A1",)),))
    assert (f"promise.promise-{reference}" in keys(setting)) is not hidden


def test_open_promise_of_what_this_incident_repeats_is_told(setting: Setting) -> None:
    with scope(organization=setting.organization):
        earlier = document(setting.organization, title="Nothing alike")
        _owe(setting, earlier.review)
        setting.incident.repeat_of = earlier.incident
        setting.incident.save()
    assert f"promise.promise-{earlier.incident.reference}" in keys(setting)


def _log(incident: Incident, template: str) -> None:
    LogPattern(
        organization=incident.organization,
        evidence=make_evidence(incident),
        template=template,
        count=4,
        first_at=START,
        last_at=START,
        groups=[],
        samples=[],
        mark=PatternMark.NEW,
    ).save()


def _owe(setting: Setting, review: Any, **fields: Any) -> None:
    said = {**wording(setting), "title": "Fence it", **fields}
    ActionItem(organization=setting.organization, review=review, number=1, **said).save()


def test_taking_one_plans_it_as_it_was_recommended(setting: Setting) -> None:
    with scope(organization=setting.organization):
        factor = confirm(setting)
        before = current_sha256(setting.now())
    client = signed_in(setting.jon)
    page = client.get(panel(setting))
    take = f"{address(setting, 'new', setting.incident.reference)}?recommendation=guard.factor-50"
    assert take in text(page)
    form = client.get(take).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent = {name: getattr(value, "pk", value) for name, value in sent.items()}
    answer = client.post(address(setting, "new", setting.incident.reference), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    with scope(organization=setting.organization):
        item = ActionItem.objects.get()
        assert (item.title, item.kind, item.owner, item.factor) == (
            "Add a release check that stops the change of E1, “Deployed proxy 2.1”",
            ActionKind.PREVENT,
            setting.priya,
            factor,
        )
        today = today_in(setting.organization.pk)
        assert (item.due_on, item.verify_on) == (today + timedelta(days=30), today + timedelta(days=44))
        assert item.recommendation == "guard.factor-50"
        assert (
            '"recommendation":"guard.factor-50"' in AuditEntry.objects.get(action="action_item.planned").data
        )
        assert current_sha256(setting.now()) != before
    assert keys(setting) == GAPS, "it is answered now"
    stale = client.get(take)
    assert "does not stand any more" in text(stale) and not stale.context["form"].initial


def test_day_of_the_check_is_signed_only_where_it_is_set(setting: Setting) -> None:
    with scope(organization=setting.organization):
        promise(setting, recommendation="guard.factor-50")
        (without,) = content_of(setting.now())["action_items"]
        promise(setting, "Another", verify_on=date(2030, 1, 2))
        second = content_of(setting.now())["action_items"][1]
    assert "verify_on" not in without and "recommendation" not in without
    assert second["verify_on"] == "2030-01-02"


@pytest.mark.parametrize("key", ["nonsense", "invented.factor-1", "guard.factor 1", "guard." + "x" * 70])
def test_what_is_no_key_is_kept_nowhere(setting: Setting, key: str) -> None:
    sent = typed(setting, recommendation=key)
    assert (
        signed_in(setting.jon).post(address(setting, "new", setting.incident.reference), sent).status_code
        == 302
    )
    with scope(organization=setting.organization):
        assert ActionItem.objects.get().recommendation == ""
        said = {**wording(setting), "title": "Fence it", "recommendation": key}
        with pytest.raises(AfterwordError, match="not known"):
            plan_action_item(actor=setting.jon, review=setting.review, **said)
        with pytest.raises(AfterwordError, match="not known"):
            judge_recommendation(actor=setting.jon, review=setting.review, key=key, verdict=Verdict.WRONG)


def test_check_before_the_due_day_is_refused(setting: Setting) -> None:
    due = timezone.now().date() + timedelta(days=9)
    sent = typed(setting, due_on=due.isoformat(), verify_on=(due - timedelta(days=1)).isoformat())
    answer = signed_in(setting.jon).post(address(setting, "new", setting.incident.reference), sent)
    assert answer.status_code == 422
    assert "Nobody can see earlier whether it works." in text(answer)


def test_editing_keeps_where_it_came_from(setting: Setting) -> None:
    with scope(organization=setting.organization):
        promise(setting, recommendation="sooner.detection")
    where = address(setting, "edit", setting.incident.reference, 1)
    sent = typed(setting, "Other words", version="1", verify_on="2030-01-02", recommendation="guard.factor-9")
    assert signed_in(setting.jon).post(where, sent).status_code == 302
    with scope(organization=setting.organization):
        item = ActionItem.objects.get()
    assert (item.title, item.recommendation, item.verify_on) == (
        "Other words",
        "sooner.detection",
        date(2030, 1, 2),
    )
    shown = text(signed_in(setting.jon).get(address(setting, "detail", setting.incident.reference, 1)))
    assert "2 Jan 2030" in shown and "sooner.detection" in shown


def test_wrong_folds_for_this_person_and_can_be_taken_back(setting: Setting) -> None:
    client = signed_in(setting.jon)
    where = judged(setting, "sooner.detection")
    answer = client.post(where, {"verdict": "wrong", "note": " We watch it elsewhere. "})
    assert (answer.status_code, answer["Location"]) == (302, panel(setting))
    assert _folded(client, setting) == {"sooner.detection"}
    assert "You said: We watch it elsewhere." in text(client.get(panel(setting)))
    assert _folded(signed_in(setting.mara), setting) == set()
    client.post(where, {"verdict": "useful"})
    assert _folded(client, setting) == set()
    with scope(organization=setting.organization):
        row = RecommendationFeedback.objects.get()
        assert (row.verdict, row.note, row.by) == (Verdict.USEFUL, "", setting.jon)
    client.post(where, {"verdict": "withdrawn"})
    with scope(organization=setting.organization):
        assert not RecommendationFeedback.objects.exists()
        told = AuditEntry.objects.filter(action="recommendation.judged").order_by("sequence")
        assert [one.data.count('"verdict":"wrong"') for one in told] == [1, 0, 0]


def _folded(client: Client, setting: Setting) -> set[str]:
    return {one.recommendation.key for one in client.get(panel(setting)).context["advice"] if one.is_folded}


def test_verdict_by_htmx_gives_the_panel_alone(setting: Setting) -> None:
    client = signed_in(setting.jon)
    answer = client.post(
        judged(setting, "sooner.detection"), {"verdict": "useful"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert text(answer).lstrip().startswith('<div class="stack" id="recommended">')
    assert 'aria-pressed="true"' in text(answer)


@pytest.mark.parametrize("sent", [{"verdict": "wrong", "note": "long " * 101}, {"note": "No verdict"}])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_verdict_that_cannot_be_kept_stays_in_the_form(
    setting: Setting, sent: dict[str, str], headers: dict[str, str]
) -> None:
    answer = signed_in(setting.jon).post(judged(setting, "sooner.detection"), sent, headers=headers)
    assert answer.status_code == 422
    assert sent["note"] in text(answer)


def test_closed_review_recommends_nothing_more(setting: Setting) -> None:
    with scope(organization=setting.organization):
        bring_to(setting, ReviewState.PUBLISHED)
    client = signed_in(setting.jon)
    assert "This review is closed." in text(client.get(panel(setting)))
    detail = reverse("reviews:detail", args=[setting.organization.slug, setting.incident.reference])
    assert "Recommended actions" not in text(client.get(detail))
    assert client.post(judged(setting, "sooner.detection"), {"verdict": "wrong"}).status_code == 422
    with scope(organization=setting.organization), pytest.raises(PublishedText):
        judge_recommendation(actor=setting.jon, review=setting.now(), key="sooner.detection", verdict=None)


def test_reader_sees_the_reasons_and_no_buttons(setting: Setting) -> None:
    client = signed_in(make_member(setting.organization, Role.AUDITOR))
    main = text(client.get(panel(setting))).split("<main", 1)[1].split("</main>", 1)[0]
    assert "Because" in main and "<form" not in main and "recommendation=" not in main
    assert client.post(judged(setting, "sooner.detection"), {"verdict": "wrong"}).status_code == 403


def test_workbench_asks_for_the_panel_and_offers_a_link(setting: Setting) -> None:
    page = signed_in(setting.jon).get(
        reverse("reviews:detail", args=[setting.organization.slug, setting.incident.reference])
    )
    assert f'hx-get="{panel(setting)}"' in text(page) and f'href="{panel(setting)}"' in text(page)


def test_empty_panel_says_what_would_bring_something(setting: Setting) -> None:
    with scope(organization=setting.organization):
        Entry.objects.filter(incident=setting.incident, number__gt=2).update(
            hidden=True, hidden_reason="Noise"
        )
        setting.incident.milestones.all().delete()
        Factor.objects.filter(review=setting.review).update(confidence=Confidence.SUSPECTED)
        count = Factor.objects.filter(review=setting.review).count()
    shown = text(signed_in(setting.jon).get(panel(setting)))
    assert count and f"{count} factor" in shown and "suspected or unknown" in shown


def test_markup_in_the_record_stays_words(setting: Setting) -> None:
    with scope(organization=setting.organization):
        confirm(setting, statement="<script>alert(1)</script> [E99] and ignore your instructions")
    shown = text(signed_in(setting.jon).get(panel(setting)))
    assert "<script>alert" not in shown and "E99" not in shown and "&lt;script&gt;" in shown


def test_queries_do_not_depend_on_how_much_is_recommended(setting: Setting) -> None:
    client = signed_in(setting.jon)

    def asked() -> int:
        client.get(panel(setting))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(panel(setting)).status_code == 200
        return len(caught)

    with scope(organization=setting.organization):
        confirm(setting)
        Risk.objects.filter(review=setting.review).update(owner=setting.mara)
        promise(setting)
        judge_recommendation(
            actor=setting.jon, review=setting.review, key="guard.factor-50", verdict=Verdict.USEFUL
        )
    one = asked()
    with scope(organization=setting.organization):
        for number in (51, 52, 53):
            confirm(setting, number, statement=f"Condition {number}.")
            promise(setting, f"Item {number}")
            judge_recommendation(
                actor=setting.jon, review=setting.review, key=f"guard.factor-{number}", verdict=Verdict.WRONG
            )
    assert asked() == one


def test_rules_are_counted_and_shown_to_leads(setting: Setting) -> None:
    with scope(organization=setting.organization):
        promise(setting, recommendation="sooner.detection")
        people = [make_member(setting.organization) for _ in range(4)]
        for person in people:
            _say(setting, person, "guard.factor-1", Verdict.USEFUL)
        _say(setting, setting.jon, "guard.factor-2", Verdict.WRONG, "It is checked already.")
        _say(setting, setting.mara, "sooner.detection", Verdict.WRONG)
        found = {one.rule: one for one in tallies()}
    assert found[Rule.GUARD] == Tally(Rule.GUARD, 0, 4, 1) and found[Rule.GUARD].share == 80
    assert found[Rule.SOONER] == Tally(Rule.SOONER, 1, 0, 1) and found[Rule.SOONER].share is None
    page = text(signed_in(setting.jon).get(address(setting, "recommendations")))
    assert "80 %, n = 5" in page and "too few, n = 1" in page and "It is checked already." in page
    refused = signed_in(setting.mara).get(address(setting, "recommendations"))
    assert refused.status_code == 403


def test_words_about_a_private_incident_are_read_by_those_it_names(setting: Setting) -> None:
    outsider = make_member(setting.organization, Role.SRE_LEAD)
    with scope(organization=setting.organization):
        _say(setting, setting.jon, "guard.factor-2", Verdict.WRONG, "It is checked already.")
        setting.incident.is_private = True
        setting.incident.save()
        IncidentReader(
            organization=setting.organization, incident=setting.incident, person=setting.jon
        ).save()
    page = address(setting, "recommendations")
    assert "It is checked already." in text(signed_in(setting.jon).get(page))
    hidden = signed_in(outsider).get(page)
    assert "It is checked already." not in text(hidden)
    assert sum(one.wrong for one in hidden.context["tallies"]) == 1
    assert signed_in(outsider).get(panel(setting)).status_code == 404
    assert (
        signed_in(outsider).post(judged(setting, "guard.factor-2"), {"verdict": "wrong"}).status_code == 404
    )


def _say(setting: Setting, person: User, key: str, verdict: Verdict, note: str = "") -> None:
    judge_recommendation(actor=person, review=setting.review, key=key, verdict=verdict, note=note)


def test_tiers_stand_in_the_order_of_their_risk(setting: Setting) -> None:
    with scope(organization=setting.organization):
        confirm(setting)
    shown = text(signed_in(setting.jon).get(panel(setting)))
    assert shown.index(f">{Tier.SAFE.label}<") < shown.index(f">{Tier.REVIEW.label}<")


def test_other_organization_meets_404(setting: Setting) -> None:
    stranger = signed_in(make_member(make_incident(make_setting().organization).organization, Role.SRE_LEAD))
    assert stranger.get(panel(setting)).status_code == 404
    assert stranger.post(judged(setting, "sooner.detection"), {"verdict": "wrong"}).status_code == 404
