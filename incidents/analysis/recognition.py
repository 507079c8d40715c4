"""One event that several sources tell of, and one alert that fires over and over.

Pure, independent of the order in which facts come, and never a comparison of all with all: 20,000 facts take well under
a second. What is found is merged by a service and can be split by hand; no number is ever lost.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from incidents.analysis.facts import FIRING, RESOLVED, TOLD, Fact, distinctive, in_order, source_name, state
from incidents.analysis.likeness import FEWEST_WORDS, are_of_one_event, likeness, rarest, rarity
from incidents.enums import Lane, Precision, Trust

WINDOW = timedelta(minutes=5)
NEAR = timedelta(minutes=2)
ALIKE = 0.75
MOST_CANDIDATES = 4
LONGEST_TELLING = 500

_TRUST = {grade.value: place for place, grade in enumerate(Trust)}
_PRECISION = {grade.value: place for place, grade in enumerate(Precision)}
_STATE_MARK = re.compile(
    r"^\W*(?:resolved|recovered|firing|ok|alerting|triggered)(?::\d+)?\W+", re.IGNORECASE
)


class Same(NamedTuple):
    """Entries that tell of one event, the one to keep first, and a sentence saying why."""

    numbers: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Repeats of one alert or text in one source, the one to keep first, the others in order of time.

    ``count`` counts the firings, or all entries when the text is no alert's.
    """

    numbers: tuple[int, ...]
    count: int
    first: datetime
    last: datetime
    why: str


@dataclass(slots=True, eq=False)
class _Group:
    """An event in the making; ``facts`` are in order, so the first bounds its span. ``least`` is the least likeness."""

    facts: list[Fact]
    by_fingerprint: bool = False
    least: float | None = None

    def admits(self, fact: Fact, window: timedelta) -> bool:
        return fact.at - self.facts[0].at <= window and all(_may_join(fact, other) for other in self.facts)


