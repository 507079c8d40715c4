"""Jira issues and links: one for each promise and dependency, from the signed text, in the right direction."""

from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope

from governance.errors import NotConnected, OutsideError
from governance.models import AuditEntry, Connection, Organization
from governance.outbox import LeaseLost, Outcome
from remediation.models import ActionItem, TrackerIssue
from remediation.trackers import jira as tracker
from reviews.models import Publication
from reviews.publishers.published import load
from tests.doubles import Jira
from tests.doubles.base import answer
from tests.factories.reviews import claim, make_publication


def publish_issue(publication: Publication, position: int = 0) -> Outcome:
    return tracker.deliver_issue(claim(publication, tracker.ISSUE, position))


def publish_link(publication: Publication) -> Outcome:
    return tracker.deliver_link(claim(publication, tracker.LINK))


def words(node: dict[str, Any]) -> str:
    return str(node.get("text", "")) + "".join(words(child) for child in node.get("content", []))


@pytest.fixture
def publication(organization: Organization) -> Publication:
    return make_publication(organization)


def test_issue_carries_the_signed_promise(publication: Publication, jira: Jira) -> None:
    outcome = publish_issue(publication)
    (issue,) = jira.issues
    fields = issue.fields
    assert (fields["summary"], fields["duedate"]) == ("Fence the old primary", "2018-12-14")
    assert fields["project"] == {"key": "OPS"}
    assert fields["issuetype"] == {"name": "Task"}
    said = words(fields["description"])
    for expected in ("Promised as A1", "Jon Aalto", "A drill shows one primary only.", "does not verify"):
        assert expected in said
    assert load(publication.pk).address in str(fields["description"])
    assert outcome == Outcome(external_id="OPS-1", url=f"{jira.base_url}/browse/OPS-1")


def test_issue_says_what_is_needed_first(publication: Publication, jira: Jira) -> None:
    publish_issue(publication, 1)
    assert "Needs first: A1" in words(jira.issues[0].fields["description"])


def test_issue_is_remembered_and_audited_once(publication: Publication, jira: Jira) -> None:
    publish_issue(publication)
    publish_issue(publication)
    assert [(one.item.number, one.key) for one in TrackerIssue.objects.all()] == [(1, "OPS-1")]
    assert AuditEntry.objects.filter(action="action_item.tracked").count() == 1


def test_second_attempt_finds_the_issue_by_its_label(publication: Publication, jira: Jira) -> None:
    assert publish_issue(publication) == publish_issue(publication)
    publish_issue(publication, 1)
    assert [issue.key for issue in jira.issues] == ["OPS-1", "OPS-2"]
    labels = [set(issue.fields["labels"]) for issue in jira.issues]
    assert labels[0] & labels[1] == {"afterword"}


def test_issue_is_written_from_what_was_signed_and_not_from_what_came_later(
    publication: Publication, jira: Jira
) -> None:
    ActionItem.objects.update(title="Something else")
    publish_issue(publication)
    assert jira.issues[0].fields["summary"] == "Fence the old primary"


def test_long_title_with_line_breaks_fits_into_a_summary(organization: Organization, jira: Jira) -> None:
    publish_issue(make_publication(organization, titles=("line\nbreak " + "x" * 180,)))
    summary = jira.issues[0].fields["summary"]
    assert "\n" not in summary
    assert len(summary) <= 255


@pytest.mark.parametrize(("secret", "attempts"), [(False, 1), (True, 2)])
def test_optional_fields_that_the_project_does_not_have_are_left_out(
    secret: bool, attempts: int, publication: Publication, jira: Jira
) -> None:
    jira.refused, jira.secret = {"duedate", "priority"}, secret
    publish_issue(publication)
    assert len(jira.issues) == 1
    assert not jira.refused & set(jira.issues[0].fields)
    assert len(jira.calls("POST", "/issue$")) == attempts


@pytest.mark.parametrize(("secret", "attempts"), [(False, 1), (True, 2)])
def test_priority_that_the_project_does_not_know_is_left_out(
    secret: bool, attempts: int, publication: Publication, jira: Jira
) -> None:
    jira.priorities, jira.secret = {"P1", "P2"}, secret
    publish_issue(publication)
    assert "priority" not in jira.issues[0].fields
    assert jira.issues[0].fields["duedate"] == "2018-12-14"
    assert len(jira.calls("POST", "/issue$")) == attempts


def test_priority_follows_the_severity(publication: Publication, jira: Jira) -> None:
    publish_issue(publication)
    severity = load(publication.pk).action_items[0]["severity"]
    assert jira.issues[0].fields["priority"] == {"name": tracker.PRIORITIES[severity]}


