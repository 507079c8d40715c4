"""The screens of the governance room, as people meet them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from governance import audit
from governance.enums import ConnectionKind, Role
from governance.models import Connection, Membership, Organization, User
from tests.factories import PASSWORD, make_member, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization("acme", "Acme")


@pytest.fixture
def administrator(organization: Organization) -> User:
    return make_member(organization, Role.ADMINISTRATOR, name="Ada Admin")


@pytest.fixture
def as_administrator(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def _url(name: str, *args: object) -> str:
    return reverse(f"governance:{name}", args=["acme", *args])


# The door


def test_right_password_leads_to_the_only_organization(client: Client, administrator: User) -> None:
    answer = client.post("/sign-in/", {"username": administrator.email.upper(), "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/acme/"


@pytest.mark.parametrize("wrong", ["password", "address", "inactive"])
def test_every_wrong_sign_in_gets_the_same_sentence(client: Client, administrator: User, wrong: str) -> None:
    if wrong == "inactive":
        User.objects.update(is_active=False)
    answer = client.post(
        "/sign-in/",
        {
            "username": "nobody@example.test" if wrong == "address" else administrator.email,
            "password": "not the password" if wrong == "password" else PASSWORD,
        },
    )
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_leads_to_no_other_site(client: Client, administrator: User, target: str) -> None:
    answer = client.post("/sign-in/", {"username": administrator.email, "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"


def test_sign_in_leads_back_to_the_page_that_was_asked_for(client: Client, administrator: User) -> None:
    asked = client.get(_url("people"))
    assert asked["Location"] == "/sign-in/?next=/acme/settings/people/"
    answer = client.post(asked["Location"], {"username": administrator.email, "password": PASSWORD})
    assert answer["Location"] == _url("people")


def test_sign_out_needs_a_post(as_administrator: Client) -> None:
    assert as_administrator.get("/sign-out/").status_code == 405
    assert as_administrator.post("/sign-out/")["Location"] == "/sign-in/"
    assert "_auth_user_id" not in as_administrator.session


def test_person_without_organization_is_told_what_to_do(client: Client) -> None:
    user = User.objects.create_user("lone@example.test", PASSWORD, name="Lone")
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Ask an administrator to add lone@example.test" in answer.content.decode()


def test_person_of_two_organizations_chooses(as_administrator: Client, administrator: User) -> None:
    other = make_organization("beta", "Beta")
    make_organization("gamma", "Gamma")
    Membership.objects.create(organization=other, user=administrator, role=Role.AUDITOR)
    page = as_administrator.get("/").content.decode()
    assert "Acme" in page
    assert "Beta" in page
    assert "Gamma" not in page


# Pages for what went wrong


def test_missing_right_meets_its_sentence(client: Client, organization: Organization) -> None:
    client.force_login(make_member(organization, Role.RESPONDER))
    answer = client.get(_url("audit"))
    assert answer.status_code == 403
    assert "You may not read the audit trail here" in answer.content.decode()


def test_organization_of_others_and_no_organization_look_the_same(as_administrator: Client) -> None:
    make_organization("beta")
    others, none = as_administrator.get("/beta/audit/"), as_administrator.get("/nothing/audit/")
    assert (others.status_code, none.status_code) == (404, 404)
    assert others.content == none.content


def test_form_without_token_meets_a_sentence(administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    answer = client.post(_url("person_add"), {})
    assert answer.status_code == 403
    assert "reload it and send it again" in answer.content.decode()


# Settings


def test_overview_leads_to_every_setting(as_administrator: Client) -> None:
    page = as_administrator.get(_url("settings")).content.decode()
    for address in (_url("people"), _url("connections")):
        assert address in page


# People


def _new_person(**changed: object) -> dict[str, object]:
    return {
        "email": "bea@example.test",
        "name": "Bea",
        "roles": [Role.RESPONDER.value],
        "password": PASSWORD,
        **changed,
    }


def test_person_is_added_and_shown(as_administrator: Client) -> None:
    answer = as_administrator.post(_url("person_add"), _new_person(), follow=True)
    assert answer.redirect_chain == [(_url("people"), 302)]
    page = answer.content.decode()
    assert "Bea is a member now." in page
    assert "bea@example.test" in page


@pytest.mark.parametrize(
    "changed", [{"email": "no"}, {"name": ""}, {"roles": []}, {"password": ""}, {"password": "short"}]
)
def test_person_who_does_not_fit_is_refused_and_the_words_kept(
    as_administrator: Client, changed: dict[str, object]
) -> None:
    answer = as_administrator.post(_url("person_add"), _new_person(**changed))
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert not User.objects.filter(email="bea@example.test").exists()


def test_known_person_needs_no_password(as_administrator: Client) -> None:
    known = make_member(make_organization(), name="Bea")
    answer = as_administrator.post(_url("person_add"), _new_person(email=known.email, password=""))
    assert answer.status_code == 302
    assert known.memberships.filter(organization__slug="acme").exists()


def test_roles_are_changed_and_removal_said(as_administrator: Client, organization: Organization) -> None:
    user = make_member(organization, name="Bea")
    page = as_administrator.post(_url("person_roles", user.pk), {"roles": ["auditor"]}, follow=True)
    assert "The roles of Bea are changed." in page.content.decode()
    page = as_administrator.post(_url("person_roles", user.pk), {"remove": "1"}, follow=True)
    assert "Bea is no longer a member." in page.content.decode()


@pytest.mark.parametrize("data", [{}, {"roles": ["emperor"]}])
def test_roles_that_do_not_fit_change_nothing(
    as_administrator: Client, organization: Organization, data: dict[str, object]
) -> None:
    user = make_member(organization, Role.MANAGER)
    answer = as_administrator.post(_url("person_roles", user.pk), data)
    assert answer.status_code == 422
    assert [row.role for row in user.memberships.all()] == [Role.MANAGER]


def test_last_administrator_cannot_leave(as_administrator: Client, administrator: User) -> None:
    answer = as_administrator.post(_url("person_roles", administrator.pk), {"remove": "1"})
    assert answer.status_code == 422
    assert "last administrator" in answer.content.decode()


def test_person_of_another_organization_is_not_found(as_administrator: Client) -> None:
    stranger = make_member(make_organization("beta"))
    assert as_administrator.post(_url("person_roles", stranger.pk), {"remove": "1"}).status_code == 404


def test_administrator_who_leaves_is_led_to_the_start(
    as_administrator: Client, administrator: User, organization: Organization
) -> None:
    make_member(organization, Role.ADMINISTRATOR)
    answer = as_administrator.post(_url("person_roles", administrator.pk), {"remove": "1"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_others_see_people_without_forms(client: Client, organization: Organization, role: Role) -> None:
    client.force_login(make_member(organization, role))
    page = client.get(_url("people")).content.decode()
    assert _url("person_add") not in page


def test_list_of_people_asks_the_same_number_of_questions_for_any_number(
    as_administrator: Client, organization: Organization
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_administrator.get(_url("people")).status_code == 200
        return len(captured)

    as_administrator.get(_url("people"))
    before = asked()
    for _ in range(3):
        make_member(organization, Role.RESPONDER, Role.AUDITOR)
    assert asked() == before


# Connections

SLACK = {"base_url": "https://slack.com/api/", "channel": "C0INCIDENT1", "secret": "xoxb-123456-abcdef"}


def test_connection_is_saved_and_its_secret_never_shown(
    as_administrator: Client, organization: Organization
) -> None:
    answer = as_administrator.post(_url("connection", "slack"), SLACK, follow=True)
    assert "Slack is saved." in answer.content.decode()
    for name in ("connections", "connection"):
        page = as_administrator.get(_url(name, *(["slack"] if name == "connection" else [])))
        assert SLACK["secret"] not in page.content.decode()
    with scope(organization=organization):
        assert Connection.objects.get().secret == SLACK["secret"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"base_url": "http://slack.com/api/"}, "Use https://"),
        ({"channel": "#general"}, "A channel id begins with C"),
        ({"secret": ""}, "Bot token is missing"),
        ({"secret": "nonsense-token"}, "begins with xoxb-"),
    ],
)
def test_connection_that_does_not_fit_is_refused_without_showing_the_secret(
    as_administrator: Client, changed: dict[str, str], sentence: str
) -> None:
    answer = as_administrator.post(_url("connection", "slack"), {**SLACK, **changed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "xoxb-123456" not in page


def test_connection_is_tested_against_the_real_thing(
    as_administrator: Client, organization: Organization, httpserver: HTTPServer, settings: Settings
) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost",)
    as_administrator.post(_url("connection", "slack"), {**SLACK, "base_url": httpserver.url_for("/api/")})
    httpserver.expect_ordered_request("/api/auth.test").respond_with_json(
        {"ok": False, "error": "invalid_auth"}
    )
    httpserver.expect_ordered_request("/api/auth.test").respond_with_json(
        {"ok": True, "user": "bot", "team": "A"}
    )
    refused = as_administrator.post(_url("connection_test", "slack"), follow=True).content.decode()
    assert "Slack refused: invalid_auth" in refused
    assert "callout-warn" in refused
    assert (
        "It works: we speak as bot"
        in as_administrator.post(_url("connection_test", "slack"), follow=True).content.decode()
    )


def test_connection_is_removed(as_administrator: Client, organization: Organization) -> None:
    as_administrator.post(_url("connection", "slack"), SLACK)
    page = as_administrator.post(_url("connection_remove", "slack"), follow=True).content.decode()
    assert "Slack is no longer connected." in page
    with scope(organization=organization):
        assert not Connection.objects.filter(kind=ConnectionKind.SLACK).exists()


@pytest.mark.parametrize("name", ["connection_test", "connection_remove"])
def test_connection_that_is_not_there_is_not_found(as_administrator: Client, name: str) -> None:
    assert as_administrator.post(_url(name, "slack")).status_code == 404
    assert as_administrator.post(_url(name, "fax")).status_code == 404


# The audit trail


def test_trail_reads_in_words(as_administrator: Client, organization: Organization) -> None:
    user = make_member(organization, name="Bea")
    as_administrator.post(_url("person_roles", user.pk), {"roles": ["auditor", "manager"]})
    page = as_administrator.get(_url("audit")).content.decode()
    assert "Member roles changed" in page
    assert "auditor, manager" in page
    assert "Ada Admin" in page
    assert ">Bea</a>" in page


def test_trail_is_filtered_by_subject_and_paged(as_administrator: Client, organization: Organization) -> None:
    for number in range(60):
        audit.record(
            organization=organization,
            actor=None,
            action="thing.changed",
            subject=f"thing:{number % 2}",
            n=number,
        )
    assert "Page 1 of 2" in as_administrator.get(_url("audit")).content.decode()
    filtered = as_administrator.get(_url("audit"), {"subject": "thing:1"}).content.decode()
    assert filtered.count("Thing changed") == 30
    assert (
        "Nothing is recorded here about thing:9"
        in as_administrator.get(_url("audit"), {"subject": "thing:9"}).content.decode()
    )


def test_whole_chain_is_verified_on_demand(as_administrator: Client, organization: Organization) -> None:
    audit.record(organization=organization, actor=None, action="thing.changed", subject="thing:1")
    page = as_administrator.post(_url("audit_verify")).content.decode()
    assert "Intact: 1 entry" in page


def test_another_organizations_entries_are_not_shown(as_administrator: Client) -> None:
    audit.record(organization=make_organization(), actor=None, action="thing.hidden", subject="thing:1")
    assert "Thing hidden" not in as_administrator.get(_url("audit")).content.decode()


def test_trail_filtered_by_a_nul_byte_is_the_trail(as_administrator: Client) -> None:
    assert as_administrator.get(_url("audit"), {"subject": "\x00"}).status_code == 200
