"""Programs come in with tokens that allow what they say, until they expire, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from governance import access
from governance.access import PROGRAM_SCOPES, Permission
from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import AuditEntry, Organization, ServiceAccount, ServiceToken, User
from governance.services import add_member, close_account, issue_token, open_account, revoke_token
from tests.factories import make_incident, make_member, make_organization

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


def _bearer(raw: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {raw}"}}


def _token(ada: User, account: ServiceAccount, *scopes: str, days: int = 30) -> str:
    return issue_token(actor=ada, account=account, name="ci", scopes=scopes or ("read",), days=days)[1]


def test_token_reads_without_a_session(client: Client, ada: User, account: ServiceAccount) -> None:
    raw = _token(ada, account)
    assert client.get("/acme/incidents/", **_bearer(raw)).status_code == 200
    assert client.get("/acme/incidents/").status_code == 302, "nothing of it stays"
    assert ServiceToken.objects.get().last_used_at


def test_token_itself_is_kept_nowhere(ada: User, account: ServiceAccount) -> None:
    raw = _token(ada, account)
    kept = ServiceToken.objects.values().get()
    assert raw not in str(kept) and kept["hint"] == raw[:8]
    assert all(raw not in entry.data for entry in AuditEntry.objects.all())


@pytest.mark.parametrize("wrong", ["aw_made-up", "aw_"])
def test_token_that_nobody_gave_is_refused(client: Client, account: ServiceAccount, wrong: str) -> None:
    answer = client.get("/acme/incidents/", **_bearer(wrong))
    assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers


def test_token_ends_with_its_time_its_revoking_and_its_account(
    client: Client, ada: User, account: ServiceAccount
) -> None:
    expiring = _token(ada, account, days=2)
    with time_machine.travel(timezone.now() + timedelta(days=2, seconds=1), tick=False):
        assert client.get("/acme/incidents/", **_bearer(expiring)).status_code == 401
    revoked = _token(ada, account)
    revoke_token(actor=ada, token=ServiceToken.objects.order_by("-id")[0])
    assert client.get("/acme/incidents/", **_bearer(revoked)).status_code == 401
    close_account(actor=ada, account=account)
    assert client.get("/acme/incidents/", **_bearer(expiring)).status_code == 401
    with pytest.raises(AfterwordError, match="closed"):
        _token(ada, ServiceAccount.objects.get())


def test_scope_is_what_the_program_may_do_and_no_more(
    ada: User, account: ServiceAccount, client: Client
) -> None:
    incident = make_incident(account.organization, ada)
    statement = {"at": "2026-01-01 10:00:00", "zone": "UTC", "text": "Deployed 42"}
    address = f"/acme/incidents/{incident.reference}/statement/"
    reader, writer = _token(ada, account), _token(ada, account, "read", Permission.CURATE_CHRONOLOGY)
    assert client.post(address, statement, **_bearer(reader)).status_code == 403
    answer = Client(enforce_csrf_checks=True).post(address, statement, **_bearer(writer))
    assert answer.status_code in {302, 422}, "no form token is asked of a program"
    assert client.get("/acme/audit/", **_bearer(writer)).status_code == 403


def test_token_that_only_writes_reads_nothing(client: Client, ada: User, account: ServiceAccount) -> None:
    raw = _token(ada, account, Permission.ADD_EVIDENCE)
    assert client.get("/acme/incidents/", **_bearer(raw)).status_code == 403


def test_token_does_not_reach_another_organization(
    client: Client, ada: User, account: ServiceAccount
) -> None:
    make_organization("beta")
    assert client.get("/beta/incidents/", **_bearer(_token(ada, account))).status_code == 404


def test_nothing_that_a_name_stands_behind_is_on_offer(ada: User, account: ServiceAccount) -> None:
    named = {right for right in Permission if "sign" in right or "publish" in right or "grant" in right}
    assert named and not named & set(PROGRAM_SCOPES)
    with pytest.raises(AfterwordError, match="from the list"):
        _token(ada, account, Permission.PUBLISH_REVIEW)


def test_account_without_a_token_may_do_nothing(organization: Organization, account: ServiceAccount) -> None:
    assert not [right for right in Permission if access.can(account.user, right, organization)]
    assert account.user not in access.members(organization)


def test_session_of_a_person_does_not_help_a_token(
    client: Client, ada: User, account: ServiceAccount
) -> None:
    client.force_login(ada)
    assert client.get("/acme/settings/programs/", **_bearer(_token(ada, account))).status_code == 403


@pytest.mark.parametrize("days", [0, 367])
def test_token_lives_a_year_at_most(ada: User, account: ServiceAccount, days: int) -> None:
    with pytest.raises(AfterwordError, match="from 1 to"):
        _token(ada, account, days=days)


def test_only_administrators_make_programs(organization: Organization) -> None:
    with pytest.raises(AccessDenied):
        open_account(
            actor=make_member(organization, Role.SRE_LEAD), organization=organization, name="X", purpose="Y"
        )


def test_people_are_no_programs(organization: Organization, ada: User) -> None:
    with pytest.raises(AfterwordError, match="Programs have accounts"):
        add_member(
            actor=ada, organization=organization, email="x@example.test", name="X", roles=[Role.PROGRAM]
        )


def test_page_shows_a_new_token_once(client: Client, ada: User, account: ServiceAccount) -> None:
    client.force_login(ada)
    address = f"/acme/settings/programs/{account.pk}/"
    made = client.post(address, {"name": "ci", "scopes": ["read"], "days": "30"}).content.decode()
    assert "aw_" in made and "never shown again" in made
    raw = made.partition("<pre")[2].partition(">")[2].partition("<")[0]
    assert client.get("/acme/incidents/", **_bearer(raw)).status_code == 200
    assert raw not in client.get(address).content.decode()
