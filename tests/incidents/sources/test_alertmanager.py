"""Alertmanager notifications."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals


def alert(**fields: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "Lag", "service": "mysql"},
        "annotations": {"summary": "Replica lag"},
        "startsAt": "2018-10-21T18:54:00.000-04:00",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "abc",
        **fields,
    }


def notified(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {"version": "4", "status": "firing", "alerts": list(alerts)}


RESOLVED = alert(status="resolved", endsAt="2018-10-21T19:06:00.000-04:00")


def test_firing_stands_at_its_start_in_utc() -> None:
    [found] = entries("alertmanager", notified(alert()))
    assert (found.at.isoformat(), found.zone) == ("2018-10-21T22:54:00+00:00", "-04:00")
    assert found.signal.text == "Replica lag"


def test_alert_notified_again_and_again_is_one_firing_and_one_resolving() -> None:
    found = signals(
        "alertmanager", [notified(alert()), notified(alert()), notified(RESOLVED), notified(RESOLVED)]
    )
    assert [item.text for item in found] == ["Replica lag", "Resolved: Replica lag"]


def test_resolving_alone_tells_the_firing_too() -> None:
    fired, resolved = entries("alertmanager", notified(RESOLVED))
    assert (resolved.at - fired.at).total_seconds() == 12 * 60


def test_same_alert_firing_again_later_is_another_fact() -> None:
    again = alert(startsAt="2018-10-21T23:54:00Z")
    assert len(signals("alertmanager", notified(alert(), again))) == 2


def test_labels_stand_in_for_a_missing_fingerprint() -> None:
    bare = alert(fingerprint="")
    other = alert(fingerprint="", labels={"alertname": "Lag", "service": "other"})
    assert len(signals("alertmanager", notified(bare, bare, other))) == 2


def test_alert_without_start_or_words_is_skipped() -> None:
    found = parse("alertmanager", notified(alert(), alert(startsAt=None), alert(labels={}, annotations={})))
    assert [item.location for item in found if isinstance(item, Skipped)] == ["alerts[1]", "alerts[2]"]


def test_alert_is_about_what_its_labels_name() -> None:
    labels = {
        "alertname": "Lag",
        "app": "mysql",
        "component": "replica",
        "job": "exporter",
        "zone": "a",
        "tenant": 7,
    }
    [found] = signals("alertmanager", notified(alert(labels=labels)))
    about = found.about
    assert (about.services, about.region, about.customer) == (("mysql", "replica"), "a", "7")
    assert about.fingerprint == "alert abc"


def test_job_stands_in_where_no_label_names_a_service() -> None:
    [found] = signals("alertmanager", notified(alert(labels={"alertname": "Lag", "job": "node"})))
    assert found.about.services == ("node",)


@pytest.mark.parametrize(
    ("labels", "summary", "text"),
    [
        (
            {"alertname": "HighLatency", "severity": "critical"},
            "p99 above 2 s",
            "HighLatency: p99 above 2 s (critical)",
        ),
        ({"alertname": "Lag", "severity": "page"}, "Replica lag", "Replica lag (page)"),
        ({"alertname": "Lag", "severity": "critical"}, "Critical replica lag", "Critical replica lag"),
        ({"alertname": "Lag", "severity": "critical"}, "", "Lag (critical)"),
    ],
)
def test_text_names_alert_and_severity_where_the_summary_does_not(
    labels: dict[str, str], summary: str, text: str
) -> None:
    [found] = signals("alertmanager", notified(alert(labels=labels, annotations={"summary": summary})))
    assert found.text == text


@pytest.mark.parametrize(("count", "told"), [(1, "1 more alert was"), (12, "12 more alerts were")])
def test_alerts_that_were_left_out_are_named(count: int, told: str) -> None:
    found = parse("alertmanager", [{**notified(alert()), "truncatedAlerts": count}])
    [left] = [item for item in found if isinstance(item, Skipped)]
    assert left.location == "notifications[0].truncatedAlerts"
    assert left.reason.startswith(f"{told} left out of this notification by Alertmanager. Raise max_alerts")


@pytest.mark.parametrize("count", [0, -1, True, None, "3", 2.5])
def test_nothing_is_named_when_nothing_was_left_out(count: Any) -> None:
    assert len(parse("alertmanager", {**notified(alert()), "truncatedAlerts": count})) == 1


def test_alerts_that_the_api_lists_are_read() -> None:
    listed = alert(status={"state": "active"}, endsAt="2018-10-21T23:30:00Z")
    assert (
        signals("alertmanager", [listed])[0].identity
        == signals("alertmanager", notified(alert()))[0].identity
    )


def test_order_of_deliveries_and_labels_changes_no_identity() -> None:
    turned = {"service": "mysql", "alertname": "Lag"}
    one = signals(
        "alertmanager", [notified(alert(fingerprint="")), notified({**RESOLVED, "fingerprint": ""})]
    )
    other = signals("alertmanager", [notified({**RESOLVED, "fingerprint": "", "labels": turned})])
    assert {item.identity for item in one} == {item.identity for item in other}


@given(changed([notified(alert(), RESOLVED), [notified(alert())], [alert()]]))
def test_changed_notifications_are_read_skipped_or_refused(document: Any) -> None:
    try:
        found = parse("alertmanager", document)
    except EvidenceRefused:
        return
    assert all(isinstance(item, Signal | Skipped) for item in found)


def test_deep_labels_are_read_too() -> None:
    deep = (
        b'{"alerts": [{"startsAt": "x", "labels": {"alertname": "A", "a": '
        + b"[" * 900
        + b"]" * 900
        + b"}}]}"
    )
    [found] = parse("alertmanager", deep)
    assert isinstance(found, Signal)


@pytest.mark.parametrize("document", [[], {}, {"status": "firing"}, "x"])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no Alertmanager notification"):
        parse("alertmanager", document)
