"""What Opsgenie posts and lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals

ALERT: dict[str, Any] = {
    "alertId": "a-1",
    "tinyId": "23",
    "alias": "checkout-latency",
    "message": "Checkout is slow",
    "username": "mia@example.com",
    "createdAt": 1772366400123,
    "updatedAt": 1772366700456000000,
    "priority": "P1",
    "source": "prometheus",
    "tags": ["service:checkout", "slow"],
    "details": {"Region": "eu-west-1", "customer": "acme"},
}
LISTED: dict[str, Any] = {
    "id": "a-1",
    "tinyId": "23",
    "alias": "checkout-latency",
    "message": "Checkout is slow",
    "status": "closed",
    "acknowledged": True,
    "createdAt": "2026-03-01T12:00:00.123Z",
    "updatedAt": "2026-03-01T12:09:00Z",
    "priority": "P1",
    "source": "prometheus",
    "report": {
        "ackTime": 1,
        "closeTime": 2,
        "acknowledgedBy": "mia@example.com",
        "closedBy": "mia@example.com",
    },
}
LOGS: list[dict[str, Any]] = [
    {
        "log": "Alert created via API",
        "type": "system",
        "owner": "System",
        "createdAt": "2026-03-01T12:00:00.123Z",
        "offset": "1_1",
    },
    {
        "log": "Alert acknowledged via web",
        "type": "alertAction",
        "owner": "mia@example.com",
        "createdAt": "2026-03-01T12:05:00Z",
        "offset": "2_2",
    },
]
NOTES = [
    {"note": "Rolling back", "owner": "mia@example.com", "createdAt": "2026-03-01T12:06:00Z", "offset": "3_3"}
]
BUNDLE = {"alert": LISTED, "logs": {"data": LOGS}, "notes": NOTES}


def body(action: str, **fields: Any) -> dict[str, Any]:
    return {
        "action": action,
        "alert": {**ALERT, **fields},
        "source": {"type": "web"},
        "integrationName": "hook",
    }


def test_creation_stands_at_the_time_it_was_made() -> None:
    [found] = entries("opsgenie", body("Create"))
    assert (found.signal.text, found.signal.actor) == ("Checkout is slow (P1)", "prometheus")
    assert (found.signal.time_text, found.at.isoformat()) == (
        "1772366400123",
        "2026-03-01T12:00:00.123000+00:00",
    )
    assert (found.signal.lane, found.signal.trust) == (Lane.ALERT, Trust.OBSERVED)


def test_alert_is_about_what_details_and_tags_name() -> None:
    [found] = signals("opsgenie", body("Create"))
    about = found.about
    assert (about.services, about.region, about.customer) == (("checkout",), "eu-west-1", "acme")
    assert about.fingerprint == "alert checkout-latency"


@pytest.mark.parametrize(
    "updated", [1772366700456, 1772366700456000, 1772366700456000000, "2026-03-01T12:05:00.456Z"]
)
def test_action_stands_at_its_own_time_in_any_unit(updated: Any) -> None:
    [found] = entries("opsgenie", body("Acknowledge", updatedAt=updated))
    assert found.at.isoformat() == "2026-03-01T12:05:00.456000+00:00"


@pytest.mark.parametrize(
    ("action", "fields", "text", "lane"),
    [
        ("Acknowledge", {}, "Acknowledged: Checkout is slow", Lane.ACTION),
        ("UnAcknowledge", {}, "Unacknowledged: Checkout is slow", Lane.ACTION),
        ("Close", {}, "Closed: Checkout is slow", Lane.ALERT),
        ("Close", {"note": "calm"}, "Closed: Checkout is slow — calm", Lane.ALERT),
        (
            "AssignOwnership",
            {"owner": "bo@example.com"},
            "Assigned to bo@example.com: Checkout is slow",
            Lane.ACTION,
        ),
        (
            "Escalate",
            {"escalationNotify": {"name": "Lead"}},
            "Escalated to Lead: Checkout is slow",
            Lane.ACTION,
        ),
        ("Escalate", {}, "Escalated: Checkout is slow", Lane.ACTION),
        ("AddTags", {"addedTags": ["a", "b"]}, "Tags added a, b: Checkout is slow", Lane.ACTION),
        ("UpdatePriority", {"oldPriority": "P3"}, "Priority changed P3 → P1: Checkout is slow", Lane.ACTION),
        ("RunPlaybook", {}, "Run Playbook: Checkout is slow", Lane.ACTION),
        ("AddNote", {"note": "Rolling back"}, "Rolling back", Lane.CHAT),
    ],
)
def test_action_is_told_in_words(action: str, fields: dict[str, Any], text: str, lane: Lane) -> None:
    [found] = signals("opsgenie", body(action, **fields))
    assert (found.text, found.lane, found.trust) == (text, lane, Trust.REPORTED)
    assert found.actor == "mia@example.com"


def test_action_of_a_machine_is_observed() -> None:
    [found] = signals("opsgenie", body("Close", username="System"))
    assert (found.actor, found.trust) == ("System", Trust.OBSERVED)


def test_time_of_creation_never_stands_for_that_of_an_action() -> None:
    [found] = parse("opsgenie", body("Close", updatedAt=None))
    assert found == Skipped("data[0]", "“Close” has no updatedAt, so nobody can say when it happened.")


def test_listed_alert_is_the_same_fact_as_its_webhook() -> None:
    [hooked] = signals("opsgenie", body("Create"))
    listed, left = parse("opsgenie", {"data": [LISTED]})
    assert isinstance(listed, Signal)
    assert (listed.identity, listed.text) == (hooked.identity, hooked.text)
    assert left == Skipped(
        "data[0]",
        "It was acknowledged and closed by mia@example.com; the list does not say when. Add the alert's logs to "
        "see it.",
    )


def test_alert_with_its_logs_and_notes_is_read_once() -> None:
    found = parse("opsgenie", BUNDLE)
    told = [(item.text, item.lane, item.trust) for item in found if isinstance(item, Signal)]
    assert told == [
        ("Checkout is slow (P1)", Lane.ALERT, Trust.OBSERVED),
        ("Alert acknowledged via web", Lane.ACTION, Trust.REPORTED),
        ("Rolling back", Lane.CHAT, Trust.REPORTED),
    ]
    [again] = [item for item in found if isinstance(item, Skipped)]
    assert (again.location, again.expected) == ("data[0].logs[0]", True)
    assert {item.about.fingerprint for item in found if isinstance(item, Signal)} == {
        "alert checkout-latency"
    }


def test_logs_and_notes_alone_are_read() -> None:
    created, acknowledged = signals("opsgenie", {"data": LOGS, "took": 1})
    assert (created.lane, acknowledged.lane) == (Lane.ALERT, Lane.ACTION)
    assert signals("opsgenie", NOTES)[0].time_text == "2026-03-01T12:06:00Z"
    assert created.identity == ""


def test_order_of_deliveries_changes_no_identity() -> None:
    bodies = [body("Create"), body("Acknowledge"), body("Close")]
    one, other = signals("opsgenie", bodies), signals("opsgenie", bodies[::-1])
    assert {item.identity for item in one} == {item.identity for item in other}
    assert len({item.identity for item in one}) == 3


@pytest.mark.parametrize("document", [{}, [], "x", 3, None, {"data": []}, {"data": [{"a": 1}]}, {"alert": 1}])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="holds nothing of Opsgenie"):
        parse("opsgenie", document)


@given(
    changed(
        [
            body("Create"),
            body("AddNote", note="x"),
            [body("Escalate")],
            {"data": [LISTED]},
            BUNDLE,
            {"data": LOGS},
            NOTES,
        ]
    )
)
def test_changed_json_is_read_skipped_or_refused(document: Any) -> None:
    try:
        found = parse("opsgenie", document)
    except EvidenceRefused:
        return
    assert all(isinstance(item, Signal | Skipped) for item in found)
