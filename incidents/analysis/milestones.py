"""Milestones proposed from a chronology, each with the entry that it rests on and a sentence saying why.

Pure, and independent of the order in which facts come. A proposal is nothing more: a person confirms each. Times that
a text tells are not used; the moment is that of the entry. Where nothing supports a milestone, none is proposed; where
something speaks against one, the proposal says what (``doubts``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from incidents.analysis.doubts import doubt
from incidents.analysis.facts import ACKNOWLEDGED, FIRING, RESOLVED, Fact, in_order, source_name, state
from incidents.analysis.wording import (
    tells_harm,
    tells_mitigated,
    tells_notice,
    tells_resolved,
    tells_start,
    tells_work,
)
from incidents.enums import Lane, MilestoneKind, SourceKind

LOOK_BACK = timedelta(hours=1)
_BY_PEOPLE = frozenset({Lane.CHAT, Lane.STATUS, Lane.ACTION, Lane.STATEMENT})
_MEASURED = frozenset({Lane.LOG, Lane.METRIC})
_PAGERS = frozenset({SourceKind.PAGERDUTY, SourceKind.OPSGENIE})


class Proposal(NamedTuple):
    """The number of the entry on which a milestone would rest, a plain sentence that says why, and one of doubt."""

    number: int
    why: str
    doubt: str = ""


class _Found(NamedTuple):
    fact: Fact
    why: str


def propose(facts: Iterable[Fact]) -> dict[MilestoneKind, Proposal]:
    """The milestones that the facts support, none before an earlier one."""
    ordered = in_order(facts)
    found: dict[MilestoneKind, _Found] = {}
    for kind, find in _FIRST_THREE:
        if milestone := _best(find, _from_last(ordered, found)):
            found[kind] = milestone
    rest = _from_last(ordered, found)
    resolved = _best(_resolved, rest)
    mitigated = _best(_mitigated, rest if resolved is None else _until(rest, resolved.fact))
    for kind, end in ((MilestoneKind.MITIGATED, mitigated), (MilestoneKind.RESOLVED, resolved)):
        if end is not None:
            found[kind] = end
    return {
        kind: Proposal(one.fact.number, one.why, doubt(kind, one.fact, ordered, _is_sign))
        for kind in MilestoneKind
        if (one := found.get(kind))
    }


def _from_last(ordered: Sequence[Fact], found: dict[MilestoneKind, _Found]) -> Sequence[Fact]:
    """The facts from the latest milestone on, that entry included: one entry may show two of them."""
    if not found:
        return ordered
    return ordered[ordered.index(list(found.values())[-1].fact) :]


def _until(ordered: Sequence[Fact], last: Fact) -> Sequence[Fact]:
    return ordered[: ordered.index(last) + 1]


def _best(find: Callable[[Sequence[Fact]], _Found | None], ordered: Sequence[Fact]) -> _Found | None:
    """From entries with a time of day; from those with a date alone only when the others support nothing."""
    return find([fact for fact in ordered if not fact.is_dated_only]) or find(ordered)


def _first(facts: Iterable[Fact], holds: Callable[[Fact], bool]) -> Fact | None:
    return next(filter(holds, facts), None)


def _last(facts: Sequence[Fact], holds: Callable[[Fact], bool]) -> Fact | None:
    return _first(reversed(facts), holds)


def _impact(ordered: Sequence[Fact]) -> _Found | None:
    """The first observed sign that people were hit; stray errors long before anybody was alarmed are none."""
    alarm = _first(ordered, _alarms)
    signs = ordered if alarm is None else list(_near(ordered, alarm))
    fact = _first(signs, _is_sign)
    if fact is None:
        return None
    if fact.lane == Lane.ALERT:
        return _Found(
            fact, f"It is the first sign of trouble: nothing shows any before this {_from(fact)}alert."
        )
    return _Found(fact, f"It is the first {_KIND_OF_SIGN.get(fact.lane, 'entry')} that tells of trouble.")


_KIND_OF_SIGN: dict[str, str] = {
    Lane.LOG: "log entry",
    Lane.METRIC: "measurement",
    Lane.STATUS: "status update",
    Lane.CHAT: "message",
}


def _alarms(fact: Fact) -> bool:
    return state(fact) == FIRING or (fact.lane == Lane.STATUS and tells_harm(fact.text))


def _near(ordered: Iterable[Fact], alarm: Fact) -> Iterator[Fact]:
    """Without what was logged or measured long before the alarm: systems log errors on good days too."""
    return (fact for fact in ordered if fact.lane not in _MEASURED or alarm.at - fact.at <= LOOK_BACK)


def _is_sign(fact: Fact) -> bool:
    if tells_start(fact.text):
        return True
    if fact.lane == Lane.ALERT:
        return state(fact) == FIRING
    return fact.lane in (Lane.LOG, Lane.METRIC, Lane.STATUS) and tells_harm(fact.text)


def _detected(ordered: Sequence[Fact]) -> _Found | None:
    """The first alert, or the first words of somebody who noticed, whichever came earlier."""
    fact = _first(ordered, _detects)
    if fact is None:
        return None
    if state(fact) == FIRING:
        return _Found(fact, f"It is the first {_from(fact)}alert from the start of the impact on.")
    return _Found(fact, "Somebody noticed the trouble here, before any alert is on record.")


def _detects(fact: Fact) -> bool:
    return state(fact) == FIRING or (fact.lane in _BY_PEOPLE and tells_notice(fact.text))


def _acknowledged(ordered: Sequence[Fact]) -> _Found | None:
    if fact := _first(ordered, lambda fact: state(fact) == ACKNOWLEDGED):
        return _Found(fact, f"It is the first acknowledgment{_in(fact)} after detection.")
    if fact := _first(ordered, lambda fact: fact.lane in _BY_PEOPLE and tells_work(fact.text)):
        return _Found(
            fact, "Nobody acknowledged an alert on record; here somebody first takes the trouble up."
        )
    return None


_FIRST_THREE: tuple[tuple[MilestoneKind, Callable[[Sequence[Fact]], _Found | None]], ...] = (
    (MilestoneKind.IMPACT_STARTED, _impact),
    (MilestoneKind.DETECTED, _detected),
    (MilestoneKind.ACKNOWLEDGED, _acknowledged),
)


def _mitigated(ordered: Sequence[Fact]) -> _Found | None:
    """The first relief after which no alert fired; when alerts fired after each, the last."""
    reliefs = [
        fact for fact in ordered if fact.lane not in (Lane.ALERT, Lane.LOG) and tells_mitigated(fact.text)
    ]
    fired = _last(ordered, lambda fact: state(fact) == FIRING)
    lasting = reliefs if fired is None else [fact for fact in reliefs if fact.at >= fired.at]
    if lasting:
        after = ", and no alert fired after it" if fired else ""
        return _Found(lasting[0], f"It tells that the harm was stopped or lessened{after}.")
    if reliefs:
        return _Found(reliefs[-1], "It is the last entry that tells of relief, though alerts fired after it.")
    return None


def _resolved(ordered: Sequence[Fact]) -> _Found | None:
    """By the status page, else the pager, else people and measurements, else the alerts, else the last update."""
    if fact := _last(ordered, lambda fact: fact.lane == Lane.STATUS and tells_resolved(fact.text)):
        return _Found(fact, "It is the last status update that tells that the incident is over.")
    if fact := _last(ordered, lambda fact: fact.source in _PAGERS and state(fact) == RESOLVED):
        return _Found(fact, f"It is the last time that it was resolved{_in(fact)}.")
    if fact := _last(ordered, _says_resolved):
        return _Found(fact, "It is the last entry that tells that everything is back to normal.")
    if fact := _all_quiet(ordered):
        return _Found(fact, "With it, every alert that had fired was resolved.")
    return _last_update(ordered)


def _says_resolved(fact: Fact) -> bool:
    """A message that begins with "Resolved" is a relayed alert: it speaks of one alert only."""
    return fact.lane not in (Lane.ALERT, Lane.LOG) and state(fact) != RESOLVED and tells_resolved(fact.text)


def _all_quiet(ordered: Iterable[Fact]) -> Fact | None:
    """The resolve after which no alert with a fingerprint was firing any more, if none fired again."""
    firing: set[tuple[str, str]] = set()
    quiet = None
    for fact in ordered:
        key, now = (fact.source, fact.fingerprint), state(fact)
        if fact.lane != Lane.ALERT or not fact.fingerprint:
            continue
        if now == FIRING:
            firing.add(key)
            quiet = None
        elif now == RESOLVED and key in firing:
            firing.discard(key)
            quiet = None if firing else fact
    return quiet


def _last_update(ordered: Sequence[Fact]) -> _Found | None:
    """The last status update, if nothing happened after it and it speaks of no trouble and no work."""
    fact = _last(ordered, lambda fact: fact.lane == Lane.STATUS)
    if fact is None or fact is not ordered[-1] or fact is ordered[0]:
        return None
    if tells_harm(fact.text) or tells_work(fact.text) or tells_mitigated(fact.text):
        return None
    return _Found(
        fact, "It is the last status update, tells of no more trouble, and nothing is on record after it."
    )


def _from(fact: Fact) -> str:
    return f"{source_name(fact.source)} " if fact.source else ""


def _in(fact: Fact) -> str:
    return f" in {source_name(fact.source)}" if fact.source else ""
