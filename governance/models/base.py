"""What every row that belongs to an organization shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django_scopes import ScopedManager

from governance.models.membership import Membership

if TYPE_CHECKING:
    from governance.models.user import User


class OwnedQuerySet(models.QuerySet[Any]):
    """The base vocabulary: ``visible_to(user)`` is the only way from a person to an object."""

    def visible_to(self, user: User) -> Self:
        """Rows of organizations that the user is a member of (inside the active scope)."""
        return self.filter(organization__in=Membership.objects.filter(user=user).values("organization"))


def scoped(queryset: type[models.QuerySet[Any]] = OwnedQuerySet) -> Any:
    """A manager that refuses to read outside of an active organization scope (invariant 9)."""
    return ScopedManager(_manager_class=models.Manager.from_queryset(queryset), organization="organization")


class OrganizationOwned(models.Model):
    """A row of one organization.

    Foreign keys between two such rows are doubled by a composite key in the database (``tenancy.SameOrganization``
    in the migrations), so that a row cannot point across organizations.
    """

    organization = models.ForeignKey("governance.Organization", on_delete=models.PROTECT, related_name="+")

    objects: Any = scoped()

    class Meta:
        abstract = True
