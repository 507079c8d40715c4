"""The pictures under the entries of a published chronology: what a source measured around the moment of an entry.

A picture is no part of the signed text, and needs not be. The text holds the SHA-256 of the evidence that an entry
rests on; evidence and the series read from it never change (the database refuses it); and the picture follows from the
series alone. Whoever has the signed text and the evidence can draw the same line. So a series is shown only under an
entry that rests on the very evidence whose hash was signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from incidents import pictures
from incidents.masking import mask
from incidents.models import Measured


@dataclass(frozen=True)
class Series:
    """A measured series and the SHA-256 of the evidence that it was read from."""

    name: str
    unit: str
    points: list[Any]
    evidence_sha256: str


@dataclass(frozen=True)
class Picture:
    """A drawing with its title and description inside, and both as words for those who only read."""

    drawing: SafeString
    name: str
    told: str


def series_of(incident_id: int, numbers: Iterable[int]) -> dict[int, Series]:
    """The series of an incident's entries by number; one query, whatever their number."""
    rows = Measured.objects.filter(entry__incident=incident_id, entry__number__in=list(numbers))
    found = rows.values_list("entry__number", "name", "unit", "points", "entry__evidence__sha256")
    return {number: Series(name, unit, points, sha256) for number, name, unit, points, sha256 in found}


def picture_of(entry: Mapping[str, Any], series: Mapping[int, Series]) -> Picture | None:
    """The picture under an entry of the signed text; none without a series, or when there is nothing to draw."""
    found = series.get(entry["number"])
    if found is None or found.evidence_sha256 != entry["evidence_sha256"]:
        return None
    name = mask(found.name)  # a query may hold what a text must not show
    drawing = pictures.draw(
        found.points,
        name=name,
        unit=found.unit,
        at=datetime.fromisoformat(entry["at"]),
        key=str(entry["number"]),
        size=pictures.SMALL,
    )
    return Picture(drawing, name, pictures.told(found.points, found.unit)) if drawing else None
