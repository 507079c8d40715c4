"""GitHub deployment events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from incidents.enums import Lane
from incidents.errors import EvidenceRefused
from incidents.sources import Skipped
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals

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


REPO = {"full_name": "acme/site", "pushed_at": 1772366400}
PUSH: dict[str, Any] = {
    "ref": "refs/heads/main",
    "before": "0" * 40,
    "after": "7a9eb442fa1321e161d5151315ac8be14e64422f",
    "commits": [{"id": "1"}, {"id": "2"}],
    "head_commit": {"message": "Lock the tooling\n\nAt last", "timestamp": "2026-03-01T11:00:00+01:00"},
    "pusher": {"name": "lena"},
    "repository": REPO,
}
RELEASE: dict[str, Any] = {
    "id": 5,
    "url": "https://api.github.example/repos/acme/site/releases/5",
    "assets_url": "https://api.github.example/repos/acme/site/releases/5/assets",
    "tag_name": "v1.2",
    "name": "Spring",
    "draft": False,
    "prerelease": False,
    "author": {"login": "lena"},
    "created_at": "2026-03-01T11:00:00Z",
    "published_at": "2026-03-01T12:00:00Z",
}
PULL: dict[str, Any] = {
    "number": 12,
    "title": "Retry payments",
    "merged_at": "2026-03-01T12:00:00Z",
    "merged_by": {"login": "omar"},
    "base": {"ref": "main", "repo": {"full_name": "acme/site"}},
}
RUN = {
    "id": 8,
    "name": "test",
    "status": "completed",
    "conclusion": "timed_out",
    "head_branch": "main",
    "head_sha": "7a9eb442fa13",
    "run_attempt": 2,
    "updated_at": "2026-03-01T12:00:00Z",
    "completed_at": "2026-03-01T12:00:00Z",
    "actor": {"login": "lena"},
}
EVENTS: list[Any] = [
    {"deployment": DEPLOYMENT, "deployment_status": STATUS, "repository": REPOSITORY},
    {**DEPLOYMENT, "statuses": [STATUS]},
    PUSH,
    {"action": "published", "release": RELEASE, "repository": REPO},
    {"action": "closed", "pull_request": PULL, "repository": REPO},
    *(
        {"action": "completed", kind: RUN, "repository": REPO}
        for kind in ("workflow_run", "check_run", "check_suite")
    ),
    {"id": 3, "sha": "7a9eb44", "context": "ci", "state": "failure", "created_at": "2026-03-01T12:00:00Z"},
    RELEASE,
    PULL,
]


def test_push_is_received_at_a_unix_time() -> None:
    [found] = entries("github", PUSH)
    assert found.at.isoformat() == "2026-03-01T12:00:00+00:00"
    assert found.signal.text == "Pushed 2 commits to main@7a9eb44 in acme/site: Lock the tooling"
    assert (found.signal.actor, found.signal.about.services) == ("lena", ("site",))


def test_deleted_tag_is_told() -> None:
    [found] = signals(
        "github", {**PUSH, "ref": "refs/tags/v1", "deleted": True, "head_commit": None, "commits": []}
    )
    assert found.text == "Deleted tag v1 in acme/site"


@pytest.mark.parametrize(
    "content", [{"action": "published", "release": RELEASE, "repository": REPO}, [RELEASE]]
)
def test_release_is_the_same_from_webhook_and_api(content: Any) -> None:
    [found] = signals("github", content)
    assert found.text == "Published release v1.2 “Spring” of acme/site"
    assert (found.identity, found.time_text) == ("release 5 published", "2026-03-01T12:00:00Z")


@pytest.mark.parametrize("content", [{"action": "closed", "pull_request": PULL, "repository": REPO}, [PULL]])
def test_merged_pull_request_is_the_same_from_webhook_and_api(content: Any) -> None:
    [found] = signals("github", content)
    assert found.text == "Merged acme/site#12 into main: Retry payments"
    assert (found.about.fingerprint, found.actor) == ("pull request acme/site#12", "omar")


def test_pull_request_that_is_not_merged_is_no_fact() -> None:
    [found] = parse("github", {"action": "opened", "pull_request": {**PULL, "merged_at": None}})
    assert isinstance(found, Skipped)
    assert found.expected
    assert "not merged" in found.reason


@pytest.mark.parametrize(
    ("kind", "what"), [("workflow_run", "Workflow"), ("check_run", "Check"), ("check_suite", "Checks")]
)
def test_run_tells_its_outcome(kind: str, what: str) -> None:
    [found] = signals("github", {"action": "completed", kind: RUN, "repository": REPO})
    assert found.text == f"{what} test of acme/site main@7a9eb44 timed out"
    assert found.identity == f"{kind} 8 2 timed_out"


def test_status_of_a_commit_is_told() -> None:
    event = {"id": 3, "sha": "7a9eb442", "context": "ci", "state": "failure", "description": "2 failed"}
    [found] = signals("github", {**event, "created_at": "2026-03-01T12:00:00Z", "repository": REPO})
    assert (found.text, found.identity) == ("Status ci of acme/site@7a9eb44 failed: 2 failed", "status 3")


def test_ping_is_expected() -> None:
    [found] = parse("github", {"zen": "Keep it simple.", "hook_id": 1, "hook": {}})
    assert isinstance(found, Skipped)
    assert found.expected


def test_deployment_is_listed_with_its_statuses() -> None:
    found = signals("github", [{**DEPLOYMENT, "statuses": [STATUS]}])
    assert [item.identity for item in found] == ["deployment 7", "deployment_status 9"]
    assert {item.about.fingerprint for item in found} == {"deployment 7"}


@given(changed(EVENTS))
def test_changed_json_is_read_skipped_or_refused(document: Any) -> None:
    try:
        parse("github", document)
    except EvidenceRefused:
        return
