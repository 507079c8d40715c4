"""Action items proposed from confirmed and probable factors and from gaps: pure, and each with the reason for it.

``recommend(record)`` gives the same for the same record, in whatever order its parts come. Every word that is not the
rule's own, every name and every number stands in the record or is counted from two of its entries.
"""

from __future__ import annotations

from collections.abc import Iterable

from remediation.enums import ActionKind, Tier
from remediation.recommending.factors import SURE_ENOUGH, of_factors
from remediation.recommending.gaps import of_gaps
from remediation.recommending.record import Record
from remediation.recommending.steps import CHECK_AFTER_DAYS, Recommendation, Step, completed, is_key

__all__ = ["CHECK_AFTER_DAYS", "MOST_SHOWN", "SURE_ENOUGH", "Recommendation", "Step", "is_key", "recommend"]

#: Few: only what will be done.
MOST_SHOWN = 12
_KINDS = list(ActionKind)


def recommend(record: Record) -> list[Recommendation]:
    """At most ``MOST_SHOWN`` recommendations, the safe ones first, and among them what is worst left undone.

    Nothing that an action item answers already: one of the same kind for the same factor, or one that was taken from
    the same recommendation.
    """
    steps = _without_doubles([*of_factors(record), *of_gaps(record)])
    made = [completed(step, record) for step in steps if not _is_answered(step, record)]
    return sorted(made, key=_order)[:MOST_SHOWN]


def _is_answered(step: Step, record: Record) -> bool:
    taken = any(one.key == step.key for one in record.answers)
    return taken or (step.factor is not None and record.answered(step.kind, step.factor))


def _without_doubles(steps: Iterable[Step]) -> list[Step]:
    """Two factors that rest on one change get one release check, for the first of them."""
    first: dict[str, Step] = {}
    for step in steps:
        first.setdefault(step.title, step)
    return list(first.values())


def _order(one: Recommendation) -> tuple[bool, int, bool, int, str]:
    step = one.step
    return step.tier != Tier.SAFE, one.severity, step.is_probable, _KINDS.index(step.kind), step.key
