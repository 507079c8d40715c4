"""Each sentence and factor against the entries that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviews.checks.finding import Finding
from reviews.checks.reading import Reading, Said, listed, named
from reviews.checks.support import unsupported as parts_without_support
from reviews.enums import CheckCode

_FIGURE = re.compile(r"(?<![\w.-])\d")


def unsupported(read: Reading) -> Iterator[Finding]:
    """What no cited entry bears; a person's figures without a citation are a hint, and shown as their statement."""
    for one in read.said:
        cited = [read.entries[number] for number in one.citations if number in read.entries]
        if cited:
            if parts := parts_without_support(one.words, cited):
                yield _unborne(parts, one.short, one.section, one.place)
        elif one.by_person and _FIGURE.search(one.own):
            yield _stated(one)
    yield from _factors(read)


def _factors(read: Reading) -> Iterator[Finding]:
    for factor in read.rows("factors"):
        numbers = [*factor["evidence_for"], *factor.get("evidence_against", ())]
        cited = [read.entries[number] for number in numbers if number in read.entries]
        statement = factor.get("statement", "")
        if cited and (parts := parts_without_support(statement, cited)):
            place = f"factor-{factor['number']}"
            yield _unborne(parts, named(statement), "contributing_factors", place)


def _unborne(parts: list[str], short: str, section: str, place: str) -> Finding:
    verb = "is" if len(parts) == 1 else "are"
    return Finding(
        CheckCode.UNSUPPORTED,
        f"{listed(parts)} {verb} in no entry cited by {short}",
        "Cite the entry that says so, or correct the sentence",
        section,
        place,
    )


def _stated(one: Said) -> Finding:
    return Finding(
        CheckCode.UNSUPPORTED,
        f"{one.short} gives figures and cites nothing: it is shown as the statement of {one.author or 'its author'}",
        "Cite the entry that says so, if there is one",
        one.section,
        one.place,
        is_hint=True,
    )
