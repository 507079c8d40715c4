"""Organizations and the people in them."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django_scopes import scope

from governance import access
from governance.access import Permission, Post
from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import AuditEntry, Organization, User
from governance.services import add_member, change_roles, create_organization, remove_member
from tests.factories import PASSWORD, make_incident, make_member, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def administrator(organization: Organization) -> User:
    return make_member(organization, Role.ADMINISTRATOR, name="Ada")


def _actions(organization: Organization) -> list[str]:
    with scope(organization=organization):
        return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def _fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_founder_is_administrator() -> None:
    founder = User.objects.create_user("ada@example.test", PASSWORD, name="Ada")
    organization = create_organization(name="  Acme ", slug="acme", administrator=founder)
    assert organization.name == "Acme"
    assert access.roles_of(founder, organization.pk) == {Role.ADMINISTRATOR}
    assert _actions(organization) == ["organization.created"]


@pytest.mark.parametrize("slug", ["taken", "sign-in", "Not A Slug", "", "static"])
def test_organization_with_an_unusable_address_is_refused(slug: str) -> None:
    make_organization("taken")
    founder = User.objects.create_user("ada@example.test", PASSWORD, name="Ada")
    with pytest.raises(AfterwordError):
        create_organization(name="Acme", slug=slug, administrator=founder)
    assert Organization.objects.count() == 1


def test_added_person_can_sign_in_with_their_roles(organization: Organization, administrator: User) -> None:
    user = add_member(
        actor=administrator,
        organization=organization,
        email=" Bea@Example.Test ",
        name="Bea",
        roles=[Role.RESPONDER, Role.MANAGER],
        password=PASSWORD,
    )
    assert user.email == "bea@example.test"
    assert user.check_password(PASSWORD)
    assert access.roles_of(user, organization.pk) == {Role.RESPONDER, Role.MANAGER}
    assert _actions(organization) == ["member.added"]


def test_known_person_keeps_name_and_password(organization: Organization, administrator: User) -> None:
    known = make_member(make_organization(), name="Bea")
    user = add_member(
        actor=administrator,
        organization=organization,
        email=known.email,
        name="Somebody else",
        roles=[Role.AUDITOR],
        password="another good password",
    )
    assert user == known
    assert (_fresh(user).name, _fresh(user).check_password(PASSWORD)) == ("Bea", True)


@pytest.mark.parametrize(
    ("email", "roles"), [("no address", [Role.RESPONDER]), ("", [Role.RESPONDER]), ("bea@example.test", [])]
)
def test_person_without_address_or_role_is_refused(
    organization: Organization, administrator: User, email: str, roles: list[Role]
) -> None:
    with pytest.raises(AfterwordError):
        add_member(actor=administrator, organization=organization, email=email, name="Bea", roles=roles)
    assert _actions(organization) == []


def test_member_is_not_added_twice(organization: Organization, administrator: User) -> None:
    with pytest.raises(AfterwordError, match="already"):
        add_member(
            actor=administrator,
            organization=organization,
            email=administrator.email,
            name="Ada",
            roles=[Role.AUDITOR],
        )


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_manage_people(
    organization: Organization, administrator: User, role: Role
) -> None:
    actor = make_member(organization, role)
    with pytest.raises(AccessDenied):
        add_member(actor=actor, organization=organization, email="x@example.test", name="X", roles=[role])
    with pytest.raises(AccessDenied):
        change_roles(actor=actor, organization=organization, user=actor, roles=[Role.ADMINISTRATOR])
    with pytest.raises(AccessDenied):
        remove_member(actor=actor, organization=organization, user=administrator)


def test_changed_roles_replace_the_old_ones(organization: Organization, administrator: User) -> None:
    user = make_member(organization, Role.RESPONDER, Role.AUDITOR)
    change_roles(
        actor=administrator, organization=organization, user=user, roles=[Role.AUDITOR, Role.MANAGER]
    )
    assert access.roles_of(_fresh(user), organization.pk) == {Role.AUDITOR, Role.MANAGER}
    assert not access.can(user, Permission.ADD_EVIDENCE, organization)
    assert _actions(organization) == ["member.roles_changed"]


def test_roles_are_not_given_to_somebody_from_outside(
    organization: Organization, administrator: User
) -> None:
    stranger = make_member(make_organization())
    with pytest.raises(AfterwordError, match="not a member"):
        change_roles(actor=administrator, organization=organization, user=stranger, roles=[Role.AUDITOR])
    with pytest.raises(AfterwordError, match="not a member"):
        remove_member(actor=administrator, organization=organization, user=stranger)


def test_last_administrator_stays(organization: Organization, administrator: User) -> None:
    with pytest.raises(AfterwordError, match="last administrator"):
        remove_member(actor=administrator, organization=organization, user=administrator)
    with pytest.raises(AfterwordError, match="last administrator"):
        change_roles(actor=administrator, organization=organization, user=administrator, roles=[Role.AUDITOR])
    second = make_member(organization, Role.ADMINISTRATOR)
    remove_member(actor=second, organization=organization, user=administrator)
    assert access.roles_of(_fresh(administrator), organization.pk) == frozenset()


def test_removed_member_loses_posts_here_and_keeps_the_account(
    organization: Organization, administrator: User
) -> None:
    elsewhere = make_organization()
    user = make_member(organization)
    add_member(
        actor=make_member(elsewhere, Role.ADMINISTRATOR),
        organization=elsewhere,
        email=user.email,
        name=user.name,
        roles=[Role.RESPONDER],
    )
    here, there = (
        make_incident(organization, commander=user),
        make_incident(elsewhere, commander=_fresh(user)),
    )
    remove_member(actor=administrator, organization=organization, user=user)
    add_member(
        actor=administrator, organization=organization, email=user.email, name="", roles=[Role.RESPONDER]
    )
    assert list(access.holders(Post.INCIDENT_COMMANDER, here)) == []
    assert list(access.holders(Post.INCIDENT_COMMANDER, there)) == [user]
    assert _fresh(user).is_active


def test_command_founds_an_organization(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_ADMIN_PASSWORD", PASSWORD)
    call_command("create_organization", "Acme", slug="acme", admin="ada@example.test", admin_name="Ada")
    user = User.objects.get(email="ada@example.test")
    assert user.check_password(PASSWORD)
    assert access.roles_of(user, Organization.objects.get(slug="acme").pk) == {Role.ADMINISTRATOR}
    with pytest.raises(CommandError, match="taken"):
        call_command("create_organization", "Acme", slug="acme", admin="ada@example.test")


def test_command_refuses_a_weak_password_and_makes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError, match="too short"):
        call_command("create_organization", "Acme", slug="acme", admin="ada@example.test")
    assert not User.objects.exists()


def test_command_that_cannot_found_makes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_ADMIN_PASSWORD", PASSWORD)
    with pytest.raises(CommandError):
        call_command("create_organization", "Acme", slug="sign-in", admin="ada@example.test")
    assert not User.objects.exists()
