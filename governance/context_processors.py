"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The organization, the person's roles in it and the product's version."""
    return {
        "organization": getattr(request, "organization", None),
        "roles": getattr(request, "membership_roles", frozenset()),
        "product_version": settings.PRODUCT_VERSION,
    }