def test_refused_summary_ends_the_step_with_its_reason(publication: Publication, jira: Jira) -> None:
    jira.refused = {"summary"}
    with pytest.raises(OutsideError, match="'summary' cannot be set") as raised:
        publish_issue(publication)
    assert raised.value.permanent
    assert not jira.issues


@pytest.mark.parametrize("secret", [False, True])
def test_project_without_labels_is_told_to_add_them(
    secret: bool, publication: Publication, jira: Jira
) -> None:
    jira.refused, jira.secret = {"labels"}, secret
    with pytest.raises(OutsideError, match="Add it") as raised:
        publish_issue(publication)
    assert raised.value.permanent
    assert len(jira.calls("POST", "/issue$")) == secret


def test_screen_of_several_pages_is_not_taken_for_the_whole(publication: Publication, jira: Jira) -> None:
    part = {"fields": [{"fieldId": "summary"}], "total": 300}
    jira.before("GET", "/issuetypes/10101$", lambda: answer(part))
    publish_issue(publication)
    assert {"labels", "duedate", "priority"} <= set(jira.issues[0].fields)


def test_issue_of_a_scoped_token_has_the_address_that_people_open(
    publication: Publication, jira: Jira
) -> None:
    connection = Connection.objects.get()
    connection.base_url = f"{jira.base_url}/ex/jira/cloud-1"
    connection.save()
    outcome = publish_issue(publication)
    assert outcome.url == "https://acme.example.test/browse/OPS-1"


def test_blocker_blocks_the_blocked(publication: Publication, jira: Jira) -> None:
    publish_issue(publication)
    publish_issue(publication, 1)
    outcome = publish_link(publication)
    assert jira.links == [("Blocks", "OPS-1", "OPS-2")]
    assert jira.issues[1].fields["summary"] == "Rehearse the failover"
    assert outcome.external_id == "OPS-1 blocks OPS-2"


def test_link_that_stands_already_is_not_made_again(publication: Publication, jira: Jira) -> None:
    publish_issue(publication)
    publish_issue(publication, 1)
    publish_link(publication)
    publish_link(publication)
    assert len(jira.calls("POST", "issueLink$")) == 1


@pytest.mark.parametrize("other", [("Relates", "OPS-1", "OPS-2"), ("Blocks", "OPS-2", "OPS-1")])
def test_another_link_between_the_issues_does_not_count(
    other: tuple[str, str, str], publication: Publication, jira: Jira
) -> None:
    publish_issue(publication)
    publish_issue(publication, 1)
    jira.links.append(other)
    publish_link(publication)
    assert jira.links == [other, ("Blocks", "OPS-1", "OPS-2")]


def test_link_without_its_issues_ends_the_step(publication: Publication, jira: Jira) -> None:
    publish_issue(publication)
    with pytest.raises(OutsideError, match="nothing to link") as raised:
        publish_link(publication)
    assert raised.value.permanent


@pytest.mark.parametrize("publish", [publish_issue, publish_link])
def test_without_connection_it_says_where_to_connect(publish: Any, publication: Publication) -> None:
    with pytest.raises(NotConnected, match="settings"):
        publish(publication)


def test_busy_jira_is_left_alone_for_as_long_as_it_asks(publication: Publication, jira: Jira) -> None:
    jira.before("POST", "/issue$", lambda: answer({}, 429, {"Retry-After": "9"}))
    with pytest.raises(OutsideError) as raised:
        publish_issue(publication)
    assert (raised.value.retry_after, raised.value.permanent) == (9.0, False)


def test_refused_credential_ends_the_step(publication: Publication, jira: Jira) -> None:
    jira.before("POST", "/search/jql$", lambda: answer({}, 401))
    with pytest.raises(OutsideError) as raised:
        publish_issue(publication)
    assert raised.value.permanent


def test_worker_that_slept_through_its_lease_creates_nothing(publication: Publication, jira: Jira) -> None:
    sleeper = claim(publication, tracker.ISSUE)
    claim(publication, tracker.ISSUE)
    with pytest.raises(LeaseLost):
        tracker.deliver_issue(sleeper)
    assert not jira.issues


def test_rows_of_one_step_are_told_apart_by_what_they_are_about(publication: Publication) -> None:
    with scope(organization=publication.organization):
        issues = [planned.payload["about"] for planned in tracker.plan_issues(publication)]
        links = [planned.payload["about"] for planned in tracker.plan_links(publication)]
    assert issues == ["A1", "A2"]
    assert links == ["A2 needs A1"]
