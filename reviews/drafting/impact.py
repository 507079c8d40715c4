"""The section on what customers met: how long it lasted, what the record tells of it, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from incidents.analysis.figures import Known, Span, Unknown
from incidents.analysis.observed import Reason, RefKind
from incidents.analysis.windows import clock as clock_of
from reviews.drafting.cues import tells_impact
from reviews.drafting.listing import fewest, item, listed
from reviews.drafting.material import (
    DraftQuestion,
    Fact,
    Material,
    body,
    items,
    moment,
    paragraph,
    says,
    span,
)
from reviews.drafting.reasons import facts_of, said
from reviews.enums import SectionKey
from reviews.passages import Block, Sentence
from reviews.templating import Asked

MOST_TOLD = 10
MOST_MEASURED = 5
APART = 5 * 60.0


def customer_impact(material: Material) -> str:
    """How long it lasted, and what the record says of what people met."""
    start, end = material.start, material.end
    if start is None and not material.milestones:
        telling = [fact for fact in material.facts if tells_impact(fact)]
    else:
        telling = [fact for fact in material.between(start, end) if tells_impact(fact)]
    chosen = fewest(telling, MOST_TOLD)
    return body(paragraph(_lasted(material)), listed(chosen, start), _measured(material, chosen))


def raised(material: Material) -> Iterator[DraftQuestion]:
    """Whether customers were hit when the measurements say so, where people marked something else."""
    hit = material.analysis.impact.customers_hit if material.analysis else None
    if not isinstance(hit, Span) or not _is_measured(hit) or _agrees(hit, material):
        return
    until = f" until {clock_of(hit.end)} UTC" if hit.end is not None else ", without an end on record"
    text = (
        f"The measurements show customers hit from {clock_of(hit.start)} UTC{until}. The milestones say "
        "something else. Which of them is right?"
    )
    yield DraftQuestion("impact_window", SectionKey.CUSTOMER_IMPACT, text, Asked.OWNER)


def _lasted(material: Material) -> Sentence | None:
    start, end = material.start, material.end
    if start is None:
        return None
    if end is None or not span(start, end):
        return says(f"The impact started on {moment(start)}.", start)
    return says(f"The impact lasted {span(start, end)}, from {moment(start)} to {moment(end)}.", start, end)


def _measured(material: Material, told: list[Fact]) -> list[Block]:
    """What showed the failure of each service, and the figures that entries bear; each entry once."""
    if material.analysis is None or not material.analysis.is_measured:
        return []
    known = {fact.number for fact in told}
    found: list[Sentence] = []
    impact = material.analysis.impact
    for reason in (*(one.why for one in impact.services), *_figures(impact.customers)):
        fresh = [fact for fact in facts_of(material, reason) if fact.number not in known]
        known |= {fact.number for fact in fresh}
        sentence = said(material, reason) if fresh else None
        found += [sentence] if sentence else [item(fact, material.start) for fact in fresh]
    borne = (said(material, reason) for reason in _figures(impact.error_share, impact.requests))
    found += [sentence for sentence in borne if sentence]
    return items((sentence,) for sentence in found[:MOST_MEASURED])


def _figures(*figures: Known | Unknown) -> Iterator[Reason]:
    return (Reason(one.text, one.refs) for one in figures if isinstance(one, Known))


def _is_measured(hit: Span) -> bool:
    return any(ref.kind == RefKind.SERIES for reason in hit.why for ref in reason.refs)


def _agrees(hit: Span, material: Material) -> bool:
    """Whether people marked the same times, give or take five minutes."""
    start, end = material.start, material.end
    if start is None or abs(start.at.timestamp() - hit.start) > APART:
        return False
    if hit.end is None or end is None:
        return hit.end is None and end is None
    return abs(end.at.timestamp() - hit.end) <= APART
