"""What PagerDuty posts, and what its API lists of an incident."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals


def entry(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"R-{kind}",
        "type": f"{kind}_log_entry",
        "summary": f"{kind} happened",
        "created_at": "2018-10-21T19:13:00-04:00",
        "agent": {"type": "user_reference", "summary": "Kit Harlow"},
        "channel": {"type": "website"},
        **fields,
    }


def test_trigger_tells_what_the_channel_says() -> None:
    channel = {"type": "api", "description": "Replication lag grows", "details": {}}
    agent = {"type": "service_reference", "summary": "MySQL"}
    [found] = signals("pagerduty", {"log_entries": [entry("trigger", channel=channel, agent=agent)]})
    assert (found.text, found.lane, found.trust) == ("Replication lag grows", Lane.ALERT, Trust.OBSERVED)
    assert found.actor == "MySQL"


def test_acknowledgement_is_an_action_reported_by_a_person() -> None:
    [found] = signals("pagerduty", {"log_entries": [entry("acknowledge")]})
    assert (found.lane, found.trust, found.actor) == (Lane.ACTION, Trust.REPORTED, "Kit Harlow")


def test_offset_of_the_entry_gives_the_instant() -> None:
    [found] = entries("pagerduty", {"log_entries": [entry("notify")]})
    assert found.at.isoformat() == "2018-10-21T23:13:00+00:00"


def test_bare_list_and_single_entry_are_read_too() -> None:
    assert signals("pagerduty", [entry("notify")]) == signals("pagerduty", {"log_entry": entry("notify")})


def test_entry_without_time_is_skipped_by_name() -> None:
    found = parse("pagerduty", {"log_entries": [entry("notify"), entry("resolve", created_at=None), "x"]})
    skipped = [item for item in found if isinstance(item, Skipped)]
    assert [item.location for item in skipped] == ["log_entries[1]", "log_entries[2]"]


PERSON = {"id": "U1", "type": "user_reference", "summary": "Kit Harlow"}
SERVICE = {"id": "S1", "type": "service_reference", "summary": "Checkout API"}
INCIDENT: dict[str, Any] = {
    "id": "P1NC",
    "type": "incident",
    "title": "Checkout is slow",
    "status": "resolved",
    "created_at": "2026-03-01T12:00:00Z",
    "resolved_at": "2026-03-01T12:30:00Z",
    "service": SERVICE,
    "priority": {"id": "PR1", "summary": "P1"},
    "acknowledgements": [{"at": "2026-03-01T12:04:00Z", "acknowledger": PERSON}],
    "first_trigger_log_entry": {"id": "R-trigger", "type": "trigger_log_entry_reference"},
    "last_status_change_by": PERSON,
}
ALERT: dict[str, Any] = {
    "id": "A1",
    "type": "alert",
    "summary": "p99 above 2 s",
    "created_at": "2026-03-01T12:00:03Z",
    "status": "triggered",
    "alert_key": "k-7",
    "severity": "critical",
    "service": SERVICE,
    "incident": {"id": "P1NC"},
    "body": {"details": {"region": "eu-west-1", "tenant": "acme"}},
    "integration": {"summary": "Prometheus"},
}
NOTE: dict[str, Any] = {
    "id": "N1",
    "user": PERSON,
    "content": "Rolled back",
    "created_at": "2026-03-01T12:20:00Z",
}
REFERENCE = {"id": "P1NC", "type": "incident_reference", "summary": "Checkout is slow"}
TRIGGER = entry("trigger", incident=REFERENCE, channel={"type": "api", "summary": "Latency"}, agent=SERVICE)
NOTED = entry(
    "annotate",
    created_at=NOTE["created_at"],
    channel={"type": "note", "summary": "Rolled back"},
    incident=REFERENCE,
)
PULLED = {"incident": INCIDENT, "log_entries": [NOTED, TRIGGER], "alerts": [ALERT], "notes": [NOTE]}


def event(kind: str, agent: Any = PERSON, **data: Any) -> dict[str, Any]:
    return {
        "event": {
            "id": f"E-{kind}",
            "event_type": kind,
            "occurred_at": "2026-03-01T12:26:00.000Z",
            "agent": agent,
            "data": {**INCIDENT, **data},
        }
    }


def about_it(kind: str, **data: Any) -> dict[str, Any]:
    """An event whose data refers to the incident."""
    body = event(kind)
    body["event"]["data"] = {"incident": REFERENCE, **data}
    return body


def test_entry_is_about_its_incident_and_service() -> None:
    [found] = signals("pagerduty", [entry("notify", incident=REFERENCE, service=SERVICE)])
    assert found.about.fingerprint == "pagerduty incident P1NC"
    assert found.about.services == ("Checkout API",)


def test_trigger_tells_the_priority_of_the_incident_beside_it() -> None:
    found = signals("pagerduty", {"incident": INCIDENT, "log_entries": [TRIGGER]})
    [trigger] = [item for item in found if item.identity == "log_entry R-trigger"]
    assert (trigger.text, trigger.lane) == ("Latency (P1)", Lane.ALERT)


def test_pulled_incident_tells_each_fact_once() -> None:
    found = parse("pagerduty", PULLED)
    assert [(item.time_text, item.text, item.actor) for item in found if isinstance(item, Signal)] == [
        ("2026-03-01T12:04:00Z", "Acknowledged: Checkout is slow", "Kit Harlow"),
        ("2026-03-01T12:30:00Z", "Resolved: Checkout is slow", "Kit Harlow"),
        ("2018-10-21T19:13:00-04:00", "Latency (P1)", "Checkout API"),
        ("2026-03-01T12:00:03Z", "p99 above 2 s (critical)", "Prometheus"),
        ("2026-03-01T12:20:00Z", "Rolled back", "Kit Harlow"),
    ]
    [again] = [item for item in found if isinstance(item, Skipped)]
    assert (again.location, again.expected) == ("log_entries[0]", True)


def test_incident_alone_tells_its_moments_and_its_first_entry_is_the_same_fact() -> None:
    triggered, acknowledged, resolved = signals("pagerduty", {"incident": INCIDENT})
    assert (triggered.text, triggered.lane) == ("Checkout is slow (P1)", Lane.ALERT)
    assert triggered.identity == signals("pagerduty", [TRIGGER])[0].identity
    assert (acknowledged.trust, resolved.trust) == (Trust.REPORTED, Trust.REPORTED)
    assert {item.about.fingerprint for item in (triggered, acknowledged, resolved)} == {
        "pagerduty incident P1NC"
    }


def test_moments_that_entries_tell_are_not_told_again() -> None:
    entries_of = [entry(kind, id=kind) for kind in ("trigger", "acknowledge", "resolve")]
    found = signals("pagerduty", {"incident": INCIDENT, "log_entries": entries_of})
    assert [item.identity for item in found] == [
        "log_entry trigger",
        "log_entry acknowledge",
        "log_entry resolve",
    ]


def test_alert_has_a_key_of_its_own() -> None:
    [found] = signals("pagerduty", {"alerts": [ALERT]})
    about = found.about
    assert (about.services, about.region, about.customer) == (("Checkout API",), "eu-west-1", "acme")
    assert (about.fingerprint, found.identity) == ("alert k-7", "pagerduty alert A1")


def test_resolving_of_an_alert_is_told_when_its_time_is() -> None:
    over = {**ALERT, "status": "resolved", "resolved_at": "2026-03-01T12:29:00Z"}
    _, resolved = signals("pagerduty", {"alerts": [over]})
    assert (resolved.text, resolved.time_text) == (
        "Resolved: p99 above 2 s (critical)",
        "2026-03-01T12:29:00Z",
    )
    assert len(signals("pagerduty", {"alerts": [{**over, "resolved_at": None}]})) == 1


def test_webhook_of_a_note_is_the_same_fact_as_the_note() -> None:
    [posted] = signals(
        "pagerduty", about_it("incident.annotated", id="N1", content="Rolled back", trimmed=False)
    )
    [listed] = signals("pagerduty", {"notes": [NOTE]})
    assert posted.identity == listed.identity == "pagerduty note N1"
    assert (posted.text, posted.lane, posted.trust) == ("Rolled back", Lane.CHAT, Trust.REPORTED)
    assert posted.about.fingerprint == "pagerduty incident P1NC"


@pytest.mark.parametrize(
    ("body", "text", "lane"),
    [
        (event("incident.triggered"), "Checkout is slow (P1)", Lane.ALERT),
        (event("incident.reopened"), "Reopened: Checkout is slow (P1)", Lane.ALERT),
        (event("incident.acknowledged"), "Acknowledged: Checkout is slow", Lane.ACTION),
        (event("incident.unacknowledged"), "Unacknowledged: Checkout is slow", Lane.ACTION),
        (event("incident.resolved"), "Resolved: Checkout is slow", Lane.ACTION),
        (
            event("incident.resolved", resolve_reason={"type": "merge", "incident": {"summary": "Tills"}}),
            "Resolved by merging it into Tills: Checkout is slow",
            Lane.ACTION,
        ),
        (
            event("incident.escalated", assignees=[PERSON]),
            "Escalated to Kit Harlow: Checkout is slow",
            Lane.ACTION,
        ),
        (event("incident.reassigned"), "Reassigned: Checkout is slow", Lane.ACTION),
        (
            event("incident.delegated", escalation_policy={"summary": "Leads"}),
            "Delegated to Leads: Checkout is slow",
            Lane.ACTION,
        ),
        (event("incident.priority_updated"), "Priority set to P1: Checkout is slow", Lane.ACTION),
        (
            event("incident.priority_updated", priority=None),
            "Priority set to none: Checkout is slow",
            Lane.ACTION,
        ),
        (event("incident.service_updated"), "Service changed to Checkout API: Checkout is slow", Lane.ACTION),
        (
            about_it("incident.status_update_published", id="S", message="A fix comes", trimmed=True),
            "A fix comes [the status update goes on in PagerDuty]",
            Lane.STATUS,
        ),
        (
            about_it("incident.responder.added", user={"summary": "Maeve"}, message="Please help"),
            "Responder asked Maeve, Please help: Checkout is slow",
            Lane.ACTION,
        ),
        (
            about_it("incident.responder.replied", user={"summary": "Maeve"}, state="accepted"),
            "Responder answered Maeve (accepted): Checkout is slow",
            Lane.ACTION,
        ),
        (
            about_it("incident.workflow.started", summary="Page the leads"),
            "Workflow started Page the leads: Checkout is slow",
            Lane.ACTION,
        ),
        (
            about_it("incident.conference_bridge.updated", conference_url="https://meet.example"),
            "Conference bridge changed https://meet.example: Checkout is slow",
            Lane.ACTION,
        ),
        (
            about_it(
                "incident.custom_field_values.updated",
                custom_fields=[{"name": "impact", "value": "high"}, {"name": "other", "value": 1}],
                changed_fields=["impact"],
            ),
            "Fields changed impact = high: Checkout is slow",
            Lane.ACTION,
        ),
        (about_it("incident.something_new"), "Something new: Checkout is slow", Lane.ACTION),
    ],
)
def test_event_is_told_in_words(body: dict[str, Any], text: str, lane: Lane) -> None:
    [found] = signals("pagerduty", body)
    assert (found.text, found.lane, found.actor) == (text, lane, "Kit Harlow")
    assert found.time_text == "2026-03-01T12:26:00.000Z"
    assert found.about.fingerprint == "pagerduty incident P1NC"


def test_change_of_a_service_is_a_change() -> None:
    body = event("service.updated", agent=None)
    body["event"]["data"] = {"id": "S1", "type": "service", "summary": "Checkout API"}
    [found] = signals("pagerduty", body)
    assert (found.lane, found.trust, found.actor) == (Lane.CHANGE, Trust.OBSERVED, "")
    assert found.about.services == ("Checkout API",)


def test_action_of_a_machine_is_observed() -> None:
    [found] = signals(
        "pagerduty", event("incident.resolved", agent={"type": "service_reference", "summary": "API"})
    )
    assert (found.actor, found.trust) == ("API", Trust.OBSERVED)


def test_ping_is_no_fact() -> None:
    [found] = parse("pagerduty", event("pagey.ping"))
    assert found == Skipped("event", "It is a test message of PagerDuty, no fact.", expected=True)


def test_order_of_deliveries_changes_no_identity() -> None:
    bodies = [event("incident.triggered"), event("incident.resolved"), PULLED]
    one = {item.identity for item in parse("pagerduty", bodies) if isinstance(item, Signal)}
    other = {item.identity for item in parse("pagerduty", bodies[::-1]) if isinstance(item, Signal)}
    assert one == other
    assert len(one) == 7


SAMPLES = [
    PULLED,
    event("incident.triggered"),
    [event("incident.resolved", resolve_reason={"incident": {}})],
    about_it(
        "incident.custom_field_values.updated",
        custom_fields=[{"name": "a", "value": [1]}],
        changed_fields=["a"],
    ),
    about_it("incident.responder.replied", user=PERSON, state="accepted"),
    {"incident": INCIDENT},
]


@given(changed(SAMPLES))
def test_changed_json_is_read_skipped_or_refused(document: Any) -> None:
    try:
        found = parse("pagerduty", document)
    except EvidenceRefused:
        return
    assert all(isinstance(item, Signal | Skipped) for item in found)


@pytest.mark.parametrize("document", [{}, {"incidents": []}, "text", 7, {"log_entries": {}}])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no PagerDuty log entries"):
        parse("pagerduty", document)
