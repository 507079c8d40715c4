"""How alike two texts are, and how to find the like ones among many without comparing all with all.

Likeness is the Jaccard measure of the distinctive words: those shared by all of both. Two texts that share at least the
fraction ``t`` of them share at least one of their rarest words (prefix filtering), so looking under those is enough.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from incidents.analysis.facts import FIRING, TOLD, Fact, distinctive, state

FEWEST_WORDS = 4
_POLES = frozenset(
    {"up", "down", "failed", "failure", "succeeded", "success", "started", "starting", "stopped", "stopping"}
    | {
        "opened",
        "enabled",
        "disabled",
        "begins",
        "ends",
        "ended",
        "healthy",
        "unhealthy",
        "above",
        "below",
        "online",
    }
    | {"offline", "finished", "completed", "progress", "queued", "pending", "merged", "reverted"}
)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 (no word shared) to 1 (the same words)."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def are_of_one_event(one: Fact, other: Fact) -> bool:
    """Whether nothing speaks against it: another state, another host or number, another service, another alert."""
    apart = distinctive(one.text) ^ distinctive(other.text)
    if spoken_state(one) != spoken_state(other) or apart & _POLES:
        return False
    if _names(apart & distinctive(one.text)) and _names(apart & distinctive(other.text)):
        return False
    if one.services and other.services and not set(one.services) & set(other.services):
        return False
    return not _are_two_things(one, other)


def spoken_state(fact: Fact) -> str:
    """The state without the difference between an alert that fires and a message that tells of it."""
    found = state(fact)
    return TOLD if found == FIRING else found


def rarity(texts: Iterable[frozenset[str]]) -> Mapping[str, int]:
    """How many of the texts hold each word."""
    return Counter(word for words in texts for word in words)


def rarest(words: frozenset[str], counts: Mapping[str, int], threshold: float) -> list[str]:
    """The rarest words of a text, of which a text at least as like as ``threshold`` shares one."""
    kept = len(words) - math.ceil(threshold * len(words) - 1e-9) + 1
    return sorted(words, key=lambda word: (counts[word], word))[:kept]


def _names(words: Iterable[str]) -> bool:
    return any(character.isdigit() for word in words for character in word)


def _are_two_things(one: Fact, other: Fact) -> bool:
    """Whether both name a thing of the same sort ("alert ..."), and not the same one."""
    if not (one.concerns_one_thing and other.concerns_one_thing) or one.fingerprint == other.fingerprint:
        return False
    return one.fingerprint.rpartition(" ")[0] == other.fingerprint.rpartition(" ")[0]
