"""Coming in, in a real browser: a password and a code, a passkey, another browser that is signed out."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from governance.enums import Role
from governance.models import User
from tests.browser import Axe, NewContext
from tests.factories import PASSWORD, make_member, make_organization
from tests.governance.door.at_door import code_of

pytestmark = pytest.mark.journey


@pytest.fixture
def mara(transactional_db: None) -> User:
    return make_member(
        make_organization("acme"), Role.ADMINISTRATOR, name="Mara Okafor", email="mara@example.test"
    )


def _type_password(page: Page, user: User, address: str = "/sign-in/") -> None:
    page.goto(address)
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def _confirm(page: Page) -> None:
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_password_and_code(mara: User, new_context: NewContext, axe: Axe, theme: str, width: int) -> None:
    page = new_context(color_scheme=theme, viewport={"width": width, "height": 800}).new_page()
    _type_password(page, mara)
    page.wait_for_url("**/acme/")
    page.goto("/account/")
    axe(page)
    page.get_by_role("link", name="Set up an app").click()
    axe(page)
    _confirm(page)
    axe(page)
    page.get_by_text("Type it instead").click()
    secret = page.locator("details .mono").inner_text()
    page.get_by_label("Code that the app shows now").fill(code_of(secret, -1))
    page.get_by_role("button", name="Turn one-time codes on").click()
    page.wait_for_url("**/account/codes/")
    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    axe(page)
    _overflow(page, width)
    page.context.clear_cookies()
    _type_password(page, mara, "/sign-in/?next=/acme/incidents/")
    page.wait_for_url("**/sign-in/code/")
    axe(page)
    page.get_by_label("Code of your app").fill("000000" if code_of(secret) != "000000" else "000001")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("This did not work")).to_be_visible()
    page.get_by_label("Code of your app").fill(code_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/acme/incidents/")


def test_passkey_opens_alone_and_beside_the_password(
    mara: User, new_context: NewContext, axe: Axe, live_server: LiveServer
) -> None:
    address = f"http://localhost:{urlsplit(live_server.url).port}"  # passkeys need a name, not a number
    context = new_context(base_url=address)
    page = context.new_page()
    _give_device(context, page)
    _type_password(page, mara)
    page.wait_for_url("**/acme/")
    page.goto("/account/")
    page.get_by_role("link", name="Add a passkey").click()
    _confirm(page)
    page.get_by_label("Name").fill("Laptop")
    axe(page)
    page.get_by_role("button", name="Let the device make it").click()
    page.wait_for_url("**/account/codes/")
    page.goto("/account/")
    expect(page.get_by_text("Passkey, opens alone")).to_be_visible()
    _sign_out(page)
    page.goto("/sign-in/?next=/acme/incidents/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{address}/acme/incidents/")
    page.goto("/account/")
    _sign_out(page)
    _type_password(page, mara)
    page.wait_for_url("**/sign-in/code/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/acme/")
    page.goto("/account/")
    page.get_by_role("link", name="Remove Laptop").click()
    _by_passkey_or_password(page)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()


def test_other_browser_is_signed_out(mara: User, new_context: NewContext, axe: Axe) -> None:
    here, there = new_context().new_page(), new_context().new_page()
    for page in (there, here):
        _type_password(page, mara)
        page.wait_for_url("**/acme/")
    here.goto("/account/sessions/")
    axe(here)
    here.get_by_role("button", name="Sign it out").click()
    expect(here.get_by_text("That browser is signed out.")).to_be_visible()
    there.reload()
    expect(there).to_have_url(f"{there.url.partition('/sign-in')[0]}/sign-in/?next=/acme/")
    here.reload()
    expect(here.get_by_role("heading", name="Where you are signed in")).to_be_visible()


def test_everything_works_without_scripts(mara: User, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/sign-in/")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    _type_password(page, mara)
    page.wait_for_url("**/acme/")
    page.goto("/account/passkeys/add/")
    _confirm(page)
    expect(page.get_by_text("runs no scripts")).to_be_visible()
    page.goto("/account/sessions/")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("You are signed in nowhere else.")).to_be_visible()


def _give_device(context: BrowserContext, page: Page) -> None:
    """A device with a fingerprint sensor on which somebody always puts the right finger."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _by_passkey_or_password(page: Page) -> None:
    """A fresh proof, by whichever page asks for it."""
    if "/confirm/" in page.url:
        _confirm(page)


def _overflow(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
