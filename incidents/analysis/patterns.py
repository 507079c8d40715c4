"""Patterns: lines that differ in their variables only, counted while a log is read and merged when it ends.

Two steps, because a log may have a million lines. While it is read each line falls into a group by its skeleton, actor
and level. At the end Drain looks at the distinct skeletons only, the most frequent first, so that the result does not
depend on the order of the lines. What Drain would merge stays apart as long as it takes three forms at most: a place
that takes few words is a word ("login failed", "login succeeded"), not a variable.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from drain3.drain import Drain

from incidents.analysis.skeletons import VARIABLE, coarse, skeleton

MOST_GROUPS = 20_000
FINE_GROUPS = MOST_GROUPS // 2
OTHER_LINES = "other lines"
SAMPLES = 5
MOST_FORMS_APART = 3
SIMILARITY = 0.6
DEPTH = 4
MOST_CLUSTERS = 500

_COUNT_BITS = 24
_COUNT_MASK = (1 << _COUNT_BITS) - 1
# Only what Drain itself found to vary counts as its parameter; ``<*>`` of a skeleton is a word like any other to it.
_DRAIN_PARAMETER = "\x00"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lines of one actor and level that share a template.

    ``first`` and ``last`` are Unix seconds, ``samples`` are up to five ordinals of lines, ``groups`` the numbers that
    ``Miner.add`` gave to its lines, and ``per_minute`` counts by minute since 1970.
    """

    template: str
    actor: str
    level: str
    count: int
    first: float
    last: float
    samples: tuple[int, ...]
    groups: tuple[int, ...]
    per_minute: Mapping[int, int]


