"""The page that says where one is signed in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.door.sessions import end_session, end_sessions, sessions_of
from governance.models import User


@never_cache
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The list; a post ends one session (``session``) or every other one."""
    user, here = request.user, request.session.session_key
    if not isinstance(user, User):  # LoginRequiredMiddleware keeps others away
        return redirect("account_login")
    if request.method == "GET":
        return render(request, "governance/door/sessions.html", {"sessions": sessions_of(user, here)})
    messages.success(request, _ended(user, here, request.POST.get("session", "")))
    return redirect("usersessions_list")


def _ended(user: User, here: str | None, chosen: str) -> str:
    if not chosen:
        count = end_sessions(user, but=here)
        counted = ngettext("%d other browser", "%d other browsers", count) % count
        return f"Signed out in {counted}." if count else "You are signed in nowhere else."
    ended = chosen.isdecimal() and end_session(user, int(chosen))
    return "That browser is signed out." if ended else "That browser was signed out already."
