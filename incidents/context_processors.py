"""The number beside "Intake"."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from incidents.selectors.intake import waiting_arrivals


def intake(request: HttpRequest) -> dict[str, Any]:
    """``intake_count``: how many arrivals wait for a person, counted only when a page shows it."""
    organization = getattr(request, "organization", None)
    if organization is None or not request.user.is_authenticated:
        return {"intake_count": 0}
    user = request.user
    return {"intake_count": SimpleLazyObject(lambda: waiting_arrivals(user))}
