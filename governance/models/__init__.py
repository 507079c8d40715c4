"""The tables of the governance room."""

from governance.models.audit import AuditEntry
from governance.models.base import OrganizationOwned, OwnedQuerySet, hide, scoped
from governance.models.connection import Connection
from governance.models.delegation import Delegation, DelegationQuerySet, Holiday, WorkCalendar
from governance.models.delivery import Delivery, DeliveryQuerySet
from governance.models.heartbeat import Heartbeat
from governance.models.limit import LimitUse
from governance.models.machine import GroupRole, ServiceAccount, ServiceToken, ServiceTokenQuerySet
from governance.models.membership import Membership
from governance.models.notice import Notice, NoticeChoice, NoticeQuerySet
from governance.models.organization import RESERVED_SLUGS, Organization
from governance.models.user import User

__all__ = [
    "RESERVED_SLUGS",
    "AuditEntry",
    "Connection",
    "Delegation",
    "DelegationQuerySet",
    "Delivery",
    "DeliveryQuerySet",
    "GroupRole",
    "Heartbeat",
    "Holiday",
    "LimitUse",
    "Membership",
    "Notice",
    "NoticeChoice",
    "NoticeQuerySet",
    "Organization",
    "OrganizationOwned",
    "OwnedQuerySet",
    "ServiceAccount",
    "ServiceToken",
    "ServiceTokenQuerySet",
    "User",
    "WorkCalendar",
    "hide",
    "scoped",
]
