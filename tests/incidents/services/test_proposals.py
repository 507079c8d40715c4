"""Proposals follow what people do: nothing is proposed that rests on what was corrected, hidden or merged since."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django_scopes import scope, scopes_disabled

from governance.models import User
from incidents import services, tasks
from incidents.enums import Lane, Precision, SourceKind
from incidents.models import Curation, Entry, Incident
from incidents.services import insights, proposals
from incidents.services.clocks import declare_offset, withdraw_offset
from tests.factories import make_entry, make_evidence, make_incident, make_member, make_organization

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
Captured = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]


@pytest.fixture
def alerts(incident: Incident) -> tuple[Entry, Entry]:
    """Two alerts ten minutes apart; the first is proposed as the detection."""
    evidence = make_evidence(incident, kind=SourceKind.ALERTMANAGER)
    first, second = (
        make_entry(
            incident,
            START + timedelta(minutes=10 * place),
            f"{name} is firing",
            number=place + 1,
            lane=Lane.ALERT,
            fingerprint=f"alert {name}",
            evidence=evidence,
        )
        for place, name in enumerate(("HighLatency", "ReplicationLag"))
    )
    insights.refresh(incident)
    assert detected(incident) == first.number
    return first, second


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Captured) -> Callable[[], Any]:
    """What runs after a commit does run."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def kept(incident: Incident) -> dict[str, Any]:
    return Incident.objects.get(pk=incident.pk).insights  # type: ignore[no-any-return]


def detected(incident: Incident) -> int | None:
    proposal = kept(incident)["milestones"].get("detected")
    return proposal["entry"] if proposal else None


def two_clocks(incident: Incident) -> list[Entry]:
    """Four events that a log and GitHub both tell of, 95 seconds apart."""
    logs = make_evidence(incident, kind=SourceKind.LOG)
    changes = make_evidence(incident, kind=SourceKind.GITHUB)
    told = []
    for step in range(4):
        at = START + timedelta(minutes=11 * step)
        text = f"Rollout of release 4.{step} to cell eu-{step} finished after canary"
        told.append(make_entry(incident, at, text, lane=Lane.LOG, evidence=logs))
        make_entry(incident, at + timedelta(seconds=95), text, lane=Lane.CHANGE, evidence=changes)
    return told


