"""The section on how the incident was noticed."""

from __future__ import annotations

from collections.abc import Iterator

from incidents.analysis.detection import NO_EARLIER
from incidents.enums import Lane, MilestoneKind
from reviews.drafting.material import DraftQuestion, Material, body, items, paragraph, says, span, told, when
from reviews.drafting.reasons import facts_of, said
from reviews.enums import SectionKey
from reviews.passages import Sentence
from reviews.templating import Asked

MOST_SIGNALS = 3


def detection(material: Material) -> str:
    """How it was noticed, after how long, and when somebody took it up."""
    first = _earlier_alert(material)
    return body(
        paragraph(_noticed(material), first, _taken_up(material)),
        items((one,) for one in _earlier_signals(material, first)),
        paragraph(_monitor(material)),
    )


def raised(material: Material) -> Iterator[DraftQuestion]:
    """Which monitor should have noticed it, with what the measurements suggest; where no sentence can say so."""
    found = material.analysis.detection.monitor if material.analysis else None
    if found is None or not found.refs or NO_EARLIER in found.text or _monitor(material):
        return
    text = f"Which monitor should have noticed it earlier? The measurements suggest this: {found.text}"
    yield DraftQuestion("monitor", SectionKey.DETECTION, text, Asked.OWNER)


def _noticed(material: Material) -> Sentence | None:
    seen, start = material.milestones.get(MilestoneKind.DETECTED), material.start
    if seen is None:
        first = next((fact for fact in material.between(start, None) if fact.lane == Lane.ALERT), None)
        if first is None:
            return None
        return says(f"The first alert was raised {when(first, start)}: {told(first)}.", first)
    how = {Lane.ALERT: "Monitoring detected the incident", Lane.CHAT: "People detected the incident"}.get(
        Lane(seen.lane), "The incident was detected"
    )
    if start is None or seen.at < start.at or not span(start, seen):
        return says(f"{how} {when(seen, start)}: {told(seen)}.", seen)
    return says(
        f"{how} {when(seen, start)}, {span(start, seen)} after the impact started: {told(seen)}.", seen, start
    )


def _earlier_alert(material: Material) -> Sentence | None:
    """An alert before the detection, after the impact had started: it was there, and was not taken as the incident."""
    seen, start = material.milestones.get(MilestoneKind.DETECTED), material.start
    if seen is None or start is None:
        return None
    earlier = [fact for fact in material.between(start, seen) if fact.lane == Lane.ALERT and fact != seen]
    if not earlier:
        return None
    return says(
        f"An alert had been raised before that, {when(earlier[0], seen)}: {told(earlier[0])}.", earlier[0]
    )


def _earlier_signals(material: Material, first: Sentence | None) -> Iterator[Sentence]:
    """What was there to be seen before anybody or anything noticed: the first of each service."""
    seen = material.milestones.get(MilestoneKind.DETECTED)
    if material.analysis is None or seen is None:
        return
    known = {
        *(first.citations if first else ()),
        seen.number,
        *([material.start.number] if material.start else []),
    }
    found = material.analysis.detection
    earlier = facts_of(material, found.what, *found.earlier)
    for fact in [one for one in earlier if one.at < seen.at and one.number not in known][:MOST_SIGNALS]:
        before = span(fact, seen)
        lead = f", {before} before the detection" if before else ""
        at = when(fact, seen)
        yield says(f"{at[0].upper()}{at[1:]}{lead}, {told(fact)}.", fact, *((seen,) if before else ()))


def _monitor(material: Material) -> Sentence | None:
    """Which monitor should have caught it, when its entries bear every figure of it."""
    found = material.analysis.detection.monitor if material.analysis else None
    is_news = found is not None and found.refs and NO_EARLIER not in found.text
    return said(material, found) if found is not None and is_news else None


def _taken_up(material: Material) -> Sentence | None:
    taken = material.milestones.get(MilestoneKind.ACKNOWLEDGED)
    if taken is None:
        return None
    seen = material.reached(MilestoneKind.DETECTED, MilestoneKind.IMPACT_STARTED)
    if seen is None or taken.at < seen.at or not span(seen, taken):
        return says(f"It was acknowledged {when(taken, seen)}: {told(taken)}.", taken)
    return says(
        f"It was acknowledged {when(taken, seen)}, {span(seen, taken)} later: {told(taken)}.", taken, seen
    )
