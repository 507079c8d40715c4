"""The factors of a draft as records, with the entries that speak for and against each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from incidents.models import Entry
from reviews.drafting import DraftFactor
from reviews.enums import Bearing, Provenance
from reviews.models import Factor, FactorEvidence, Review


def write_factors(review: Review, factors: Sequence[DraftFactor], after: int = 0) -> None:
    """Write what was drafted, numbered from behind ``after``; an entry that is gone is left out."""
    numbers = {number for one in factors for number in (*one.evidence_for, *one.evidence_against)}
    entries = dict(
        Entry.objects.filter(incident_id=review.incident_id, number__in=numbers).values_list("number", "pk")
    )
    for position, factor in enumerate(factors, start=after + 1):
        row = Factor(
            organization_id=review.organization_id,
            review=review,
            number=position,
            statement=factor.statement,
            confidence=factor.confidence,
            nature=factor.nature,
            reasoning=factor.reasoning,
            would_confirm=factor.would_confirm,
            provenance=Provenance.EVIDENCE,
        )
        row.save(force_insert=True)
        FactorEvidence.objects.bulk_create(_evidence(row, factor, entries))


def _evidence(row: Factor, factor: DraftFactor, entries: Mapping[int, int]) -> Iterator[FactorEvidence]:
    bearings = ((Bearing.FOR, factor.evidence_for), (Bearing.AGAINST, factor.evidence_against))
    for bearing, numbers in bearings:
        for number in numbers:
            if number in entries:
                yield FactorEvidence(
                    organization_id=row.organization_id, factor=row, entry_id=entries[number], bearing=bearing
                )
