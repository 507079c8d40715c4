"""What the evidence does not say becomes a question; nothing is invented in its place."""

from __future__ import annotations

from datetime import timedelta

from incidents.enums import MilestoneKind
from reviews.drafting.material import DraftQuestion, Material, Silence, clock, span, when
from reviews.enums import SectionKey

SLOW_START = timedelta(minutes=10)

_UNSET = {
    MilestoneKind.IMPACT_STARTED: (SectionKey.CUSTOMER_IMPACT, "When did the impact on customers start"),
    MilestoneKind.DETECTED: (SectionKey.DETECTION, "When was the incident detected, and by whom or what"),
    MilestoneKind.ACKNOWLEDGED: (SectionKey.DETECTION, "When did somebody take the incident up"),
    MilestoneKind.MITIGATED: (SectionKey.MITIGATION, "When was the impact mitigated"),
    MilestoneKind.RESOLVED: (SectionKey.CUSTOMER_IMPACT, "When did the impact on customers end"),
}


def questions(material: Material) -> tuple[DraftQuestion, ...]:
    """Every question of a draft, in the order of the sections."""
    found = [
        DraftQuestion(
            "impact_numbers",
            SectionKey.CUSTOMER_IMPACT,
            "How many customers, requests or payments were affected, and how do we know?",
        ),
        *_unset_milestones(material),
        DraftQuestion("halve_detection", SectionKey.DETECTION, _halving(material)),
        *_slow_acknowledgement(material),
        DraftQuestion(
            "root_cause",
            SectionKey.CONTRIBUTING_FACTORS,
            "What do you take to have caused this, how sure are you, and what would make you surer? "
            "“No single root cause” is an answer.",
        ),
        DraftQuestion(
            "why_sense",
            SectionKey.CONTRIBUTING_FACTORS,
            "Why did the design, and what people did, make sense at the time?",
        ),
        *_silence(material),
        DraftQuestion(
            "remaining_risk",
            SectionKey.UNRESOLVED_RISKS,
            "What could make this happen again before the action items are done, and who watches for it?",
        ),
        *_unseen(material),
    ]
    order = list(SectionKey)
    return tuple(sorted(found, key=lambda question: order.index(question.section)))


def _unset_milestones(material: Material) -> list[DraftQuestion]:
    return [
        DraftQuestion(
            f"milestone_{kind.value}",
            section,
            f"{text}? Set the milestone “{kind.label}” in the chronology, or say why it is not known.",
        )
        for kind, (section, text) in _UNSET.items()
        if kind not in material.milestones
    ]


def _halving(material: Material) -> str:
    start, seen = material.start, material.milestones.get(MilestoneKind.DETECTED)
    if start and seen and seen.at > start.at and span(start, seen):
        return f"How would we halve the {span(start, seen)} from the start of the impact to its detection?"
    return "How would we halve the time to detection?"


def _slow_acknowledgement(material: Material) -> list[DraftQuestion]:
    seen = material.milestones.get(MilestoneKind.DETECTED)
    taken = material.milestones.get(MilestoneKind.ACKNOWLEDGED)
    if seen is None or taken is None or taken.at - seen.at < SLOW_START:
        return []
    text = f"Why did it take {span(seen, taken)} from the detection until somebody took the incident up?"
    return [DraftQuestion("acknowledgement", SectionKey.DETECTION, text)]


def _silence(material: Material) -> list[DraftQuestion]:
    """The longest silence before the mitigation: while the response still searched for its way."""
    until = material.reached(MilestoneKind.MITIGATED, MilestoneKind.RESOLVED)
    early = [one for one in material.silences if until is None or one.before.at <= until.at]
    if not early:
        return []
    longest: Silence = max(early, key=lambda one: (one.before.at - one.after.at, one.after.number))
    earlier, later = longest.after, longest.before
    text = (
        f"What happened between {when(earlier, later).removeprefix('at ').removeprefix('on ')} and {clock(later)}? "
        f"The record is silent for {span(earlier, later)}."
    )
    return [DraftQuestion("gap", SectionKey.MITIGATION, text)]


def _unseen(material: Material) -> list[DraftQuestion]:
    parts = [
        f"In {filename} {'one part' if count == 1 else f'{count} parts'} could not be read (first: {first})."
        for filename, count, first in material.unread
    ]
    parts += material.cuts
    if material.missing:
        parts.append(f"Nothing was imported from: {', '.join(material.missing)}.")
    if not parts:
        return []
    text = f"{' '.join(parts)} Would anything there belong in this review?"
    return [DraftQuestion("unseen", SectionKey.UNRESOLVED_RISKS, text)]
