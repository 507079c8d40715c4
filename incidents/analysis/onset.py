"""The onset: which service, metric or log template deviated first, when, and how surely that is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from incidents.analysis.deviations import Deviation, baseline_of, deviations, failing
from incidents.analysis.observed import Observed, Reason
from incidents.analysis.origins import Origin, origins
from incidents.analysis.windows import clock

MOST_NAMED = 3


class Onset(NamedTuple):
    """Where and when it began.

    ``first`` is the first thing that deviated at the likeliest origin, ``earliest`` the first of anything at all.
    ``began`` and ``not_before`` (Unix seconds) bound the moment. ``ranked`` are all failing services, the likeliest
    origin first. ``is_sure`` is false when several began within the precision of the record.
    """

    first: Deviation
    earliest: Deviation
    began: float
    not_before: float
    ranked: tuple[Origin, ...]
    is_sure: bool
    why: tuple[Reason, ...]

    @property
    def service(self) -> str:
        return self.ranked[0].service

    @property
    def precision(self) -> float:
        """In seconds; 0 when a line of a log gives the moment."""
        return self.began - self.not_before


class NoOnset(NamedTuple):
    """Nothing can be said, and why."""

    why: str


def onset(observed: Observed) -> Onset | NoOnset:
    """The onset, from what deviates; the order of what is given does not matter."""
    found = deviations(observed)
    return onset_of(observed, found)


def onset_of(observed: Observed, found: Sequence[Deviation]) -> Onset | NoOnset:
    """The onset from deviations that are known already."""
    trouble = failing(found)
    if not trouble:
        return NoOnset(_why_none(observed))
    ranked = origins(observed, found)
    first = ranked[0].first
    began = _began(ranked[0], trouble)
    return Onset(
        first,
        trouble[0],
        began.at,
        began.after,
        tuple(ranked),
        _is_sure(ranked, began),
        _why(ranked, began, trouble[0]),
    )


def _began(origin: Origin, trouble: Sequence[Deviation]) -> Deviation:
    """Of what the origin showed within the first one's precision, what gives the moment most exactly."""
    its = [one for one in trouble if one.service == origin.service]
    near = [one for one in its if one.at <= its[0].at + its[0].within]
    return min(near, key=lambda one: (one.within > 0 and one.at != its[0].at, one.at, one.within, one.what))


def _is_sure(ranked: Sequence[Origin], began: Deviation) -> bool:
    """Sure when no other service is as likely, and the deviation is clear."""
    if len(ranked) > 1 and ranked[0].points - ranked[1].points < 1:
        return False
    return began.is_sure


def _why(ranked: Sequence[Origin], began: Deviation, earliest: Deviation) -> tuple[Reason, ...]:
    reasons = [Reason(f"{began.service} failed first: {began.why}", (began.ref,)), _bounds(began)]
    if earliest.service != began.service:
        text = (
            f"{earliest.service} deviated at {clock(earliest.at)} UTC already, but is taken for a victim or for noise: "
            f"{earliest.why}"
        )
        reasons.append(Reason(text, (earliest.ref,)))
    reasons += [reason for one in ranked[1 : 1 + MOST_NAMED] for reason in one.evidence_against[:1]]
    return tuple(reasons)


def _bounds(began: Deviation) -> Reason:
    if began.within < 1:
        return Reason(f"It began at {clock(began.at)} UTC, by the time of the first log line.", (began.ref,))
    return Reason(
        f"It began between {clock(began.after)} and {clock(began.at)} UTC: the record is no more exact.",
        (began.ref,),
    )


def _why_none(observed: Observed) -> str:
    if observed.alarmed_at is None:
        return "Nothing says when the incident was noticed: add an alert, or set the milestone “Detected”."
    if baseline_of(observed) is None:
        return (
            "There is no measurement or log of the time before the incident, so nothing can be called unusual. "
            "Add the log or the metrics of at least ten minutes before it."
        )
    return "No metric and no log template left its ordinary range. Add the metrics and logs of the affected services."
