"""What programs post to us: deployments, changes of flags, and facts of any kind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Skipped
from incidents.sources.hook import KINDS, LEVELS, TRUSTS
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals

DOCS = Path(__file__).parents[3] / "docs"
AT = "2026-03-01T12:00:00Z"
DEPLOYMENT = {
    "service": "checkout",
    "version": "4.2",
    "environment": "live",
    "status": "failed",
    "finished_at": AT,
    "started_at": "2026-03-01T11:50:00Z",
    "actor": "lena",
    "commit": "7a9eb442fa1321e1",
    "id": 7,
    "description": "Retry payments",
}
FLAG = {
    "flag": "new-till",
    "environment": "live",
    "from": False,
    "to": True,
    "at": AT,
    "actor": "omar",
    "service": "till",
}
LAUNCHDARKLY: dict[str, Any] = {
    "_id": "ld-1",
    "kind": "flag",
    "date": 1772366400000,
    "name": "New till",
    "titleVerb": "turned on the flag",
    "member": {"firstName": "Omar", "lastName": "Diaz", "email": "omar@example.com"},
    "target": {"name": "New till", "resources": ["proj/shop:env/live:flag/new-till"]},
}
UNLEASH: dict[str, Any] = {
    "id": 899,
    "type": "feature-environment-enabled",
    "createdBy": "omar",
    "createdAt": AT,
    "featureName": "new-till",
    "project": "shop",
    "environment": "live",
}
FLAGSMITH: dict[str, Any] = {
    "event_type": "FLAG_UPDATED",
    "data": {
        "changed_by": "Omar",
        "timestamp": AT,
        "new_state": {
            "enabled": True,
            "environment": {"name": "live"},
            "feature": {"name": "new-till", "project": {"name": "Shop"}},
            "feature_state_value": "blue",
        },
        "previous_state": {"enabled": False},
    },
}
FACT = {
    "at": AT,
    "text": "Nobody can pay",
    "kind": "status",
    "actor": "Mara",
    "service": "checkout",
    "id": "t-1",
}


@pytest.mark.parametrize("wrap", [lambda item: item, lambda item: [item], lambda item: {"events": [item]}])
def test_deployment_is_told_at_its_end(wrap: Any) -> None:
    [found] = signals("deploy", wrap(DEPLOYMENT))
    assert found.text == "Deployment of checkout 4.2 (7a9eb442fa13) to live: failed — Retry payments"
    assert (found.time_text, found.identity, found.lane) == (AT, "deployment 7 failed", Lane.CHANGE)
    assert (found.about.services, found.about.fingerprint) == (("checkout",), "deployment 7")


def test_started_deployment_is_told_at_its_start() -> None:
    [found] = signals("deploy", {**DEPLOYMENT, "status": "started"})
    assert found.time_text == "2026-03-01T11:50:00Z"


@pytest.mark.parametrize(
    ("content", "text", "identity"),
    [
        (FLAG, "Flag new-till in live changed from off to on", ""),
        (
            LAUNCHDARKLY,
            "Flag New till turned on the flag (proj/shop:env/live:flag/new-till)",
            "flag change ld-1",
        ),
        (UNLEASH, "Flag new-till in live: environment enabled", "flag change 899"),
        (FLAGSMITH, "Flag new-till in live changed from off to on (blue)", ""),
    ],
)
def test_change_of_a_flag_is_told(content: Any, text: str, identity: str) -> None:
    [found] = entries("flags", content)
    assert (found.signal.text, found.signal.identity, found.signal.lane) == (text, identity, Lane.CHANGE)
    assert found.at.isoformat() == "2026-03-01T12:00:00+00:00"
    assert found.signal.actor.lower().startswith("omar")


@pytest.mark.parametrize(
    "content", [{**LAUNCHDARKLY, "kind": "member"}, {**UNLEASH, "type": "x", "featureName": None}]
)
def test_change_of_something_else_is_expected(content: Any) -> None:
    [found] = parse("flags", content)
    assert isinstance(found, Skipped)
    assert found.expected


def test_fact_is_told_as_it_was_posted() -> None:
    [found] = signals(
        "hook", {**FACT, "url": "https://example.com/1", "services": ["till"], "level": "error"}
    )
    assert found.text == "Nobody can pay (https://example.com/1)"
    assert (found.lane, found.trust, found.identity, found.level) == (
        Lane.STATUS,
        Trust.REPORTED,
        "t-1",
        "error",
    )
    assert found.about.services == ("checkout", "till")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"at": None}, "It has no time"),
        ({"at": 1772366400}, "It has no time"),
        ({"text": " "}, "It has no text"),
        ({"kind": "rumor"}, "Set “kind” to one of: alert, change"),
        ({"trust": "inferred"}, "observed or reported"),
    ],
)
def test_fact_that_lacks_something_is_skipped(other: dict[str, Any], told: str) -> None:
    [found] = parse("hook", {**FACT, **other})
    assert isinstance(found, Skipped)
    assert told in found.reason


@pytest.mark.parametrize("kind", ["deploy", "flags", "hook"])
@pytest.mark.parametrize("content", [[], {}, [1], "text", None, {"events": []}])
def test_other_json_is_refused(kind: str, content: Any) -> None:
    with pytest.raises(EvidenceRefused, match="nothing of the expected form"):
        parse(kind, content)


def test_schema_and_parser_know_the_same_words() -> None:
    fact = json.loads((DOCS / "signed-hook.schema.json").read_text())["$defs"]["fact"]
    enums = {name: tuple(told["enum"]) for name, told in fact["properties"].items() if "enum" in told}
    assert enums == {"kind": KINDS, "trust": TRUSTS, "level": LEVELS}
    assert fact["required"] == ["at", "text"]


def test_sample_of_the_page_fits_the_schema_and_is_read() -> None:
    page = (DOCS / "signed-hook.md").read_text()
    [sample] = [json.loads(found) for found in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    fact = json.loads((DOCS / "signed-hook.schema.json").read_text())["$defs"]["fact"]
    assert set(fact["required"]) <= set(sample) <= set(fact["properties"])
    [found] = signals("hook", sample)
    assert (found.text, found.lane) == ("Support reports that nobody can pay", Lane.STATUS)


@given(
    st.sampled_from(["deploy", "flags", "hook"]),
    changed([DEPLOYMENT, FLAG, LAUNCHDARKLY, UNLEASH, FLAGSMITH, FACT, {"events": [FACT, FLAG, DEPLOYMENT]}]),
)
def test_changed_json_is_read_skipped_or_refused(kind: str, document: Any) -> None:
    try:
        parse(kind, document)
    except EvidenceRefused:
        return
