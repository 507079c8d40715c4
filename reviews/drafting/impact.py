"""The section on what customers met."""

from __future__ import annotations

from reviews.drafting.cues import tells_impact
from reviews.drafting.listing import fewest, listed
from reviews.drafting.material import Material, body, moment, paragraph, says, span
from reviews.passages import Sentence

MOST_TOLD = 10


def customer_impact(material: Material) -> str:
    """How long it lasted, and what the record says of what people met."""
    start, end = material.start, material.end
    if start is None and not material.milestones:
        telling = [fact for fact in material.facts if tells_impact(fact)]
    else:
        telling = [fact for fact in material.between(start, end) if tells_impact(fact)]
    chosen = fewest(telling, MOST_TOLD)
    return body(paragraph(_lasted(material)), listed(chosen, start))


def _lasted(material: Material) -> Sentence | None:
    start, end = material.start, material.end
    if start is None:
        return None
    if end is None or not span(start, end):
        return says(f"The impact started on {moment(start)}.", start)
    return says(f"The impact lasted {span(start, end)}, from {moment(start)} to {moment(end)}.", start, end)
