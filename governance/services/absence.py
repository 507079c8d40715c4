"""Who stands in for whom, and when the organization works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.enums import NoticeKind
from governance.errors import AccessDenied, AfterwordError
from governance.models import Delegation, Holiday, Organization, User, WorkCalendar
from governance.selectors import today_in
from governance.services.notices import tell

LONGEST_ABSENCE = timedelta(days=366)


@transaction.atomic
def delegate(
    *,
    actor: User,
    organization: Organization,
    principal: User,
    substitute: User,
    starts_on: date,
    ends_on: date,
    reason: str,
) -> Delegation:
    """Let ``substitute`` sign for ``principal`` in these days, both included; everybody may do it for themselves.

    Raises ``AfterwordError`` for days that lie behind us, end before they begin or last over a year, for somebody from
    elsewhere, and where the two would stand in for each other.
    """
    if actor != principal:
        access.require(actor, Permission.MANAGE_PEOPLE, organization)
    for person in (principal, substitute):
        if not access.roles_of(person, organization.pk):
            raise AfterwordError(f"{person} is not a member of this organization. Choose a member.")
        if person.is_service:
            raise AfterwordError(f"{person} is a program. Only people sign, and stand in for people.")
    _require_days(organization, starts_on, ends_on)
    _require_one_way(principal, substitute, starts_on, ends_on)
    if not reason.strip():
        raise AfterwordError(
            "Say why, such as “On leave”: it stands beside every signature that is given so."
        )
    row = Delegation(
        organization_id=organization.pk,
        principal=principal,
        delegate=substitute,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=" ".join(reason.split()),
        created_by=actor,
    )
    row.save(force_insert=True)
    tell(
        actor=actor,
        organization_id=organization.pk,
        recipients=[substitute],
        kind=NoticeKind.DELEGATED,
        key=f"delegation:{row.pk}",
        text=f"You sign for {principal} from {_day(starts_on)} to {_day(ends_on)}: {row.reason}",
        path=f"/{organization.slug}/settings/absence/",
    )
    tell(
        actor=actor,
        organization_id=organization.pk,
        recipients=[principal],
        kind=NoticeKind.DELEGATED,
        key=f"delegation:{row.pk}",
        text=f"{substitute} signs for you from {_day(starts_on)} to {_day(ends_on)}, says {actor}: {row.reason}",
        path=f"/{organization.slug}/settings/absence/",
    )
    _record(actor, row, "delegation.made")
    return row


@transaction.atomic
def end_delegation(*, actor: User, delegation: Delegation) -> None:
    """End it now: by the principal, the delegate or an administrator. What was signed stays signed."""
    row: Delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if actor.pk not in {row.principal_id, row.delegate_id}:
        access.require(actor, Permission.MANAGE_PEOPLE, row)
    elif not access.roles_of(actor, row.organization_id):
        raise AccessDenied("You are not a member of this organization any more.")
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        _record(actor, row, "delegation.ended")


@transaction.atomic
def set_calendar(
    *,
    actor: User,
    organization: Organization,
    zone: str,
    workdays: Iterable[int],
    holidays: Mapping[date, str],
) -> WorkCalendar:
    """Say when the organization works: days of the week (Monday is 0), its zone, and its holidays by day."""
    access.require(actor, Permission.MANAGE_POLICY, organization)
    days = sorted({int(day) for day in workdays})
    if not days or not set(days) <= set(range(7)):
        raise AfterwordError("Choose at least one working day, or no deadline in business days ever comes.")
    if zone not in available_timezones():
        raise AfterwordError(f"{zone} is no time zone. Choose one such as Europe/Berlin.")
    calendar, _ = WorkCalendar.objects.update_or_create(
        organization_id=organization.pk, defaults={"zone": zone, "workdays": days}
    )
    Holiday.objects.filter(organization_id=organization.pk).exclude(on__in=holidays).delete()
    for on, name in holidays.items():
        Holiday.objects.update_or_create(organization_id=organization.pk, on=on, defaults={"name": name})
    audit.record(
        organization=organization,
        actor=actor,
        action="calendar.set",
        subject=f"organization:{organization.slug}",
        zone=zone,
        workdays=days,
        holidays=len(holidays),
    )
    found: WorkCalendar = calendar
    return found


def _require_days(organization: Organization, starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise AfterwordError("The last day lies before the first. Correct one of them.")
    if ends_on < today_in(organization.pk):
        raise AfterwordError("These days have passed. Choose days to come.")
    if ends_on - starts_on > LONGEST_ABSENCE:
        raise AfterwordError("Nobody stands in for longer than a year. Hand the post over instead.")


def _require_one_way(principal: User, substitute: User, starts_on: date, ends_on: date) -> None:
    """Two people who stood in for each other could both sign for both of them."""
    if principal == substitute:
        raise AfterwordError("Choose somebody else: nobody stands in for themselves.")
    back = Delegation.objects.filter(
        principal=substitute,
        delegate=principal,
        ended_at__isnull=True,
        starts_on__lte=ends_on,
        ends_on__gte=starts_on,
    )
    if back.exists():
        raise AfterwordError(
            f"{principal} stands in for {substitute} in these days. Choose somebody who is there."
        )


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"


def _record(actor: User, row: Delegation, action: str) -> None:
    audit.record(
        organization=row.organization_id,
        actor=actor,
        action=action,
        subject=f"user:{row.principal_id}",
        person=row.delegate_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
