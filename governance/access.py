"""Who may do what: the one role table, and the only importer of guardian.

``can`` feeds buttons, ``require`` guards services and views; both read the same table. Rights come from roles in the
organization and, for the two who sign, from a post on one object (commander of an incident, owner of a service).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, get_objects_for_user, get_users_with_perms, remove_perm

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import Membership, Organization, OrganizationOwned, User

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Permission(StrEnum):
    """Everything that not every member may do."""

    OPEN_INCIDENT = "open incidents"
    ADD_EVIDENCE = "add evidence"
    CURATE_CHRONOLOGY = "curate the chronology"
    APPOINT_COMMANDER = "appoint the incident commander"
    EDIT_REVIEW = "write the review"
    ANSWER_QUESTION = "answer questions"
    SUBMIT_REVIEW = "submit the review"
    REQUEST_CHANGES = "request changes"
    SIGN_AS_COMMANDER = "sign as incident commander"
    SIGN_AS_OWNER = "sign as service owner"
    SIGN_AS_MANAGER = "sign as manager"
    SIGN_AS_SECURITY = "sign for security"
    PUBLISH_REVIEW = "publish the review"
    REVISE_REVIEW = "open a published review again"
    WITHDRAW_REVIEW = "withdraw or replace a review"
    COMMENT = "comment"
    ASSIGN_QUESTION = "assign questions"
    APPROVE_CUSTOMER_TEXT = "approve the text for customers"
    GRANT_WAIVER = "grant exceptions"
    MANAGE_POLICY = "manage the rules of reviews"
    MANAGE_PRIVACY = "say who may see a private incident"
    PLAN_ACTION_ITEM = "plan action items"
    COMPLETE_ACTION_ITEM = "complete action items"
    VERIFY_ACTION_ITEM = "verify action items"
    CONFIRM_REPEAT = "confirm repeats"
    CAPTURE_BASELINE = "capture a baseline"
    READ_AUDIT_TRAIL = "read the audit trail"
    MANAGE_SERVICES = "manage services"
    MANAGE_PEOPLE = "manage people"
    MANAGE_CONNECTIONS = "manage connections"
    MANAGE_INTAKE = "manage addresses and rules of intake"
    READ_RAW_EVIDENCE = "read raw evidence"


class Post(StrEnum):
    """A post on one object, kept as a guardian object permission."""

    INCIDENT_COMMANDER = "command_incident"
    SERVICE_OWNER = "own_service"


_WRITES = frozenset(
    {
        Permission.OPEN_INCIDENT,
        Permission.ADD_EVIDENCE,
        Permission.CURATE_CHRONOLOGY,
        Permission.EDIT_REVIEW,
        Permission.ANSWER_QUESTION,
        Permission.ASSIGN_QUESTION,
        Permission.COMMENT,
        Permission.SUBMIT_REVIEW,
        Permission.REQUEST_CHANGES,
        Permission.PLAN_ACTION_ITEM,
        Permission.COMPLETE_ACTION_ITEM,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.RESPONDER: _WRITES,
    Role.SRE_LEAD: _WRITES
    | {
        Permission.APPOINT_COMMANDER,
        Permission.PUBLISH_REVIEW,
        Permission.REVISE_REVIEW,
        Permission.WITHDRAW_REVIEW,
        Permission.APPROVE_CUSTOMER_TEXT,
        Permission.MANAGE_POLICY,
        Permission.MANAGE_PRIVACY,
        Permission.VERIFY_ACTION_ITEM,
        Permission.CONFIRM_REPEAT,
        Permission.CAPTURE_BASELINE,
        Permission.READ_AUDIT_TRAIL,
        Permission.MANAGE_SERVICES,
        Permission.READ_RAW_EVIDENCE,
    },
    Role.MANAGER: frozenset(
        {
            Permission.ANSWER_QUESTION,
            Permission.COMMENT,
            Permission.REQUEST_CHANGES,
            Permission.SIGN_AS_MANAGER,
            Permission.APPROVE_CUSTOMER_TEXT,
            Permission.GRANT_WAIVER,
            Permission.VERIFY_ACTION_ITEM,
            Permission.CAPTURE_BASELINE,
            Permission.READ_AUDIT_TRAIL,
        }
    ),
    Role.SECURITY: frozenset(
        {
            Permission.ANSWER_QUESTION,
            Permission.COMMENT,
            Permission.REQUEST_CHANGES,
            Permission.SIGN_AS_SECURITY,
            Permission.READ_RAW_EVIDENCE,
            Permission.READ_AUDIT_TRAIL,
        }
    ),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT_TRAIL, Permission.READ_RAW_EVIDENCE}),
    Role.PROGRAM: frozenset(),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.APPOINT_COMMANDER,
            Permission.MANAGE_SERVICES,
            Permission.MANAGE_POLICY,
            Permission.MANAGE_PRIVACY,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_CONNECTIONS,
            Permission.MANAGE_INTAKE,
            Permission.READ_AUDIT_TRAIL,
        }
    ),
}

POST_PERMISSIONS: dict[Post, frozenset[Permission]] = {
    Post.INCIDENT_COMMANDER: frozenset(
        {
            Permission.SIGN_AS_COMMANDER,
            Permission.PUBLISH_REVIEW,
            Permission.REVISE_REVIEW,
            Permission.APPROVE_CUSTOMER_TEXT,
            Permission.MANAGE_PRIVACY,
            Permission.COMMENT,
            Permission.REQUEST_CHANGES,
            Permission.READ_RAW_EVIDENCE,
        }
    ),
    Post.SERVICE_OWNER: frozenset({Permission.SIGN_AS_OWNER, Permission.COMMENT, Permission.REQUEST_CHANGES}),
}
#: What a program's token may allow: to read, and these rights. Nothing that somebody stands behind with their name.
READ = "read"
PROGRAM_SCOPES: tuple[str, ...] = (
    READ,
    Permission.OPEN_INCIDENT,
    Permission.ADD_EVIDENCE,
    Permission.CURATE_CHRONOLOGY,
    Permission.COMMENT,
    Permission.PLAN_ACTION_ITEM,
    Permission.COMPLETE_ACTION_ITEM,
    Permission.READ_RAW_EVIDENCE,
    Permission.READ_AUDIT_TRAIL,
)
_POST_OF_MODEL = {"incident": Post.INCIDENT_COMMANDER, "service": Post.SERVICE_OWNER}


def organization_of(subject: Organization | OrganizationOwned) -> int:
    """The id of the organization that the subject is or belongs to."""
    return subject.pk if isinstance(subject, Organization) else subject.organization_id


def roles_of(user: User, organization_id: int) -> frozenset[Role]:
    """The roles of an active user in an organization; empty for everyone who is not a member."""
    if not user.is_active:
        return frozenset()
    cache: dict[int, frozenset[Role]] = user.__dict__.setdefault("_roles", {})
    if organization_id not in cache:
        rows = Membership.objects.filter(user=user, organization_id=organization_id).values_list(
            "role", flat=True
        )
        cache[organization_id] = frozenset(Role(role) for role in rows)
    return cache[organization_id]


def rights_of(user: User, organization_id: int) -> frozenset[Permission]:
    """Everything that a person's roles give in an organization, or a program's token; posts are not looked at."""
    roles = roles_of(user, organization_id)
    given: frozenset[Permission] = frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
    scopes: dict[int, frozenset[Permission]] = user.__dict__.get("_scopes", {})
    return given | (scopes.get(organization_id, frozenset()) if roles else frozenset())


def grant_scopes(program: User, organization_id: int, scopes: Iterable[str]) -> None:
    """Give a program what its token allows, for the request that ``program`` was read for."""
    rights = frozenset(Permission(scope) for scope in scopes if scope != READ and scope in PROGRAM_SCOPES)
    program.__dict__["_scopes"] = {organization_id: rights}


def can(user: User, permission: Permission, subject: Organization | OrganizationOwned) -> bool:
    """Whether the user may do this to the subject (an organization, or any object of one).

    Signing rights are asked of the object that carries the post: an incident, or a service.
    """
    organization_id = organization_of(subject)
    if not roles_of(user, organization_id):
        return False
    if permission in rights_of(user, organization_id):
        return True
    post = _POST_OF_MODEL.get(subject._meta.model_name or "")
    return post is not None and permission in POST_PERMISSIONS[post] and holds(user, post, subject)


def require(user: User, permission: Permission, subject: Organization | OrganizationOwned) -> None:
    """Raise ``AccessDenied`` with a sentence when the user may not do this."""
    if not can(user, permission, subject):
        raise AccessDenied(
            f"You may not {permission.value} here. Ask an SRE lead or an administrator for the right."
        )


def holds(user: User, post: Post, subject: Any) -> bool:
    """Whether the user holds a post on this object and is still an active member of its organization."""
    if not roles_of(user, organization_of(subject)):
        return False
    return user in holders(post, subject)


def appoint(user: User, post: Post, subject: Any) -> None:
    """Give a post to a member; raises ``AccessDenied`` for somebody from outside the organization, and a program."""
    if user.is_service:
        raise AccessDenied(
            f"{user} is a program, and nobody stands behind what it would sign. Choose a person."
        )
    if not roles_of(user, organization_of(subject)):
        raise AccessDenied(f"{user} is not a member of this organization. Invite them first.")
    assign_perm(post.value, user, subject)


def dismiss(user: User, post: Post, subject: Any) -> None:
    """Take a post away; nothing happens when it was not held."""
    remove_perm(post.value, user, subject)


def dismiss_from_all(user: User, organization: Organization) -> None:
    """Take away every post that the person holds in one organization."""
    posts = [post.value for post in Post]
    for row in UserObjectPermission.objects.filter(user=user, permission__codename__in=posts):
        subject = row.content_object
        if subject is not None and subject.organization_id == organization.pk:
            row.delete()


def holders(post: Post, subject: Any) -> QuerySet[User]:
    """The people who hold a post on this object, active members only, by name."""
    people: Any = get_users_with_perms(
        subject, only_with_perms_in=[post.value], with_superusers=False, with_group_users=False
    )
    active: QuerySet[User] = people.filter(
        is_active=True, memberships__organization_id=organization_of(subject)
    )
    return active.distinct().order_by("name", "id")


def holders_of_each(post: Post, objects: QuerySet[Any]) -> dict[int, list[User]]:
    """Who holds a post on each of these objects of one organization, by name; two queries for any number of objects."""
    rows = list(objects)
    if not rows:
        return {}
    grants = (
        UserObjectPermission.objects.filter(
            permission__codename=post.value,
            permission__content_type__app_label=objects.model._meta.app_label,
            object_pk__in=[str(row.pk) for row in rows],
            user__is_active=True,
            user__memberships__organization_id=organization_of(rows[0]),
        )
        .select_related("user")
        .order_by("user__name", "user_id")
        .distinct()
    )
    found: dict[int, list[User]] = {row.pk: [] for row in rows}
    for grant in grants:
        found[int(grant.object_pk)].append(grant.user)
    return found


def held_by(user: User, post: Post, objects: Any) -> Any:
    """The part of a queryset of incidents or services on which the user holds the post."""
    app_label = objects.model._meta.app_label
    return get_objects_for_user(
        user,
        f"{app_label}.{post.value}",
        klass=objects,
        use_groups=False,
        with_superuser=False,
        accept_global_perms=False,
    )


def members(organization: Organization | int, permission: Permission | None = None) -> QuerySet[User]:
    """Active members by name; with a permission, those whose role gives it."""
    pk = organization if isinstance(organization, int) else organization.pk
    roles = [role for role, rights in ROLE_PERMISSIONS.items() if permission is None or permission in rights]
    people = User.objects.filter(
        is_active=True, is_service=False, memberships__organization_id=pk, memberships__role__in=roles
    )
    return people.distinct().order_by("name", "id")
