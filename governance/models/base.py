"""What every row that belongs to an organization shares, and the one rule of who sees which of them (invariant 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django_scopes import ScopedManager

from governance.models.membership import Membership

if TYPE_CHECKING:
    from governance.models.user import User

Hidden = Callable[["User"], models.QuerySet[Any]]
_hidden: list[Hidden] = []


def hide(hidden: Hidden) -> None:
    """Name the incidents that a person may not see, as a queryset of their ids; called while the application starts.

    Governance knows no incidents: the room that has them brings this, and ``incident_paths`` says what hangs on them.
    """
    _hidden[:] = [hidden]


class OwnedQuerySet(models.QuerySet[Any]):
    """The base vocabulary: ``visible_to(user)`` is the only way from a person to an object."""

    def visible_to(self, user: User) -> Self:
        """What the user may see: rows of their organizations that hang on no private incident but those they read."""
        rows = self.counted_for(user)
        for path in self.model.incident_paths:
            rows = rows.exclude(**{f"{path}__in": _hidden[0](user)})
        return rows

    def counted_for(self, user: User) -> Self:
        """Rows of organizations that the user is a member of (inside the active scope), private ones with them.

        For numbers only: a number is the same for everybody who reads it. Nothing of a row found so may be shown.
        """
        return self.filter(organization__in=Membership.objects.filter(user=user).values("organization"))


def scoped(queryset: type[models.QuerySet[Any]] = OwnedQuerySet) -> Any:
    """A manager that refuses to read outside of an active organization scope (invariant 9)."""
    return ScopedManager(_manager_class=models.Manager.from_queryset(queryset), organization="organization")


class OrganizationOwned(models.Model):
    """A row of one organization.

    Foreign keys between two such rows are doubled by a composite key in the database (``tenancy.SameOrganization``
    in the migrations), so that a row cannot point across organizations. ``incident_paths`` are the relations by which
    a row hangs on an incident, such as ``review__incident``: whoever may not see that one does not see the row either.
    """

    incident_paths: ClassVar[tuple[str, ...]] = ()

    organization = models.ForeignKey("governance.Organization", on_delete=models.PROTECT, related_name="+")

    objects: Any = scoped()

    class Meta:
        abstract = True
