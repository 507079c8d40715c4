"""How often what an entry tells of was seen, and from when until when: itself and what stands inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max, Min, Sum
from django.db.models.functions import Coalesce

from incidents.models import Entry


@dataclass(frozen=True, slots=True)
class Fold:
    """So many sightings from ``start`` to ``end``."""

    count: int
    start: datetime
    end: datetime

    @property
    def in_words(self) -> str:
        """``folded 46, 22:54–23:01``, with the dates when they differ."""
        start, end = self.start.astimezone(UTC), self.end.astimezone(UTC)
        if f"{start:%F %H:%M}" == f"{end:%F %H:%M}":
            return f"folded {self.count}, {start:%H:%M}"
        dated = f"{end.day} {end:%b} " if start.date() != end.date() else ""
        return f"folded {self.count}, {start:%H:%M}–{dated}{end:%H:%M}"


def folds(found: Sequence[dict[str, Any]]) -> dict[int, Fold]:
    """By primary key the entries that were seen more than once; one query for all of them."""
    inside = {row.pop("folded_into"): row for row in _inside([values["pk"] for values in found])}
    told = ((values["pk"], _fold(values, inside.get(values["pk"]))) for values in found)
    return {pk: fold for pk, fold in told if fold.count > 1}


def _inside(ids: Sequence[int]) -> Any:
    return (
        Entry.objects.filter(folded_into__in=ids)
        .order_by()
        .values("folded_into")
        .annotate(seen=Sum("times_seen"), first=Min("at"), last=Max(Coalesce("last_at", "at")))
    )


def _fold(values: dict[str, Any], inside: dict[str, Any] | None) -> Fold:
    at, last = values["at"], values["last_at"] or values["at"]
    if inside is None:
        return Fold(values["times_seen"], at, last)
    return Fold(values["times_seen"] + inside["seen"], min(at, inside["first"]), max(last, inside["last"]))
