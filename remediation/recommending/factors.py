"""What follows from contributing factors that are confirmed, or probable and marked so.

Which rule speaks is told by the entries that the factor rests on (a change or none), by its nature, and by the sort of
failure that its statement names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from incidents.analysis.symptoms import Symptom, symptoms_in
from incidents.enums import MilestoneKind
from remediation.enums import ActionKind, Rule, Tier
from remediation.recommending.record import KnownFactor, Mention, Record
from remediation.recommending.steps import Step
from remediation.recommending.wording import clock, label, listed, named, quote, short, span
from reviews.enums import Confidence, FactorNature

SURE_ENOUGH = (Confidence.CONFIRMED, Confidence.PROBABLE)
_LIMITS = {
    Symptom.MEMORY, Symptom.CPU, Symptom.POOL, Symptom.DISK, Symptom.OVERLOAD, Symptom.RATE, Symptom.BACKLOG,
}  # fmt: skip
_BEYOND_US = {Symptom.PROVIDER, Symptom.NETWORK, Symptom.NAMES, Symptom.REFUSED, Symptom.TIMEOUT}


class _Case(NamedTuple):
    """One factor in its record: the change that it rests on, if any, and what its statement speaks of."""

    factor: KnownFactor
    record: Record
    change: Mention | None
    symptoms: frozenset[Symptom]
    service: str

    @property
    def basis(self) -> str:
        """``factor 2 is confirmed: “…” (E4, E12)``."""
        factor = self.factor
        cited = ", ".join(label(one.number) for one in factor.entries)
        return f"factor {factor.number} is {factor.confidence}: {quote(factor.statement)}" + (
            f" ({cited})" if cited else ""
        )

    def step(self, rule: Rule, kind: ActionKind, tier: Tier, *words: str) -> Step:
        """A step that answers this factor; ``words`` are its title, its criterion, and what else it is because of."""
        title, criterion, *more = words
        probable = not self.factor.is_confirmed
        return Step(
            rule=rule,
            target=f"factor-{self.factor.number}",
            answers=f"Factor {self.factor.number}",
            kind=kind,
            tier=tier,
            title=title,
            because="; ".join([self.basis, *more]),
            criterion=criterion,
            entries=tuple(one.number for one in self.factor.entries),
            factor=self.factor.number,
            is_probable=probable,
            below=1 if probable else 0,
            service=self.service,
        )


def of_factors(record: Record) -> Iterator[Step]:
    """Steps for every factor that is confirmed or probable; at most one of each kind for one factor."""
    for factor in sorted(record.factors):
        if factor.confidence in SURE_ENOUGH:
            yield from _of_factor(_case(factor, record))


def _case(factor: KnownFactor, record: Record) -> _Case:
    entries = tuple(sorted(factor.entries, key=lambda one: (one.at, one.number)))
    ordered = factor._replace(entries=entries)
    symptoms = frozenset(symptoms_in(factor.statement))
    return _Case(ordered, record, _change(ordered, record), symptoms, _service(ordered, record))


def _change(factor: KnownFactor, record: Record) -> Mention | None:
    """The first change that the factor rests on; by its words only before the impact, when nobody repairs yet."""
    start = record.milestones.get(MilestoneKind.IMPACT_STARTED)
    recorded = [one for one in factor.entries if one.is_change]
    told = [one for one in factor.entries if one.tells_of_change and start is not None and one.at < start.at]
    return next(iter([*recorded, *told]), None)


def _service(factor: KnownFactor, record: Record) -> str:
    """The affected service that the statement names, or else one of its entries; the first by name where none is."""
    names = sorted(one.name for one in record.services)
    told = factor.statement.lower()
    stated = [name for name in names if name.lower() in told]
    concerned = {service for entry in factor.entries for service in entry.services}
    return next(iter([*stated, *(name for name in names if name in concerned), *names]), "")


def _of_factor(case: _Case) -> Iterator[Step]:
    found = [_prevent(case), _watch(case), _contain(case), _rollback(case), _settle(case)]
    kinds: set[ActionKind] = set()
    for step in found:
        if step is not None and step.kind not in kinds:
            kinds.add(step.kind)
            yield step


def _prevent(case: _Case) -> Step | None:
    """What keeps it from happening again; nobody here can end what is external."""
    if case.factor.nature == FactorNature.EXTERNAL:
        return None
    if case.factor.nature == FactorNature.HUMAN:
        return _refuse(case)
    return _guard(case, case.change) if case.change else _end(case)


def _guard(case: _Case, change: Mention) -> Step:
    return case.step(
        Rule.GUARD, ActionKind.PREVENT, Tier.REVIEW,
        f"Add a release check that stops the change of {named(change)}",
        f"The check fails for the change of {label(change.number)}, and passes for what is in use now.",
        f"{label(change.number)} is a change",
    )  # fmt: skip


def _refuse(case: _Case) -> Step:
    return case.step(
        Rule.END, ActionKind.PREVENT, Tier.REVIEW,
        f"Make the tool refuse the step of factor {case.factor.number}, {quote(case.factor.statement)}",
        "A drill repeats the step, and the tool refuses it or asks for a second person.",
    )  # fmt: skip


def _end(case: _Case) -> Step:
    shown = [label(one.number) for one in case.factor.entries]
    scene = (
        f"what {listed(shown)} {'show' if len(shown) > 1 else 'shows'}" if shown else "the same conditions"
    )
    return case.step(
        Rule.END, ActionKind.PREVENT, Tier.REVIEW,
        f"End what factor {case.factor.number} states, {quote(case.factor.statement)}",
        f"A test or a drill sets up {scene}, and what factor {case.factor.number} states does not happen.",
    )  # fmt: skip


def _watch(case: _Case) -> Step | None:
    """An alert for what can be seen coming."""
    start = case.record.milestones.get(MilestoneKind.IMPACT_STARTED)
    if Symptom.EXPIRED in case.symptoms:
        return case.step(
            Rule.WATCH, ActionKind.DETECT, Tier.SAFE,
            f"Alert before what factor {case.factor.number} names expires, {quote(case.factor.statement)}",
            "The alert fires in a test for a certificate or credential that is about to expire, and names its owner.",
        )  # fmt: skip
    if not start or not case.symptoms & _LIMITS:
        return None
    sort = next(one for one in Symptom if one in case.symptoms & _LIMITS)
    return case.step(
        Rule.WATCH, ActionKind.DETECT, Tier.SAFE,
        f"Alert on {sort.value} in {short(case.service) or 'what failed'} before the limit is reached",
        f"Replayed over this incident, the alert fires before {clock(start)} ({label(start.number)}).",
        f"its words tell of {sort.value}",
    )  # fmt: skip


def _contain(case: _Case) -> Step | None:
    """What keeps the service up while something else is down."""
    if case.factor.nature != FactorNature.EXTERNAL and not case.symptoms & _BEYOND_US:
        return None
    service = short(case.service) or "the service"
    return case.step(
        Rule.CONTAIN, ActionKind.LESSEN, Tier.REVIEW,
        f"Keep {service} answering while this lasts: {quote(case.factor.statement)}",
        f"A drill brings about what factor {case.factor.number} states, and its graph shows {service} answering.",
    )  # fmt: skip


def _rollback(case: _Case) -> Step | None:
    """The way back from a change, where the record shows none."""
    change = case.change
    if change is None or any(one.at > change.at for one in case.record.returns):
        return None
    return case.step(
        Rule.ROLLBACK, ActionKind.LESSEN, Tier.REVIEW,
        f"Rehearse the way back from the change of {named(change)}",
        _faster(case.record, change),
        f"no entry after {label(change.number)} records that it was rolled back",
    )  # fmt: skip


def _faster(record: Record, change: Mention) -> str:
    """How a rehearsal is judged: against the time that this incident took, where that is known."""
    took = record.minutes(MilestoneKind.DETECTED, MilestoneKind.MITIGATED)
    if not took or took < 0:
        return f"In a drill the change of {label(change.number)} is rolled back, and the minutes it took are noted."
    first, last = record.milestones[MilestoneKind.DETECTED], record.milestones[MilestoneKind.MITIGATED]
    return (
        f"In a drill the change of {label(change.number)} is rolled back in less than the {span(took)} from detection "
        f"({label(first.number)}) to mitigation ({label(last.number)})."
    )


def _settle(case: _Case) -> Step | None:
    """What would confirm a probable factor, as the factor says itself."""
    number, how = case.factor.number, case.factor.would_confirm
    if case.factor.is_confirmed or not how.strip():
        return None
    return case.step(
        Rule.SETTLE, ActionKind.RESPOND, Tier.SAFE,
        f"Settle whether factor {number} contributed: {quote(how, 120)}",
        f"Factor {number} is marked confirmed or taken out, and cites the entry that shows it.",
        "it says what would confirm it",
    )  # fmt: skip
