"""What a chronology says about itself: equal events merge by themselves, the rest is proposed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from governance.models import User
from incidents import services
from incidents.enums import CurationKind, Lane, SourceKind
from incidents.models import Curation, Entry, Incident
from incidents.services import insights
from tests.factories import make_entry, make_evidence

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


def fire(incident: Incident, times: int, **fields: object) -> list[Entry]:
    evidence = make_evidence(incident, kind=SourceKind.ALERTMANAGER)
    return [
        make_entry(
            incident,
            START + timedelta(minutes=minute),
            "HighLatency: p99 above 2 s",
            number=minute + 1,
            lane=Lane.ALERT,
            fingerprint="alert b8a8",
            evidence=evidence,
            **fields,
        )
        for minute in range(times)
    ]


def shown(incident: Incident) -> list[int]:
    return list(Entry.objects.filter(incident=incident).shown().in_order().values_list("number", flat=True))


def test_flapping_alert_folds_into_one_entry_that_says_why(incident: Incident) -> None:
    fire(incident, 9)
    insights.refresh(incident)
    assert shown(incident) == [1]
    curation = Curation.objects.get()
    assert (curation.kind, curation.actor) == (CurationKind.MERGE, None)
    assert "9 times" in curation.clause


def test_what_a_person_split_stays_split(responder: User, incident: Incident) -> None:
    fire(incident, 5)
    insights.refresh(incident)
    services.split_entry(actor=responder, incident=incident, number=1)
    insights.refresh(incident)
    assert shown(incident) == [1, 2, 3, 4, 5]


def test_undone_merging_is_not_done_again(responder: User, incident: Incident) -> None:
    fire(incident, 5)
    insights.refresh(incident)
    services.undo(actor=responder, curation=Curation.objects.get())
    insights.refresh(incident)
    assert shown(incident) == [1, 2, 3, 4, 5]


def test_highlighted_repeats_are_not_swallowed(incident: Incident) -> None:
    entries = fire(incident, 5)
    Entry.objects.filter(pk=entries[3].pk).update(highlighted=True)
    insights.refresh(incident)
    assert 4 in shown(incident)


def test_same_event_of_two_sources_becomes_one_entry_with_both_pieces_of_evidence(incident: Incident) -> None:
    (alert,) = fire(incident, 1)
    other = make_entry(
        incident,
        START + timedelta(seconds=20),
        "HighLatency: p99 above 2 s (P1)",
        number=50,
        lane=Lane.ALERT,
        fingerprint="alert b8a8",
        evidence=make_evidence(incident, kind=SourceKind.PAGERDUTY),
    )
    insights.refresh(incident)
    (kept,) = shown(incident)
    inside = Entry.objects.get(folded_into__number=kept)
    assert {kept, inside.number} == {alert.number, other.number}
    assert inside.evidence_id != Entry.objects.get(number=kept).evidence_id


def test_milestones_are_proposed_until_somebody_sets_them(responder: User, incident: Incident) -> None:
    (alert,) = fire(incident, 1)
    insights.refresh(incident)
    proposed = Incident.objects.get(pk=incident.pk).insights["milestones"]["detected"]
    assert proposed["entry"] == alert.number and proposed["why"].endswith(".")
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=alert)
    insights.refresh(incident)
    assert "detected" not in Incident.objects.get(pk=incident.pk).insights["milestones"]


def test_clock_offset_is_proposed_with_its_pairs_and_not_applied(incident: Incident) -> None:
    logs = make_evidence(incident, kind=SourceKind.LOG)
    chat = make_evidence(incident, kind=SourceKind.GITHUB)
    for step in range(4):
        at = START + timedelta(minutes=11 * step)
        text = f"Rollout of release 4.{step} to cell eu-{step} finished after canary"
        make_entry(incident, at, text, lane=Lane.LOG, evidence=logs)
        make_entry(incident, at + timedelta(seconds=95), text, lane=Lane.CHANGE, evidence=chat)
    insights.refresh(incident)
    (offset,) = Incident.objects.get(pk=incident.pk).insights["offsets"]
    assert abs(offset["seconds"]) == 95 and len(offset["pairs"]) == 4
    assert all(entry.at == entry.original_at for entry in Entry.objects.filter(incident=incident))


@pytest.mark.parametrize("times", [1, 3])
def test_refreshing_takes_as_many_queries_for_more_entries(
    incident: Incident, times: int, django_assert_max_num_queries: object
) -> None:
    fire(incident, times)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        insights.refresh(incident)
