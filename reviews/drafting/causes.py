"""Contributing factors: changes near the start are suspected, because nearness in time is no cause (invariant 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reviews.drafting.listing import changes_before, listed
from reviews.drafting.material import DraftFactor, Material, body, clock, paragraph, quote, says, span

NEAR = timedelta(hours=6)


def contributing_factors(material: Material) -> str:
    """What was changed before the impact, without a claim that any of it mattered."""
    start = material.start
    if start is None:
        return ""
    changes = changes_before(material)
    if not changes:
        return body(
            paragraph(says(f"No change was recorded before the impact started at {clock(start)}.", start))
        )
    sentence = says(
        f"These changes were recorded before or when the impact started at {clock(start)}; that they are near in time "
        "does not show that they contributed.",
        start,
        *changes,
    )
    return body(paragraph(sentence), listed(changes, start))


def suspected(material: Material) -> Iterator[DraftFactor]:
    """A factor for each change that came shortly before the impact, or with it; the nearest first."""
    start = material.start
    if start is None:
        return
    for fact in reversed(changes_before(material)):
        if start.at - fact.at > NEAR:
            continue
        near = span(fact, start)
        where = f"{near} before the impact started" if near else "in the minute in which the impact started"
        yield DraftFactor(
            statement=f"A change was recorded {where}: {quote(fact)}.",
            reasoning="It is near in time. Nothing else in the record ties it to the impact yet.",
            would_confirm="An error that names what it touched, or the same failure when it is made again.",
            evidence_for=tuple(dict.fromkeys((fact.number, start.number))),
        )
