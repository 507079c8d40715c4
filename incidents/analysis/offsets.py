"""Clocks that differ, from events that two sources saw; which of the two is wrong is for a person to say.

Pure, and independent of the order in which facts come. Sources are compared as a whole first. Where that says nothing
(two log files are one source with two clocks) their pieces of evidence are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations
from statistics import median
from typing import NamedTuple

from incidents.analysis.facts import TOLD, Fact, distinctive, in_order, source_name, state
from incidents.analysis.likeness import (
    FEWEST_WORDS,
    are_of_one_event,
    likeness,
    rarest,
    rarity,
    spoken_state,
)
from incidents.chronology import in_words
from incidents.enums import Precision

FEWEST_PAIRS = 3
SMALLEST = 30.0
ALIKE = 0.8
LIKE_ENOUGH_WITH_FINGERPRINT = 0.5
MOST_REPEATS = 5
MOST_CLOCKS = 20
MOST_CANDIDATES = 8


class OffsetProposal(NamedTuple):
    """``source`` runs ``seconds`` ahead of ``against`` (behind it, when negative).

    Each pair is ``(entry of source, entry of against, difference in seconds)``. ``evidence`` and ``against_evidence``
    are set where single pieces of evidence were compared, else 0: then it holds for the source as a whole.
    """

    source: str
    against: str
    seconds: int
    pairs: tuple[tuple[int, int, float], ...]
    why: str
    evidence: int = 0
    against_evidence: int = 0


class _Clock(NamedTuple):
    source: str
    evidence: int

    @property
    def name(self) -> str:
        name = source_name(self.source)
        return f"{name} (evidence {self.evidence})" if self.evidence else name


class _Finding(NamedTuple):
    """How two clocks compare: ``seconds`` that the first runs ahead of the second, in the median."""

    seconds: float
    pairs: tuple[tuple[int, int, float], ...]
    agreeing: int

    @property
    def differ(self) -> bool:
        return abs(self.seconds) >= SMALLEST


_Pair = tuple[Fact, Fact]
_Couple = tuple[_Clock, _Clock]
_Findings = dict[_Couple, _Finding]


def propose(facts: Iterable[Fact]) -> list[OffsetProposal]:
    """Offsets that at least three events agree on, of half a minute or more; entries exact to the second only."""
    exact = [fact for fact in in_order(facts) if fact.precision == Precision.SECOND and not fact.is_statement]
    whole = _findings(exact, {fact: _Clock(fact.source, 0) for fact in exact})
    compared = {(one.source, other.source) for one, other in whole}
    parts = _findings(exact, {fact: _Clock(fact.source, fact.evidence) for fact in exact if fact.evidence})
    rest = {pair: found for pair, found in parts.items() if (pair[0].source, pair[1].source) not in compared}
    return [*_proposals(whole), *_proposals(rest)]


def _findings(facts: Sequence[Fact], clocks: Mapping[Fact, _Clock]) -> _Findings:
    """How the clocks compare, for all couples of them whose events agree."""
    pairs: defaultdict[_Couple, dict[_Pair, None]] = defaultdict(dict)
    timed = [fact for fact in facts if fact in clocks]
    for one, other in [*_by_thing(timed, clocks), *_by_words(timed, clocks)]:
        if clocks[one] > clocks[other]:
            one, other = other, one
        pairs[clocks[one], clocks[other]][one, other] = None
    found = {couple: _agreement(list(told)) for couple, told in sorted(pairs.items())}
    return {couple: finding for couple, finding in found.items() if finding}


def _agreement(pairs: Sequence[_Pair]) -> _Finding | None:
    """The median difference, if the differences lie close around it (by their median absolute deviation)."""
    if len(pairs) < FEWEST_PAIRS:
        return None
    measured = sorted((one.number, other.number, (one.at - other.at).total_seconds()) for one, other in pairs)
    middle = median(difference for _one, _other, difference in measured)
    spread = median(abs(difference - middle) for _one, _other, difference in measured)
    allowed = max(5.0, abs(middle) / 10)
    agreeing = sum(abs(difference - middle) <= allowed for _one, _other, difference in measured)
    if spread > allowed or agreeing < FEWEST_PAIRS:
        return None
    return _Finding(middle, tuple(measured), agreeing)


def _by_thing(facts: Sequence[Fact], clocks: Mapping[Fact, _Clock]) -> Iterator[_Pair]:
    """Events about the same fingerprint in the same state, told in words that are not unlike."""
    told: defaultdict[object, dict[_Clock, list[Fact]]] = defaultdict(dict)
    for fact in facts:
        if fact.concerns_one_thing and state(fact) != TOLD:
            told[fact.fingerprint, state(fact)].setdefault(clocks[fact], []).append(fact)
    for by_clock in told.values():
        for one, other in _in_step(by_clock):
            if likeness(distinctive(one.text), distinctive(other.text)) >= LIKE_ENOUGH_WITH_FINGERPRINT:
                yield one, other


def _by_words(facts: Sequence[Fact], clocks: Mapping[Fact, _Clock]) -> Iterator[_Pair]:
    """Events told in the same distinctive words, and those told in very like words that have no other match."""
    told: defaultdict[tuple[str, frozenset[str]], dict[_Clock, list[Fact]]] = defaultdict(dict)
    for fact in facts:
        words = distinctive(fact.text)
        if len(words) >= FEWEST_WORDS:
            told[spoken_state(fact), words].setdefault(clocks[fact], []).append(fact)
    for by_clock in told.values():
        yield from (pair for pair in _in_step(by_clock) if are_of_one_event(*pair))
    alone = [repeats[0] for by_clock in told.values() for repeats in by_clock.values() if len(repeats) == 1]
    yield from _only_matches(_very_like(alone, clocks), clocks)


def _in_step(by_clock: Mapping[_Clock, Sequence[Fact]]) -> Iterator[_Pair]:
    """The first with the first, the second with the second: between clocks that saw it equally often, and seldom."""
    for one, other in combinations(sorted(by_clock)[:MOST_CLOCKS], 2):
        if len(by_clock[one]) == len(by_clock[other]) <= MOST_REPEATS:
            yield from zip(by_clock[one], by_clock[other], strict=True)


def _very_like(facts: Sequence[Fact], clocks: Mapping[Fact, _Clock]) -> Iterator[_Pair]:
    """Facts of two clocks whose words are very like but not the same."""
    ordered = in_order(facts)
    counts = rarity(distinctive(fact.text) for fact in ordered)
    met: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in ordered:
        words = distinctive(fact.text)
        rare = rarest(words, counts, ALIKE)
        for other in dict.fromkeys(other for word in rare for other in met[word]):
            close = clocks[fact] != clocks[other] and ALIKE <= likeness(words, distinctive(other.text)) < 1
            if close and are_of_one_event(fact, other):
                yield other, fact
        for word in rare:
            if len(met[word]) < MOST_CANDIDATES:
                met[word].append(fact)


def _only_matches(pairs: Iterable[_Pair], clocks: Mapping[Fact, _Clock]) -> Iterator[_Pair]:
    """Pairs in which neither side could as well belong to another event of the other's clock."""
    known = list(pairs)
    uses: defaultdict[tuple[Fact, _Clock], int] = defaultdict(int)
    for one, other in known:
        uses[one, clocks[other]] += 1
        uses[other, clocks[one]] += 1
    for one, other in known:
        if uses[one, clocks[other]] == uses[other, clocks[one]] == 1:
            yield one, other


