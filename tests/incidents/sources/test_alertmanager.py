"""Alertmanager notifications."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.errors import EvidenceRefused
from incidents.sources import Skipped
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


@pytest.mark.parametrize("document", [[], {}, {"status": "firing"}, "x"])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no Alertmanager notification"):
        parse("alertmanager", document)
