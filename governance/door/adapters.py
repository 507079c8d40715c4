"""What allauth asks of the product: its words, and who may come in."""

from __future__ import annotations

from typing import Any, ClassVar

import qrcode
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from governance import limits
from governance.door import tries
from governance.door.sso import stranger_of
from governance.errors import AfterwordError
from governance.fields import cipher
from governance.models import User
from governance.services.sign_on import welcome
from governance.views.errors import refused

logger = structlog.get_logger(__name__)

SAID = {
    "account/messages/password_changed.txt": "Your password is changed. Every other browser is signed out.",
    "mfa/messages/totp_activated.txt": "Signing in asks for a code of your app from now on.",
    "mfa/messages/totp_deactivated.txt": "Codes of your app are not asked for any more.",
    "mfa/messages/recovery_codes_generated.txt": "These are your recovery codes. Keep them where you find them.",
    "mfa/messages/webauthn_added.txt": "The passkey is added.",
    "mfa/messages/webauthn_removed.txt": "The passkey is removed. Delete it on the device too.",
}
WRONG = "This address and this password do not belong together. Check both and try again."
CONFIRM_BY = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    """People are invited, never sign up themselves, and hear one sentence for every way of being wrong."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "incorrect_password": "This is not your password. Type it again.",
        "enter_current_password": "This is not your present password. Type it again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what is worth reading is said, in our words: ``SAID`` by the name of allauth's template."""
        sentence = message or SAID.get(message_template or "", "")
        if sentence:
            messages.add_message(request, level, sentence, extra_tags=extra_tags)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who these belong to; raises ``TooMany`` before looking when too much was tried."""
        uses = tries.of_password(self.get_client_ip(request), str(credentials.get("email", "")))
        limits.spend(uses)
        user = authenticate(request, **credentials)
        if not isinstance(user, User):
            return None
        limits.give_back(uses)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether the signed-in person knows their password still."""
        return self.authenticate(context.request, email=user.email, password=password) == user

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": CONFIRM_BY[method["id"]]} for method in methods]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/account/"

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Met by somebody who showed more than a password; a password alone is told nothing."""
        raise ImmediateHttpResponse(
            refused(request, AfterwordError("Your account is closed. Ask an administrator to open it again."))
        )


class ProofAdapter(DefaultMFAAdapter):
    """One-time codes and passkeys: secrets are encrypted at rest, and everything bears the product's name."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This did not work. Check the clock of the device, then try again.",
        "cannot_generate_recovery_codes": "Recovery codes need an app or a passkey first. Set one up.",
    }

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Afterword"}

    def build_totp_svg(self, url: str) -> str:
        """The address as a QR code: dark on light in both themes, because cameras ask for it."""
        code = qrcode.QRCode(border=4)
        code.add_data(url)
        rows = code.get_matrix()
        dark = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, cell in enumerate(row) if cell
        )
        size = len(rows)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="220" height="220" role="img" '
            f'aria-label="QR code for your app" shape-rendering="crispEdges">'
            f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{dark}" fill="#000"/></svg>'
        )


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: matches people by verified address, and lets their groups give them roles."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = data.get("name") or " ".join(part for part in parts if part)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Everything is decided here: who it is, and with what roles; whoever passes is known."""
        known = sociallogin.user if sociallogin.is_existing else None
        try:
            if sociallogin.state.get("process") != "login":
                raise AfterwordError("Accounts are joined by their address. Sign out, then sign in there.")
            user = welcome(stranger_of(sociallogin), known)
        except AfterwordError as error:
            raise ImmediateHttpResponse(_turned_away(request, str(error), 403)) from error
        if known is None:
            sociallogin.connect(request, user)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        logger.warning("single sign-on failed", provider=str(provider), problem=str(exception or error))
        sentence = (
            f"Signing in with {provider} did not work, or was broken off. Try again from the sign-in page."
        )
        raise ImmediateHttpResponse(_turned_away(request, sentence, 401))


def _turned_away(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "governance/door/turned_away.html", {"sentence": sentence}, status=status)