def test_hidden_entry_is_proposed_no_more_and_shown_again_it_is(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    first, second = alerts
    with committed():
        services.hide_entry(actor=responder, entry=first, reason="A test alert")
    assert detected(incident) == second.number
    with committed():
        services.show_entry(actor=responder, entry=first)
    assert detected(incident) == first.number


def test_corrected_time_moves_the_proposal_and_undoing_moves_it_back(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    first, second = alerts
    with committed():
        services.correct_entry(actor=responder, entry=first, reason="Zone", at=START + timedelta(hours=1))
    assert detected(incident) == second.number
    with committed():
        services.undo(actor=responder, curation=Curation.objects.get(kind="correct"))
    assert detected(incident) == first.number


def test_merged_entry_is_proposed_as_the_one_that_it_stands_in_and_split_as_itself(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    first, second = alerts
    with committed():
        services.merge_entries(actor=responder, incident=incident, numbers=[1, 2], into=second.number)
    assert detected(incident) == second.number
    with committed():
        services.split_entry(actor=responder, incident=incident, number=second.number)
    assert detected(incident) == first.number


def test_cleared_milestone_is_proposed_again(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    first, _second = alerts
    with committed():
        services.set_milestone(actor=responder, incident=incident, kind="detected", entry=first)
    assert detected(incident) is None
    with committed():
        services.clear_milestone(actor=responder, incident=incident, kind="detected")
    assert detected(incident) == first.number


def test_offset_is_proposed_no_more_for_entries_that_are_hidden(
    responder: User, incident: Incident, committed: Callable[[], Any]
) -> None:
    told = two_clocks(incident)
    insights.refresh(incident)
    assert len(kept(incident)["offsets"]) == 1
    with committed():
        services.hide_entries(
            actor=responder, incident=incident, numbers=[entry.number for entry in told], reason="Not ours"
        )
    assert kept(incident)["offsets"] == []


def test_declared_offset_is_settled_and_a_withdrawn_one_proposed_again(
    responder: User, incident: Incident, committed: Callable[[], Any]
) -> None:
    two_clocks(incident)
    insights.refresh(incident)
    (proposed,) = kept(incident)["offsets"]
    with committed():
        declared = declare_offset(
            actor=responder,
            incident=incident,
            source=proposed["source"],
            seconds=round(proposed["seconds"]),
            reason=proposed["why"],
        )
    assert kept(incident)["offsets"] == []
    with committed():
        withdraw_offset(actor=responder, offset=declared)
    assert [one["source"] for one in kept(incident)["offsets"]] == [proposed["source"]]


def test_statement_may_be_what_a_milestone_rests_on(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    with committed():
        stated = services.add_statement(
            actor=responder,
            incident=incident,
            at=START + timedelta(hours=2),
            text="The incident is resolved.",
            precision=Precision.MINUTE,
        )
    assert kept(incident)["milestones"]["resolved"]["entry"] == stated.number


def test_several_changes_of_one_commit_are_followed_once_and_outside_of_their_scope(
    db: None, committed: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    organization = make_organization("beta")
    rounds: list[int] = []
    propose = proposals.propose

    def counted(of: Incident) -> bool:
        rounds.append(of.pk)
        return propose(of)

    monkeypatch.setattr(proposals, "propose", counted)
    with committed() as after_commit, scope(organization=organization):
        author, told = make_member(organization), make_incident(organization)
        for minute in range(3):
            services.add_statement(
                actor=author,
                incident=told,
                at=START + timedelta(minutes=minute),
                text="The incident is resolved.",
                precision=Precision.MINUTE,
            )
    assert (len(after_commit), rounds) == (3, [told.pk])
    with scope(organization=organization):
        assert not kept(told)["outdated"] and "resolved" in kept(told)["milestones"]


def test_highlight_and_tag_make_no_proposals_anew(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    before = kept(incident)
    with committed() as after_commit:
        services.highlight_entries(actor=responder, incident=incident, numbers=[1], on=True)
        services.tag_entries(actor=responder, incident=incident, numbers=[1], add=["customer"])
    assert after_commit == [] and kept(incident) == before


def test_correction_merges_nothing_by_itself(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    """Two sources that tell of one event are merged when they come in; an entry that a person corrects stays."""
    other = make_entry(
        incident,
        START + timedelta(hours=3),
        "HighLatency is firing",
        number=50,
        lane=Lane.ALERT,
        fingerprint="alert HighLatency",
        evidence=make_evidence(incident, kind=SourceKind.PAGERDUTY),
    )
    with committed():
        services.correct_entry(actor=responder, entry=other, reason="Clock", at=START + timedelta(seconds=20))
    assert not Entry.objects.filter(incident=incident, folded_into__isnull=False).exists()


def test_refused_change_outdates_nothing(
    responder: User, incident: Incident, alerts: tuple[Entry, Entry], committed: Callable[[], Any]
) -> None:
    with committed() as after_commit, pytest.raises(Exception, match="Say why"):
        services.hide_entry(actor=responder, entry=alerts[0], reason=" ")
    assert after_commit == [] and not kept(incident)["outdated"]


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The incidents for which a worker was nudged; two entries are too many for a request."""
    sent: list[int] = []
    monkeypatch.setattr(proposals, "AT_ONCE", 1)
    monkeypatch.setattr("celery.current_app.send_task", lambda _task, arguments: sent.extend(arguments))
    return sent


def test_long_chronology_is_left_to_a_worker(
    responder: User,
    incident: Incident,
    alerts: tuple[Entry, Entry],
    committed: Callable[[], Any],
    nudged: list[int],
) -> None:
    first, second = alerts
    with committed():
        services.hide_entry(actor=responder, entry=first, reason="A test alert")
    assert (nudged, detected(incident)) == ([incident.pk], first.number)
    with scopes_disabled():
        tasks.propose(incident.pk)
    assert detected(incident) == second.number


def test_sweep_finds_what_a_lost_nudge_left(
    responder: User,
    incident: Incident,
    alerts: tuple[Entry, Entry],
    committed: Callable[[], Any],
    nudged: list[int],
) -> None:
    first, second = alerts
    with committed():
        services.hide_entry(actor=responder, entry=first, reason="A test alert")
    with scopes_disabled():
        assert [proposals.sweep(), proposals.sweep()] == [1, 0]
    assert detected(incident) == second.number


def test_proposals_of_facts_that_changed_meanwhile_are_dropped(
    incident: Incident, alerts: tuple[Entry, Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = proposals.facts_of

    def read_and_change(of: Incident, **options: bool) -> Any:
        proposals.changed(of, outdated=True)
        return read(of, **options)

    before = kept(incident)["milestones"]
    Entry.objects.filter(pk=alerts[0].pk).update(hidden=True, hidden_reason="A test alert")
    monkeypatch.setattr(proposals, "facts_of", read_and_change)
    assert not proposals.propose(incident)
    assert (kept(incident)["milestones"], kept(incident)["outdated"]) == (before, True)


def test_keeping_one_thing_leaves_what_else_is_kept(incident: Incident) -> None:
    proposals.keep(incident, cascades=["a"])
    proposals.changed(incident, stale=True)
    proposals.changed(incident, outdated=True)
    assert kept(incident) == {"cascades": ["a"], "stale": True, "outdated": True, "asked": 2}
