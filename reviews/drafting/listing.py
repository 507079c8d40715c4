"""What several sections of a draft share: entries as items, and the few that are named of many."""

from __future__ import annotations

from reviews.drafting.cues import is_change
from reviews.drafting.material import Fact, Material, items, says, span, told, when
from reviews.passages import Block, Sentence

MOST_CHANGES = 5


def item(fact: Fact, start: Fact | None) -> Sentence:
    """An entry in its words: its time in UTC, and how long after or before the start of the impact it was."""
    at = when(fact, start)
    at = f"{at[0].upper()}{at[1:]}"
    if start is None or not (apart := span(fact, start) or span(start, fact)):
        return says(f"{at}, {told(fact)}.", fact)
    which = "before" if fact.at < start.at else "after"
    return says(f"{at}, {apart} {which} the impact started, {told(fact)}.", fact, start)


def listed(facts: list[Fact], start: Fact | None) -> list[Block]:
    return items((item(fact, start),) for fact in facts)


def changes_before(material: Material) -> list[Fact]:
    """The changes nearest before the start of the impact, or at it; the earliest first."""
    start = material.start
    if start is None:
        return []
    return [fact for fact in material.facts if fact.at <= start.at and is_change(fact)][-MOST_CHANGES:]


def fewest(facts: list[Fact], most: int) -> list[Fact]:
    """At most so many: the highlighted ones first, then the earliest; in their order."""
    ranked = sorted(facts, key=lambda fact: (not fact.highlighted, fact.at, fact.number))[:most]
    kept = {fact.number for fact in ranked}
    return [fact for fact in facts if fact.number in kept]
