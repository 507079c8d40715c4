"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from governance.access import ROLE_PERMISSIONS, Permission
from governance.enums import Role


def shell(request: HttpRequest) -> dict[str, Any]:
    """The organization, the person's roles in it and the product's version."""
    roles: frozenset[Role] = getattr(request, "membership_roles", frozenset())
    return {
        "organization": getattr(request, "organization", None),
        "roles": roles,
        "may_read_audit": any(Permission.READ_AUDIT_TRAIL in ROLE_PERMISSIONS[role] for role in roles),
        "product_version": settings.PRODUCT_VERSION,
    }
