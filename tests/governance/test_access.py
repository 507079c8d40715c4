"""The one role table, and posts on single objects."""

from __future__ import annotations

import pytest
from django_scopes import scope

from governance import access
from governance.access import POST_PERMISSIONS, ROLE_PERMISSIONS, Permission, Post
from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import Organization, User
from incidents.models import Incident, Service
from tests.factories import make_incident, make_member, make_organization, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def test_every_permission_is_given_by_a_role_or_a_post() -> None:
    given = frozenset().union(*ROLE_PERMISSIONS.values(), *POST_PERMISSIONS.values())
    assert given == frozenset(Permission)
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(POST_PERMISSIONS) == set(Post)


def test_no_role_alone_gives_the_right_to_sign() -> None:
    """Signing rests on the post, so that two named people are needed whatever their roles are."""
    for rights in ROLE_PERMISSIONS.values():
        assert not rights & {Permission.SIGN_AS_COMMANDER, Permission.SIGN_AS_OWNER}


@pytest.mark.parametrize("role", list(Role))
def test_role_gives_what_the_table_says_in_its_organization_only(
    organization: Organization, role: Role
) -> None:
    user, elsewhere = make_member(organization, role), make_organization()
    for permission in Permission:
        assert access.can(user, permission, organization) is (permission in ROLE_PERMISSIONS[role])
        assert not access.can(user, permission, elsewhere)


def test_missing_right_is_refused_with_a_sentence(organization: Organization) -> None:
    with pytest.raises(AccessDenied, match="You may not manage people here"):
        access.require(make_member(organization, Role.AUDITOR), Permission.MANAGE_PEOPLE, organization)


def test_person_who_is_not_active_may_nothing(organization: Organization) -> None:
    user = make_member(organization, *Role)
    incident = make_incident(organization, commander=user)
    user.is_active = False
    user.save()
    user = User.objects.get(pk=user.pk)
    assert access.roles_of(user, organization.pk) == frozenset()
    assert not access.can(user, Permission.READ_AUDIT_TRAIL, organization)
    assert not access.holds(user, Post.INCIDENT_COMMANDER, incident)
    assert list(access.holders(Post.INCIDENT_COMMANDER, incident)) == []
    assert list(access.members(organization)) == []


def test_superuser_has_no_right_that_no_role_gives(organization: Organization) -> None:
    user = User.objects.create_superuser("root@example.test", "correct horse battery", name="Root")
    incident = make_incident(organization)
    assert not access.can(user, Permission.READ_AUDIT_TRAIL, organization)
    assert not access.can(user, Permission.SIGN_AS_COMMANDER, incident)
    assert list(access.holders(Post.INCIDENT_COMMANDER, incident)) == []


def test_commander_may_sign_the_one_incident(organization: Organization) -> None:
    user = make_member(organization, Role.AUDITOR)
    mine, other = make_incident(organization, commander=user), make_incident(organization)
    assert access.can(user, Permission.SIGN_AS_COMMANDER, mine)
    assert access.can(user, Permission.PUBLISH_REVIEW, mine)
    assert not access.can(user, Permission.SIGN_AS_OWNER, mine)
    assert not access.can(user, Permission.SIGN_AS_COMMANDER, other)
    assert not access.can(user, Permission.EDIT_REVIEW, mine)


def test_owner_may_sign_for_the_one_service(organization: Organization) -> None:
    user = make_member(organization, Role.AUDITOR)
    mine, other = make_service(organization, owner=user), make_service(organization)
    assert access.can(user, Permission.SIGN_AS_OWNER, mine)
    assert not access.can(user, Permission.SIGN_AS_OWNER, other)
    assert access.holders_of_each(Post.SERVICE_OWNER, Service.objects.with_scopes_disabled().all()) == {
        mine.pk: [user],
        other.pk: [],
    }


def test_post_is_taken_away_again(organization: Organization) -> None:
    user = make_member(organization)
    incident = make_incident(organization, commander=user)
    access.dismiss(user, Post.INCIDENT_COMMANDER, incident)
    access.dismiss(user, Post.INCIDENT_COMMANDER, incident)
    assert not access.holds(user, Post.INCIDENT_COMMANDER, incident)


def test_post_is_not_given_to_somebody_from_outside(organization: Organization) -> None:
    stranger = make_member(make_organization(), Role.SRE_LEAD)
    with pytest.raises(AccessDenied, match="not a member"):
        access.appoint(stranger, Post.INCIDENT_COMMANDER, make_incident(organization))


def test_held_by_gives_the_objects_of_a_post(organization: Organization) -> None:
    user = make_member(organization)
    mine, _other = make_incident(organization, commander=user), make_incident(organization)
    with scope(organization=organization):
        assert list(access.held_by(user, Post.INCIDENT_COMMANDER, Incident.objects.all())) == [mine]


def test_members_with_a_permission_are_those_whose_role_gives_it(organization: Organization) -> None:
    lead, manager = (
        make_member(organization, Role.SRE_LEAD, name="Lea"),
        make_member(organization, Role.MANAGER),
    )
    make_member(organization, Role.RESPONDER)
    make_member(make_organization(), Role.SRE_LEAD)
    assert set(access.members(organization, Permission.VERIFY_ACTION_ITEM)) == {lead, manager}
    assert access.members(organization.pk).count() == 3
