"""Candidates for contributing factors: their kinds, the scale of confidence, and how points add up to it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from incidents.analysis.observed import Reason, Ref

NAMED = 4.5
PROBABLE, STRONG_TIE = 6.5, 4.5
SUSPECTED, UNDOUBTED = 2.0, 1.0


class Confidence(StrEnum):
    """The words of the fixed scale that analysis may use; only a person confirms (invariant 4)."""

    PROBABLE = "probable"
    SUSPECTED = "suspected"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What sort of factor it is."""

    CHANGE = "change"
    CERTIFICATE = "certificate"
    TRAFFIC = "traffic"
    DEPENDENCY = "dependency"
    PROVIDER = "provider"
    INFRASTRUCTURE = "infrastructure"
    DATA = "data"
    SATURATION = "saturation"


class Sort(StrEnum):
    """What a point rests on; only the first three tie something to the failure by more than time and place."""

    MECHANISM = "mechanism"
    WORDS = "words"
    COURSE = "course"
    PLACE = "place"
    TIME = "time"
    NATURE = "nature"


_TIES = frozenset({Sort.MECHANISM, Sort.WORDS, Sort.COURSE})


class Point(NamedTuple):
    """A weight, positive for and negative against, with its sentence."""

    weight: float
    sort: Sort
    reason: Reason


class Candidate(NamedTuple):
    """A possible contributing factor.

    ``key`` names it (a change's key, else its kind and service). ``ties`` are the points that rest on more than time
    and place. ``would_confirm`` says what a person could look for.
    """

    key: str
    kind: Kind
    service: str
    statement: str
    points: float
    ties: float
    confidence: Confidence
    evidence_for: tuple[Reason, ...]
    evidence_against: tuple[Reason, ...]
    would_confirm: str
    is_tied_twice: bool


def point(weight: float, sort: Sort, text: str, *refs: Ref) -> Point:
    """A point with a sentence and what it rests on."""
    return Point(weight, sort, Reason(text, tuple(dict.fromkeys(refs))))


def candidate(
    key: str, kind: Kind, service: str, statement: str, weighed: Iterable[Point], would_confirm: str
) -> Candidate:
    """Add the points up and find the word for them."""
    ordered = sorted(weighed, key=lambda one: (-abs(one.weight), one.sort, one.reason))
    points = sum(one.weight for one in ordered)
    ties = sum(one.weight for one in ordered if one.sort in _TIES and one.weight > 0)
    return Candidate(
        key, kind, service, statement, round(points, 6), round(ties, 6), _confidence(ordered, points, ties),
        tuple(one.reason for one in ordered if one.weight > 0),
        tuple(one.reason for one in ordered if one.weight < 0),
        would_confirm,
        len(_sorts(ordered)) > 1,
    )  # fmt: skip


def _sorts(weighed: Iterable[Point]) -> set[Sort]:
    return {one.sort for one in weighed if one.sort in _TIES and one.weight > 0}


def _confidence(weighed: Iterable[Point], points: float, ties: float) -> Confidence:
    """Probable needs two sorts of tie or one strong one; without any tie, nearness is at most suspected.

    What something speaks against needs more to be suspected at all.
    """
    if points >= PROBABLE and ties >= 3 and (len(_sorts(weighed)) > 1 or ties >= STRONG_TIE):
        return Confidence.PROBABLE
    doubted = any(one.weight < 0 for one in weighed)
    return Confidence.SUSPECTED if points >= (SUSPECTED if doubted else UNDOUBTED) else Confidence.UNKNOWN
