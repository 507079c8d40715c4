"""Whether there are people enough for the seats of a review, before anybody is asked to sign."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from governance.models import User
from reviews.enums import SignOffRole
from reviews.selectors.seats import Seat

_NOBODY = {
    SignOffRole.INCIDENT_COMMANDER: "Nobody commands this incident. Have an incident commander appointed.",
    SignOffRole.MANAGER: "Nobody here is a manager, and a manager must sign. Have somebody given that role.",
    SignOffRole.SECURITY: "Nobody here is in security, and security must sign. Have somebody given that role.",
}


def appointments_missing(seats: Sequence[Seat], least_people: int) -> list[str]:
    """A sentence for each appointment without which nobody could sign; two roles are two people."""
    left = [seat for seat in seats if not seat.filled]
    if empty := [_nobody(seat) for seat in left if not seat.candidates]:
        return empty
    if clash := _clash(left):
        return [clash]
    granters = {seat.waiver.granted_by for seat in seats if seat.waiver and not seat.signed}
    signed = {seat.signoff.signer for seat in seats if seat.signoff}
    could = granters | signed | {person for seat in left for person in seat.candidates}
    if len(could) < least_people or not (left or signed):
        return [_too_few(seats, least_people)]
    return []


def _nobody(seat: Seat) -> str:
    if seat.service is not None:
        return f"Nobody owns {seat.service.name}. Have an owner appointed."
    return _NOBODY[seat.role]


def _too_few(seats: Sequence[Seat], least_people: int) -> str:
    if not any(seat.service for seat in seats):
        return "No service is named, so no owner would sign, and two roles must. Name what the incident affected."
    return (
        f"{least_people} different people must stand behind the text, and with these exceptions there would be fewer. "
        "Revoke one of them."
    )


def _clash(seats: Sequence[Seat]) -> str:
    """Why one person would have to sign in two roles; empty when the seats can be filled."""
    owned = [set(seat.candidates) for seat in seats if seat.role == SignOffRole.SERVICE_OWNER]
    singles = [seat.candidates for seat in seats if seat.role != SignOffRole.SERVICE_OWNER]
    if _can_be_filled(singles, owned):
        return ""
    for one in (seat for seat in seats if seat.service is not None and len(seat.candidates) == 1):
        for other in (seat for seat in seats if seat.service is None and seat.candidates == one.candidates):
            return _two_hats(one.candidates[0], one, other)
    return (
        "Nobody signs in two roles, and there are too few people for all of them. Have another commander, owner or "
        "manager appointed, or let somebody absent name a delegate."
    )


def _two_hats(person: User, owned: Seat, other: Seat) -> str:
    name = owned.service.name if owned.service else ""
    if other.role == SignOffRole.INCIDENT_COMMANDER:
        return (
            f"{person} commands the incident and is the only owner of {name}, and nobody signs in two roles. Have "
            "another owner or commander appointed."
        )
    return (
        f"{person} is the only owner of {name} and the only one who could sign as {other.clause}, and nobody signs in "
        "two roles. Have another owner appointed."
    )


def _can_be_filled(singles: Sequence[Iterable[User]], owned: Sequence[set[User]]) -> bool:
    """Whether the single seats go to different people who leave every service an owner."""
    for chosen in itertools.product(*singles):
        taken = set(chosen)
        if len(taken) == len(chosen) and all(owners - taken for owners in owned):
            return True
    return False
