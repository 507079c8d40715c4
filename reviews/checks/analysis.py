"""Causes: each factor with its grounds, never a person's action, and several of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviews.checks.finding import Finding
from reviews.checks.reading import Reading
from reviews.checks.words import PEOPLE
from reviews.enums import CheckCode

_BY_HAND = re.compile(
    rf"^(?:(?:the|an?|our) )?(?:\w{{1,30}} ){{0,2}}(?:{PEOPLE}) (?!s\b)\w+|\bhuman error\b|\btyp(?:o|ed the wrong)\b",
    re.IGNORECASE,
)


def unproven_factor(read: Reading) -> Iterator[Finding]:
    """A confirmed factor rests on evidence (invariant 4)."""
    for factor in read.rows("factors"):
        if factor["confidence"] == "confirmed" and not factor["evidence_for"]:
            yield Finding(
                CheckCode.UNPROVEN_FACTOR,
                f"Factor {factor['number']} is confirmed without evidence",
                "Name the entries that show it, or lower the confidence",
                "contributing_factors",
                f"factor-{factor['number']}",
            )


def factor_grounds(read: Reading) -> Iterator[Finding]:
    """Each factor cites evidence, and says what would make people surer."""
    rows = list(read.rows("factors"))
    if not rows:
        yield Finding(
            CheckCode.FACTOR_GROUNDS,
            "No contributing factor is named",
            "Add the factors with what speaks for and against them; “unknown” is a confidence",
            "contributing_factors",
        )
    for factor in rows:
        wants = []
        if not factor["evidence_for"]:
            wants.append("cites no evidence")
        if factor["confidence"] not in ("confirmed", "") and not factor.get("would_confirm"):
            wants.append("does not say what would make us surer")
        if wants:
            yield Finding(
                CheckCode.FACTOR_GROUNDS,
                f"Factor {factor['number']} {' and '.join(wants)}",
                "Name the entries that show it, and what would confirm it",
                "contributing_factors",
                f"factor-{factor['number']}",
            )


def few_factors(read: Reading) -> Iterator[Finding]:
    """Hints: a single factor, and a trigger that is not told apart from the rest."""
    rows = list(read.rows("factors"))
    if len(rows) < 2:
        counted = "Only one contributing factor is named" if rows else "No contributing factor is named"
        yield _hint(CheckCode.FEW_FACTORS, counted, "Ask what else had to be so for this to happen")
    elif not any(row.get("is_trigger") for row in rows):
        yield _hint(
            CheckCode.FEW_FACTORS,
            "No factor is marked as the trigger",
            "Mark the one that set it off, if one did",
        )


def human_cause(read: Reading) -> Iterator[Finding]:
    """Hints: factors that begin with somebody's action."""
    first = {name.split()[0] for name in read.people if name.split()}
    for factor in read.rows("factors"):
        words = factor.get("statement", "")
        if _BY_HAND.search(words) or words.split(" ", 1)[0] in first:
            yield _hint(
                CheckCode.HUMAN_CAUSE,
                f"Factor {factor['number']} begins with what somebody did",
                "Ask what made it possible, and what made it look right at the time",
                f"factor-{factor['number']}",
            )


def made_sense(read: Reading) -> Iterator[Finding]:
    """A hint while nobody answered why it made sense at the time."""
    if not read.answers("why_sense") and not any(row.get("whys") for row in read.rows("factors")):
        yield _hint(
            CheckCode.MADE_SENSE,
            "Nobody answered why the design, and what people did, made sense at the time",
            "Answer it in the section on contributing factors",
        )


def unanswered(read: Reading) -> Iterator[Finding]:
    """Questions that the evidence cannot answer, and nobody did yet."""
    open_ones = [question for question in read.rows("questions") if not question["answer"]]
    if open_ones:
        count = len(open_ones)
        yield Finding(
            CheckCode.UNANSWERED,
            "One question has no answer" if count == 1 else f"{count} questions have no answer",
            "Answer them, or say “Unknown, because …”",
            open_ones[0]["section"],
        )


def _hint(code: CheckCode, what: str, way_out: str, place: str = "") -> Finding:
    return Finding(code, what, way_out, "contributing_factors", place, is_hint=True)