class _Group:
    """Lines with one skeleton, actor and level.

    The minute that is being counted stands in ``here``; finished minutes are packed into eight bytes each (the minute,
    then 24 bits of its count), so that a long log fits into memory.
    """

    __slots__ = ("compact_at", "end", "finished", "first", "here", "last", "number", "samples", "start")

    def __init__(self, number: int, at: float) -> None:
        self.number = number
        self.first = self.last = at
        self.start = at // 60 * 60
        self.end = self.start + 60
        self.here = 0
        self.finished = array("q")
        self.compact_at = 2048
        self.samples: list[int] = []

    def turn(self, at: float) -> None:
        """Finish the minute that was counted and start on that of ``at``."""
        self.finished.append(int(self.start) // 60 << _COUNT_BITS | self.here)
        self.start = at // 60 * 60
        self.end = self.start + 60
        self.here = 0
        if len(self.finished) >= self.compact_at:
            self._compact()

    def _compact(self) -> None:
        """Lines out of order come back to minutes that were finished: add those up."""
        counts = _unpacked(self.finished)
        self.finished = array("q", (minute << _COUNT_BITS | count for minute, count in counts.items()))
        self.compact_at = 2 * len(self.finished) + 2048

    def per_minute(self) -> Counter[int]:
        counts = _unpacked(self.finished)
        counts[int(self.start) // 60] += self.here
        return counts


def _unpacked(finished: Iterable[int]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for packed in finished:
        counts[packed >> _COUNT_BITS] += packed & _COUNT_MASK
    return counts


class _Key(NamedTuple):
    skeleton: str
    actor: str
    level: str


class Miner:
    """Groups lines as they come; its memory is bounded by the number of groups, not of lines."""

    def __init__(self, most_groups: int = MOST_GROUPS, fine_groups: int = FINE_GROUPS) -> None:
        self._groups: dict[tuple[str, str, str], _Group] = {}
        self._most = most_groups
        self._fine = fine_groups

    def add(self, text: str, actor: str, level: str, at: float, ordinal: int) -> int:
        """Count a line written at ``at`` (Unix seconds); the number of its group, dense from 0."""
        key = (skeleton(text), actor, level)
        group = self._groups.get(key)
        if group is None:
            group = self._group(key, at)
        if not group.start <= at < group.end:
            group.turn(at)
        group.here += 1
        if at > group.last:
            group.last = at
        elif at < group.first:
            group.first = at
        if len(group.samples) < SAMPLES:
            group.samples.append(ordinal)
        return group.number

    def _group(self, key: tuple[str, str, str], at: float) -> _Group:
        """A group for a line whose skeleton is new: its own, then a coarser one, then that of the other lines."""
        bare, actor, level = key
        if len(self._groups) >= self._fine:
            key = (coarse(bare), actor, level)
        if key not in self._groups and len(self._groups) >= self._most:
            key = (OTHER_LINES, "", level)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = _Group(len(self._groups), at)
        return found

    def patterns(self) -> list[Pattern]:
        """All lines so far, each in exactly one pattern; the most frequent first."""
        keys = {_Key(*key): group for key, group in self._groups.items()}
        found = [_pattern(members, keys) for members in _merged(keys)]
        return sorted(found, key=lambda one: (-one.count, one.first, one.template, one.actor, one.level))


def _pattern(members: Sequence[_Key], groups: Mapping[_Key, _Group]) -> Pattern:
    held = [groups[key] for key in members]
    per_minute: Counter[int] = Counter()
    for group in held:
        per_minute.update(group.per_minute())
    return Pattern(
        template=_template([key.skeleton for key in members]),
        actor=members[0].actor,
        level=members[0].level,
        count=per_minute.total(),
        first=min(group.first for group in held),
        last=max(group.last for group in held),
        samples=_samples(held),
        groups=tuple(sorted(group.number for group in held)),
        per_minute=dict(sorted(per_minute.items())),
    )


def _samples(groups: Sequence[_Group]) -> tuple[int, ...]:
    """Up to five lines, from as many different groups as there are."""
    rounds = (group.samples[turn] for turn in range(SAMPLES) for group in groups if turn < len(group.samples))
    return tuple(sorted(ordinal for ordinal, _ in zip(rounds, range(SAMPLES), strict=False)))


def _merged(groups: Mapping[_Key, _Group]) -> list[list[_Key]]:
    """The groups of each pattern, by what Drain finds similar within one actor and level."""
    clusters = _clusters(groups)
    together: defaultdict[tuple[int, str, str], list[_Key]] = defaultdict(list)
    for key in sorted(groups):
        together[clusters[key.skeleton], key.actor, key.level].append(key)
    return [part for members in together.values() for part in _apart(members)]


def _apart(members: list[_Key]) -> list[list[_Key]]:
    return [members] if len(members) > MOST_FORMS_APART else [[key] for key in members]


def _clusters(groups: Mapping[_Key, _Group]) -> dict[str, int]:
    """Drain's cluster for each distinct skeleton; it sees the frequent ones first."""
    counts: Counter[str] = Counter()
    for key, group in groups.items():
        counts[key.skeleton] += group.per_minute().total()
    drain = Drain(
        depth=DEPTH, sim_th=SIMILARITY, max_clusters=MOST_CLUSTERS,
        param_str=_DRAIN_PARAMETER, parametrize_numeric_tokens=False,
    )  # fmt: skip
    ordered = sorted(counts, key=lambda bare: (-counts[bare], bare))
    return {bare: drain.add_log_message(bare)[0].cluster_id for bare in ordered}


def _template(skeletons: Sequence[str]) -> str:
    """What the skeletons share, word by word; all have as many words, because Drain merges no others."""
    if len(skeletons) == 1:
        return skeletons[0]
    return " ".join(_shared(words) for words in zip(*(bare.split() for bare in skeletons), strict=True))


def _shared(words: Sequence[str]) -> str:
    """The word itself, or ``<*>`` with what stands before it in all of them up to a sign: ``user=<*>``."""
    if len(set(words)) == 1:
        return words[0]
    first, last = min(words), max(words)
    different = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    common = first[: next(different, len(first))]
    sign = max(common.rfind(sign) for sign in "=:/[(\"'")
    return common[: sign + 1] + VARIABLE
