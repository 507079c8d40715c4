"""What several sections of a draft share: entries as items, and the few that are named of many."""

from __future__ import annotations

from reviews.drafting.cues import is_change
from reviews.drafting.material import Fact, Material, items, says, told, when
from reviews.passages import Block, Sentence

MOST_CHANGES = 5


def item(fact: Fact, since: Fact | None) -> Sentence:
    at = when(fact, since)
    return says(f"{at[0].upper()}{at[1:]}, {told(fact)}.", fact)


def listed(facts: list[Fact], since: Fact | None) -> list[Block]:
    return items((item(fact, since),) for fact in facts)


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
