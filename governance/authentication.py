"""How the person behind a request showed who they are, and when last: what a signature keeps beside its words.

allauth writes a record into the session for every proof: a password, a one-time code, a passkey, single sign-on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest
from django.utils import timezone

from governance.door.sso import provider_names
from governance.errors import AfterwordError
from governance.models import User

_SECOND_PROOFS = {"totp": "one-time code", "webauthn": "passkey", "recovery_codes": "recovery code"}


class NotRecent(AfterwordError):
    """Something that asks for a recent proof of who one is."""


def method_of(request: HttpRequest) -> str:
    """How the person signed in, in words: ``password``, ``password and one-time code``; empty when nothing is known."""
    shown = list(dict.fromkeys(_words(record) for record in _records(request)))
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 2 else shown)


def authenticated_at(request: HttpRequest) -> datetime | None:
    """When the person last proved in this session who they are; None when nothing is known of it."""
    moments = [record["at"] for record in _records(request) if isinstance(record.get("at"), int | float)]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def is_recent(request: HttpRequest, minutes: int) -> bool:
    """Whether the last proof is at most so many minutes old."""
    at = authenticated_at(request)
    return at is not None and timezone.now() - at <= timedelta(minutes=minutes)


def require_recent(request: HttpRequest, minutes: int) -> None:
    """Raise ``NotRecent`` unless the last proof is at most so many minutes old."""
    if not is_recent(request, minutes):
        raise NotRecent("It is a while since you signed in. Confirm that it is you, then try again.")


def prove(request: HttpRequest, password: str) -> None:
    """Take the password of the signed-in person as a proof, or raise ``NotRecent``; tries are limited."""
    user = request.user
    if not isinstance(user, User) or not get_adapter(request).reauthenticate(user, password):
        raise NotRecent("This is not your password. Your words are still here: type it again.")
    record_authentication(request, user, "password", reauthenticated=True)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user
    return list(get_authentication_records(request, user)) if isinstance(user, User) else []


def _words(record: dict[str, Any]) -> str:
    method = str(record.get("method", ""))
    if method == "mfa":
        return _SECOND_PROOFS.get(str(record.get("type", "")), "second proof")
    if method == "socialaccount":
        name = provider_names().get(str(record.get("provider", "")))
        return f"single sign-on ({name})" if name else "single sign-on"
    return method.replace("_", " ")
