"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from governance.access import ROLE_PERMISSIONS, Permission
from governance.enums import Role
from governance.models import User
from governance.selectors import unread_notices


def shell(request: HttpRequest) -> dict[str, Any]:
    """The organization, the person's roles and unread notices in it, and the product's version."""
    roles: frozenset[Role] = getattr(request, "membership_roles", frozenset())
    person = getattr(request, "user", None)  # a page about a wrong host comes before anybody is known
    return {
        "notice_count": SimpleLazyObject(lambda: unread_notices(person))
        if roles and isinstance(person, User)
        else 0,
        "organization": getattr(request, "organization", None),
        "roles": roles,
        "may_read_audit": any(Permission.READ_AUDIT_TRAIL in ROLE_PERMISSIONS[role] for role in roles),
        "product_version": settings.PRODUCT_VERSION,
    }
