"""Contributing factors as the analysis ranks them; where nothing could be analyzed, the changes shortly before.

The machine confirms nothing: ``probable`` at most, and what only time speaks for is ``suspected`` (invariant 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from incidents.analysis.observed import Reason
from incidents.analysis.onset import Onset
from incidents.analysis.weighing import Candidate, Kind
from incidents.analysis.weighing import Confidence as Sureness
from reviews.checks import unsupported
from reviews.drafting.cues import tells_cause
from reviews.drafting.listing import changes_before, listed
from reviews.drafting.material import (
    DraftFactor,
    Fact,
    Material,
    body,
    clock,
    inert,
    paragraph,
    quote,
    says,
    span,
    told,
    when,
)
from reviews.drafting.reasons import borne, facts_of, said
from reviews.enums import Confidence, FactorNature
from reviews.passages import Block, Sentence

NEAR = timedelta(hours=6)
MOST_FACTORS = 5
MOST_SPOKEN = 6
MOST_REASONS = 3
FITS = "What it changes fits the words in which the failure is told; the analysis of the evidence shows how."
FITS_WORDS = "The entries for it tell of the failure in words that fit it."
ONLY_NEAR = "It is near in time. Nothing else in the record ties it to the impact yet."

_NATURES = {
    Kind.DEPENDENCY: FactorNature.TECHNICAL,
    Kind.INFRASTRUCTURE: FactorNature.TECHNICAL,
    Kind.SATURATION: FactorNature.TECHNICAL,
    Kind.PROVIDER: FactorNature.EXTERNAL,
}
_PLAINLY = {
    Kind.CERTIFICATE: "A certificate or credential had expired.",
    Kind.TRAFFIC: "More requests came than usual.",
    Kind.DEPENDENCY: "A service that others rely on did not answer as usual.",
    Kind.PROVIDER: "A system of somebody else did not work as usual.",
    Kind.INFRASTRUCTURE: "The machines, disks, network or name service below the services failed.",
    Kind.DATA: "Data came in that was not as expected.",
    Kind.SATURATION: "Something reached the limit of what it can take.",
}
_WOULD_CONFIRM = "An error that names what it touched, or the same failure when it is made again."


def contributing_factors(material: Material) -> str:
    """What was changed before the impact, what deviated first and what people took for causes, without any claim."""
    return body(_changes(material), paragraph(*_first_deviations(material)), _spoken(material))


def factors(material: Material) -> tuple[DraftFactor, ...]:
    """The candidates of the analysis, the likeliest first; where nothing was measured, the changes shortly before.

    Without measurements only a change that more than time ties to the failure goes before those: what words alone tell
    is for people to judge.
    """
    analysis = material.analysis
    if analysis is None:
        return tuple(suspected(material))
    chosen = [one for one in analysis.ranking.candidates if analysis.is_measured or _is_tied_change(one)]
    found = [one for one in (_factor(candidate, material) for candidate in chosen) if one]
    if not (analysis.is_measured and found):
        told = {factor.statement for factor in found}
        found += [one for one in suspected(material) if one.statement not in told]
    return tuple(found[:MOST_FACTORS])


def _is_tied_change(candidate: Candidate) -> bool:
    return candidate.kind == Kind.CHANGE and candidate.ties > 0


def suspected(material: Material) -> Iterator[DraftFactor]:
    """A factor for each change that came shortly before the impact, or with it; the nearest first."""
    start = material.start
    if start is None:
        return
    for fact in reversed(changes_before(material)):
        if start.at - fact.at > NEAR:
            continue
        yield DraftFactor(
            statement=_change_before(fact, start),
            reasoning=ONLY_NEAR,
            would_confirm=_WOULD_CONFIRM,
            evidence_for=tuple(dict.fromkeys((fact.number, start.number))),
        )


def _changes(material: Material) -> list[Block]:
    start = material.start
    if start is None:
        return []
    changes = changes_before(material)
    if not changes:
        return paragraph(says(f"No change was recorded before the impact started at {clock(start)}.", start))
    sentence = says(
        f"These changes were recorded before or when the impact started at {clock(start)}; that they are near in time "
        "does not show that they contributed.",
        start,
        *changes,
    )
    return [*paragraph(sentence), *listed(changes, start)]


def _spoken(material: Material) -> list[Block]:
    """What was said of causes, in the words of those who said it; the latest know most."""
    said_so = [fact for fact in material.facts if tells_cause(fact)]
    marked = [fact for fact in said_so if fact.highlighted]
    chosen = {fact.number for fact in [*said_so, *marked][-MOST_SPOKEN:]}
    quoted = [fact for fact in said_so if fact.number in chosen]
    if not quoted:
        return []
    lead = says("This was said of causes at the time; whether it holds is for people to judge.", *quoted)
    return [*paragraph(lead), *listed(quoted, material.start)]


def _first_deviations(material: Material) -> Iterator[Sentence | None]:
    """What left its ordinary range first, and whether anything but time ties the changes to it."""
    analysis = material.analysis
    if analysis is None or not isinstance(analysis.onset, Onset):
        return
    first = facts_of(material, analysis.onset.why[0])
    told_first = said(material, analysis.onset.why[0])
    yield told_first or (
        says(f"The first deviation on record: {told(first[0])}.", first[0]) if first else None
    )
    changes = changes_before(material)
    if changes and not any(one.ties > 0 for one in analysis.ranking.candidates if one.kind == Kind.CHANGE):
        yield borne("Nothing but their time ties the changes on record to the failure.", changes)


def _factor(candidate: Candidate, material: Material) -> DraftFactor | None:
    """A candidate as a factor; nothing when no entry shows it."""
    speaking = facts_of(material, *candidate.evidence_for)
    if not speaking:
        return None
    statement, resting = _statement(candidate, material, speaking)
    numbers = _numbers(resting)
    against = [one for one in facts_of(material, *candidate.evidence_against) if one.number not in numbers]
    cited = (*resting, *against)
    is_probable = candidate.confidence == Sureness.PROBABLE
    return DraftFactor(
        statement=statement,
        reasoning=_reasoning(candidate, cited),
        would_confirm=candidate.would_confirm if _holds(candidate.would_confirm, cited) else _WOULD_CONFIRM,
        evidence_for=numbers,
        evidence_against=_numbers(against),
        confidence=Confidence.PROBABLE if is_probable else Confidence.SUSPECTED,
        nature=_NATURES.get(candidate.kind, ""),
    )


def _statement(
    candidate: Candidate, material: Material, speaking: tuple[Fact, ...]
) -> tuple[str, tuple[Fact, ...]]:
    """The factor in words, and the entries that bear them."""
    if candidate.kind == Kind.CHANGE:
        return _changed(candidate, material, speaking)
    words = candidate.statement if _holds(candidate.statement, speaking) else _PLAINLY[candidate.kind]
    strongest = facts_of(material, candidate.evidence_for[0])
    shown = strongest[0] if strongest else speaking[0]
    return f"{inert(words).rstrip('.')}: {told(shown)}.", speaking


def _changed(
    candidate: Candidate, material: Material, speaking: tuple[Fact, ...]
) -> tuple[str, tuple[Fact, ...]]:
    start = material.start
    change = next((one for one in speaking if f"E{one.number}" == candidate.key), speaking[0])
    resting = tuple(dict.fromkeys((change, *speaking)))
    if start is None or change.at > start.at:
        return f"A change was recorded {when(change, start)}: {quote(change)}.", resting
    return _change_before(change, start), tuple(dict.fromkeys((*resting, start)))


def _change_before(change: Fact, start: Fact) -> str:
    near = span(change, start)
    where = f"{near} before the impact started" if near else "in the minute in which the impact started"
    return f"A change was recorded {where}: {quote(change)}."


def _reasoning(candidate: Candidate, cited: tuple[Fact, ...]) -> str:
    """Why it is suspected and what speaks against it, as far as the entries bear the words."""
    if not candidate.ties:
        return ONLY_NEAR
    speaking = list(_bearable(candidate.evidence_for, cited))[:MOST_REASONS]
    against = list(_bearable(candidate.evidence_against, cited))[:MOST_REASONS]
    told_for = " ".join([FITS, *speaking] if candidate.kind == Kind.CHANGE else speaking) or FITS_WORDS
    return f"{told_for} Against it: {' '.join(against)}" if against else told_for


def _bearable(reasons: Iterable[Reason], cited: tuple[Fact, ...]) -> Iterator[str]:
    return (inert(one.text) for one in reasons if _holds(one.text, cited))


def _holds(text: str, cited: tuple[Fact, ...]) -> bool:
    return not unsupported(inert(text), cited)


def _numbers(facts: Iterable[Fact]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(fact.number for fact in facts))
