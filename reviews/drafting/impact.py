"""The section on what customers met: how long it lasted, what the record tells of it, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from incidents.analysis.figures import Known, Span
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
    """What showed the failure of each service, and the figures: the sentence if its entries bear it, else they."""
    known = {fact.number for fact in told}
    groups: list[tuple[Sentence, ...]] = []
    for reason in _reasons(material):
        if sentence := said(material, reason):
            fresh = [] if known >= set(sentence.citations) else [sentence]
        else:
            unknown = [one for one in facts_of(material, reason) if one.number not in known]
            fresh = [item(one, material.start) for one in unknown]
        known |= {number for one in fresh for number in one.citations}
        groups += [(one,) for one in fresh]
    return items(groups[:MOST_MEASURED])


def _reasons(material: Material) -> Iterator[Reason]:
    if material.analysis is None or not material.analysis.is_measured:
        return
    found = material.analysis.impact
    yield from (one.why for one in found.services)
    for figure in (found.error_share, found.requests, found.customers):
        if isinstance(figure, Known):
            yield Reason(figure.text, figure.refs)


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
