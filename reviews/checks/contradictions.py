"""The text against the milestones, and against itself: moments, lengths, numbers of people, and what came first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from incidents.chronology import in_words
from reviews.checks.claims import (
    Amount,
    Clock,
    Length,
    Source,
    amounts,
    clocks,
    lengths,
    may_claim,
    orders,
    times_out_of_order,
)
from reviews.checks.finding import Finding
from reviews.checks.reading import Entry, Reading, Said, named
from reviews.enums import CheckCode

_QUOTED_ORDER = re.compile(
    r"“([^“”]{3,300})”[^“”.;]{0,40}?\b(before|after)\b[^“”.;]{0,40}?“([^“”]{3,300})”", re.IGNORECASE
)
_LABELS = {
    "impact_started": "the start of the impact",
    "detected": "the detection",
    "acknowledged": "the acknowledgement",
    "mitigated": "the mitigation",
    "resolved": "the resolution",
}


def contradiction(read: Reading) -> Iterator[Finding]:
    """Every place where two things that cannot both be so are said."""
    sources = list(_sources(read))
    yield from _clocks(read, sources)
    yield from _lengths(read, sources)
    yield from _amounts(sources)
    yield from _orders(read, sources)
    for one in read.said:
        yield from _quoted_orders(read, one)


def _sources(read: Reading) -> Iterator[Source]:
    for one in read.said:
        if may_claim(one.own):
            yield Source(one.own, one.section, one.place)
    for question in read.rows("questions"):
        if may_claim(question["answer"]):
            yield Source(question["answer"], question.get("section", ""), "")


def _clocks(read: Reading, sources: list[Source]) -> Iterator[Finding]:
    """Moments against the milestones, or against each other where no milestone is set."""
    first: dict[str, Clock] = {}
    for claim in (claim for source in sources for claim in clocks(source)):
        if at := read.milestones.get(claim.kind):
            if (at.hour, at.minute) != claim.time:
                marked = f"the milestone is at {at:%H:%M} UTC"
                yield _finding(claim.source, f"{claim.words} for {_LABELS[claim.kind]}, where {marked}")
            continue
        earlier = first.setdefault(claim.kind, claim)
        if earlier.time != claim.time:
            yield _twice(claim.source, claim.words, earlier.words, _LABELS[claim.kind])


def _lengths(read: Reading, sources: list[Source]) -> Iterator[Finding]:
    """How long it lasted, to the unit that is said."""
    first: Length | None = None
    start, end = read.milestones.get("impact_started"), read.milestones.get("resolved")
    for claim in (claim for source in sources for claim in lengths(source)):
        if start and end:
            lasted = end.replace(second=0) - start.replace(second=0)
            if not claim.fits(lasted):
                marked = f"the milestones lie {in_words(abs(lasted))} apart"
                yield _finding(claim.source, f"{claim.words} for the impact, where {marked}")
            continue
        first = first or claim
        if not (claim.fits(first.length) or first.fits(claim.length)):
            yield _twice(claim.source, claim.words, first.words, "the length of the impact")


def _amounts(sources: list[Source]) -> Iterator[Finding]:
    first: dict[str, Amount] = {}
    for claim in (claim for source in sources for claim in amounts(source)):
        earlier = first.setdefault(claim.what, claim)
        if not claim.fits(earlier):
            yield _twice(claim.source, claim.words, earlier.words, f"the {claim.what} affected")


def _orders(read: Reading, sources: list[Source]) -> Iterator[Finding]:
    for source in sources:
        for claim in orders(source):
            before, after = read.milestones.get(claim.before), read.milestones.get(claim.after)
            if before and after and before > after:
                yield _finding(source, f"“{claim.words}”, where the milestones stand the other way round")
        for words in times_out_of_order(source):
            yield _finding(source, f"“{words}” cannot be")


def _quoted_orders(read: Reading, one: Said) -> Iterator[Finding]:
    """``“A” before “B”`` against the two cited entries that these words stand in."""
    if "“" not in one.words:
        return
    cited = [read.entries[number] for number in one.citations if number in read.entries]
    for match in _QUOTED_ORDER.finditer(one.words):
        left, right = _bearer(match.group(1), cited), _bearer(match.group(3), cited)
        earlier, later = (left, right) if match.group(2).lower() == "before" else (right, left)
        if earlier and later and earlier.at > later.at:
            yield _finding(
                Source(one.own, one.section, one.place),
                f"{named(match.group(1), 5)} is told {match.group(2).lower()} {named(match.group(3), 5)}, where "
                f"E{earlier.number} lies {in_words(earlier.at - later.at)} behind E{later.number}",
            )


def _bearer(words: str, cited: list[Entry]) -> Entry | None:
    """The only cited entry that holds these words."""
    wanted = " ".join(words.lower().rstrip("…. ,").split())
    found = [entry for entry in cited if wanted in " ".join(entry.text.lower().split())]
    return found[0] if len(found) == 1 else None


def _twice(source: Source, words: str, other: str, about: str) -> Finding:
    return _finding(source, f"“{words}” here and “{other}” elsewhere for {about}")


def _finding(source: Source, what: str) -> Finding:
    return Finding(
        CheckCode.CONTRADICTION,
        f"{what[:1].upper()}{what[1:]}",
        "Correct the sentence, or the milestone in the chronology",
        source.section,
        source.place,
    )
