"""The signatures that a review needs: the commander's, one for each affected service, and those that the policy adds.

A seat is filled by a signature, or by a manager's waiver. Whoever holds it may sign; so may their delegate of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from governance import access
from governance.access import POST_PERMISSIONS, Permission, Post
from governance.models import Delegation, User
from incidents.models import IncidentReader, Service
from reviews.enums import SignOffRole
from reviews.models import Review, SignedService, SignOff, Waiver
from reviews.selectors.rules import policy_of, today_of
from reviews.selectors.waivers import signature_waivers

SIGNING_RIGHTS = {
    SignOffRole.INCIDENT_COMMANDER: Permission.SIGN_AS_COMMANDER,
    SignOffRole.SERVICE_OWNER: Permission.SIGN_AS_OWNER,
    SignOffRole.MANAGER: Permission.SIGN_AS_MANAGER,
    SignOffRole.SECURITY: Permission.SIGN_AS_SECURITY,
}
_CLAUSES = {
    SignOffRole.INCIDENT_COMMANDER: "the incident commander",
    SignOffRole.MANAGER: "a manager",
    SignOffRole.SECURITY: "somebody from security",
}


@dataclass(frozen=True)
class StandIn:
    """``person`` may sign today for ``principal``, who holds the seat."""

    person: User
    principal: User


@dataclass(frozen=True)
class Seat:
    """One signature to be given: by whom, the one that stands, what was waived, and the last one that was voided."""

    role: SignOffRole
    service: Service | None
    people: tuple[User, ...]
    signoff: SignOff | None
    voided: SignOff | None
    stand_ins: tuple[StandIn, ...] = ()
    waiver: Waiver | None = None

    @property
    def label(self) -> str:
        return f"Owner of {self.service.name}" if self.service else str(self.role.label)

    @property
    def clause(self) -> str:
        """How the seat is named inside a sentence."""
        return f"an owner of {self.service.name}" if self.service else _CLAUSES[self.role]

    @property
    def signed(self) -> bool:
        return self.signoff is not None

    @property
    def filled(self) -> bool:
        """Whether nobody is waited for: it is signed, or a manager let it be."""
        return self.signed or self.waiver is not None

    @property
    def candidates(self) -> tuple[User, ...]:
        """Everybody who may sign here today: who holds the seat, then who stands in for them."""
        return tuple(dict.fromkeys([*self.people, *(one.person for one in self.stand_ins)]))

    def principal_of(self, user: User) -> User | None:
        """Whom this person would stand in for here; None for somebody who holds the seat, or may not sign."""
        if user in self.people:
            return None
        return next((one.principal for one in self.stand_ins if one.person == user), None)


def seats_of(review: Review) -> list[Seat]:
    """The seats of a review, the commander's first; a constant number of queries for any number of services."""
    return _Seating(review).seats


class _Seating:
    """Reads what fills the seats of one review."""

    def __init__(self, review: Review) -> None:
        self.review, self.incident = review, review.incident
        self.policy = policy_of(review)
        self.services = list(Service.objects.filter(incidents=review.incident_id).order_by("name"))
        self.signoffs = list(
            SignOff.objects.standing()
            .filter(review=review)
            .select_related("signer", "snapshot", "on_behalf_of")
        )
        rows = SignedService.objects.filter(signoff__in=self.signoffs).values_list("service_id", "signoff_id")
        self.signed_services = dict(rows)
        self.voided = {row.signer_id: row for row in SignOff.objects.voided().filter(review=review)}
        self.waivers = signature_waivers(review)

    @property
    def seats(self) -> list[Seat]:
        wanted = self._wanted()
        stand_ins = self._stand_ins({person for _, _, people in wanted for person in people})
        return [
            Seat(
                role,
                service,
                people,
                self._signoff(role, service),
                self._lost(people, stand_ins),
                tuple(one for one in stand_ins if one.principal in people and one.person not in people),
                self.waivers.get((role, service.pk if service else None)),
            )
            for role, service, people in wanted
        ]

    def _wanted(self) -> list[tuple[SignOffRole, Service | None, tuple[User, ...]]]:
        commanders = tuple(access.holders(Post.INCIDENT_COMMANDER, self.incident))
        owners = access.holders_of_each(
            Post.SERVICE_OWNER, Service.objects.filter(incidents=self.incident).order_by("name")
        )
        roles = self.policy.roles_for(self.incident.severity, data_exposed=self.incident.data_exposed)
        return [
            (SignOffRole.INCIDENT_COMMANDER, None, commanders),
            *((SignOffRole.SERVICE_OWNER, one, tuple(owners[one.pk])) for one in self.services),
            *((role, None, self._in_role(role)) for role in roles),
        ]

    def _in_role(self, role: SignOffRole) -> tuple[User, ...]:
        return self._readers(access.members(self.review.organization_id, SIGNING_RIGHTS[role]))

    def _readers(self, people: Iterable[User]) -> tuple[User, ...]:
        """Those who may see the incident: all of them, or the named ones where it is private."""
        if not self.incident.is_private:
            return tuple(people)
        named = set(IncidentReader.objects.filter(incident=self.incident).values_list("person_id", flat=True))
        return tuple(person for person in people if person.pk in named)

    def _stand_ins(self, principals: set[User]) -> list[StandIn]:
        if not self.policy.delegates_allowed:
            return []
        rows = (
            Delegation.objects.in_force(today_of(self.review))
            .filter(principal__in=principals, delegate__is_active=True)
            .filter(delegate__memberships__organization_id=self.review.organization_id)
            .select_related("delegate", "principal")
            .order_by("principal__name", "delegate__name", "id")
            .distinct()
        )
        found = dict.fromkeys(StandIn(row.delegate, row.principal) for row in rows)
        readers = set(self._readers(one.person for one in found)) if found else set()
        return [one for one in found if one.person in readers]

    def _signoff(self, role: SignOffRole, service: Service | None) -> SignOff | None:
        if service is None:
            return next((one for one in self.signoffs if one.role == role), None)
        pk = self.signed_services.get(service.pk)
        return next((one for one in self.signoffs if one.pk == pk), None)

    def _lost(self, people: tuple[User, ...], stand_ins: Sequence[StandIn]) -> SignOff | None:
        """The last signature of somebody who may sign here that a change voided."""
        may = [*people, *(one.person for one in stand_ins if one.principal in people)]
        lost = [self.voided[person.pk] for person in may if person.pk in self.voided]
        return max(lost, key=lambda row: row.voided_at, default=None)


