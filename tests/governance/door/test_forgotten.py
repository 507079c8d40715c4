"""A forgotten password: a link by mail, or the sentence that there is none."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from config.celery import app
from governance.door.tries import LINKS_FOR_ONE_ACCOUNT
from governance.models import User
from tests.factories import PASSWORD
from tests.governance.door.at_door import sign_in

NEW = "three words apart 7"


@pytest.fixture
def mailing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail is set up, and the worker does at once what it is asked."""
    settings.AFTERWORD = replace(settings.AFTERWORD, mail_url="smtp://mail.example.test")
    monkeypatch.setitem(app.conf, "task_always_eager", True)


def _ask(client: Client, address: str) -> int:
    return client.post("/sign-in/forgotten/", {"email": address}).status_code


def _link() -> str:
    found = re.search(r"https?://[^/]+(/sign-in/forgotten/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_without_mail_the_page_says_whom_to_ask(client: Client, mara: User) -> None:
    assert "Ask an administrator" in client.get("/sign-in/forgotten/").content.decode()
    assert _ask(client, mara.email) == 200
    assert mail.outbox == []


def test_link_leads_to_a_new_password_once(client: Client, mara: User, mailing: None) -> None:
    elsewhere = Client()
    sign_in(elsewhere, mara)
    assert _ask(client, mara.email.upper()) == 302
    link = _link()
    form = client.get(link)["Location"]
    assert client.post(form, {"new_password1": "short", "new_password2": "short"}).status_code == 422
    answer = client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert answer["Location"] == "/sign-in/"
    assert elsewhere.get("/account/").status_code == 302
    mara.refresh_from_db()
    assert mara.check_password(NEW)
    assert "This link works no more" in client.get(link).content.decode()


def test_who_has_no_password_here_hears_nothing_and_the_page_says_the_same(
    client: Client, mara: User, mailing: None
) -> None:
    User.objects.create_user("sso@example.test", None, name="Sso")
    User.objects.create_user("gone@example.test", PASSWORD, name="Gone", is_active=False)
    answers = [
        client.post("/sign-in/forgotten/", {"email": f"{name}@example.test"}, follow=True).content
        for name in ("nobody", "sso", "gone", "mara")
    ]
    assert [mail.to for mail in mail.outbox] == [["mara@example.test"]]
    assert all(b"a link is on its way" in answer for answer in answers)


def test_nobodys_mailbox_is_filled(client: Client, mara: User, mailing: None) -> None:
    met = [_ask(client, mara.email) for _ in range(LINKS_FOR_ONE_ACCOUNT.amount + 1)]
    assert met == [302] * LINKS_FOR_ONE_ACCOUNT.amount + [429]
    assert len(mail.outbox) == LINKS_FOR_ONE_ACCOUNT.amount
