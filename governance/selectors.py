"""Reading people, their notices and the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from governance.enums import Role
from governance.models import AuditEntry, Membership, Notice, Organization, User, WorkCalendar
from governance.sight import sight


@dataclass(frozen=True)
class Member:
    """A person with all of their roles."""

    user: User
    roles: tuple[Role, ...]

    @property
    def role_names(self) -> str:
        return ", ".join(str(role.label) for role in self.roles)


def member_list(organization: Organization) -> list[Member]:
    """Everybody in the organization, by name; programs are no people."""
    rows = (
        Membership.objects.filter(organization=organization, user__is_service=False)
        .select_related("user")
        .order_by("user__name", "role")
    )
    people: dict[int, tuple[User, list[Role]]] = {}
    for row in rows:
        people.setdefault(row.user_id, (row.user, []))[1].append(Role(row.role))
    return [Member(user, tuple(roles)) for user, roles in people.values()]


def organizations_of(user: User) -> Any:
    """The organizations that a person belongs to, by name."""
    return Organization.objects.filter(memberships__user=user).distinct().order_by("name")


def trail(user: User, subject: str = "") -> Any:
    """The audit trail of the active organization, newest first, of one subject when it is named.

    Nothing is found of a subject that the person may not see, as nothing is found of one that was guessed.
    """
    rows = AuditEntry.objects.visible_to(user).select_related("actor").order_by("-sequence")
    if not subject:
        return rows
    return rows.none() if subject in sight(user, [subject]).hidden else rows.filter(subject=subject)


def notices_of(user: User) -> Any:
    """What a person was told in the active organization, unread first, without what they may no longer see."""
    rows = Notice.objects.visible_to(user).filter(recipient=user)
    subjects = rows.order_by().values_list("subject", flat=True).distinct()
    hidden = sight(user, subjects).hidden
    return rows.exclude(subject__in=hidden).order_by(
        F("read_at").desc(nulls_first=True), "-created_at", "-id"
    )


def unread_notices(user: User) -> int:
    """How many notices a person has not read yet."""
    count: int = notices_of(user).unread().count()
    return count


def today_in(organization_id: int, at: datetime | None = None) -> date:
    """The day where the organization works, now or ``at`` an instant; exceptions and delegations end by it."""
    calendar = WorkCalendar.objects.filter(organization_id=organization_id).first()
    return (at or timezone.now()).astimezone(ZoneInfo(calendar.zone if calendar else "UTC")).date()
