"""What deciding costs: time writing, time waiting for signatures, exceptions; pure formulas over plain facts.

They stand beside the three KPIs and are held against no baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kpis.definitions import Definition, Measure, Observation, State, spread


@dataclass(frozen=True)
class DecisionFact:
    """One review published for the first time in the window; hours are None where its moves were not kept."""

    reference: str
    writing_hours: float | None
    signature_hours: float | None
    is_synthetic: bool = False


WRITING_TIME = Definition(
    key="writing_time",
    name="Time writing",
    meaning="How long people write before a text is published for the first time.",
    formula=(
        "Time in the states Draft and Changes requested up to the first publication, for reviews published for the "
        "first time in the window. A review whose moves were not kept is not applicable, and never counts as zero."
    ),
    spread="The median, and the middle half of all times.",
    unit="hours",
    spread_unit="hours",
    lower_is_better=True,
)
SIGNATURE_TIME = Definition(
    key="signature_time",
    name="Time waiting for signatures",
    meaning="How long a text lies with its signers.",
    formula=(
        "Time in the state In review up to the first publication, for the same reviews. A text that is sent back or "
        "edited waits again, and both waits count."
    ),
    spread="The median, and the middle half of all times.",
    unit="hours",
    spread_unit="hours",
    lower_is_better=True,
)
EXCEPTIONS = Definition(
    key="exceptions",
    name="Exceptions granted",
    meaning="How often the rules were let go.",
    formula="Exceptions granted in the window, whether they were taken back later or not.",
    spread="Their kinds.",
    unit="count",
    spread_unit="count",
    lower_is_better=True,
)


def measure_writing(facts: Sequence[DecisionFact]) -> Measure:
    """Median hours of writing, with their middle half."""
    return _measure(WRITING_TIME, facts, lambda fact: fact.writing_hours)


def measure_signatures(facts: Sequence[DecisionFact]) -> Measure:
    """Median hours of waiting for signatures, with their middle half."""
    return _measure(SIGNATURE_TIME, facts, lambda fact: fact.signature_hours)


def _measure(
    definition: Definition, facts: Sequence[DecisionFact], hours: Callable[[DecisionFact], float | None]
) -> Measure:
    observed = [_observed(hours(fact)) for fact in facts]
    values = [one.value for one in observed if one.value is not None]
    median, q1, q3 = spread(values)
    return Measure(
        key=definition.key,
        n=len(values),
        value=median,
        median=median,
        q1=q1,
        q3=q3,
        not_applicable=sum(one.state is State.NOT_APPLICABLE for one in observed),
        synthetic=sum(fact.is_synthetic for fact in facts),
    )


def _observed(hours: float | None) -> Observation:
    return Observation(State.NOT_APPLICABLE) if hours is None else Observation(State.RECORDED, hours)
