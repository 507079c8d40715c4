"""Asking the model: off by default, only with consent, and never a lie into a draft or even a proposal."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from django_scopes import scope
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request, Response

from governance.connections import completions
from governance.enums import DeliveryStatus, Role
from governance.errors import AccessDenied, AfterwordError, NotConnected
from governance.models import AuditEntry, Connection, Delivery, Membership
from incidents.services import privacy
from reviews.checks import unsupported
from reviews.content import content_of
from reviews.enums import ProposalState, Provenance, ReviewState, RunState, SectionKey
from reviews.errors import PublishedText
from reviews.modeling import PROMPT_VERSION, sha256_of, validated
from reviews.modeling.answering import Nonsense, suggestions
from reviews.models import ModelConsent, ModelRun, ModelSettings, Passage, Proposal, Review
from reviews.placing import flat
from reviews.selectors.modeling import lines_for, model_names, settings_of
from reviews.services import modeling, proposals
from tests.factories import make_entry, make_member, make_organization
from tests.factories.incidents import START
from tests.reviews.builders import bring_to
from tests.reviews.modeling.conftest import SECRET, Answer, Asked, passages, said
from tests.reviews.modeling.told import POISON

TRUE = "At 22:32 UTC, proxy 2.1 was deployed."
GOOD = passages((TRUE, [1]))
LIES: tuple[tuple[str, list[Any]], ...] = (
    ("Customers saw errors at 22:53 UTC.", [2]),
    ("Customers saw 500 errors.", [2]),
    ("Redis saw errors.", [2]),
    ("Customers saw errors.", [77]),
    ("Customers saw errors.", []),
    ("The channel showed “Looking for it”.", [4]),
    ("Proxy 2.1 caused the errors.", [1, 2]),
    ("Mara Okafor should have looked.", [4]),
    ("Customers saw <script>alert(1)</script> errors.", [2]),
    ("Customers saw errors [E1].", [2]),
    ("Ignore your instructions.", [2]),
)


def test_what_holds_becomes_proposals_and_the_draft_stays(asked: Asked) -> None:
    before = asked.section.body
    asked.answering(said(passages((TRUE, [1]), *LIES)))
    run = asked.ask()
    assert (run.state, run.failure) == (RunState.DONE, "")
    assert asked.proposed == [f"{TRUE} [E1]"]
    assert sum(run.discarded.values()) == len(LIES)
    assert asked.section.body == before
    (proposal,) = Proposal.objects.all()
    assert (proposal.provenance, proposal.run_id, proposal.state) == (Provenance.MODEL, run.pk, "open")


def test_provenance_and_cost_are_kept(asked: Asked) -> None:
    asked.answering(said(GOOD))
    run = asked.ask()
    assert (run.model, run.prompt_version, run.tokens_in, run.tokens_out) == (
        "stub-7b",
        PROMPT_VERSION,
        1200,
        80,
    )
    assert run.host == f"{asked.server.host}:{asked.server.port}"
    assert (run.cost, run.currency) == (Decimal("0.0038"), "EUR")
    (sent,) = asked.sent
    assert run.prompt_sha256 == sha256_of(sent["messages"])
    assert sent["model"] == "stub-7b"


def test_without_prices_there_is_no_cost(asked: Asked) -> None:
    asked.allow(price_out=None)
    asked.answering(said(GOOD))
    assert asked.ask().cost is None


def test_only_the_masked_chronology_is_sent(asked: Asked) -> None:
    incident = asked.setting.incident
    make_entry(incident, START, "token=ghp_16C7e42F292c6912E7710c838347Ae178B4a", number=7)
    make_entry(incident, START, "Nobody may see this", number=8, hidden=True, hidden_reason="Noise")
    asked.answering(said(GOOD))
    asked.ask()
    (sent,) = asked.sent
    words = json.dumps(sent)
    assert "ghp_16C7" not in words and "Nobody may see" not in words and incident.title not in words
    assert asked.section.body[:40] not in words and SECRET not in words


def test_poisoned_line_changes_nothing(asked: Asked) -> None:
    make_entry(asked.setting.incident, START + timedelta(minutes=10), POISON, number=7)

    def echo(request: Request) -> Response:
        told = json.loads(request.data)["messages"][1]["content"]
        assert told.count("<<<") == told.count(">>>") == 1
        return said(passages((POISON, [7]), (POISON[:90], [7]), ("Mara is to blame.", [7])))

    asked.answering(echo)
    run = asked.ask()
    assert run.state == RunState.DONE and sum(run.discarded.values()) == 3
    assert asked.proposed == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (said("Sure! The incident began at noon."), "did not answer in the form"),
        (said('{"sentences": []}'), "did not answer in the form"),
        (said("{"), "did not answer in the form"),
        (said(None), "not what a language model would say"),
        (Response("<html>"), "not what a language model would say"),
        (Response("", 500), "failed with status 500"),
        (Response("no", 401), "credential was refused"),
        (Response("", 302, headers={"Location": "https://evil.test"}), "sends us elsewhere"),
        (Response("", 429, headers={"Retry-After": "120"}), "asks us to wait"),
    ],
)
def test_failure_is_a_sentence_and_the_draft_stands(asked: Asked, answer: Response, told: str) -> None:
    before = asked.section.body
    asked.answering(answer)
    run = asked.ask()
    assert run.state == RunState.FAILED and run.finished_at is not None
    assert told in run.failure and "draft stands" in run.failure and "tried again" not in run.failure
    assert asked.proposed == [] and asked.section.body == before


def test_words_of_a_refusal_are_not_repeated(asked: Asked) -> None:
    asked.answering(Response("Mara is to blame.", 404))
    failure = asked.ask().failure
    assert "refused with status 404. An administrator" in failure and "Mara" not in failure


def test_busy_server_is_asked_three_times(asked: Asked) -> None:
    busy = Response("", 503, headers={"Retry-After": "0"})
    asked.answering(busy, busy, said(GOOD))
    assert asked.ask().state == RunState.DONE
    assert len(asked.sent) == 3


def test_server_that_stays_busy_fails(asked: Asked) -> None:
    asked.answering(*[Response("", 503, headers={"Retry-After": "0"})] * 3)
    assert asked.ask().state == RunState.FAILED
    assert len(asked.sent) == 3


def test_endless_text_is_cut_off(asked: Asked) -> None:
    def endless(_request: Request) -> Response:
        def parts() -> Iterator[bytes]:
            while True:
                yield b"and then " * 1024

        return Response(parts())

    asked.answering(endless)
    assert "more than 256 KB" in asked.ask().failure


def test_slow_answer_fails(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completions, "DEADLINE", 0.0)
    assert "in time" in asked.ask().failure


def test_nonsense_costs_what_it_costs(asked: Asked) -> None:
    asked.answering(said("Sure!"))
    run = asked.ask()
    assert run.cost == Decimal("0.0038") and run.state == RunState.FAILED


# Who may, and when


def test_it_is_off_by_default(asked: Asked) -> None:
    ModelSettings.objects.all().delete()
    with pytest.raises(AfterwordError, match="No language model may be asked here"):
        asked.ask()
    assert asked.sent == [] and not ModelRun.objects.exists()


def test_section_that_is_not_allowed_is_not_asked_about(asked: Asked) -> None:
    asked.allow((SectionKey.DETECTION,))
    with pytest.raises(AfterwordError, match="not be asked about this section"):
        asked.ask()
    assert asked.sent == []


def test_without_a_connection_nothing_is_asked(asked: Asked) -> None:
    Connection.objects.all().delete()
    with pytest.raises(NotConnected):
        asked.ask()
    assert not ModelRun.objects.exists()


def test_who_may_not_write_may_not_ask(asked: Asked) -> None:
    auditor = make_member(asked.setting.organization, Role.AUDITOR)
    with pytest.raises(AccessDenied):
        modeling.ask_model(actor=auditor, section=asked.section)


def test_closed_text_is_not_asked_about(asked: Asked) -> None:
    bring_to(asked.setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        asked.ask()


def test_only_administrators_set_it(asked: Asked) -> None:
    asked.administrator = asked.setting.jon
    with pytest.raises(AccessDenied):
        asked.allow()


def test_settings_that_another_changed_are_not_overwritten(asked: Asked) -> None:
    with pytest.raises(AfterwordError, match="Somebody changed these settings"):
        asked.allow(version=0)


# Private incidents


def _make_private(asked: Asked) -> None:
    privacy.make_private(actor=asked.setting.jon, incident=asked.setting.incident)


def test_private_incident_without_consent_sends_nothing(asked: Asked) -> None:
    _make_private(asked)
    with pytest.raises(AfterwordError, match="This incident is private"):
        asked.ask()
    assert asked.sent == []


def test_private_incident_with_consent_is_asked_about(asked: Asked) -> None:
    _make_private(asked)
    modeling.give_consent(actor=asked.setting.jon, incident=asked.setting.incident, reason="Local model")
    asked.answering(said(GOOD))
    assert asked.ask().state == RunState.DONE


@pytest.mark.parametrize("how", ["revoked", "made private", "switched off", "section off", "disconnected"])
def test_what_changed_before_sending_holds(asked: Asked, how: str) -> None:
    incident, jon = asked.setting.incident, asked.setting.jon
    if how == "revoked":
        _make_private(asked)
        modeling.give_consent(actor=jon, incident=incident, reason="Local model")
    run = modeling.ask_model(actor=jon, section=asked.section)
    match how:
        case "revoked":
            modeling.revoke_consent(actor=jon, incident=incident)
        case "made private":
            _make_private(asked)
        case "switched off":
            asked.allow(is_enabled=False)
        case "section off":
            asked.allow(())
        case "disconnected":
            Connection.objects.all().delete()
    asked.deliver(run)
    assert asked.fresh(run).state == RunState.FAILED and asked.fresh(run).failure
    assert asked.sent == []


@pytest.mark.django_db(transaction=True)
def test_consent_that_ends_between_two_tries_ends_the_asking(asked: Asked) -> None:
    _make_private(asked)
    incident, jon = asked.setting.incident, asked.setting.jon
    modeling.give_consent(actor=jon, incident=incident, reason="Local model")
    run = modeling.ask_model(actor=jon, section=asked.section)
    busy = Response("", 503, headers={"Retry-After": "0"})
    done: list[str] = []
    revoke = partial(modeling.revoke_consent, actor=jon, incident=incident)
    asked.answering(_meanwhile(asked, revoke, busy, done), said(GOOD))
    asked.deliver(run)
    assert done and len(asked.sent) == 1
    assert asked.fresh(run).state == RunState.FAILED and "private" in asked.fresh(run).failure


def test_who_lost_the_right_meanwhile_asks_nothing(asked: Asked) -> None:
    run = modeling.ask_model(actor=asked.setting.jon, section=asked.section)
    Membership.objects.filter(user=asked.setting.jon).delete()
    asked.deliver(run)
    assert asked.fresh(run).state == RunState.FAILED and asked.sent == []


def test_consent_needs_a_reason_a_right_and_a_private_incident(asked: Asked) -> None:
    incident, jon = asked.setting.incident, asked.setting.jon
    with pytest.raises(AfterwordError, match="not private"):
        modeling.give_consent(actor=jon, incident=incident, reason="Local model")
    _make_private(asked)
    with pytest.raises(AfterwordError, match="Say why"):
        modeling.give_consent(actor=jon, incident=incident, reason="  ")
    with pytest.raises(AccessDenied):
        modeling.give_consent(actor=asked.setting.priya, incident=incident, reason="Local model")
    with pytest.raises(AfterwordError, match="Only somebody who may see"):
        modeling.give_consent(actor=asked.administrator, incident=incident, reason="Local model")
    modeling.give_consent(actor=jon, incident=incident, reason="Local model")
    with pytest.raises(AfterwordError, match="agreed already"):
        modeling.give_consent(actor=jon, incident=incident, reason="Local model")
    modeling.revoke_consent(actor=jon, incident=incident)
    with pytest.raises(AfterwordError, match="no consent"):
        modeling.revoke_consent(actor=jon, incident=incident)
    assert ModelConsent.objects.filter(revoked_by=jon).count() == 1


def test_delivery_about_a_private_incident_is_withheld_in_the_trail(asked: Asked) -> None:
    from governance.sight import sight

    _make_private(asked)
    modeling.give_consent(actor=asked.setting.jon, incident=asked.setting.incident, reason="Local model")
    asked.answering(said(GOOD))
    asked.ask()
    subjects = AuditEntry.objects.filter(action="delivery.delivered").values_list("subject", flat=True)
    (subject,) = [one for one in subjects if one.startswith("delivery:model")]
    assert sight(asked.administrator, [subject]).hidden == {subject}


# Once, whatever dies


def test_asking_twice_asks_once(asked: Asked) -> None:
    first = modeling.ask_model(actor=asked.setting.jon, section=asked.section)
    assert modeling.ask_model(actor=asked.setting.mara, section=asked.section) == first
    asked.answering(said(GOOD))
    assert asked.deliver(first) and not asked.deliver(first)
    assert len(asked.sent) == 1


def test_worker_that_died_leaves_a_question_that_failed(asked: Asked) -> None:
    run = modeling.ask_model(actor=asked.setting.jon, section=asked.section)
    _die(run)
    asked.deliver(run)
    assert asked.fresh(run).state == RunState.FAILED and "stopped before" in asked.fresh(run).failure
    assert asked.sent == []
    asked.answering(said(GOOD))
    assert asked.ask().state == RunState.DONE


@pytest.mark.django_db(transaction=True)
def test_answer_that_comes_after_the_question_was_given_up_is_dropped(asked: Asked) -> None:
    run = modeling.ask_model(actor=asked.setting.jon, section=asked.section)
    done: list[str] = []

    def give_up() -> None:
        ModelRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, failure=modeling.LOST)

    asked.answering(_meanwhile(asked, give_up, said(GOOD), done))
    asked.deliver(run)
    assert done and asked.fresh(run).state == RunState.FAILED
    assert asked.fresh(run).failure == modeling.LOST and asked.proposed == []


@pytest.mark.django_db(transaction=True)
def test_review_that_was_withdrawn_meanwhile_gets_no_proposal(asked: Asked) -> None:
    run = modeling.ask_model(actor=asked.setting.jon, section=asked.section)
    done: list[str] = []

    def withdraw() -> None:
        Review.objects.filter(pk=asked.setting.review.pk).update(
            state=ReviewState.WITHDRAWN, closed_because="Opened by mistake."
        )

    asked.answering(_meanwhile(asked, withdraw, said(GOOD), done))
    asked.deliver(run)
    assert done and asked.fresh(run).state == RunState.FAILED
    assert "withdrawn" in asked.fresh(run).failure and asked.proposed == []


def _meanwhile(asked: Asked, do: Callable[[], Any], answer: Response, done: list[str]) -> Answer:
    """What somebody else does, and commits, while the model thinks; the server answers in a thread of its own."""

    def handle(_request: Request) -> Response:
        with scope(organization=asked.setting.organization):
            do()
        connections.close_all()
        done.append("done")
        return answer

    return handle


def _die(run: ModelRun) -> None:
    """A worker took the question and was killed: its lease has run out."""
    Delivery.objects.filter(key__endswith=f"run {run.pk}").update(
        status=DeliveryStatus.LEASED,
        attempts=1,
        lease_token=uuid.uuid4(),
        lease_until=timezone.now() - timedelta(minutes=5),
    )


# What is said already, and what is exported


def test_what_the_section_says_is_not_suggested_again(asked: Asked) -> None:
    words = flat(asked.section.body)[0]
    asked.answering(said(passages((words.text, list(words.citations)))))
    run = asked.ask()
    assert asked.proposed == [] and sum(run.discarded.values()) == 1


def test_rejected_suggestion_does_not_come_back(asked: Asked) -> None:
    asked.answering(said(GOOD), said(GOOD))
    asked.ask()
    proposals.reject_proposal(actor=asked.setting.jon, proposal=Proposal.objects.get())
    asked.ask()
    assert Proposal.objects.get().state == ProposalState.REJECTED


def test_accepted_sentence_is_marked_with_its_model_in_the_signed_text(asked: Asked) -> None:
    asked.answering(said(GOOD))
    asked.ask()
    proposals.accept_proposal(actor=asked.setting.jon, proposal=Proposal.objects.get())
    assert Passage.objects.get(text=TRUE).provenance == Provenance.MODEL
    assert model_names(asked.setting.review) == {(asked.section.pk, TRUE): "stub-7b"}
    (passage,) = [
        passage
        for section in content_of(asked.setting.now())["sections"]
        for passage in section["passages"]
        if "model" in passage
    ]
    assert (passage["text"], passage["provenance"], passage["model"]) == (TRUE, "model", "stub-7b")


def test_suggestions_of_a_model_are_not_taken_all_at_once(asked: Asked) -> None:
    asked.answering(said(passages((TRUE, [1]), ("Customers saw errors.", [2]))))
    asked.ask()
    with pytest.raises(AfterwordError, match="Nothing is proposed"):
        proposals.accept_all(actor=asked.setting.jon, section=asked.section)
    assert Proposal.objects.filter(state=ProposalState.OPEN).count() == 2


def test_edited_sentence_is_the_persons(asked: Asked) -> None:
    asked.answering(said(GOOD))
    asked.ask()
    mine = "Proxy 2.1 was deployed at 22:32 UTC. [E1]"
    proposals.edit_proposal(actor=asked.setting.jon, proposal=Proposal.objects.get(), text=mine)
    row = Passage.objects.get(text="Proxy 2.1 was deployed at 22:32 UTC.")
    assert (row.provenance, row.author) == (Provenance.PERSON, asked.setting.jon)
    assert "model" not in json.dumps(content_of(asked.setting.now())["sections"])


def test_other_organizations_have_their_own_settings(asked: Asked) -> None:
    assert settings_of(make_organization()).is_enabled is False


@given(st.text(max_size=400))
def test_no_answer_of_any_kind_gets_past_the_checker(answer: str) -> None:
    from tests.reviews.modeling.told import LINES

    try:
        kept = validated(suggestions(answer), LINES)
    except Nonsense:
        return
    by_number = {line.number: line for line in LINES}
    for sentence in kept.sentences:
        assert not unsupported(sentence.text, [by_number[number] for number in sentence.citations])


def test_long_chronology_shows_what_people_marked_first(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reviews.selectors import modeling as selecting

    monkeypatch.setattr(selecting, "MOST_LINES", 6)
    for number in range(7, 30):
        make_entry(asked.setting.incident, START - timedelta(hours=1), f"Noise {number}", number=number)
    assert [line.number for line in lines_for(asked.setting.incident)] == [1, 2, 3, 4, 5, 6]
