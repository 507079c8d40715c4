"""The number beside "My work"."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from remediation.selectors import waiting_for


def waiting(request: HttpRequest) -> dict[str, Any]:
    """``waiting_count``: how many things wait for the person here, counted only when a page shows it."""
    organization = getattr(request, "organization", None)
    if organization is None or not request.user.is_authenticated:
        return {"waiting_count": 0}
    user = request.user
    return {"waiting_count": SimpleLazyObject(lambda: len(waiting_for(user, organization)))}
