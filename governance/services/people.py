"""Organizations and the people in them."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.door.sessions import end_sessions
from governance.enums import Role
from governance.errors import AfterwordError
from governance.models import Membership, Organization, User

A_PROGRAM = "Programs have accounts of their own, under Settings, Programs."


@transaction.atomic
def create_organization(*, name: str, slug: str, administrator: User) -> Organization:
    """Found an organization with its first administrator; raises ``AfterwordError`` for a taken or reserved address."""
    if Organization.objects.filter(slug=slug).exists():
        raise AfterwordError(f"The address {slug!r} is taken. Choose another one.")
    organization = Organization(name=name.strip(), slug=slug)
    try:
        organization.full_clean()
    except ValidationError as error:
        raise AfterwordError(" ".join(error.messages)) from error
    organization.save()
    Membership.objects.create(organization=organization, user=administrator, role=Role.ADMINISTRATOR)
    audit.record(
        organization=organization,
        actor=administrator,
        action="organization.created",
        subject=f"organization:{slug}",
    )
    return organization


@transaction.atomic
def add_member(
    *,
    actor: User,
    organization: Organization,
    email: str,
    name: str,
    roles: Iterable[Role],
    password: str | None = None,
) -> User:
    """Add a person by address; somebody who is known already keeps their name and password.

    Without a password, a new person cannot sign in by one.
    """
    access.require(actor, Permission.MANAGE_PEOPLE, organization)
    chosen, address = _chosen(roles), _address(email)
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, password, name=name.strip() or address.partition("@")[0])
    elif user.is_service:
        raise AfterwordError(A_PROGRAM)
    elif access.roles_of(user, organization.pk):
        raise AfterwordError(f"{user} is a member already. Change their roles in the list instead.")
    _set_roles(organization, user, chosen)
    _record(actor, organization, user, "member.added", chosen)
    return user


@transaction.atomic
def change_roles(*, actor: User, organization: Organization, user: User, roles: Iterable[Role]) -> None:
    """Replace a member's roles; the last administrator stays one."""
    access.require(actor, Permission.MANAGE_PEOPLE, organization)
    chosen = _chosen(roles)
    _be_member(organization, user)
    if Role.ADMINISTRATOR not in chosen:
        _keep_an_administrator(organization, user)
    _set_roles(organization, user, chosen)
    _record(actor, organization, user, "member.roles_changed", chosen)


@transaction.atomic
def remove_member(*, actor: User, organization: Organization, user: User) -> None:
    """Take a person and their posts out of the organization, and sign them out everywhere at once.

    What they wrote and signed stays theirs.
    """
    access.require(actor, Permission.MANAGE_PEOPLE, organization)
    _be_member(organization, user)
    _keep_an_administrator(organization, user)
    access.dismiss_from_all(user, organization)
    Membership.objects.filter(organization=organization, user=user).delete()
    user.__dict__.pop("_roles", None)
    end_sessions(user)
    _record(actor, organization, user, "member.removed", frozenset())


def _chosen(roles: Iterable[Role]) -> frozenset[Role]:
    chosen = frozenset(Role(role) for role in roles)
    if not chosen:
        raise AfterwordError("A member needs at least one role. Choose one, or remove the person.")
    if Role.PROGRAM in chosen:
        raise AfterwordError(A_PROGRAM)
    return chosen


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise AfterwordError(f"{address or 'This'} is not an email address. Check it.") from error
    return address


def _be_member(organization: Organization, user: User) -> None:
    if user.is_service:
        raise AfterwordError(A_PROGRAM)
    if not Membership.objects.filter(organization=organization, user=user).exists():
        raise AfterwordError(f"{user} is not a member here any more. Reload the page.")


def _set_roles(organization: Organization, user: User, roles: frozenset[Role]) -> None:
    Membership.objects.filter(organization=organization, user=user).exclude(role__in=roles).delete()
    for role in sorted(roles):
        Membership.objects.get_or_create(organization=organization, user=user, role=role)
    user.__dict__.pop("_roles", None)


def _keep_an_administrator(organization: Organization, leaving: User) -> None:
    rows = Membership.objects.select_for_update().filter(organization=organization, role=Role.ADMINISTRATOR)
    if not [row for row in rows if row.user_id != leaving.pk]:
        raise AfterwordError("This is the last administrator. Make somebody else one first.")


def _record(actor: User, organization: Organization, user: User, action: str, roles: frozenset[Role]) -> None:
    names = sorted(role.value for role in roles)
    audit.record(
        organization=organization, actor=actor, action=action, subject=f"user:{user.pk}", roles=names
    )
