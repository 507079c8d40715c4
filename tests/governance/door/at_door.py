"""What several tests of the door do: sign in, confirm, read codes."""

from __future__ import annotations

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from governance.models import User
from tests.factories import PASSWORD


def sign_in(client: Client, user: User, place: str = "192.0.2.7") -> None:
    """By password, as people do, so that allauth's records are there."""
    answer = client.post("/sign-in/", {"username": user.email, "password": PASSWORD}, REMOTE_ADDR=place)
    assert answer.status_code == 302, answer.content


def confirm(client: Client) -> None:
    answer = client.post("/account/confirm/", {"password": PASSWORD})
    assert answer.status_code == 302, answer.content


def code_of(secret: str, steps: int = 0) -> str:
    """What an app shows now, or so many periods of 30 seconds later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def set_up_app(client: Client) -> str:
    """Turn one-time codes on for the signed-in person; the secret that the app holds now."""
    confirm(client)
    page = client.get("/account/app/").content.decode()
    found = re.search(r'<p class="mono">([A-Z2-7]+)</p>', page)
    assert found, page
    answer = client.post("/account/app/", {"code": code_of(found[1], -1)})
    assert answer.status_code == 302, answer.content
    return found[1]
