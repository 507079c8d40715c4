"""Where one is signed in, and how that ends."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from governance.door.sessions import browser_in
from governance.enums import Role
from governance.models import Membership, User
from governance.services import remove_member
from tests.factories import make_member, make_organization
from tests.governance.door.at_door import sign_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.fixture
def phone(mara: User) -> Client:
    """Another browser of Mara's."""
    phone = Client(HTTP_USER_AGENT=SAFARI)
    sign_in(phone, mara)
    return phone


@pytest.fixture
def desk(mara: User) -> Client:
    desk = Client(HTTP_USER_AGENT=FIREFOX)
    sign_in(desk, mara)
    return desk


def _is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_each_browser_is_listed_in_words(desk: Client, phone: Client) -> None:
    page = desk.get("/account/sessions/").content.decode()
    assert page.index("Firefox on Linux") < page.index("This one") < page.index("Safari on an iPhone")


def test_one_other_browser_is_signed_out(desk: Client, phone: Client) -> None:
    page = desk.get("/account/sessions/").content.decode()
    (number,) = re.findall(r'name="session"\s+value="(\d+)"', page)
    desk.post("/account/sessions/", {"session": number})
    assert (_is_in(desk), _is_in(phone)) == (True, False)
    again = desk.post("/account/sessions/", {"session": number}, follow=True)
    assert "signed out already" in again.content.decode()


def test_all_other_browsers_are_signed_out(desk: Client, phone: Client) -> None:
    answer = desk.post("/account/sessions/", follow=True)
    assert "Signed out in 1 other browser." in answer.content.decode()
    assert (_is_in(desk), _is_in(phone)) == (True, False)


def test_browser_of_somebody_else_cannot_be_signed_out(desk: Client, phone: Client) -> None:
    page = desk.get("/account/sessions/").content.decode()
    (number,) = re.findall(r'name="session"\s+value="(\d+)"', page)
    other = Client()
    sign_in(other, make_member(make_organization()))
    other.post("/account/sessions/", {"session": number})
    assert _is_in(phone)


def test_removing_a_person_signs_them_out_everywhere(mara: User, desk: Client, phone: Client) -> None:
    organization = Membership.objects.get(user=mara).organization
    administrator = make_member(organization, Role.ADMINISTRATOR)
    remove_member(actor=administrator, organization=organization, user=mara)
    assert (_is_in(desk), _is_in(phone)) == (False, False)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on an iPhone"),
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/140.0", "Edge on Windows"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_browser_is_called_what_people_call_it(user_agent: str, words: str) -> None:
    assert browser_in(user_agent) == words
