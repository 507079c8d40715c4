"""PagerDuty log entries."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Skipped
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


@pytest.mark.parametrize("document", [{}, {"incidents": []}, "text", 7, {"log_entries": {}}])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no PagerDuty log entries"):
        parse("pagerduty", document)
