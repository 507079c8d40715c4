"""Which sections of a review have yet to be written."""

from __future__ import annotations

from reviews.enums import SectionKey
from reviews.models import Factor, Review, Section


def required_and_empty(review: Review) -> list[str]:
    """The titles of the sections that the template requires and that say nothing, in their order.

    Contributing factors are written as records too: one of them is enough for their section.
    """
    rows = Section.objects.filter(review=review, is_required=True, body="").order_by("position")
    empty = list(rows)
    has_factors = bool(empty) and Factor.objects.filter(review=review).exists()
    return [
        row.get_key_display()
        for row in empty
        if not (has_factors and row.key == SectionKey.CONTRIBUTING_FACTORS)
    ]
