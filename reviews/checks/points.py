"""Running the checks: every point of the checklist with what was found, and how it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reviews.checks import actions, analysis, chronology, evidence, impact, language, sharing
from reviews.checks.catalog import BY_CODE, CHECKS, FORTY, Check
from reviews.checks.contradictions import contradiction
from reviews.checks.finding import Around, Confirmed, Finding
from reviews.checks.reading import Reading
from reviews.enums import WAIVABLE_CHECKS
from reviews.enums import CheckCode as C

OfText = Callable[[Reading], Iterator[Finding]]
OfAll = Callable[[Reading, Around], Iterator[Finding]]

#: What needs the signed text only, the most serious first; for what a person confirms these are hints.
OF_TEXT: dict[C, OfText] = {
    C.UNSUPPORTED: evidence.unsupported,
    C.CONTRADICTION: contradiction,
    C.BLAME: language.blame,
    C.UNPROVEN_FACTOR: analysis.unproven_factor,
    C.MILESTONE_ORDER: chronology.milestone_order,
    C.IMPACT_UNMARKED: impact.impact_unmarked,
    C.UNANSWERED: analysis.unanswered,
    C.STARTS_LATE: chronology.starts_late,
    C.ENTRY_TIMES: chronology.entry_times,
    C.ENTRY_ORIGINS: chronology.entry_origins,
    C.UNEXPLAINED_GAP: chronology.unexplained_gap,
    C.OPINIONS: language.opinions,
    C.NO_EXPORTS: chronology.no_exports,
    C.UNQUANTIFIED: impact.unquantified,
    C.SEVERITY_WORDS: language.severity_words,
    C.SERVICE_UNTOLD: impact.service_untold,
    C.DETECTION_UNTOLD: impact.detection_untold,
    C.HALVING: impact.halving,
    C.NO_MONITOR: impact.no_monitor,
    C.FEW_FACTORS: analysis.few_factors,
    C.HUMAN_CAUSE: analysis.human_cause,
    C.MADE_SENSE: analysis.made_sense,
    C.FACTOR_GROUNDS: analysis.factor_grounds,
    C.FIX_MIXED_IN: language.fix_mixed_in,
    C.ACRONYMS: language.acronyms,
    C.OUTSIDERS: language.filler,
    C.VAGUE_ACTION: actions.vague_action,
    C.UNVERIFIABLE: actions.unverifiable,
    C.COVERAGE: actions.coverage,
    C.TOO_MANY: actions.too_many,
}
#: What needs more than the text.
OF_ALL: dict[C, OfAll] = {
    C.UNWRITTEN: sharing.unwritten,
    C.ACTION_DUTIES: actions.action_duties,
    C.UNMAPPED: actions.unmapped,
    C.REVIEWED_ALONE: sharing.reviewed_alone,
    C.LATE: sharing.late,
    C.UNSIGNED: sharing.unsigned,
    C.OUTSIDE_MESSAGE: sharing.outside_message,
    C.UNPUBLISHED: sharing.unpublished,
    C.UNWATCHED_RISK: sharing.unwatched_risk,
}


class State(StrEnum):
    """How a point stands."""

    FAILS = "fails"
    TO_CONFIRM = "to_confirm"
    EXCEPTED = "excepted"
    LATER = "later"
    HOLDS = "holds"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.FAILS: "does not hold",
    State.TO_CONFIRM: "to be confirmed",
    State.EXCEPTED: "exception",
    State.LATER: "comes later",
    State.HOLDS: "holds",
}


@dataclass(frozen=True)
class Point:
    """One line of the checklist for one review; ``blocks`` says that it holds up submission or publication."""

    check: Check
    state: State
    findings: tuple[Finding, ...] = ()
    blocks: bool = False
    confirmed: Confirmed | None = None

    @property
    def code(self) -> C:
        return self.check.code

    @property
    def holds(self) -> bool:
        return self.state is State.HOLDS

    @property
    def may_be_excepted(self) -> bool:
        """Whether a manager could let it be."""
        return self.code in WAIVABLE_CHECKS

    @property
    def confirmed_before(self) -> Confirmed | None:
        """Who confirmed it for a text that changed since."""
        return self.confirmed if self.confirmed and not self.confirmed.still else None


def findings(content: Mapping[str, Any], codes: Collection[C] | None = None) -> list[Finding]:
    """What a reader of this content would stumble over, most serious first; for what ``content_of`` gives.

    ``codes`` runs these checks only.
    """
    read = Reading(content)
    return [
        finding
        for code, check in OF_TEXT.items()
        if codes is None or code in codes
        for finding in check(read)
    ]


def findings_in(
    content: Mapping[str, Any], around: Around, codes: Collection[C] | None = None
) -> list[Finding]:
    """The same with what stands around the text, and a finding for each point that nobody confirmed."""
    read = Reading(content)
    wanted = OF_ALL.keys() if codes is None else OF_ALL.keys() & set(codes)
    outside = [finding for code, check in OF_ALL.items() if code in wanted for finding in check(read, around)]
    return [*findings(content, codes), *outside, *_unconfirmed(around, codes)]


def inspect(
    found: Iterable[Finding],
    around: Around,
    *,
    blocking: Collection[C] = (),
    excepted: Collection[C] = (),
) -> list[Point]:
    """Every point of the checklist, in its order, out of what was found."""
    by_code: dict[C, list[Finding]] = {}
    for finding in found:
        by_code.setdefault(finding.code, []).append(finding)
    return [_point(check, tuple(by_code.get(check.code, ())), around, blocking, excepted) for check in CHECKS]


def held(points: Iterable[Point]) -> tuple[int, int]:
    """How many of the forty hold, and that they are forty."""
    return sum(point.holds for point in points if point.check.number), len(FORTY)


def _point(
    check: Check,
    found: tuple[Finding, ...],
    around: Around,
    blocking: Collection[C],
    excepted: Collection[C],
) -> Point:
    fails = any(not finding.is_hint for finding in found)
    confirmed = around.confirmations.get(check.code)
    if not fails:
        state = State.LATER if _is_later(check.code, around) else State.HOLDS
    elif check.code in excepted:
        state = State.EXCEPTED
    else:
        state = State.TO_CONFIRM if check.is_by_person else State.FAILS
    blocks = state in (State.FAILS, State.TO_CONFIRM) and check.code in blocking
    return Point(check, state, found, blocks, confirmed)


def _is_later(code: C, around: Around) -> bool:
    if code == C.UNPUBLISHED:
        return not around.is_published
    return code in (C.UNSIGNED, C.REVIEWED_ALONE) and not around.is_submitted


def _unconfirmed(around: Around, codes: Collection[C] | None) -> Iterator[Finding]:
    for code, check in BY_CODE.items():
        if not check.is_by_person or (codes is not None and code not in codes):
            continue
        confirmed = around.confirmations.get(code)
        if confirmed is None:
            yield Finding(code, f"Nobody confirmed: {_lower(check.holds)}", "Look, and confirm it")
        elif not confirmed.still:
            what = f"What {confirmed.by} confirmed has changed since: {_lower(check.holds)}"
            yield Finding(code, what, "Look again, and confirm it")


def _lower(sentence: str) -> str:
    return f"{sentence[0].lower()}{sentence[1:]}".rstrip(".")
