"""Organizations and the people in them."""

from __future__ import annotations

from itertools import count

from governance.enums import Role
from governance.models import Membership, Organization, User

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_organization(slug: str = "", name: str = "") -> Organization:
    slug = slug or f"org-{next(_numbers)}"
    return Organization.objects.create(slug=slug, name=name or slug.replace("-", " ").title())


def make_member(organization: Organization, *roles: Role, name: str = "", email: str = "") -> User:
    """A person with the given roles (a responder when none is named), who signs in with ``PASSWORD``."""
    number = next(_numbers)
    name = name or f"Person {number}"
    address = email or f"{name.split()[0].lower()}{number}@example.test"
    user = User.objects.create_user(address, PASSWORD, name=name)
    for role in roles or (Role.RESPONDER,):
        Membership.objects.create(organization=organization, user=user, role=role)
    return user
