"""Signing in with a password: what is said, and how often somebody may be wrong."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
import time_machine
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from governance.door.tries import FOR_ONE_ACCOUNT, FOR_ONE_ACCOUNT_FROM_ONE_PLACE
from governance.models import User
from tests.factories import PASSWORD, make_member, make_organization

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WRONG = "a wrong guess"
LIMIT = FOR_ONE_ACCOUNT_FROM_ONE_PLACE.amount


def _guess(client: Client, address: str, password: str = WRONG, place: str = "192.0.2.7") -> int:
    answer = client.post("/sign-in/", {"username": address, "password": password}, REMOTE_ADDR=place)
    return answer.status_code


def test_right_password_is_refused_too_while_guessing_is_locked_out(client: Client, mara: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        met = [_guess(client, mara.email) for _ in range(LIMIT + 1)]
        assert met == [422] * LIMIT + [429]
        answer = client.post(
            "/sign-in/", {"username": mara.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7"
        )
        assert answer.status_code == 429
        assert "Too many tries. Wait 3 minutes, then try again." in answer.content.decode()
        assert answer["Retry-After"] == "180"
        assert "_auth_user_id" not in client.session
        clock.shift(timedelta(seconds=181))
        assert _guess(client, mara.email, PASSWORD) == 302


def test_account_that_does_not_exist_is_locked_out_alike(client: Client, mara: User) -> None:
    met = [[_guess(client, address) for _ in range(LIMIT + 2)] for address in (mara.email, "no@example.test")]
    assert met[0] == met[1]


def test_other_spelling_is_the_same_account(client: Client, mara: User) -> None:
    spellings = [mara.email, " MARA@example.test", "Mara@Example.test "] * LIMIT
    assert [_guess(client, spelling) for spelling in spellings].count(422) == LIMIT


def test_many_places_together_are_limited_for_one_account(client: Client, mara: User) -> None:
    met = [_guess(client, mara.email, place=f"192.0.2.{n}") for n in range(FOR_ONE_ACCOUNT.amount + 3)]
    assert Counter(met) == {422: FOR_ONE_ACCOUNT.amount, 429: 3}


def test_one_place_alone_keeps_nobody_out_elsewhere(client: Client, mara: User) -> None:
    for _ in range(FOR_ONE_ACCOUNT.amount * 2):
        _guess(client, mara.email)
    assert _guess(client, mara.email, PASSWORD, place="198.51.100.1") == 302


def test_signing_in_often_is_no_guessing(client: Client, mara: User) -> None:
    met = []
    for _ in range(LIMIT * 2):
        met.append(_guess(client, mara.email, PASSWORD))
        client.post("/sign-out/")
    assert set(met) == {302}


@pytest.mark.parametrize("address", ["mara@example.test", "nobody@example.test"])
def test_address_of_nobody_takes_as_long_as_one_of_somebody(
    client: Client, mara: User, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in hashes, because time on a busy machine says nothing."""
    hashed: list[str] = []
    from django.contrib.auth.hashers import MD5PasswordHasher

    original = MD5PasswordHasher.encode

    def encode(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return original(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    _guess(client, address)
    assert len(hashed) == 1


def test_closed_account_and_program_cannot_come_in(client: Client, mara: User) -> None:
    User.objects.filter(pk=mara.pk).update(is_active=False)
    assert _guess(client, mara.email, PASSWORD) == 422
    program = User.objects.create_user("robot@example.test", None, name="Robot", is_service=True)
    assert _guess(client, program.email, "") == 422


def _visit(server: str, address: str, password: str) -> int:
    """One browser: opens the page, takes its token, sends one guess; the status that it meets."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{server}/sign-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "username": address, "password": password}
    try:
        return int(opener.open(f"{server}/sign-in/", urlencode(fields).encode()).status)
    except HTTPError as error:
        return error.code


def test_crowd_of_fifty_makes_no_more_guesses_than_one(
    transactional_db: None, live_server: LiveServer
) -> None:
    mara = make_member(make_organization("acme"), email="mara@example.test")
    with ThreadPoolExecutor(50) as crowd:
        met = Counter(crowd.map(lambda n: _visit(live_server.url, mara.email, f"guess {n}"), range(50)))
    assert met == {422: LIMIT, 429: 50 - LIMIT}
    assert _visit(live_server.url, mara.email, PASSWORD) == 429
