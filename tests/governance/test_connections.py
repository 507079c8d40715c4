"""Saving, testing and removing connections."""

from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from governance.connections import KINDS, faults, find
from governance.enums import ConnectionKind, Role
from governance.errors import AccessDenied, AfterwordError, NotConnected, OutsideError
from governance.models import AuditEntry, Connection, Organization, User
from governance.services import remove_connection, save_connection, test_connection
from tests.factories import make_member, make_organization

TOKEN = "ATATT3xFfGF0-token"
GOOD: dict[ConnectionKind, dict[str, Any]] = {
    ConnectionKind.CONFLUENCE: {
        "base_url": "https://example.atlassian.net",
        "options": {"email": "bot@example.test", "space": "OPS", "parent": ""},
        "secret": TOKEN,
    },
    ConnectionKind.SLACK: {
        "base_url": "https://slack.com/api/",
        "options": {"channel": "C0INCIDENT1"},
        "secret": "xoxb-123456-abcdef",
    },
    ConnectionKind.PAGERDUTY: {
        "base_url": "https://api.pagerduty.com",
        "options": {},
        "secret": "u+abcdefghij",
    },
    ConnectionKind.PROMETHEUS: {
        "base_url": "https://prometheus.example.com",
        "options": {"user": "reader"},
        "secret": "password-of-reader",
    },
    ConnectionKind.LOKI: {
        "base_url": "https://loki.example.com",
        "options": {"user": "", "tenant": "team-1"},
        "secret": "abcdefgh",
    },
    ConnectionKind.CLOUDWATCH: {
        "base_url": "https://logs.eu-west-1.amazonaws.com",
        "options": {"access_key": "AKIDEXAMPLE000000", "region": "eu-west-1"},
        "secret": "abcdefghijklmnopqrstuvwx",
    },
    ConnectionKind.STATUSPAGE: {
        "base_url": "https://api.statuspage.io",
        "options": {"page": "gytm4qzbx9t6"},
        "secret": "abcdefgh-1234",
    },
    ConnectionKind.MODEL: {
        "base_url": "https://llm.example.com/v1",
        "options": {"model": "org/model-7b:latest"},
        "secret": "sk-abcdefgh",
    },
    ConnectionKind.JIRA: {
        "base_url": "https://api.atlassian.com/ex/jira/11111111-2222",
        "options": {"email": "bot@example.test", "project": "OPS", "issue_type": ""},
        "secret": TOKEN,
    },
}


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def administrator(organization: Organization) -> User:
    return make_member(organization, Role.ADMINISTRATOR)


def _save(organization: Organization, actor: User, kind: ConnectionKind, **changed: Any) -> Connection:
    with scope(organization=organization):
        return save_connection(actor=actor, organization=organization, kind=kind, **{**GOOD[kind], **changed})


def _audit(organization: Organization) -> list[AuditEntry]:
    with scope(organization=organization):
        return list(AuditEntry.objects.order_by("sequence"))


@pytest.mark.parametrize("kind", list(ConnectionKind))
def test_every_kind_can_be_saved_and_found(
    organization: Organization, administrator: User, kind: ConnectionKind
) -> None:
    with scope(organization=organization), pytest.raises(NotConnected, match="not connected"):
        find(organization, kind)
    _save(organization, administrator, kind)
    with scope(organization=organization):
        found = find(organization, kind)
    assert found.secret == GOOD[kind]["secret"]
    assert set(found.options) == {option.name for option in KINDS[kind].options}


def test_default_of_an_option_stands_in_for_nothing(organization: Organization, administrator: User) -> None:
    assert _save(organization, administrator, ConnectionKind.JIRA).options["issue_type"] == "Task"


def test_secret_is_in_no_audit_entry(organization: Organization, administrator: User) -> None:
    _save(organization, administrator, ConnectionKind.SLACK)
    (entry,) = _audit(organization)
    assert entry.action == "connection.saved"
    assert "xoxb" not in entry.data


def test_empty_secret_keeps_the_stored_one_for_the_same_host(
    organization: Organization, administrator: User
) -> None:
    _save(organization, administrator, ConnectionKind.JIRA)
    moved = _save(
        organization,
        administrator,
        ConnectionKind.JIRA,
        secret="",
        base_url="https://api.atlassian.com/ex/jira/3",
    )
    assert moved.secret == TOKEN


@pytest.mark.parametrize(
    "base_url",
    ["https://evil.example", "https://api.atlassian.com.evil.example", "https://api.atlassian.com:444"],
)
def test_stored_secret_does_not_follow_to_another_host(
    organization: Organization, administrator: User, base_url: str
) -> None:
    _save(organization, administrator, ConnectionKind.JIRA)
    with pytest.raises(AfterwordError, match="is missing"):
        _save(organization, administrator, ConnectionKind.JIRA, secret="", base_url=base_url)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_save_test_and_remove(
    organization: Organization, administrator: User, role: Role
) -> None:
    actor = make_member(organization, role)
    stored = _save(organization, administrator, ConnectionKind.SLACK)
    with pytest.raises(AccessDenied):
        _save(organization, actor, ConnectionKind.SLACK)
    with scope(organization=organization), pytest.raises(AccessDenied):
        test_connection(actor=actor, connection=stored)
    with scope(organization=organization), pytest.raises(AccessDenied):
        remove_connection(actor=actor, connection=stored)


