"""What Grafana posts for its alert rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals

ALERT: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "HighLatency", "service": "checkout", "region": "eu-west-1", "tenant": "acme"},
    "annotations": {"summary": "p99 above 2 s"},
    "startsAt": "2026-03-01T13:00:00+01:00",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "b8a8",
    "values": {"B": 2.31, "C": 1},
    "valueString": "[ var='B' labels={pod=a} value=2.31 ], [ var='C' labels={} value=1 ]",
}
OVER = {**ALERT, "status": "resolved", "endsAt": "2026-03-01T13:09:00+01:00", "values": {"B": 0.2400000001}}
BODY: dict[str, Any] = {"version": "1", "status": "firing", "title": "[FIRING:1]", "alerts": [ALERT]}


def body(*alerts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**BODY, "alerts": list(alerts), **fields}


def test_firing_tells_the_values_that_made_it_fire() -> None:
    [found] = entries("grafana", BODY)
    assert found.signal.text == "HighLatency: p99 above 2 s — B = 2.31, C = 1"
    assert found.at.isoformat() == "2026-03-01T12:00:00+00:00"
    assert found.signal.actor == "HighLatency"


def test_alert_is_about_what_its_labels_name() -> None:
    [found] = signals("grafana", BODY)
    assert (found.about.services, found.about.region, found.about.customer) == (
        ("checkout",),
        "eu-west-1",
        "acme",
    )
    assert found.about.fingerprint == "alert b8a8"


def test_values_at_the_end_belong_to_the_resolving_alone() -> None:
    fired, resolved = signals("grafana", body(OVER))
    assert fired.text == "HighLatency: p99 above 2 s"
    assert resolved.text == "Resolved: HighLatency: p99 above 2 s — B = 0.24"
    assert resolved.time_text == "2026-03-01T13:09:00+01:00"


def test_values_are_taken_from_their_text_when_they_stand_nowhere_else() -> None:
    [found] = signals("grafana", body({**ALERT, "values": None}))
    assert found.text.endswith("— B = 2.31, C = 1")


def test_order_of_deliveries_changes_no_identity() -> None:
    first, later = [BODY, body(OVER)], [body(OVER), BODY]
    assert {item.identity for item in signals("grafana", first)} == {
        item.identity for item in signals("grafana", later)
    }


def test_alerts_that_were_left_out_are_named() -> None:
    found = parse("grafana", body(ALERT, truncatedAlerts=3))
    [left] = [item for item in found if isinstance(item, Skipped)]
    assert left.location == "truncatedAlerts"
    assert left.reason.startswith("3 more alerts were left out of this notification by Grafana.")


def test_test_message_of_a_contact_point_is_no_fact() -> None:
    labels = {"alertname": "TestAlert", "instance": "Grafana"}
    [found] = parse("grafana", body({**ALERT, "labels": labels}))
    assert isinstance(found, Skipped)
    assert found.expected


@pytest.mark.parametrize("document", [[], {}, {"message": "x"}, "x", None, 3])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no Grafana notification"):
        parse("grafana", document)


@given(changed([BODY, [BODY, body(OVER)]]))
def test_changed_bodies_are_read_skipped_or_refused(document: Any) -> None:
    try:
        found = parse("grafana", document)
    except EvidenceRefused:
        return
    assert all(isinstance(item, Signal | Skipped) for item in found)
