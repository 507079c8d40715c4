"""Ranked candidates for contributing factors. "None of the changes explains this" is an answer, too.

Pure and explainable: every candidate carries its evidence for and against and what would confirm it. The machine
confirms nothing, and nearness in time alone never makes more than ``suspected`` (invariant 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from incidents.analysis.changing import changes, too_late
from incidents.analysis.conditions import conditions
from incidents.analysis.observed import Change, Observed, Reason
from incidents.analysis.scene import Scene, scene
from incidents.analysis.weighing import NAMED, Candidate, Confidence, Kind

__all__ = ["Candidate", "Confidence", "Kind", "Ranking", "candidates", "candidates_of"]

MOST_SHOWN = 10
LEAST_TIE = 1.5
DIRECT = 1.0
MOST_WHO_MISSED = 3


class Ranking(NamedTuple):
    """The candidates, the likeliest first.

    ``no_change`` is a sentence when none of the changes explains the failure, else empty. ``after`` are the changes
    that came too late to have led to it. ``left_out`` more candidates had too little for them to be shown.
    """

    candidates: tuple[Candidate, ...]
    no_change: str
    after: tuple[Change, ...]
    left_out: int
    notes: tuple[Reason, ...]

    @property
    def change(self) -> Candidate | None:
        """The change that explains the failure best, unless none does."""
        if self.no_change:
            return None
        return next((one for one in self.candidates if one.kind == Kind.CHANGE), None)


def candidates(observed: Observed) -> Ranking:
    """Rank what may have contributed, from everything observed."""
    return candidates_of(scene(observed))


def candidates_of(seen: Scene) -> Ranking:
    """The same for a scene that is known already."""
    weighed = sorted([*changes(seen), *conditions(seen)], key=_rank)
    shown = [one for one in weighed if one.confidence != Confidence.UNKNOWN][:MOST_SHOWN]
    best_change = next((one for one in weighed if one.kind == Kind.CHANGE), None)
    best_other = next((one for one in weighed if one.kind != Kind.CHANGE), None)
    no_change = _no_change(best_change, best_other, seen)
    return Ranking(tuple(shown), no_change, tuple(too_late(seen)), len(weighed) - len(shown), _notes(seen))


def _rank(one: Candidate) -> tuple[float, float, str]:
    return -one.points, -one.ties, one.key


def _no_change(change: Candidate | None, other: Candidate | None, seen: Scene) -> str:
    """Why no change is named; empty when one is.

    What the texts say directly goes before what a change could lead to, unless something else ties it to the failure.
    """
    if change is None:
        return "No change is on record before the failure began." + _look_for(other)
    if change.ties < LEAST_TIE or change.points < NAMED:
        return (
            "None of the changes explains this: what is known of them is that they came before it, but nothing in "
            f"their lines leads to what failed.{_look_for(other)}"
        )
    if other is not None and other.points > change.points - (0.0 if change.is_tied_twice else DIRECT):
        return (
            f"None of the changes explains this as well as something else does: {_lowered(other.statement)}"
        )
    return ""


def _look_for(other: Candidate | None) -> str:
    if other is not None and other.confidence != Confidence.UNKNOWN:
        return f" Something else explains it better: {_lowered(other.statement)}"
    return " Look for changes that are not on record: settings, data, certificates, providers, machines."


def _lowered(statement: str) -> str:
    return statement[:1].lower() + statement[1:]


def _notes(seen: Scene) -> tuple[Reason, ...]:
    late: Sequence[Change] = too_late(seen)[:MOST_WHO_MISSED]
    return tuple(
        Reason(f"The {one.kind} “{one.text}” came after the failure had begun.", (one.ref,)) for one in late
    )
