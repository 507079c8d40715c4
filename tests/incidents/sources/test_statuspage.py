"""What Statuspage posts and lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals


def update(identity: str, status: str, body: str, at: str, **fields: Any) -> dict[str, Any]:
    return {"id": identity, "incident_id": "i-1", "status": status, "body": body, "created_at": at, **fields}


FOUND = update("u-1", "investigating", "We are looking.", "2026-03-01T04:05:00.441-08:00")
FIXED = update(
    "u-2",
    "resolved",
    "All is well.",
    "2026-03-01T05:30:00-08:00",
    display_at="2026-03-01T05:10:00-08:00",
    affected_components=[
        {"code": "c-1", "name": "Checkout", "old_status": "major_outage", "new_status": "operational"},
        {"code": "c-2", "name": "Search", "old_status": "operational", "new_status": "operational"},
    ],
)
INCIDENT: dict[str, Any] = {
    "id": "i-1",
    "name": "Checkout errors",
    "impact": "critical",
    "status": "resolved",
    "components": [{"id": "c-1", "name": "Checkout"}],
    "incident_updates": [FIXED, FOUND],
}
BODY = {"meta": {}, "page": {"id": "p-1", "status_description": "Outage"}, "incident": INCIDENT}
LISTED = {"page": {"id": "p-1", "name": "Acme"}, "incidents": [INCIDENT]}
COMPONENT: dict[str, Any] = {
    "page": {"id": "p-1"},
    "component_update": {
        "id": "k-1",
        "component_id": "c-1",
        "created_at": "2026-03-01T04:06:00-08:00",
        "old_status": "operational",
        "new_status": "major_outage",
    },
    "component": {"id": "c-1", "name": "Checkout", "status": "major_outage"},
}


def test_update_is_a_status_reported_by_a_person() -> None:
    _, found = entries("statuspage", BODY)
    assert found.signal.text == "Investigating: Checkout errors — We are looking."
    assert (found.signal.lane, found.signal.trust) == (Lane.STATUS, Trust.REPORTED)
    assert found.signal.identity == "statuspage update u-1"
    assert found.signal.about.fingerprint == "statuspage incident i-1"


def test_time_is_kept_as_the_page_writes_it() -> None:
    _, found = entries("statuspage", BODY)
    assert found.signal.time_text == "2026-03-01T04:05:00.441-08:00"
    assert (found.at.isoformat(), found.zone) == ("2026-03-01T12:05:00.441000+00:00", "-08:00")


def test_time_that_the_page_shows_goes_before_that_of_writing() -> None:
    fixed, _ = signals("statuspage", BODY)
    assert fixed.time_text == "2026-03-01T05:10:00-08:00"


def test_components_are_services_and_their_changes_are_told() -> None:
    fixed, found = signals("statuspage", BODY)
    assert fixed.text == "Resolved: Checkout errors — All is well. (Checkout: major outage → operational)"
    assert fixed.about.services == ("Checkout", "Search")
    assert found.about.services == ("Checkout",)


def test_list_of_the_api_gives_the_same_facts_under_the_name_of_the_page() -> None:
    listed, posted = signals("statuspage", LISTED), signals("statuspage", BODY)
    assert [item.identity for item in listed] == [item.identity for item in posted]
    assert {item.actor for item in listed} == {"Acme"}
    assert [item.text for item in signals("statuspage", [INCIDENT])] == [item.text for item in posted]


def test_change_of_a_component_is_told_by_itself() -> None:
    [found] = signals("statuspage", COMPONENT)
    assert found.text == "Checkout changed from operational to major outage"
    assert (found.identity, found.time_text) == (
        "statuspage component update k-1",
        "2026-03-01T04:06:00-08:00",
    )
    assert (found.about.services, found.about.fingerprint) == (("Checkout",), "statuspage component c-1")


def test_order_of_updates_changes_no_identity() -> None:
    turned = {**INCIDENT, "incident_updates": [FOUND, FIXED]}
    one, other = signals("statuspage", [INCIDENT]), signals("statuspage", [turned])
    assert {item.identity for item in one} == {item.identity for item in other}


def test_parts_that_cannot_be_read_are_named() -> None:
    broken = [FOUND, update("u-3", "", "", "2026-03-01T12:00:00Z"), {**FOUND, "created_at": None}, 4]
    incident = {**INCIDENT, "name": "", "incident_updates": broken}
    found = parse("statuspage", [incident, {**INCIDENT, "incident_updates": None}, {"a": 1}])
    assert [item.location for item in found if isinstance(item, Skipped)] == [
        "items[0].incident_updates[1]",
        "items[0].incident_updates[2]",
        "items[0].incident_updates[3]",
        "items[1]",
        "items[2]",
    ]


@pytest.mark.parametrize("document", [{}, [], "x", 3, None, {"incidents": []}, {"incident": 1}, {"page": {}}])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no incident of a status page"):
        parse("statuspage", document)


@given(changed([BODY, LISTED, COMPONENT, [INCIDENT, COMPONENT]]))
def test_changed_json_is_read_skipped_or_refused(document: Any) -> None:
    try:
        found = parse("statuspage", document)
    except EvidenceRefused:
        return
    assert all(isinstance(item, Signal | Skipped) for item in found)
