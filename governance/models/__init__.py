"""The tables of the governance room."""

from governance.models.audit import AuditEntry
from governance.models.base import OrganizationOwned, OwnedQuerySet, scoped
from governance.models.connection import Connection
from governance.models.delivery import Delivery, DeliveryQuerySet
from governance.models.heartbeat import Heartbeat
from governance.models.membership import Membership
from governance.models.organization import RESERVED_SLUGS, Organization
from governance.models.user import User

__all__ = [
    "RESERVED_SLUGS",
    "AuditEntry",
    "Connection",
    "Delivery",
    "DeliveryQuerySet",
    "Heartbeat",
    "Membership",
    "Organization",
    "OrganizationOwned",
    "OwnedQuerySet",
    "User",
    "scoped",
]
