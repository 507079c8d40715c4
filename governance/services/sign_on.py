"""People whom the company's directory sends: who they are here, and the roles that their groups give."""

from __future__ import annotations

from django.db import transaction
from django_scopes import scope, scopes_disabled

from governance import access, audit
from governance.access import Permission
from governance.door.sessions import end_sessions
from governance.door.sso import Stranger
from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import GroupRole, Membership, Organization, User


@transaction.atomic
def welcome(stranger: Stranger, known: User | None) -> User:
    """The person whom a provider vouches for, with the roles that their groups give now.

    ``known`` has come by this provider before. Otherwise the verified address decides, and somebody who is new gets an
    account when a group of theirs is mapped to a role. Raises ``AccessDenied`` for everybody else.
    """
    user = known or User.objects.filter(email=stranger.email).exclude(email="").first()
    if user is None:
        user = _new_person(stranger)
    if user.is_service or not user.is_active:
        raise AccessDenied("This account is closed, or a program's. Ask an administrator.")
    if stranger.groups is not None:
        follow_groups(user=user, provider=stranger.provider, groups=stranger.groups)
    return user


@transaction.atomic
def follow_groups(*, user: User, provider: str, groups: frozenset[str]) -> None:
    """Give and take roles as the groups say, in every organization that maps groups of this provider.

    Such an organization takes all roles of the person from groups; the last administrator stays one.
    """
    for organization, rows in _mappings(provider).items():
        wanted = frozenset(Role(row.role) for row in rows if row.group in groups)
        held = access.roles_of(user, organization.pk)
        wanted |= _kept(organization, user, held - wanted)
        if wanted != held:
            _set(organization, user, wanted, provider)


@transaction.atomic
def map_group(*, actor: User, organization: Organization, provider: str, group: str, role: Role) -> GroupRole:
    """Let a group of a provider give a role here from the next sign-in on."""
    access.require(actor, Permission.MANAGE_PEOPLE, organization)
    group = group.strip()
    if GroupRole.objects.filter(
        organization=organization, provider=provider, group=group, role=role
    ).exists():
        raise AfterwordError(f"{group} gives this role already.")
    row = GroupRole(organization=organization, provider=provider, group=group, role=role)
    row.save()
    _record_mapping(actor, row, "group.mapped")
    return row


@transaction.atomic
def unmap_group(*, actor: User, mapping: GroupRole) -> None:
    """Let a group give a role no more; people lose it when they sign in the next time."""
    access.require(actor, Permission.MANAGE_PEOPLE, mapping)
    _record_mapping(actor, mapping, "group.unmapped")
    mapping.delete()


def _new_person(stranger: Stranger) -> User:
    """An account without a password, for somebody whom a mapped group brings."""
    mapped = {row.group for rows in _mappings(stranger.provider).values() for row in rows}
    if not stranger.email:
        raise AccessDenied(
            "Your directory sent no verified address for you, so nobody here can be told to be you. "
            "Ask whoever runs single sign-on."
        )
    if not mapped & (stranger.groups or frozenset()):
        raise AccessDenied(
            f"{stranger.email} belongs to no organization here. Ask an administrator to add you, or to map one of "
            "your groups."
        )
    return User.objects.create_user(stranger.email, None, name=stranger.name)


def _mappings(provider: str) -> dict[Organization, list[GroupRole]]:
    with scopes_disabled():
        rows = GroupRole.objects.filter(provider=provider).select_related("organization")
        found: dict[Organization, list[GroupRole]] = {}
        for row in rows:
            found.setdefault(row.organization, []).append(row)
    return found


def _kept(organization: Organization, user: User, lost: frozenset[Role]) -> frozenset[Role]:
    """An organization keeps an administrator, whatever a directory says."""
    if Role.ADMINISTRATOR not in lost:
        return frozenset()
    rows = Membership.objects.select_for_update().filter(organization=organization, role=Role.ADMINISTRATOR)
    others = [row for row in rows if row.user_id != user.pk]
    return frozenset() if others else frozenset({Role.ADMINISTRATOR})


def _set(organization: Organization, user: User, roles: frozenset[Role], provider: str) -> None:
    Membership.objects.filter(organization=organization, user=user).exclude(role__in=roles).delete()
    for role in sorted(roles):
        Membership.objects.get_or_create(organization=organization, user=user, role=role)
    user.__dict__.pop("_roles", None)
    with scope(organization=organization):
        if not roles:
            access.dismiss_from_all(user, organization)
            end_sessions(user)
        audit.record(
            organization=organization,
            actor=user,
            action="member.roles_followed_groups",
            subject=f"user:{user.pk}",
            roles=sorted(role.value for role in roles),
            provider=provider,
        )


def _record_mapping(actor: User, row: GroupRole, action: str) -> None:
    audit.record(
        organization=row.organization_id,
        actor=actor,
        action=action,
        subject=f"provider:{row.provider}",
        group=row.group,
        role=row.role,
    )
