"""The whole analysis of one incident, and the entries that each part of it rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from incidents.analysis.candidates import Ranking, candidates_of
from incidents.analysis.detection import Detection, detection
from incidents.analysis.facts import Fact
from incidents.analysis.impact import Impact, Span, Terms, Unknown, impact
from incidents.analysis.observed import Observed, Reason, Ref, RefKind
from incidents.analysis.onset import NoOnset, Onset
from incidents.analysis.scene import scene

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
    def is_telling(self) -> bool:
        """Whether there was anything to analyze: a deviation, or a candidate that more than time speaks for."""
        return isinstance(self.onset, Onset) or any(one.ties > 0 for one in self.ranking.candidates)


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
    return Analysis(seen.onset, candidates_of(seen), met, noticed, entries or {})


def _begin(hit: Span | Unknown) -> float | None:
    return hit.start if isinstance(hit, Span) else None
