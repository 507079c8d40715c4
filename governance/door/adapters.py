"""What allauth asks of the product: its words, and who may come in."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse

from governance import limits
from governance.door import tries
from governance.errors import AfterwordError
from governance.models import User
from governance.views.errors import refused

SAID = {
    "account/messages/password_changed.txt": "Your password is changed. Every other browser is signed out.",
    "account/messages/password_set.txt": "Your password is set.",
}
WRONG = "This address and this password do not belong together. Check both and try again."


class AccountAdapter(DefaultAccountAdapter):
    """People are invited, never sign up themselves, and hear one sentence for every way of being wrong."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG,
        "invalid_login": WRONG,
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
        return self.authenticate(self.request, email=user.email, password=password) == user

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Met by somebody who showed more than a password; a password alone is told nothing."""
        raise ImmediateHttpResponse(
            refused(request, AfterwordError("Your account is closed. Ask an administrator to open it again."))
        )
