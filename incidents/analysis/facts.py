"""What the analyses read: an entry as plain values, and what its words say about its state and its likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from incidents.enums import Lane, Precision, SourceKind


class Fact(NamedTuple):
    """One entry of a chronology.

    ``at`` is in UTC. ``lane``, ``trust``, ``precision`` and ``source`` hold the values of their vocabularies;
    ``source`` is empty for a person's statement. ``evidence`` is the id of the evidence, 0 for none.
    """

    number: int
    at: datetime
    text: str
    lane: str
    actor: str
    trust: str
    precision: str
    source: str
    evidence: int
    fingerprint: str
    services: tuple[str, ...]
    highlighted: bool

    @property
    def is_statement(self) -> bool:
        """Whether a person asserted it here, so that nothing may swallow it."""
        return not self.source or self.lane == Lane.STATEMENT

    @property
    def is_dated_only(self) -> bool:
        return self.precision == Precision.DAY

    @property
    def concerns_one_thing(self) -> bool:
        """Whether the fingerprint names a thing that has states; that of a chat message names its channel."""
        return bool(self.fingerprint) and self.lane not in (Lane.CHAT, Lane.STATEMENT)


FIRING, RESOLVED, ACKNOWLEDGED, TOLD = "firing", "resolved", "acknowledged", ""
LONGEST_COMPARED = 500


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RESOLVED = re.compile(
    r"^\W*(?:resolved|recovered|recovery|closed|ok)\b|^(?:alert|alarm|incident)\b.{0,80}?\b(?:resolved|closed|"
    r"recovered)\b|\b(?:to|is now|returned to) ok\b|(?<!not )\bresolved (?:by|through|via)\b|\bauto-?resolved\b",
    re.IGNORECASE,
)
_ACKNOWLEDGED = re.compile(r"(?<!not )(?<!un)\backnowledged\b", re.IGNORECASE)
_TOLD = re.compile(
    r"^\W*(?:notified|escalated|assigned|reassigned|snoozed|delegated|suppressed|unacknowledged|note|annotated|"
    r"priority|urgency)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w.%/-]*[\w%]|[^\W_]")
_MARKS = _words("firing fired resolved recovered closed alert alarm alerting triggered incident problem")
_COMMON = _words(
    "the and for are was were has have had with from that this its into over been being will not but our all any now "
    "then than when where which who why how out off per via too very can could should would just"
)
_PLAIN = _MARKS | _COMMON


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """By instant, then by number: the order that every analysis starts from, whatever order it was given."""
    return sorted(facts, key=lambda fact: (fact.at, fact.number))


def state(fact: Fact) -> str:
    """``FIRING``, ``RESOLVED`` or ``ACKNOWLEDGED``, by the lane and the words; ``TOLD`` for everything else."""
    return state_of(fact.lane, fact.text[:LONGEST_COMPARED])


@lru_cache(maxsize=50_000)
def state_of(lane: str, text: str) -> str:
    """The same of a lane and at most ``LONGEST_COMPARED`` characters of text."""
    if _TOLD.search(text):
        return TOLD
    if _ACKNOWLEDGED.search(text):
        return ACKNOWLEDGED
    if _RESOLVED.search(text):
        return RESOLVED
    return FIRING if lane == Lane.ALERT else TOLD


@lru_cache(maxsize=50_000)
def distinctive(text: str) -> frozenset[str]:
    """The words that tell this text from others: no common words, no marks of state, no short ones but numbers."""
    words = set(_WORD.findall(text[:LONGEST_COMPARED].casefold())) - _PLAIN
    return frozenset([word for word in words if len(word) > 2 or not word.isalpha()])


def source_name(source: str) -> str:
    """A source as people call it."""
    return SourceKind(source).label if source in SourceKind else source or "a person"
