"""One-time codes, recovery codes and the fresh proof that changing them asks for."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from governance.door.tries import FOR_ONE_PERSON
from governance.models import User
from tests.factories import PASSWORD
from tests.governance.door.at_door import code_of, confirm, set_up_app, sign_in

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def app(client: Client, mara: User) -> str:
    """Mara has an app; the secret that it holds. She is signed out again."""
    sign_in(client, mara)
    secret = set_up_app(client)
    client.post("/sign-out/")
    return secret


def test_app_is_set_up_after_a_fresh_proof_and_gives_recovery_codes(client: Client, mara: User) -> None:
    sign_in(client, mara)
    assert client.get("/account/app/")["Location"] == "/account/confirm/?next=%2Faccount%2Fapp%2F"
    set_up_app(client)
    kinds = sorted(Authenticator.objects.values_list("type", flat=True))
    assert kinds == ["recovery_codes", "totp"]
    assert "Turn off" in client.get("/account/").content.decode()
    page = client.get("/account/codes/").content.decode()
    assert "10 of 10 left" in page


def test_secret_is_unreadable_in_the_database(client: Client, mara: User) -> None:
    sign_in(client, mara)
    secret = set_up_app(client)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored and stored.startswith("gAAAA")


def test_qr_code_stands_in_the_page_itself(client: Client, mara: User) -> None:
    sign_in(client, mara)
    confirm(client)
    page = client.get("/account/app/").content.decode()
    assert re.search(r'<svg [^>]*role="img"', page)
    assert "style=" not in page and "data:image" not in page


def test_password_alone_is_not_enough_any_more(client: Client, mara: User, app: str) -> None:
    answer = client.post("/sign-in/?next=/acme/", {"username": mara.email, "password": PASSWORD})
    assert answer["Location"] == "/sign-in/code/"
    assert not _is_in(client)
    assert client.get("/acme/").status_code == 302
    answer = client.post("/sign-in/code/", {"code": code_of(app)})
    assert answer["Location"] == "/acme/"
    assert _is_in(client)


def test_code_opens_once(client: Client, mara: User, app: str) -> None:
    with time_machine.travel(NOW, tick=False):
        code = code_of(app)
        for number in range(2):
            sign_in(client, mara)
            answer = client.post("/sign-in/code/", {"code": code})
            assert answer.status_code == (422 if number else 302)
            client.post("/sign-out/")
    assert not _is_in(client)


def test_codes_are_not_guessed(client: Client, mara: User, app: str) -> None:
    sign_in(client, mara)
    right = code_of(app)
    wrong = "000000" if right != "000000" else "000001"
    met = [
        client.post("/sign-in/code/", {"code": wrong}).status_code for _ in range(FOR_ONE_PERSON.amount + 1)
    ]
    assert met == [422] * FOR_ONE_PERSON.amount + [429]
    assert client.post("/sign-in/code/", {"code": right}).status_code == 429
    assert not _is_in(client)


def test_recovery_code_opens_once(client: Client, mara: User, app: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, mara)
        client.post("/sign-in/code/", {"code": code_of(app)})
        confirm(client)
        text = client.get("/account/codes/download/").content.decode()
        code = text.split()[-1]
        client.post("/sign-out/")
        for number in range(2):
            clock.shift(timedelta(hours=1))
            sign_in(client, mara)
            answer = client.post("/sign-in/code/", {"code": code})
            assert answer.status_code == (422 if number else 302)
            client.post("/sign-out/")


def test_turning_codes_off_asks_for_a_fresh_proof(client: Client, mara: User, app: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, mara)
        client.post("/sign-in/code/", {"code": code_of(app)})
        clock.shift(timedelta(hours=1))
        asked = client.post("/account/app/remove/")
        assert asked["Location"].startswith("/account/confirm/")
        confirm(client)
        assert client.post("/account/app/remove/")["Location"] == "/account/"
    assert not Authenticator.objects.exists()


def test_app_of_another_is_not_found(client: Client, mara: User, app: str) -> None:
    key = Authenticator.objects.create(user=mara, type="webauthn", data={"name": "Key", "credential": {}})
    other = User.objects.create_user("jon@example.test", PASSWORD, name="Jon")
    sign_in(client, other)
    confirm(client)
    for path in ("app/remove/", "codes/", "codes/download/", f"passkeys/{key.pk}/name/"):
        assert client.get(f"/account/{path}").status_code == 404, path
    assert client.post(f"/account/passkeys/{key.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_somebody_halfway_in_can_give_up(client: Client, mara: User, app: str) -> None:
    sign_in(client, mara)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/sign-in/").status_code == 200


def test_new_password_signs_other_browsers_out(client: Client, mara: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, mara)
    sign_in(client, mara)
    new = "three words apart 7"
    wrong = client.post("/account/password/", {"oldpassword": "no", "password1": new, "password2": new})
    assert wrong.status_code == 422
    answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_common_password_is_refused(client: Client, mara: User) -> None:
    sign_in(client, mara)
    weak = "password1234"
    answer = client.post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert answer.status_code == 422
    assert "too common" in answer.content.decode()


def test_who_has_no_password_gets_none(client: Client, mara: User) -> None:
    mara.set_unusable_password()
    mara.save()
    client.force_login(mara)
    assert client.get("/account/password/")["Location"] == "/account/"


def test_who_has_nothing_to_show_here_proves_it_elsewhere(client: Client, mara: User) -> None:
    mara.set_unusable_password()
    mara.save()
    client.force_login(mara)
    page = client.get("/account/confirm/?next=/acme/").content.decode()
    assert "Sign out and in again" in page
    (back,) = re.findall(r'name="next" value="([^"]+)"', page)
    assert client.post("/sign-out/", {"next": back})["Location"] == "/sign-in/?next=%2Facme%2F"
    client.force_login(mara)
    assert "evil" not in client.get("/account/confirm/?next=https://evil.example/").content.decode()


@pytest.mark.parametrize(
    "path",
    ["/sign-up/", "/account/signup/", "/account/email/", "/account/connections/", "/account/password/set/"],
)
def test_pages_that_nobody_asked_for_do_not_exist(client: Client, mara: User, path: str) -> None:
    sign_in(client, mara)
    assert client.get(path).status_code == 404
