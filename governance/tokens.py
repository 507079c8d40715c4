"""How programs come in: ``Authorization: Bearer aw_…`` in the place of a session.

The token gives its scopes and nothing else, whatever its account may be named in. A request with a token needs no form
token, because no browser sends it by itself; it has an empty session of its own, so that nothing of a person who is
signed in beside it counts, or changes. It opens addresses of organizations only: an account page would let a program
give itself a passkey that outlives its token.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_scopes import scopes_disabled

from governance.access import READ, grant_scopes
from governance.middleware import organization_slug
from governance.models import ServiceToken
from governance.services.programs import PREFIX, digest

SEEN_EVERY = timedelta(minutes=1)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenMiddleware:
    """Signs a program in for one request, or refuses it with 401 (no such token) or 403 (it may not read)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not raw.strip().startswith(PREFIX):
            return self.get_response(request)
        token = valid_token(raw.strip())
        if token is None:
            return _refusal(
                401, "This token is not valid. It may have expired or been revoked; ask for another one."
            )
        if request.method in _SAFE and READ not in token.scopes:
            return _refusal(403, "This token does not allow reading. Ask for one that does.")
        if organization_slug(request.path_info) is None:
            return _refusal(
                403, "A token opens addresses of its organization only, such as /acme/incidents/."
            )
        request.user = token.account.user
        grant_scopes(token.account.user, token.organization_id, token.scopes)
        request.csrf_processing_done = True  # type: ignore[attr-defined]
        return self._answered(request)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        """Answer with an empty session, which is kept nowhere, in the place of the one that came with the request."""
        beside, request.session = request.session, SessionStore()
        try:
            return self.get_response(request)
        finally:
            request.session = beside


def valid_token(raw: str) -> ServiceToken | None:
    """The token that these characters are, when it still opens something; its use is noted once a minute at most."""
    now = timezone.now()
    with scopes_disabled():
        rows = ServiceToken.objects.valid(now).filter(account__user__is_active=True)
        token: ServiceToken | None = rows.select_related("account__user").filter(digest=digest(raw)).first()
        if token is not None and (token.last_used_at is None or now - token.last_used_at > SEEN_EVERY):
            ServiceToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _refusal(status: int, sentence: str) -> HttpResponse:
    headers = {"WWW-Authenticate": 'Bearer realm="Afterword"'} if status == 401 else {}
    return HttpResponse(
        f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers
    )