def test_removed_connection_is_forgotten(organization: Organization, administrator: User) -> None:
    stored = _save(organization, administrator, ConnectionKind.SLACK)
    with scope(organization=organization):
        remove_connection(actor=administrator, connection=stored)
        assert not Connection.objects.exists()
    assert [entry.action for entry in _audit(organization)] == ["connection.saved", "connection.removed"]


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("jira", {"base_url": "example.atlassian.net"}, "base_url"),
        ("jira", {"base_url": "ftp://example.atlassian.net"}, "base_url"),
        ("jira", {"base_url": "http://example.atlassian.net"}, "base_url"),
        ("jira", {"base_url": "https://user:pass@example.atlassian.net"}, "base_url"),
        ("jira", {"base_url": "https://example.atlassian.net/?a=1"}, "base_url"),
        ("jira", {"base_url": "https://example.atlassian.net:99999"}, "base_url"),
        ("jira", {"base_url": "https://"}, "base_url"),
        ("jira", {"base_url": ""}, "base_url"),
        ("jira", {"secret": ""}, "secret"),
        ("jira", {"secret": "short"}, "secret"),
        ("jira", {"secret": "with space inside"}, "secret"),
        ("jira", {"secret": "line\nbreak-inside"}, "secret"),
        ("jira", {"secret": "tokén-with-accent"}, "secret"),
        ("slack", {"secret": "no-bot-token-at-all"}, "secret"),
        ("slack", {"options": {"channel": "#incidents"}}, "channel"),
        ("slack", {"options": {}}, "channel"),
        ("jira", {"options": {"email": "nobody", "project": "OPS"}}, "email"),
        ("jira", {"options": {"email": "a:b@example.test", "project": "OPS"}}, "email"),
        ("jira", {"options": {"email": "bot@example.test", "project": "ops"}}, "project"),
        ("jira", {"options": {"email": "bot@example.test"}}, "project"),
        ("confluence", {"options": {"email": "bot@example.test", "space": "O P S"}}, "space"),
        ("confluence", {"options": {"email": "bot@example.test", "space": "OPS", "parent": "x"}}, "parent"),
    ],
)
def test_value_that_does_not_fit_gets_a_sentence(
    organization: Organization, administrator: User, kind: str, changed: dict[str, Any], field: str
) -> None:
    chosen = ConnectionKind(kind)
    found = faults(KINDS[chosen], **{**GOOD[chosen], **changed})
    assert list(found) == [field]
    assert found[field].endswith((".", "Task."))
    with pytest.raises(AfterwordError, match=r"\."):
        _save(
            organization, administrator, chosen, **{"secret": "", **changed} if field == "secret" else changed
        )


def test_plain_http_is_for_hosts_that_the_operator_allowed(settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ("wiki.corp.example",)
    good = GOOD[ConnectionKind.JIRA]
    assert not faults(KINDS[ConnectionKind.JIRA], **{**good, "base_url": "http://wiki.corp.example:8090"})


# Testing against doubles


def _stored(organization: Organization, actor: User, kind: ConnectionKind, server: HTTPServer) -> Connection:
    return _save(organization, actor, kind, base_url=server.url_for("/api"))


def _test(connection: Connection, actor: User) -> str:
    with scope(organization=connection.organization_id):
        return test_connection(actor=actor, connection=connection)


@pytest.fixture
def allowed(settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost",)


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("kind", "method", "path", "answer", "sentence"),
    [
        ("confluence", "GET", "/api/wiki/api/v2/spaces", {"results": [{"name": "Operations"}]}, "Operations"),
        (
            "slack",
            "POST",
            "/api/auth.test",
            {"ok": True, "user": "afterword", "team": "Acme"},
            "afterword in Acme",
        ),
        (
            "jira",
            "GET",
            "/api/rest/api/3/project/OPS",
            {"key": "OPS", "issueTypes": [{"name": "Task"}]},
            "OPS",
        ),
    ],
)
def test_connection_that_works_says_what_it_found(
    organization: Organization,
    administrator: User,
    httpserver: HTTPServer,
    kind: str,
    method: str,
    path: str,
    answer: dict[str, Any],
    sentence: str,
) -> None:
    httpserver.expect_request(path, method=method).respond_with_json(answer)
    stored = _stored(organization, administrator, ConnectionKind(kind), httpserver)
    assert sentence in _test(stored, administrator)
    assert [entry.action for entry in _audit(organization)] == ["connection.saved", "connection.tested"]


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("kind", "status", "answer", "sentence"),
    [
        ("confluence", 200, '{"results": []}', "no space OPS"),
        ("confluence", 200, "<html>", "not what this system would say"),
        ("slack", 200, '{"ok": false, "error": "invalid_auth"}', "invalid_auth"),
        ("slack", 200, "[]", "not what this system would say"),
        ("jira", 404, "{}", "no project OPS"),
        ("jira", 200, '{"issueTypes": [{"name": "Bug"}]}', "no issue type Task. It has Bug"),
        ("jira", 401, "{}", "credential was refused"),
    ],
)
def test_connection_that_does_not_work_says_what_to_do(
    organization: Organization,
    administrator: User,
    httpserver: HTTPServer,
    kind: str,
    status: int,
    answer: str,
    sentence: str,
) -> None:
    httpserver.expect_request("/api/wiki/api/v2/spaces").respond_with_data(answer, status)
    httpserver.expect_request("/api/auth.test").respond_with_data(answer, status)
    httpserver.expect_request("/api/rest/api/3/project/OPS").respond_with_data(answer, status)
    stored = _stored(organization, administrator, ConnectionKind(kind), httpserver)
    with pytest.raises(OutsideError, match=sentence):
        _test(stored, administrator)
