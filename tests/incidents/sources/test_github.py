"""GitHub deployment events."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.enums import Lane
from incidents.errors import EvidenceRefused
from incidents.sources import Skipped
from tests.incidents.sources.helpers import parse, signals

DEPLOYMENT = {
    "id": 7,
    "sha": "7a9eb442fa1321e161d5151315ac8be14e64422f",
    "ref": "main",
    "environment": "production",
    "description": "Lock the tooling",
    "creator": {"login": "lena"},
    "created_at": "2018-10-21T23:07:00Z",
    "statuses_url": "https://api.github.example/7/statuses",
}
STATUS = {
    "id": 9,
    "state": "failure",
    "description": "",
    "created_at": "2018-10-21T23:09:00Z",
    "creator": {"login": "bot"},
}
REPOSITORY = {"full_name": "acme/site"}


def test_deployment_names_what_went_where() -> None:
    [found] = signals("github", {"action": "created", "deployment": DEPLOYMENT, "repository": REPOSITORY})
    assert found.text == "Lock the tooling (acme/site main@7a9eb44 to production)"
    assert (found.lane, found.actor, found.time_text) == (Lane.CHANGE, "lena", "2018-10-21T23:07:00Z")


def test_status_is_a_fact_at_its_own_time() -> None:
    event = {"deployment": DEPLOYMENT, "deployment_status": STATUS, "repository": REPOSITORY}
    [found] = signals("github", [event])
    assert found.text == "Lock the tooling (acme/site main@7a9eb44 to production: deployment failed)"
    assert (found.time_text, found.actor, found.identity) == (
        "2018-10-21T23:09:00Z",
        "bot",
        "deployment_status 9",
    )


def test_list_of_the_rest_api_is_read() -> None:
    [found] = signals("github", [DEPLOYMENT])
    assert found.identity == "deployment 7"


def test_event_of_another_kind_is_skipped() -> None:
    found = parse("github", [{"deployment": DEPLOYMENT}, {"action": "opened", "issue": {}}])
    assert [item.location for item in found if isinstance(item, Skipped)] == ["events[1]"]


@pytest.mark.parametrize("document", [[], {}, [1], {"deployment_id": 3}])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no GitHub deployment"):
        parse("github", document)
