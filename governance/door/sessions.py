"""Where a person is signed in, and how that ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession

from governance.models import User

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SignedIn:
    """One browser in which a person is signed in."""

    pk: int
    browser: str
    address: str
    since: datetime
    is_here: bool


def sessions_of(user: User, here: str | None) -> list[SignedIn]:
    """Every browser of the person, this one first, then the latest; ``here`` is the key of this one's session."""
    rows = [_signed_in(row, here) for row in UserSession.objects.purge_and_list(user)]
    return sorted(rows, key=lambda row: (row.is_here, row.since), reverse=True)


def end_session(user: User, pk: int) -> bool:
    """Sign one of the person's browsers out; False when there is no such session any more."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is not None:
        row.end()
    return row is not None


def end_sessions(user: User, but: str | None = None) -> int:
    """Sign the person out everywhere, except for the session with the key ``but``; how many there were."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    for row in rows:
        row.end()
    return len(rows)


def browser_in(user_agent: str) -> str:
    """The browser and its system, as people call them."""
    browser = _first(_BROWSERS, user_agent) or "A browser"
    system = _first(_SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def _first(words: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for word, name in words if word in text), "")


def _signed_in(row: Any, here: str | None) -> SignedIn:
    return SignedIn(row.pk, browser_in(row.user_agent), row.ip, row.created_at, row.session_key == here)
