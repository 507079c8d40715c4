"""The signatures that a review needs: one seat for the commander, one for the owner of each affected service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from governance import access
from governance.access import POST_PERMISSIONS, ROLE_PERMISSIONS, Permission, Post
from governance.models import User
from incidents.models import Service
from reviews.enums import SignOffRole
from reviews.models import Review, SignedService, SignOff


@dataclass(frozen=True)
class Seat:
    """One signature to be given: by whom, the one that stands, and the last one of theirs that was voided."""

    role: SignOffRole
    service: Service | None
    people: tuple[User, ...]
    signoff: SignOff | None
    voided: SignOff | None

    @property
    def label(self) -> str:
        return f"Owner of {self.service.name}" if self.service else "Incident commander"

    @property
    def clause(self) -> str:
        """How the seat is named inside a sentence."""
        return f"an owner of {self.service.name}" if self.service else "the incident commander"

    @property
    def signed(self) -> bool:
        return self.signoff is not None


def seats_of(review: Review) -> list[Seat]:
    """The seats of a review, the commander's first; seven queries for any number of services."""
    standing = SignOff.objects.standing().filter(review=review).select_related("signer", "snapshot")
    signoffs = {signoff.pk: signoff for signoff in standing}
    services = Service.objects.filter(incidents=review.incident_id).order_by("name")
    owners = access.holders_of_each(Post.SERVICE_OWNER, services)
    signed = dict(SignedService.objects.filter(signoff__in=signoffs).values_list("service_id", "signoff_id"))
    command = [one for one in signoffs.values() if one.role == SignOffRole.INCIDENT_COMMANDER]
    commanders = tuple(access.holders(Post.INCIDENT_COMMANDER, review.incident))
    voided = {row.signer_id: row for row in SignOff.objects.voided().filter(review=review)}

    def seat(role: SignOffRole, service: Service | None, people: tuple[User, ...], pk: int) -> Seat:
        lost = [voided[person.pk] for person in people if person.pk in voided]
        last = max(lost, key=lambda row: row.voided_at, default=None)
        return Seat(role, service, people, signoffs.get(pk), last)

    return [
        seat(SignOffRole.INCIDENT_COMMANDER, None, commanders, command[0].pk if command else 0),
        *(
            seat(SignOffRole.SERVICE_OWNER, one, tuple(owners[one.pk]), signed.get(one.pk, 0))
            for one in services
        ),
    ]


@dataclass(frozen=True)
class Signing:
    """Seats that one signature fills, or that the same people are waited for: one line on the screen."""

    seats: tuple[Seat, ...]

    @property
    def signoff(self) -> SignOff | None:
        return self.seats[0].signoff

    @property
    def people(self) -> tuple[User, ...]:
        return self.seats[0].people

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
        found.setdefault((seat.role, seat.signed, who), []).append(seat)
    return [Signing(tuple(group)) for group in found.values()]


def roles_open_to(user: User, seats: list[Seat]) -> list[SignOffRole]:
    """The roles in which this person could sign now: an empty seat of theirs, and no signature of theirs yet."""
    if any(seat.signoff and seat.signoff.signer_id == user.pk for seat in seats):
        return []
    return list(dict.fromkeys(seat.role for seat in seats if not seat.signed and user in seat.people))


def rights_in(user: User, review: Review, seats: list[Seat]) -> frozenset[Permission]:
    """Everything that the person may do with this review, from roles and from posts on its incident and services."""
    roles = access.roles_of(user, review.organization_id)
    rights = {right for role in roles for right in ROLE_PERMISSIONS[role]}
    for seat in seats:
        if roles and user in seat.people:
            post = Post.SERVICE_OWNER if seat.service else Post.INCIDENT_COMMANDER
            rights |= POST_PERMISSIONS[post]
    return frozenset(rights)