@dataclass(slots=True)
class _Seen:
    """What was met so far, under what it may be found by; each place remembers only the latest few."""

    counts: Mapping[str, int]
    by_thing: defaultdict[object, deque[_Group]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_CANDIDATES))
    )
    by_word: defaultdict[str, dict[str, deque[tuple[Fact, _Group]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )


def groups(facts: Iterable[Fact], window: timedelta = WINDOW, near: timedelta = NEAR) -> list[Same]:
    """Entries of several sources or pieces of evidence that tell of one event.

    By the same fingerprint in the same state within ``window``; or, across sources, by like words within ``near``. No
    group spans more than ``window``. One source tells an event twice only at the same instant. A person's statement
    and an entry without a time of day stand alone.
    """
    eligible = [fact for fact in in_order(facts) if not fact.is_statement and not fact.is_dated_only]
    seen = _Seen(rarity(distinctive(fact.text) for fact in eligible))
    found: list[_Group] = []
    for fact in eligible:
        group = _of_same_thing(fact, seen, window) or _of_like_words(fact, seen, window, near)
        if group is None:
            group = _Group([fact])
            found.append(group)
        _remember(fact, group, seen)
    return [_same(group) for group in found if len(group.facts) > 1]


def flapping(
    facts: Iterable[Fact],
    quiet: timedelta = timedelta(minutes=30),
    at_least: int = 4,
    keep: frozenset[int] = frozenset(),
) -> list[Fold]:
    """Repeats inside one source that fold into one entry: of one fingerprint's alert, or of one identical text.

    A silence longer than ``quiet`` ends a fold, and fewer than ``at_least`` entries make none. ``keep`` holds the
    numbers of milestones: like highlighted entries they may head a fold, and are never swallowed by one.
    """
    repeats: defaultdict[object, list[Fact]] = defaultdict(list)
    for fact in in_order(facts):
        if (key := _repeat_key(fact)) is not None:
            repeats[key].append(fact)
    runs = (
        run for repeated in repeats.values() if len(repeated) >= at_least for run in _runs(repeated, quiet)
    )
    folds = [fold for run in runs if (fold := _fold(run, at_least, keep))]
    return sorted(folds, key=lambda fold: (fold.first, fold.numbers))


def _of_same_thing(fact: Fact, seen: _Seen, window: timedelta) -> _Group | None:
    """The nearest group about the same thing in the same state."""
    key = _thing(fact)
    if key is None:
        return None
    group = next((group for group in reversed(seen.by_thing[key]) if group.admits(fact, window)), None)
    if group is not None:
        group.facts.append(fact)
        group.by_fingerprint = True
    return group


def _thing(fact: Fact) -> object:
    """Fingerprint and state; where words alone tell the state (a deployment's), the words too."""
    if not fact.concerns_one_thing:
        return None
    now = state(fact)
    return fact.fingerprint, now, distinctive(fact.text) if now == TOLD else None


def _of_like_words(fact: Fact, seen: _Seen, window: timedelta, near: timedelta) -> _Group | None:
    """The group with the likest words, told by other sources only; the nearest of equally like ones."""
    best: tuple[float, datetime, int] | None = None
    group = None
    for other, candidate in _candidates(fact, seen, near):
        degree = likeness(distinctive(fact.text), distinctive(other.text))
        rank = (degree, other.at, -other.number)
        if degree < ALIKE or (best is not None and rank <= best):
            continue
        others_only = all(fact.source != member.source for member in candidate.facts)
        if others_only and are_of_one_event(fact, other) and candidate.admits(fact, window):
            best, group = rank, candidate
    if group is not None and best is not None:
        group.facts.append(fact)
        group.least = min(best[0], group.least or 1.0)
    return group


def _candidates(fact: Fact, seen: _Seen, near: timedelta) -> Iterator[tuple[Fact, _Group]]:
    words = distinctive(fact.text)
    for word in rarest(words, seen.counts, ALIKE) if len(words) >= FEWEST_WORDS else ():
        for source, met in seen.by_word[word].items():
            if source != fact.source:
                yield from (known for known in met if fact.at - known[0].at <= near)


def _remember(fact: Fact, group: _Group, seen: _Seen) -> None:
    if (key := _thing(fact)) is not None and group not in seen.by_thing[key]:
        seen.by_thing[key].append(group)
    words = distinctive(fact.text)
    for word in rarest(words, seen.counts, ALIKE) if len(words) >= FEWEST_WORDS else ():
        met = seen.by_word[word].setdefault(fact.source, deque(maxlen=MOST_CANDIDATES))
        met.append((fact, group))


def _may_join(fact: Fact, other: Fact) -> bool:
    """One source tells one event twice only in other evidence and with the same time: else it happened again."""
    if fact.source != other.source:
        return True
    coarse = Precision.MINUTE in (fact.precision, other.precision)
    apart = timedelta(minutes=1) if coarse else timedelta(seconds=1)
    return fact.lane != Lane.CHAT and fact.evidence != other.evidence and fact.at - other.at < apart


def _same(group: _Group) -> Same:
    kept, *others = sorted(group.facts, key=_worth)
    numbers = (kept.number, *sorted(fact.number for fact in others))
    return Same(numbers, _why_same(group))


def _worth(fact: Fact) -> tuple[int, int, int, int]:
    """Best first: trust, precision, the longest text (past ``LONGEST_TELLING`` nothing is gained), lowest number."""
    length = min(len(fact.text), LONGEST_TELLING)
    return _TRUST.get(fact.trust, 9), _PRECISION.get(fact.precision, 9), -length, fact.number


def _why_same(group: _Group) -> str:
    names = sorted({source_name(fact.source) for fact in group.facts})
    told = f"{_listed(names)} tell" if len(names) > 1 else f"Several pieces of evidence from {names[0]} tell"
    reasons = ["by the same fingerprint and state"] if group.by_fingerprint else []
    if group.least is not None:
        reasons.append(f"by their words ({group.least:.0%} of the distinctive ones are shared)")
    seconds = round((group.facts[-1].at - group.facts[0].at).total_seconds())
    when = f"within {seconds} s" if seconds else "at the same second"
    return f"{told} of one event, {' and '.join(reasons)}, {when}."


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _repeat_key(fact: Fact) -> object:
    """What makes two entries repeats; nothing for what a person said."""
    if fact.is_statement or fact.is_dated_only or fact.trust == Trust.REPORTED:
        return None
    if fact.concerns_one_thing and fact.lane == Lane.ALERT and state(fact) in (FIRING, RESOLVED):
        return fact.source, fact.fingerprint
    text = " ".join(_STATE_MARK.sub("", fact.text).split()) if fact.lane == Lane.ALERT else fact.text.strip()
    return fact.source, fact.fingerprint, fact.lane, fact.actor, text


def _runs(repeated: Sequence[Fact], quiet: timedelta) -> Iterator[list[Fact]]:
    run = [repeated[0]]
    for fact in repeated[1:]:
        if fact.at - run[-1].at > quiet:
            yield run
            run = []
        run.append(fact)
    yield run


def _fold(run: Sequence[Fact], at_least: int, keep: frozenset[int]) -> Fold | None:
    head = next((fact for fact in run if state(fact) == FIRING), run[0])
    folded = [fact for fact in run if fact is head or not (fact.highlighted or fact.number in keep)]
    if len(folded) < at_least:
        return None
    first, last = folded[0].at, folded[-1].at
    fired = sum(state(fact) == FIRING for fact in folded)
    numbers = (head.number, *(fact.number for fact in folded if fact is not head))
    return Fold(numbers, fired or len(folded), first, last, f"{_told(folded, fired)} {_span(first, last)}")


def _told(folded: Sequence[Fact], fired: int) -> str:
    if not fired:
        return f"told {len(folded)} times"
    return "fired once" if fired == 1 else f"fired {fired} times"


def _span(first: datetime, last: datetime) -> str:
    """``from 22:54 to 23:01 UTC``, with the days where there are two."""
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    if f"{first:%H:%M}" == f"{last:%H:%M}" and first.date() == last.date():
        return f"at {first:%H:%M} UTC"
    form = "%H:%M" if first.date() == last.date() else "%-d %b %H:%M"
    return f"from {first:{form}} to {last:{form}} UTC"