def _proposals(findings: _Findings) -> Iterator[OffsetProposal]:
    for (one, other), finding in findings.items():
        if finding.differ:
            suspect = _doubt(other, findings) > _doubt(one, findings) or (
                _doubt(other, findings) == _doubt(one, findings) and finding.seconds < 0
            )
            yield (
                _proposal(other, one, _turned(finding), findings)
                if suspect
                else _proposal(one, other, finding, findings)
            )


def _turned(finding: _Finding) -> _Finding:
    pairs = tuple((other, one, -apart) for one, other, apart in finding.pairs)
    return finding._replace(seconds=-finding.seconds, pairs=pairs)


def _doubt(clock: _Clock, findings: _Findings) -> int:
    """How many clocks it disagrees with, less those that it agrees with."""
    return sum(1 if finding.differ else -1 for couple, finding in findings.items() if clock in couple)


def _proposal(source: _Clock, against: _Clock, finding: _Finding, findings: _Findings) -> OffsetProposal:
    seconds = round(finding.seconds)
    way = "ahead of" if seconds > 0 else "behind"
    why = (
        f"{source.name} runs {_span(abs(seconds))} {way} {against.name}, {_basis(finding)}. "
        f"{_witness(source, against, findings)} Declare the offset of the clock that is wrong; if one of them only "
        "learns of events later, declare none."
    )
    return OffsetProposal(
        source.source, against.source, seconds, finding.pairs, why, source.evidence, against.evidence
    )


def _basis(finding: _Finding) -> str:
    some = f"{finding.agreeing} of " if finding.agreeing < len(finding.pairs) else ""
    return f"in {some}{len(finding.pairs)} events that both saw"


def _witness(source: _Clock, against: _Clock, findings: _Findings) -> str:
    """Who agrees with ``against`` and not with ``source``, if anybody does."""
    for third in sorted({clock for couple in findings for clock in couple} - {source, against}):
        with_source, with_against = (findings.get(_couple(third, clock)) for clock in (source, against))
        if with_against and not with_against.differ and not (with_source and not with_source.differ):
            return f"{third.name} agrees with {against.name}, so {source.name} is the likelier to be wrong."
    return "Nothing here says which of the two is wrong."


def _couple(one: _Clock, other: _Clock) -> _Couple:
    return (one, other) if one < other else (other, one)


def _span(seconds: int) -> str:
    """``45 s``, ``2 min 5 s``, ``8 h``."""
    minutes, rest = divmod(seconds, 60)
    whole = in_words(timedelta(minutes=minutes)) if minutes else ""
    left = f"{rest} s" if rest and minutes < 60 else ""
    return " ".join(part for part in (whole, left) if part)
