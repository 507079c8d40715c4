"""The whole analysis of one incident, and the entries that each part of it rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from incidents.analysis.candidates import Ranking, candidates_of
from incidents.analysis.detection import Detection, detection
from incidents.analysis.facts import Fact
from incidents.analysis.impact import Impact, Span, Terms, Unknown, impact
from incidents.analysis.observed import Observed, Reason, Ref, RefKind
from incidents.analysis.onset import NoOnset, Onset
from incidents.analysis.scene import scene
from incidents.analysis.weighing import Candidate, Confidence, Kind

Cited = Mapping[Ref, tuple[int, ...]]


class Mark(NamedTuple):
    """A milestone: when (Unix seconds), and the number of the entry that it rests on."""

    at: float
    number: int

    @property
    def ref(self) -> Ref:
        return Ref(RefKind.ENTRY, f"E{self.number}")


class Marks(NamedTuple):
    """The milestones that people set; ``None`` for one that nobody set."""

    started: Mark | None = None
    detected: Mark | None = None
    resolved: Mark | None = None

    @property
    def response(self) -> tuple[float, float | None] | None:
        """From the detection to the resolution, when the detection is known."""
        end = self.resolved and self.resolved.at
        return None if self.detected is None else (self.detected.at, end)

    @property
    def impact(self) -> Span | None:
        """The impact as people marked it."""
        if self.started is None:
            return None
        why = [
            Reason(f"People marked {self.started.ref.key} as the start of the impact.", (self.started.ref,))
        ]
        if self.resolved is None or self.resolved.at < self.started.at:
            return Span(self.started.at, None, tuple(why))
        why.append(Reason(f"They marked {self.resolved.ref.key} as its end.", (self.resolved.ref,)))
        return Span(self.started.at, self.resolved.at, tuple(why))


UNMARKED = Marks()


class Analysis(NamedTuple):
    """What the evidence suggests: where it began, what may have contributed, whom it hit, how it was noticed.

    ``entries`` gives the numbers of the entries that show what a ``Ref`` points at; what has none is never cited.
    """

    onset: Onset | NoOnset
    ranking: Ranking
    impact: Impact
    detection: Detection
    entries: Cited

    def numbers(self, refs: Iterable[Ref]) -> tuple[int, ...]:
        """The entries that show these, each once, in their order."""
        return tuple(dict.fromkeys(number for ref in refs for number in self.entries.get(ref, ())))

    def cited(self, *reasons: Reason) -> tuple[int, ...]:
        """The entries that these reasons rest on."""
        return self.numbers(ref for reason in reasons for ref in reason.refs)

    @property
    def resting(self) -> frozenset[int]:
        """Every entry that anything here rests on."""
        return frozenset(self.numbers(ref for reason in self._reasons() for ref in reason.refs))

    def _reasons(self) -> Iterator[Reason]:
        if isinstance(self.onset, Onset):
            yield from self.onset.why
        for candidate in self.ranking.candidates:
            yield from (*candidate.evidence_for, *candidate.evidence_against)
        yield from self.ranking.notes
        yield from self.impact.reasons
        yield from (self.detection.what, *self.detection.earlier, self.detection.monitor)

    @property
    def is_measured(self) -> bool:
        """Whether something left its ordinary range, so that more than words tells of the failure."""
        return isinstance(self.onset, Onset)


def analyze(
    observed: Observed,
    facts: Iterable[Fact] = (),
    marks: Marks = UNMARKED,
    terms: Iterable[Terms] = (),
    entries: Cited | None = None,
) -> Analysis:
    """Analyze what was observed; the order of what is given does not matter."""
    facts = list(facts)
    seen = scene(observed)
    met = impact(observed, facts, marks.response, terms, marks.impact)
    noticed = detection(observed, facts, marks.started.at if marks.started else _begin(met.customers_hit))
    ranking = candidates_of(seen)
    ranking = ranking._replace(candidates=tuple(_cautious(one) for one in ranking.candidates))
    return Analysis(seen.onset, ranking, met, noticed, entries or {})


def _cautious(one: Candidate) -> Candidate:
    """A condition that texts alone speak of is suspected: whoever writes into a log could write that, too."""
    refs = {ref.kind for reason in one.evidence_for for ref in reason.refs}
    if one.kind == Kind.CHANGE or one.is_tied_twice or RefKind.SERIES in refs:
        return one
    return one._replace(confidence=Confidence.SUSPECTED)


def _begin(hit: Span | Unknown) -> float | None:
    return hit.start if isinstance(hit, Span) else None
