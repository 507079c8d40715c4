"""Reading the intake: what arrived, what waits for a person, and the addresses by which things arrive."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q
from django.http import Http404

from governance.models import User
from incidents.enums import ArrivalStatus
from incidents.masking import mask_document
from incidents.models import Arrival, Hook, IntakeRule
from incidents.models.intake import IN_WORK, OPEN_STATUSES

LARGEST_SHOWN = 1024 * 1024
VIEWS: dict[str, tuple[str, tuple[ArrivalStatus, ...]]] = {
    "waiting": ("Waits for a person", OPEN_STATUSES),
    "work": ("Being read", IN_WORK),
    "kept": ("Kept", (ArrivalStatus.KEPT,)),
    "done": ("Taken in", (ArrivalStatus.TAKEN_IN, ArrivalStatus.NO_FACTS)),
    "dismissed": ("Dismissed", (ArrivalStatus.DISMISSED, ArrivalStatus.CANCELLED)),
}


def arrivals_of(user: User, view: str) -> Any:
    """What arrived and stands so, newest first; without the bytes."""
    _label, statuses = VIEWS[view]
    return (
        Arrival.objects.visible_to(user)
        .filter(status__in=statuses)
        .select_related("hook", "incident", "received_by")
        .defer("body")
        .order_by("-received_at", "-id")
    )


def arrival_counts(user: User) -> list[dict[str, Any]]:
    """Each view of the intake with its name and how many stand in it."""
    rows = Arrival.objects.visible_to(user).order_by().values("status").annotate(number=Count("pk"))
    by_status = {row["status"]: row["number"] for row in rows}
    return [
        {"view": view, "label": label, "count": sum(by_status.get(status, 0) for status in statuses)}
        for view, (label, statuses) in VIEWS.items()
    ]


def waiting_arrivals(user: User) -> int:
    """How many arrivals that the user may see wait for a person."""
    number: int = Arrival.objects.visible_to(user).needing_a_person().count()
    return number


def arrival_or_404(user: User, pk: int) -> Arrival:
    """An arrival that the user may see."""
    found: Arrival | None = (
        Arrival.objects.visible_to(user)
        .select_related("hook", "incident", "received_by", "organization")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404("There is no such arrival.")
    return found


def raw_bytes(arrival: Arrival, limit: int | None = None) -> bytes:
    """What was received, up to ``limit`` bytes."""
    if arrival.file:
        with arrival.file.storage.open(str(arrival.file.name)) as stream:
            content: bytes = stream.read() if limit is None else stream.read(limit)
            return content
    body = bytes(arrival.body or b"")
    return body if limit is None else body[:limit]


def masked_payload(arrival: Arrival) -> str:
    """What was received as text, without secrets and personal data."""
    return mask_document(raw_bytes(arrival, LARGEST_SHOWN))


def hooks_of(user: User) -> Any:
    """Every address with how much it brought and when it last did."""
    return Hook.objects.visible_to(user).annotate(
        brought=Count("arrivals"),
        last=Max("arrivals__received_at"),
        unread=Count("arrivals", filter=Q(arrivals__status__in=OPEN_STATUSES)),
    )


def hook_or_404(user: User, pk: int) -> Hook:
    """An address of the user's organization."""
    found: Hook | None = hooks_of(user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such address.")
    return found


def rules_of(user: User) -> Any:
    """The rules in the order in which they are tried."""
    return IntakeRule.objects.visible_to(user).select_related("service")
