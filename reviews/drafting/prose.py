"""The sections of a draft in plain past-tense English.

Every sentence cites the entries that it rests on, and its times, names and quotations stand in them; spans are computed
between two of them. Nothing here says that one thing made another happen.
"""

from __future__ import annotations

from incidents.enums import Lane, MilestoneKind
from reviews.drafting.cues import is_action, is_change, is_observation
from reviews.drafting.listing import MOST_CHANGES, changes_before, fewest, item
from reviews.drafting.material import (
    Fact,
    Material,
    body,
    items,
    moment,
    paragraph,
    says,
    span,
    told,
    when,
)
from reviews.passages import Sentence

MOST_ITEMS = 20
MOST_SILENCES = 5


def summary(material: Material) -> str:
    """What happened from start to end, in four sentences at most."""
    start = material.start
    if start is None:
        return body(paragraph(_first_record(material), _last_record(material)))
    return body(
        paragraph(
            says(f"The impact started on {moment(start)}: {told(start)}.", start),
            _detected(material),
            _reached(material, MilestoneKind.MITIGATED, "mitigated"),
            _reached(material, MilestoneKind.RESOLVED, "resolved"),
        )
    )


def mitigation(material: Material) -> str:
    """What was done after the incident was noticed, and what the record shows next."""
    begin = material.reached(MilestoneKind.DETECTED, MilestoneKind.IMPACT_STARTED)
    done = [fact for fact in material.between(begin, material.end) if is_action(fact) and fact != begin]
    chosen = fewest(done, MOST_ITEMS)
    groups = []
    for fact, following in zip(chosen, [*chosen[1:], None], strict=False):
        seen = _seen_after(material, fact)
        is_next = seen is not None and (following is None or seen.at < following.at)
        groups.append((item(fact, material.start), *([_next_record(fact, seen)] if seen and is_next else [])))
    return body(items(groups), paragraph(_ended_by(material, chosen)))


def unresolved_risks(material: Material) -> str:
    """What the record leaves open: silences, alerts without an end, late changes, unproven changes."""
    groups: list[tuple[Sentence, ...]] = []
    longest = sorted(material.silences, key=lambda one: (one.after.at - one.before.at, one.after.at))[
        :MOST_SILENCES
    ]
    for silence in sorted(longest, key=lambda one: one.after.at):
        earlier, later = silence.after, silence.before
        groups.append(
            (
                says(
                    f"Nothing is recorded between {_day_clock(earlier, material.start)} and "
                    f"{_day_clock(later, earlier)}, a silence of {span(earlier, later)}.",
                    earlier,
                    later,
                ),
            )
        )
    groups += [
        (says(f"The record does not show that this alert ended: {told(fact)}.", fact),)
        for fact in open_alerts(material)
    ]
    if end := material.end:
        late = [fact for fact in material.between(end, None) if is_change(fact) and fact.at > end.at]
        groups += [
            (says(f"After the resolution, {when(fact, end)}, {told(fact)}.", fact, end),)
            for fact in late[:MOST_CHANGES]
        ]
    groups += [
        (says(f"Whether this contributed is not confirmed: {told(fact)}.", fact),)
        for fact in changes_before(material)
        if fact != material.start
    ]
    return body(items(groups))


def _first_record(material: Material) -> Sentence | None:
    if not material.facts:
        return None
    first = material.facts[0]
    return says(f"The chronology begins on {moment(first)}: {told(first)}.", first)


def _last_record(material: Material) -> Sentence | None:
    if len(material.facts) < 2:
        return None
    last = material.facts[-1]
    return says(f"It ends {when(last, material.facts[0])}: {told(last)}.", last)


def _detected(material: Material) -> Sentence | None:
    start, seen = material.start, material.milestones.get(MilestoneKind.DETECTED)
    if start is None or seen is None:
        return None
    if seen.at < start.at or not span(start, seen):
        return says(f"It was detected {when(seen, start)}: {told(seen)}.", seen)
    return says(f"It was detected {when(seen, start)}, {span(start, seen)} later: {told(seen)}.", seen, start)


def _reached(material: Material, kind: MilestoneKind, verb: str) -> Sentence | None:
    start, fact = material.start, material.milestones.get(kind)
    if fact is None:
        return None
    if start is None or fact.at < start.at or not span(start, fact):
        return says(f"The impact was {verb} {when(fact, start)}: {told(fact)}.", fact)
    return says(
        f"The impact was {verb} {when(fact, start)}, {span(start, fact)} after it started: {told(fact)}.",
        fact,
        start,
    )


def _ended_by(material: Material, listed: list[Fact]) -> Sentence | None:
    """When the impact was mitigated; its entry is quoted only where the list does not hold it already."""
    start, fact = material.start, material.milestones.get(MilestoneKind.MITIGATED)
    if fact is None or fact not in listed or start is None or fact.at < start.at or not span(start, fact):
        return _reached(material, MilestoneKind.MITIGATED, "mitigated")
    return says(
        f"The impact was mitigated {when(fact, start)}, {span(start, fact)} after it started.", fact, start
    )


def _seen_after(material: Material, fact: Fact) -> Fact | None:
    """The next observation after a change, if there is one."""
    if not is_change(fact) and fact.lane not in (Lane.CHAT, Lane.STATEMENT):
        return None
    later = (one for one in material.facts if one.at > fact.at and is_observation(one))
    return next(later, None)


def _next_record(fact: Fact, seen: Fact) -> Sentence:
    return says(f"The next record of how things stood came {when(seen, fact)}: {told(seen)}.", seen)


def open_alerts(material: Material) -> list[Fact]:
    """Alerts that ended before and were raised again, without an end in the record."""
    last: dict[str, Fact] = {}
    ended: set[str] = set()
    for fact in material.facts:
        if fact.lane == Lane.ALERT:
            words = fact.text.removeprefix("Resolved: ")
            if words != fact.text:
                ended.add(words)
            last[words] = fact
    return [fact for words, fact in last.items() if words in ended and fact.text == words]


def _day_clock(fact: Fact, since: Fact | None) -> str:
    return when(fact, since).removeprefix("at ").removeprefix("on ")