@dataclass(frozen=True)
class Signing:
    """Seats that one signature fills, or that the same people are waited for: one line on the screen."""

    seats: tuple[Seat, ...]

    @property
    def signoff(self) -> SignOff | None:
        return self.seats[0].signoff

    @property
    def waiver(self) -> Waiver | None:
        """The exception in the place of a signature that nobody gave."""
        return None if self.signoff else self.seats[0].waiver

    @property
    def people(self) -> tuple[User, ...]:
        return self.seats[0].people

    @property
    def stand_ins(self) -> tuple[StandIn, ...]:
        return self.seats[0].stand_ins

    @property
    def candidates(self) -> tuple[User, ...]:
        return self.seats[0].candidates

    @property
    def voided(self) -> SignOff | None:
        return self.seats[0].voided

    def waiting_since(self, submitted_at: datetime | None) -> datetime | None:
        """Since when these people are waited for: the submission, or the change that voided their signature."""
        moments = [submitted_at, self.voided.voided_at if self.voided else None]
        return max((moment for moment in moments if moment), default=None)

    @property
    def label(self) -> str:
        names = [seat.service.name for seat in self.seats if seat.service]
        return f"Owner of {', '.join(names)}" if names else self.seats[0].label


def signings(seats: list[Seat]) -> list[Signing]:
    """The seats as people see them: an owner of three services signs once."""
    found: dict[tuple[object, ...], list[Seat]] = {}
    for seat in seats:
        who = seat.signoff.pk if seat.signoff else tuple(person.pk for person in seat.people)
        waived = seat.waiver.pk if seat.waiver and not seat.signed else 0
        found.setdefault((seat.role, seat.signed, waived, who), []).append(seat)
    return [Signing(tuple(group)) for group in found.values()]


def hands(signoffs: Iterable[SignOff]) -> set[int]:
    """The ids of everybody whose name stands under the text: who signed, and for whom."""
    return {pk for one in signoffs for pk in (one.signer_id, one.on_behalf_of_id) if pk}


def roles_open_to(user: User, seats: list[Seat]) -> list[SignOffRole]:
    """The roles in which this person could sign now: a seat of theirs without a signature, their own posts first.

    None for somebody whose name stands under the text already, and no seat of somebody whose name does.
    """
    taken = hands(seat.signoff for seat in seats if seat.signoff)
    if user.pk in taken:
        return []
    own = [seat.role for seat in seats if not seat.signed and user in seat.people]
    lent = [seat.role for seat in seats if not seat.signed and _lent(seat, user, taken)]
    return list(dict.fromkeys([*own, *lent]))


def seats_for(user: User, seats: list[Seat], role: SignOffRole) -> tuple[list[Seat], User | None]:
    """The seats that one signature of this person in this role fills, and whom they stand in for, if anybody.

    Their own seats, and those of the first person by name whose delegate they are.
    """
    taken = hands(seat.signoff for seat in seats if seat.signoff)
    left = [seat for seat in seats if seat.role == role and not seat.signed]
    own = [seat for seat in left if user in seat.people]
    lent = [seat for seat in left if _lent(seat, user, taken)]
    if not lent or (own and role != SignOffRole.SERVICE_OWNER):
        return own, None
    principal = lent[0].principal_of(user)
    return [*own, *(seat for seat in lent if seat.principal_of(user) == principal)], principal


def _lent(seat: Seat, user: User, taken: set[int]) -> bool:
    """Whether the person may sign here for somebody whose name does not stand under the text yet."""
    principal = seat.principal_of(user)
    return principal is not None and principal.pk not in taken


def rights_in(user: User, review: Review, seats: list[Seat]) -> frozenset[Permission]:
    """Everything that the person may do with this review: from roles, from posts, and from standing in for somebody."""
    roles = access.roles_of(user, review.organization_id)
    rights = set(access.rights_of(user, review.organization_id))
    for seat in seats:
        if roles and user in seat.people and seat.role in _POSTS:
            rights |= POST_PERMISSIONS[_POSTS[seat.role]]
        elif roles and seat.principal_of(user):
            rights |= {SIGNING_RIGHTS[seat.role], Permission.REQUEST_CHANGES}
    return frozenset(rights)


_POSTS = {
    SignOffRole.INCIDENT_COMMANDER: Post.INCIDENT_COMMANDER,
    SignOffRole.SERVICE_OWNER: Post.SERVICE_OWNER,
}
