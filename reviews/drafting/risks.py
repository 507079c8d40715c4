"""What the record leaves open and could still do harm, as risks that people are to watch.

Silences stay in the section alone: nobody can watch what is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviews.drafting.cues import is_change
from reviews.drafting.listing import MOST_CHANGES, changes_before
from reviews.drafting.material import Fact, Material, quote
from reviews.drafting.prose import open_alerts


@dataclass(frozen=True)
class DraftRisk:
    """One risk with the entries that it rests on; ``suspects`` are those whose suspected factor it belongs to."""

    text: str
    entries: tuple[int, ...]
    suspects: tuple[int, ...] = ()


def found(material: Material) -> list[DraftRisk]:
    """Alerts without an end, changes after the resolution, and changes that nobody confirmed or excluded."""
    return [*_alerts(material), *_late_changes(material), *_unproven_changes(material)]


def _alerts(material: Material) -> Iterator[DraftRisk]:
    for fact in open_alerts(material):
        yield DraftRisk(
            f"The record does not show that the alert {quote(fact)} ended, so its cause may still be there.",
            (fact.number,),
        )


def _late_changes(material: Material) -> Iterator[DraftRisk]:
    end = material.end
    if end is None:
        return
    late = [fact for fact in material.between(end, None) if is_change(fact) and fact.at > end.at]
    for fact in late[:MOST_CHANGES]:
        yield DraftRisk(
            f"The change {quote(fact)} came after the resolution; the record does not show that it holds.",
            (fact.number,),
        )


def _unproven_changes(material: Material) -> Iterator[DraftRisk]:
    for fact in changes_before(material):
        if not _same(fact, material.start):
            yield DraftRisk(
                f"Whether the change {quote(fact)} contributed is neither confirmed nor excluded, so the same could "
                "happen when it is made again.",
                (fact.number,),
                (fact.number,),
            )


def _same(fact: Fact, other: Fact | None) -> bool:
    return other is not None and fact.number == other.number
