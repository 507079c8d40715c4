"""What programs try beside what their token says: accounts, sessions, posts, roles, the names of people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django_scopes import scope

from governance import access
from governance.access import Post
from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import Organization, ServiceAccount, User
from governance.selectors import today_in
from governance.services import (
    add_member,
    change_roles,
    delegate,
    issue_token,
    open_account,
    remove_member,
)
from governance.tokens import TokenMiddleware
from tests.factories import make_incident, make_member, make_organization, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Iterator[Organization]:
    organization = make_organization("acme", "Acme")
    with scope(organization=organization):
        yield organization


@pytest.fixture
def ada(organization: Organization) -> User:
    return make_member(organization, Role.ADMINISTRATOR, name="Ada Admin")


@pytest.fixture
def account(organization: Organization, ada: User) -> ServiceAccount:
    return open_account(actor=ada, organization=organization, name="Pipeline", purpose="Tells of deployments")


def _bearer(ada: User, account: ServiceAccount, *scopes: str) -> dict[str, Any]:
    raw = issue_token(actor=ada, account=account, name="ci", scopes=scopes or ("read",), days=30)[1]
    return {"headers": {"Authorization": f"Bearer {raw}"}}


@pytest.mark.parametrize(
    "address", ["/account/", "/account/app/", "/account/passkeys/add/", "/account/sessions/", "/"]
)
def test_token_opens_no_page_of_an_account(
    client: Client, ada: User, account: ServiceAccount, address: str
) -> None:
    """A passkey that a program added to its account would outlive the token."""
    bearer = _bearer(ada, account)
    assert client.get(address, **bearer).status_code == 403
    assert client.post(address, {}, **bearer).status_code == 403


def test_session_beside_a_token_is_not_looked_at_and_stays(
    client: Client, ada: User, account: ServiceAccount
) -> None:
    client.force_login(ada)
    theirs = client.session
    request = RequestFactory().get("/acme/incidents/", **_bearer(ada, account))
    request.session = theirs
    seen: list[dict[str, Any]] = []

    def answer(inner: HttpRequest) -> HttpResponse:
        inner.session["left"] = "something"
        seen.append(dict(inner.session.items()))
        return HttpResponse()

    TokenMiddleware(answer)(request)
    assert seen == [{"left": "something"}]
    assert request.session is theirs and not theirs.modified and Session.objects.count() == 1


def test_program_gets_no_post(ada: User, account: ServiceAccount) -> None:
    incident = make_incident(account.organization, ada)
    for post, subject in [
        (Post.INCIDENT_COMMANDER, incident),
        (Post.SERVICE_OWNER, make_service(account.organization)),
    ]:
        with pytest.raises(AccessDenied, match="program"):
            access.appoint(account.user, post, subject)
        assert account.user not in access.holders(post, subject)


def test_program_stands_in_for_nobody_and_nobody_for_it(
    ada: User, account: ServiceAccount, organization: Organization
) -> None:
    today = today_in(organization.pk)
    for principal, substitute in [(ada, account.user), (account.user, ada)]:
        with pytest.raises(AfterwordError, match="program"):
            delegate(
                actor=ada,
                organization=organization,
                principal=principal,
                substitute=substitute,
                starts_on=today,
                ends_on=today + timedelta(days=1),
                reason="On leave",
            )


def test_program_gets_no_role_of_people(ada: User, account: ServiceAccount) -> None:
    with pytest.raises(AfterwordError, match="Programs"):
        change_roles(actor=ada, organization=account.organization, user=account.user, roles=[Role.MANAGER])
    with pytest.raises(AfterwordError, match="Programs"):
        remove_member(actor=ada, organization=account.organization, user=account.user)
    other = make_organization("beta")
    boss = make_member(other, Role.ADMINISTRATOR, name="Bo Boss")
    with scope(organization=other), pytest.raises(AfterwordError, match="Programs"):
        add_member(
            actor=boss, organization=other, email=account.user.email, name="X", roles=[Role.ADMINISTRATOR]
        )
    assert access.roles_of(account.user, account.organization_id) == {Role.PROGRAM}
    assert not access.roles_of(account.user, other.pk)
