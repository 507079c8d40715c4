"""Where one goes after signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from governance.models import User
from governance.selectors import organizations_of


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the only organization, or to a choice of them."""
    user = request.user
    organizations = list(organizations_of(user)) if isinstance(user, User) else []
    if len(organizations) == 1:
        return redirect("work:home", organizations[0].slug)
    return render(request, "governance/start.html", {"organizations": organizations})
