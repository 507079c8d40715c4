"""How the incident was noticed: by what or whom, how late, what showed it earlier, and which monitor should have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from incidents.analysis.deviations import (
    Deviation,
    baseline_of,
    clean,
    deviations,
    failing,
    figure,
    ordinary,
    shortened,
)
from incidents.analysis.facts import FIRING, Fact, in_order, source_name, state
from incidents.analysis.measures import in_words
from incidents.analysis.observed import Alarm, Observed, Reason, Ref, RefKind
from incidents.analysis.onset import Onset, onset_of
from incidents.analysis.windows import clock
from incidents.analysis.wording import tells_notice
from incidents.enums import Lane

WORTH_TELLING = 60.0
NO_EARLIER = " would have fired no earlier than what noticed it"

_CUSTOMER = re.compile(
    r"\b(?:customers?|users?|merchants?|tenants?|visitors?|clients?)\b.{0,40}\b(?:report|"
    r"complain|tell|told|say|said|cannot|can't|see|call|write|"
    r"unable)|\b(?:support (?:ticket|request|case)|tickets? from|social media|twitter|status page comment)",
    re.IGNORECASE,
)


class How(StrEnum):
    """By what an incident was noticed, with the words for it in a sentence."""

    MONITOR = "a monitor"
    CUSTOMER = "customers"
    PERSON = "a person at work"
    UNKNOWN = "nobody knows what"


class Detection(NamedTuple):
    """How it was noticed.

    ``at`` in Unix seconds, ``gap`` in seconds from the start of the impact; both ``None`` when not known. ``earlier``
    are the signals that were there before, the first first. ``monitor`` says which one should have caught it.
    """

    how: How
    who: str
    what: Reason
    at: float | None
    gap: float | None
    earlier: tuple[Reason, ...]
    monitor: Reason

    @property
    def gap_in_words(self) -> str:
        """``7 minutes``; why not, when it is not known."""
        if self.gap is None:
            return "unknown, because the start of the impact or the moment of detection is not on record"
        return _length(self.gap)


class _Noticed(NamedTuple):
    at: float
    how: How
    who: str
    text: str
    ref: Ref


def detection(observed: Observed, facts: Iterable[Fact] = (), started: float | None = None) -> Detection:
    """How it was noticed; ``started`` is when the impact began (Unix seconds), else it is taken from what deviated."""
    found = deviations(observed)
    seen = onset_of(observed, found)
    began = started if started is not None else seen.began if isinstance(seen, Onset) else None
    noticed = _first_noticed(observed, facts, began)
    at = noticed.at if noticed else None
    return Detection(
        noticed.how if noticed else How.UNKNOWN,
        noticed.who if noticed else "",
        _what(noticed),
        at,
        at - began if at is not None and began is not None else None,
        _earlier(failing(found), at),
        _monitor(observed, found, seen if isinstance(seen, Onset) else None, at),
    )


def _first_noticed(observed: Observed, facts: Iterable[Fact], began: float | None) -> _Noticed | None:
    """The first alarm or the first words of somebody who noticed, from the start of the impact on if there are any."""
    told = [_by_alarm(one) for one in observed.alarms]
    told += [found for fact in in_order(facts) if (found := _by_fact(fact))]
    since = [one for one in told if began is None or one.at >= began] or told
    return min(since, default=None)


def _by_alarm(alarm: Alarm) -> _Noticed:
    return _Noticed(
        alarm.at, How.MONITOR, alarm.monitor or alarm.service or "an alert", alarm.text, alarm.ref
    )


def _by_fact(fact: Fact) -> _Noticed | None:
    ref, at = Ref(RefKind.ENTRY, f"E{fact.number}"), fact.at.timestamp()
    if fact.is_dated_only:
        return None
    if fact.lane == Lane.ALERT and state(fact) == FIRING:
        return _Noticed(at, How.MONITOR, _source(fact), fact.text, ref)
    if fact.lane not in (Lane.CHAT, Lane.STATUS, Lane.STATEMENT, Lane.ACTION):
        return None
    if _CUSTOMER.search(fact.text):
        return _Noticed(at, How.CUSTOMER, _source(fact), fact.text, ref)
    return _Noticed(at, How.PERSON, _source(fact), fact.text, ref) if tells_notice(fact.text) else None


def _source(fact: Fact) -> str:
    if fact.actor and fact.lane != Lane.ALERT:
        return fact.actor
    if fact.lane == Lane.ALERT and not fact.source:
        return fact.actor or "an alert"
    return source_name(fact.source)


def _what(noticed: _Noticed | None) -> Reason:
    if noticed is None:
        return Reason(
            "Unknown, because no alert and no message on record tells that somebody noticed. Add a statement.",
            (),
        )
    text = f"At {clock(noticed.at)} UTC {noticed.how.value} noticed it ({noticed.who}): “{shortened(noticed.text)}”."
    return Reason(text, (noticed.ref,))


def _earlier(trouble: Sequence[Deviation], at: float | None) -> tuple[Reason, ...]:
    """Signals that a monitor could have seen before it was noticed: the first of each service."""
    first: dict[str, Deviation] = {}
    for one in trouble:
        if at is not None and at - one.at >= WORTH_TELLING and one.is_timed:
            first.setdefault(one.service, one)
    return tuple(
        Reason(f"{_length((at or 0.0) - one.at)} earlier already: {one.why}", (one.ref,))
        for one in first.values()
    )


def _monitor(observed: Observed, found: Sequence[Deviation], seen: Onset | None, at: float | None) -> Reason:
    """The monitor that should have caught it: on the first clear signal of where it began."""
    origin = seen.service if seen else ""
    signals = [one for one in failing(found) if one.service == origin and one.is_timed]
    clear = [one for one in signals if one.is_sure] or signals
    if not clear:
        return Reason(
            "Unknown, because nothing measured or logged left its ordinary range before it was noticed.", ()
        )
    best = min(clear, key=lambda one: (one.at, -one.strength, one.what))
    if best.is_text:
        text = f"A monitor on log lines like “{shortened(best.what)}” of {best.service}{_lead(best.at, at)}."
        return Reason(text, (best.ref,))
    return _on_series(observed, best, at)


def _on_series(observed: Observed, best: Deviation, at: float | None) -> Reason:
    name = f"{in_words(best.what)} of {best.service}"
    there = next(
        (one for one in observed.alarms if (one.service, one.metric) == (best.service, best.what)), None
    )
    if there is not None:
        late = there.at - best.at
        which = there.monitor or there.key
        text = f"The monitor {which} watches {name} and fired {_length(late)} after it left its range."
        advice = " Lower its threshold or its waiting time." if late > 2 * WORTH_TELLING else ""
        return Reason(text + advice, (best.ref, there.ref))
    limit, second = _threshold(observed, best)
    text = f"A monitor on {name} with a threshold of {figure(limit)}{_lead(second, at)}."
    return Reason(text, (best.ref,))


def _threshold(observed: Observed, best: Deviation) -> tuple[float, float]:
    """Where the ordinary range ends, and the second value beyond it: one value alone should not wake anybody."""
    baseline = baseline_of(observed)
    points = next((clean(one.points) for one in observed.series if one.ref == best.ref), ())
    before = [value for at, value in points if baseline and baseline.start <= at < baseline.end]
    usual = ordinary(before, best.measure)
    limit = usual.middle + usual.reach if best.by > 0 else usual.middle - usual.reach
    beyond = [at for at, value in points if at >= best.at and (value > limit) == (best.by > 0)]
    return limit, beyond[1] if len(beyond) > 1 else best.at


def _lead(would: float, at: float | None) -> str:
    """How much earlier it would have fired."""
    if at is None:
        return f" would have fired at {clock(would)} UTC"
    if at - would < WORTH_TELLING:
        return NO_EARLIER
    return f" would have fired at {clock(would)} UTC, {_length(at - would)} earlier"


def _length(seconds: float) -> str:
    if abs(seconds) < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if abs(seconds) < 5400 else f"{seconds / 3600:.1f} hours"
