"""What speaks against a proposed milestone, as one plain sentence; empty when nothing does. Pure.

A proposal with a doubt is still the best that the chronology gives: whoever confirms it is told where to look first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from incidents.analysis.facts import Fact
from incidents.analysis.wording import tells_mitigated, tells_resolved
from incidents.enums import Lane, MilestoneKind

NEAR = timedelta(minutes=5)
_MONITORING = re.compile(r"^\W*monitoring\b", re.IGNORECASE)
_LATE = "A status update comes after what it tells of, so the moment may be earlier."


def doubt(kind: MilestoneKind, fact: Fact, ordered: Sequence[Fact], is_sign: Callable[[Fact], bool]) -> str:
    """Why this entry may not be the moment; ``is_sign`` says which entries show trouble."""
    if kind == MilestoneKind.IMPACT_STARTED:
        return _of_start(fact, ordered, is_sign)
    if kind == MilestoneKind.DETECTED:
        return _LATE if fact.lane == Lane.STATUS else ""
    if kind == MilestoneKind.MITIGATED:
        return _elsewhere(fact, ordered, tells_mitigated, "relief")
    if kind == MilestoneKind.RESOLVED:
        if fact.lane == Lane.STATUS and _MONITORING.match(fact.text):
            return "The status page was still watching, so the end may be later, or was told late."
        return _elsewhere(fact, ordered, tells_resolved, "the end")
    return ""


def _of_start(fact: Fact, ordered: Sequence[Fact], is_sign: Callable[[Fact], bool]) -> str:
    if fact.lane == Lane.STATUS:
        return _LATE
    if any(one.number != fact.number and abs(one.at - fact.at) <= NEAR and is_sign(one) for one in ordered):
        return ""
    return "Nothing else shows trouble within five minutes of it."


def _elsewhere(fact: Fact, ordered: Sequence[Fact], tells: Callable[[str], bool], what: str) -> str:
    """Whether entries at other times tell the same; an alert tells of itself alone, so it does not count."""
    others = [one for one in ordered if one.lane != Lane.ALERT and _is_apart(one, fact) and tells(one.text)]
    if not others:
        return ""
    nearest = min(others, key=lambda one: (abs(one.at - fact.at), one.number))
    return f"E{nearest.number} tells of {what} at another time."


def _is_apart(one: Fact, fact: Fact) -> bool:
    return abs(one.at - fact.at) > NEAR
