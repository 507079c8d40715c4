"""The section on how the incident was noticed."""

from __future__ import annotations

from incidents.enums import Lane, MilestoneKind
from reviews.drafting.material import Material, body, paragraph, says, span, told, when
from reviews.passages import Sentence


def detection(material: Material) -> str:
    """How it was noticed, after how long, and when somebody took it up."""
    return body(paragraph(_noticed(material), _earlier_alert(material), _taken_up(material)))


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
