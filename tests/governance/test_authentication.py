"""What a signature keeps of how its signer signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.test import Client, RequestFactory

from governance.authentication import authenticated_at, is_recent, method_of
from governance.models import User
from tests.factories import make_member, make_organization
from tests.governance.door.at_door import code_of, confirm, set_up_app, sign_in

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def mara(db: None) -> User:
    return make_member(make_organization("acme"), email="mara@example.test")


def _request(client: Client, user: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session, request.user = client.session, user
    return request


def test_password_is_a_method_with_a_time(client: Client, mara: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, mara)
        clock.shift(timedelta(minutes=10))
        request = _request(client, mara)
        assert method_of(request) == "password"
        assert authenticated_at(request) == NOON
        assert is_recent(request, 10) and not is_recent(request, 9)


def test_confirming_is_recent_and_says_nothing_twice(client: Client, mara: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, mara)
        clock.shift(timedelta(hours=2))
        confirm(client)
        request = _request(client, mara)
        assert method_of(request) == "password"
        assert authenticated_at(request) == NOON + timedelta(hours=2)


def test_code_is_named_beside_the_password(client: Client, mara: User) -> None:
    sign_in(client, mara)
    secret = set_up_app(client)
    client.post("/sign-out/")
    sign_in(client, mara)
    client.post("/sign-in/code/", {"code": code_of(secret)})
    assert method_of(_request(client, mara)) == "password and one-time code"


def test_three_proofs_read_as_a_list(client: Client, mara: User) -> None:
    records = [
        {"method": "password"},
        {"method": "mfa", "type": "totp"},
        {"method": "mfa", "type": "webauthn"},
    ]
    client.force_login(mara)
    request = _request(client, mara)
    request.session["account_authentication_methods"] = records
    request.session["account_authentication_methods_user"] = str(mara.pk)
    assert method_of(request) == "password, one-time code and passkey"


def test_nothing_is_known_of_a_session_without_records(client: Client, mara: User) -> None:
    client.force_login(mara)
    request = _request(client, mara)
    assert (method_of(request), authenticated_at(request), is_recent(request, 60)) == ("", None, False)


def test_proofs_that_are_lost_are_forgotten_by_command(client: Client, mara: User) -> None:
    sign_in(client, mara)
    set_up_app(client)
    call_command("forget_proofs", "Mara@example.test")
    assert client.get("/account/").status_code == 302
    answer = client.post("/sign-in/", {"username": mara.email, "password": "correct horse battery"})
    assert answer["Location"] == "/"
    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("forget_proofs", "nobody@example.test")
