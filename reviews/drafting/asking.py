"""What the evidence does not say becomes a question; nothing is invented in its place.

A template asks the same of every incident; what is missing in the record of this one is asked beside that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from incidents.enums import MilestoneKind
from reviews.drafting import detection, impact
from reviews.drafting.material import DraftQuestion, Material, Silence, clock, span, when
from reviews.enums import SectionKey
from reviews.templating import Asked, Asking, Part, Template
from reviews.usual import USUAL

SLOW_START = timedelta(minutes=10)

_UNSET = {
    MilestoneKind.IMPACT_STARTED: (SectionKey.CUSTOMER_IMPACT, "When did the impact on customers start"),
    MilestoneKind.DETECTED: (SectionKey.DETECTION, "When was the incident detected, and by whom or what"),
    MilestoneKind.ACKNOWLEDGED: (SectionKey.DETECTION, "When did somebody take the incident up"),
    MilestoneKind.MITIGATED: (SectionKey.MITIGATION, "When was the impact mitigated"),
    MilestoneKind.RESOLVED: (SectionKey.CUSTOMER_IMPACT, "When did the impact on customers end"),
}


def questions(material: Material, template: Template = USUAL) -> tuple[DraftQuestion, ...]:
    """Every question of a draft, in the order of the sections: first what every review is asked.

    What the record lacks in a section that the template leaves out is asked in the section of unresolved risks.
    """
    raised = [
        *_unset_milestones(material),
        *impact.raised(material),
        *detection.raised(material),
        *_slow_acknowledgement(material),
        *_silence(material),
        *_unseen(material),
    ]
    found = []
    for part in template.parts:
        found += [_of_template(part, one, material) for one in part.questions]
        found += [replace(one, section=part.key) for one in raised if _home(one, template) == part.key]
    return tuple(found)


def _home(question: DraftQuestion, template: Template) -> SectionKey:
    return question.section if template.part(question.section) else SectionKey.UNRESOLVED_RISKS


def _of_template(part: Part, asking: Asking, material: Material) -> DraftQuestion:
    """A question of the template; the usual words are made more exact where the record allows it."""
    sharpen = _SHARPER.get(asking.code)
    text = sharpen(material) if sharpen and asking.text == _USUAL_WORDS[asking.code] else ""
    return DraftQuestion(asking.code, part.key, text or asking.text, asking.asked)


def _unset_milestones(material: Material) -> list[DraftQuestion]:
    return [
        DraftQuestion(
            f"milestone_{kind.value}",
            section,
            f"{text}? Set the milestone “{kind.label}” in the chronology, or say why it is not known.",
            Asked.COMMANDER,
        )
        for kind, (section, text) in _UNSET.items()
        if kind not in material.milestones
    ]


def _halving(material: Material) -> str:
    start, seen = material.start, material.milestones.get(MilestoneKind.DETECTED)
    if start and seen and seen.at > start.at and span(start, seen):
        return f"How would we halve the {span(start, seen)} from the start of the impact to its detection?"
    return ""


def _exposure(material: Material) -> str:
    if not material.data_exposed:
        return ""
    return "The incident is marked as one that exposed data. Which data, to whom, for how long, and how do we know?"


_SHARPER: Mapping[str, Callable[[Material], str]] = {"halve_detection": _halving, "exposure": _exposure}
_USUAL_WORDS = {one.code: one.text for part in USUAL.parts for one in part.questions}


def _slow_acknowledgement(material: Material) -> list[DraftQuestion]:
    seen = material.milestones.get(MilestoneKind.DETECTED)
    taken = material.milestones.get(MilestoneKind.ACKNOWLEDGED)
    if seen is None or taken is None or taken.at - seen.at < SLOW_START:
        return []
    text = f"Why did it take {span(seen, taken)} from the detection until somebody took the incident up?"
    return [DraftQuestion("acknowledgement", SectionKey.DETECTION, text, Asked.COMMANDER)]


def _silence(material: Material) -> list[DraftQuestion]:
    """The longest silence before the mitigation: while the response still searched for its way."""
    longest = longest_silence(material)
    if longest is None:
        return []
    earlier, later = longest.after, longest.before
    text = (
        f"What happened between {when(earlier, later).removeprefix('at ').removeprefix('on ')} and {clock(later)}? "
        f"The record is silent for {span(earlier, later)}."
    )
    return [DraftQuestion("gap", SectionKey.MITIGATION, text, Asked.RESPONDER)]


def longest_silence(material: Material) -> Silence | None:
    """The longest silence before the mitigation, the earliest of equals."""
    until = material.reached(MilestoneKind.MITIGATED, MilestoneKind.RESOLVED)
    early = [one for one in material.silences if until is None or one.before.at <= until.at]
    return max(early, key=lambda one: (one.before.at - one.after.at, -one.after.number), default=None)


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
    return [DraftQuestion("unseen", SectionKey.UNRESOLVED_RISKS, text, Asked.COMMANDER)]
