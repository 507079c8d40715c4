"""From an arrival to its incident: by a rule, by what it is about, by its time; never across organizations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django_scopes import scope, scopes_disabled

from governance.enums import Role
from governance.models import Organization, User
from incidents.enums import ArrivalStatus, HookKind, MilestoneKind, Severity
from incidents.models import Arrival, Entry, Evidence, Hook, Incident, IncidentLink, IntakeRule, Milestone
from incidents.services import arrivals, handling, opening, routing, rules
from tests.factories import make_entry, make_incident, make_member, make_organization, make_service
from tests.incidents.intake.arriving import alert, arrive, bring, deployment, make_hook, read

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def hook(organization: Organization) -> Hook:
    return make_hook(organization)


@pytest.fixture
def deployments(organization: Organization) -> Hook:
    return make_hook(organization, HookKind.DEPLOY)


def add_rule(organization: Organization, words: str = "refused", **fields: Any) -> IntakeRule:
    actor = make_member(organization, Role.ADMINISTRATOR)
    return rules.save_rule(
        actor=actor, organization=organization, name="Payments", severity=Severity.SEV2, words=words, **fields
    )


def texts(incident: Incident) -> list[str]:
    return list(
        Entry.objects.filter(incident=incident).order_by("at", "number").values_list("text", flat=True)
    )


# Rules ---------------------------------------------------------------------------------------------------------------


def test_rule_opens_an_incident_and_says_why(organization: Organization, hook: Hook) -> None:
    service = make_service(organization, "Checkout")
    add_rule(organization)
    arrival = bring(hook, alert(service="checkout", region="eu-central-1"))
    incident = Incident.objects.get()
    assert (arrival.status, arrival.reason) == (ArrivalStatus.TAKEN_IN, "1 entry added.")
    assert (incident.title, incident.severity, incident.declared_at) == ("Payments are refused", 2, NOON)
    assert list(incident.services.all()) == [service]
    assert incident.region == "eu-central-1"
    assert incident.classification == (
        "SEV2 because the rule “Payments” (refused) fits: Signed JSON hook said “Payments are refused”."
    )
    assert incident.created_by is None and incident.accepted_at is None
    assert texts(incident) == ["Payments are refused"]


def test_end_of_a_trouble_that_nobody_saw_begin_opens_nothing(organization: Organization) -> None:
    add_rule(organization, "checkout")
    pager = make_hook(organization, HookKind.PAGERDUTY)
    service = {"summary": "Checkout", "type": "service_reference"}
    event = {
        "id": "01",
        "event_type": "incident.resolved",
        "occurred_at": "2026-01-09T12:26:00Z",
        "data": {"id": "PINC001", "type": "incident", "title": "Checkout is slow", "service": service},
    }
    assert bring(pager, {"event": event}).status == ArrivalStatus.KEPT
    assert not Incident.objects.exists()


def test_storm_of_alerts_opens_one_incident(organization: Organization, hook: Hook) -> None:
    make_service(organization, "Checkout")
    add_rule(organization)
    for number in range(6):
        at = (NOON + timedelta(minutes=9 * number)).isoformat()
        bring(hook, alert(f"Payments are refused in zone {number}", at, service="checkout"))
    assert len(texts(Incident.objects.get())) == 6


def test_alert_after_more_than_an_hour_opens_another_incident(organization: Organization, hook: Hook) -> None:
    add_rule(organization)
    bring(hook, alert())
    bring(hook, alert(at="2026-03-01T13:00:00Z"))
    assert Incident.objects.count() == 1
    bring(hook, alert(at="2026-03-01T13:00:01Z"))
    assert Incident.objects.count() == 2


def test_alert_of_another_service_opens_another_incident(organization: Organization, hook: Hook) -> None:
    make_service(organization, "Checkout")
    make_service(organization, "Search")
    add_rule(organization)
    bring(hook, alert(service="checkout"))
    bring(hook, alert(service="search"))
    assert Incident.objects.count() == 2


def test_storm_does_not_join_an_incident_that_a_person_opened(organization: Organization, hook: Hook) -> None:
    service = make_service(organization, "Checkout")
    actor = make_member(organization)
    by_hand = make_incident(organization, services=(service,), declared_at=NOON, created_by=actor)
    add_rule(organization)
    bring(hook, alert(service="checkout"))
    assert texts(by_hand) == [] and Incident.objects.count() == 2


def test_first_fitting_rule_decides_in_the_order_of_positions(organization: Organization, hook: Hook) -> None:
    actor = make_member(organization, Role.ADMINISTRATOR)
    for name, severity, position in (("Late", 4, 20), ("Early", 1, 5)):
        rules.save_rule(
            actor=actor, organization=organization, name=name, severity=severity, position=position
        )
    bring(hook, alert())
    assert Incident.objects.get().severity == Severity.SEV1


def test_rule_of_another_source_or_other_words_or_switched_off_opens_nothing(
    organization: Organization, hook: Hook
) -> None:
    add_rule(organization, source="pagerduty")
    add_rule(organization, words="refused frankfurt")
    add_rule(organization, is_active=False)
    assert bring(hook, alert()).status == ArrivalStatus.KEPT
    assert not Incident.objects.exists()


def test_words_of_a_rule_are_found_in_services_and_regions_too(
    organization: Organization, hook: Hook
) -> None:
    add_rule(organization, words="REFUSED eu-central payments-api")
    bring(hook, alert(service="Payments-API", region="eu-central-1"))
    assert Incident.objects.count() == 1


def test_service_of_the_rule_is_affected_even_when_the_alert_names_none(
    organization: Organization, hook: Hook
) -> None:
    service = make_service(organization, "Checkout")
    add_rule(organization, service=service)
    bring(hook, alert())
    assert list(Incident.objects.get().services.all()) == [service]


# What it is about ----------------------------------------------------------------------------------------------------


def test_what_is_about_the_same_thing_follows_without_a_rule(organization: Organization, hook: Hook) -> None:
    rule = add_rule(organization)
    bring(hook, alert(fingerprint="alert c0ffee"))
    rules.remove_rule(actor=make_member(organization, Role.ADMINISTRATOR), rule=rule)
    arrival = bring(hook, alert("Resolved", "2026-03-03T09:00:00Z", fingerprint="alert c0ffee"))
    assert arrival.status == ArrivalStatus.TAKEN_IN
    assert texts(Incident.objects.get()) == ["Payments are refused", "Resolved"]


def test_same_thing_after_a_month_is_another_trouble(organization: Organization, hook: Hook) -> None:
    add_rule(organization)
    bring(hook, alert(fingerprint="alert c0ffee"))
    late = bring(hook, alert("It is slow", "2026-04-05T12:00:00Z", fingerprint="alert c0ffee"))
    assert late.status == ArrivalStatus.KEPT


def test_very_long_fingerprints_meet_too(organization: Organization, hook: Hook) -> None:
    add_rule(organization)
    key = "alert " + "x" * 500
    bring(hook, alert(fingerprint=key))
    assert bring(hook, alert("Resolved", fingerprint=key)).status == ArrivalStatus.TAKEN_IN


def test_alert_that_no_rule_wants_is_kept(organization: Organization, hook: Hook) -> None:
    arrival = bring(hook, alert("The disk is nearly full", fingerprint="alert d15c"))
    assert arrival.status == ArrivalStatus.KEPT
    assert "when a person attaches it" in arrival.reason
    assert arrival.keys == ["alert d15c"] and arrival.first_at == NOON
    assert not Incident.objects.exists()


def test_kept_alert_comes_in_when_a_person_attaches_it(
    organization: Organization, hook: Hook, responder: User
) -> None:
    incident = make_incident(organization, declared_at=NOON)
    arrival = bring(hook, alert(fingerprint="alert c0ffee"))
    handling.attach(actor=responder, arrival=arrival, incident=incident)
    assert read(arrival).status == ArrivalStatus.TAKEN_IN
    assert texts(incident) == ["Payments are refused"]
    link = IncidentLink.objects.get()
    assert (link.incident, link.key, link.linked_by) == (incident, "alert c0ffee", responder)


def test_attaching_one_brings_in_all_that_was_kept_about_the_same_thing(
    organization: Organization, hook: Hook, responder: User
) -> None:
    incident = make_incident(organization, declared_at=NOON)
    first, second = (
        bring(hook, alert(text, fingerprint="alert c0ffee")) for text in ("It fires", "Resolved")
    )
    other = bring(hook, alert("The disk is nearly full", fingerprint="alert d15c"))
    handling.attach(actor=responder, arrival=first, incident=incident)
    handling.gather_for(incident.pk)
    for arrival in (first, second, other):
        read(arrival)
    assert texts(incident) == ["It fires", "Resolved"]
    assert other.status == ArrivalStatus.KEPT


def test_kept_alert_comes_in_when_an_incident_about_it_opens(organization: Organization, hook: Hook) -> None:
    kept = bring(hook, alert("It fires", fingerprint="alert c0ffee"))
    incident = make_incident(organization, declared_at=NOON)
    routing.link(incident, ["alert c0ffee"], None)
    assert handling.gather_for(incident.pk) == 1
    assert read(kept).status == ArrivalStatus.TAKEN_IN
    assert texts(incident) == ["It fires"]


# Changes -------------------------------------------------------------------------------------------------------------


def test_changes_of_the_day_before_come_in_when_an_incident_opens(
    organization: Organization, deployments: Hook
) -> None:
    service = make_service(organization, "Checkout")
    kept = [
        bring(deployments, deployment((NOON - timedelta(hours=hours)).isoformat(), version=f"v{hours}"))
        for hours in (1, 24, 25)
    ]
    assert {arrival.status for arrival in kept} == {ArrivalStatus.KEPT}
    incident = opening.open_incident(
        actor=make_member(organization), organization=organization, title="Payments", severity=2,
        services=[service], declared_at=NOON,
    )  # fmt: skip
    assert handling.gather_for(incident.pk) == 2
    assert [read(arrival).status for arrival in kept] == ["taken_in", "taken_in", "kept"]
    assert [text.split()[3] for text in texts(incident)] == ["v24:", "v1:"]


def test_change_of_a_known_service_that_was_not_affected_stays_out_unless_it_came_during_the_incident(
    organization: Organization, deployments: Hook
) -> None:
    make_service(organization, "Search")
    incident = make_incident(
        organization, services=(make_service(organization, "Checkout"),), declared_at=NOON
    )
    before = bring(deployments, deployment("2026-03-01T11:00:00Z", "search"))
    during = bring(deployments, deployment("2026-03-01T12:30:00Z", "search"))
    unknown = bring(deployments, deployment("2026-03-01T11:30:00Z", "a service of nobody"))
    late = bring(deployments, deployment("2026-03-01T18:00:01Z", "checkout"))
    assert [one.status for one in (before, during, unknown, late)] == ["kept", "taken_in", "taken_in", "kept"]
    assert len(texts(incident)) == 2


def test_change_comes_into_every_incident_that_it_precedes(
    organization: Organization, deployments: Hook
) -> None:
    service = make_service(organization, "Checkout")
    both = [make_incident(organization, services=(service,), declared_at=NOON) for _ in range(2)]
    arrival = bring(deployments, deployment("2026-03-01T11:00:00Z"))
    assert all(len(texts(incident)) == 1 for incident in both)
    assert {f"{incident.reference}: 1 entry added" for incident in both} == set(
        arrival.reason[:-1].split("; ")
    )


def test_change_does_not_come_into_a_drill(organization: Organization, deployments: Hook) -> None:
    make_incident(organization, declared_at=NOON, is_synthetic=True)
    assert bring(deployments, deployment("2026-03-01T11:00:00Z")).status == ArrivalStatus.KEPT


def test_changes_after_a_long_incident_come_in_until_it_is_resolved(
    organization: Organization, deployments: Hook
) -> None:
    kept = bring(deployments, deployment("2026-03-02T11:00:00Z"))
    incident = make_incident(organization, declared_at=NOON)
    assert routing.kept_for(incident) == []
    resolved = make_entry(incident, NOON + timedelta(hours=20), "Resolved")
    Milestone(
        organization=organization, incident=incident, kind=MilestoneKind.RESOLVED, entry=resolved
    ).save()
    assert routing.kept_for(incident) == [kept]


# Odd times and texts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_times_at_the_ends_of_the_calendar_are_read(
    organization: Organization, hook: Hook, deployments: Hook, at: str
) -> None:
    add_rule(organization)
    assert bring(hook, alert(at=at, fingerprint="alert c0ffee")).status == ArrivalStatus.TAKEN_IN
    bring(deployments, deployment(at))
    assert handling.gather_for(Incident.objects.get().pk) >= 0
    assert not Arrival.objects.in_work().exclude(reason="").exists()


def test_nul_in_what_opens_an_incident_is_made_visible(organization: Organization, hook: Hook) -> None:
    add_rule(organization)
    arrival = bring(
        hook, alert("Payments\x00 are refused", fingerprint="a\x00b", region="eu\x00", actor="\x00")
    )
    incident = Incident.objects.get()
    assert arrival.status == ArrivalStatus.TAKEN_IN
    assert (incident.title, incident.region, arrival.keys) == ("Payments␀ are refused", "eu␀", ["a␀b"])


# Organizations -------------------------------------------------------------------------------------------------------


def test_incident_of_another_organization_is_never_touched(organization: Organization, hook: Hook) -> None:
    beta = make_organization("beta")
    with scope(organization=beta):
        theirs = make_incident(beta, services=(make_service(beta, "Checkout"),), declared_at=NOON)
        routing.link(theirs, ["alert c0ffee"], None)
        add_rule(beta)
        their_hook = make_hook(beta, HookKind.DEPLOY)
    kept = bring(hook, alert(fingerprint="alert c0ffee"))
    changed = bring(make_hook(organization, HookKind.DEPLOY), deployment("2026-03-01T11:00:00Z"))
    assert {kept.status, changed.status} == {ArrivalStatus.KEPT}
    with scope(organization=beta):
        assert handling.gather_for(theirs.pk) == 0
        assert texts(theirs) == []
        assert bring(their_hook, deployment("2026-03-01T11:00:00Z")).status == ArrivalStatus.TAKEN_IN
    assert not Incident.objects.exists() and not Evidence.objects.exists()


# At the same time ----------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Organization]:
    """An organization that other connections see."""
    found = make_organization("acme")
    with scope(organization=found):
        yield found


def together(*works: Callable[[], object]) -> list[object]:
    """Do several things at the same moment, each in a thread with a connection of its own."""
    start, results = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_readers_of_one_arrival_read_it_once(committed: Organization) -> None:
    make_incident(committed, declared_at=NOON)
    arrival = arrive(make_hook(committed, HookKind.DEPLOY), deployment("2026-03-01T11:00:00Z"))
    found = together(*[lambda: arrivals.take_in(arrival.pk)] * 4)
    assert sorted(one is None for one in found) == [False, True, True, True]
    arrival.refresh_from_db()
    assert (arrival.status, arrival.attempts) == (ArrivalStatus.TAKEN_IN, 1)
    assert Evidence.objects.count() == Entry.objects.count() == 1


def test_two_storms_at_the_same_time_open_one_incident(committed: Organization) -> None:
    add_rule(committed)
    hook = make_hook(committed)
    waiting = [arrive(hook, alert(f"Refused {number}")).pk for number in range(8)]
    halves = (waiting[::2], waiting[1::2])
    together(*[lambda half=half: [arrivals.take_in(pk) for pk in half] for half in halves])
    with scopes_disabled():
        assert Incident.objects.count() == 1
    assert sorted(texts(Incident.objects.get())) == [f"Refused {number}" for number in range(8)]
