"""What a draft is made from, and what it consists of: plain values, so that the same evidence gives the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from incidents.analysis.whole import Analysis
from incidents.chronology import in_words
from incidents.enums import Lane, MilestoneKind
from reviews.enums import Confidence, SectionKey
from reviews.invisible import seen
from reviews.passages import Block, Sentence, compose
from reviews.templating import Asked

LONGEST_QUOTE = 260
_BRACKET = re.compile(r"\[(?=\s*[Ee]\d|[^\]]*\]\s?[(\[])")
_MARKUP = re.compile(r"([\\`*]|(?<!\w)_|_(?!\w))")
_QUOTES = str.maketrans({"“": "‘", "”": "’", "«": "‹", "»": "›", '"': "'"})


@dataclass(frozen=True)
class Fact:
    """An entry of the chronology as far as drafting is concerned; ``actor`` is the author of a person's statement."""

    number: int
    at: datetime
    text: str
    lane: str
    actor: str = ""
    highlighted: bool = False
    by_person: bool = False


@dataclass(frozen=True)
class Silence:
    """Between these two entries nothing tells what happened."""

    after: Fact
    before: Fact


@dataclass(frozen=True)
class Material:
    """The chronology in its order, the milestones, the silences, and what could not be seen.

    ``unread`` names what was skipped in files: (file name, number of parts, the first of them). ``cuts`` are sentences
    about what fetches left out. ``missing`` names kinds of sources of which nothing was imported. ``data_exposed`` says
    that the incident is marked as one that exposed data, ``analysis`` what the evidence suggests.
    """

    facts: tuple[Fact, ...]
    milestones: dict[MilestoneKind, Fact] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    unread: tuple[tuple[str, int, str], ...] = ()
    cuts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    analysis: Analysis | None = None
    data_exposed: bool = False

    def reached(self, *kinds: MilestoneKind) -> Fact | None:
        """The first of these milestones that is set."""
        return next((self.milestones[kind] for kind in kinds if kind in self.milestones), None)

    @property
    def start(self) -> Fact | None:
        return self.reached(MilestoneKind.IMPACT_STARTED)

    @property
    def end(self) -> Fact | None:
        return self.reached(MilestoneKind.RESOLVED)

    def between(self, earlier: Fact | None, later: Fact | None) -> list[Fact]:
        """The facts from one moment to another, both included; an unset end is open."""
        return [
            fact
            for fact in self.facts
            if (earlier is None or fact.at >= earlier.at) and (later is None or fact.at <= later.at)
        ]


@dataclass(frozen=True)
class DraftFactor:
    """A factor as the evidence suggests it: probable at most, suspected where only time speaks (invariant 4)."""

    statement: str
    reasoning: str
    would_confirm: str
    evidence_for: tuple[int, ...]
    evidence_against: tuple[int, ...] = ()
    confidence: Confidence = Confidence.SUSPECTED
    nature: str = ""


@dataclass(frozen=True)
class DraftQuestion:
    """What only a person can say, and whom it is for."""

    code: str
    section: SectionKey
    text: str
    asked: Asked = Asked.NOBODY


@dataclass(frozen=True)
class Draft:
    """A whole draft: the body of each section in their order, factors and questions."""

    sections: dict[SectionKey, str]
    factors: tuple[DraftFactor, ...]
    questions: tuple[DraftQuestion, ...]


def paragraph(*sentences: Sentence | None) -> list[Block]:
    """A paragraph of the sentences that there are; nothing when there are none."""
    said = tuple(sentence for sentence in sentences if sentence)
    return [Block(said)] if said else []


def items(sentences: Iterable[tuple[Sentence, ...]]) -> list[Block]:
    """A list, one item for each group of sentences."""
    return [Block(group, is_item=True) for group in sentences]


def body(*parts: list[Block]) -> str:
    """The text of a section."""
    return compose(block for part in parts for block in part)


def says(text: str, *facts: Fact) -> Sentence:
    """A sentence with the facts that it rests on, each once."""
    return Sentence(text, tuple(dict.fromkeys(fact.number for fact in facts)))


def quote(fact: Fact) -> str:
    """The entry's words in quotation marks: on one line, without markup that could act, and not too long."""
    text = fact.text.removeprefix(f"{fact.actor}: ") if fact.actor else fact.text
    words = " ".join(seen(text).split()).translate(_QUOTES).rstrip(".")
    if len(words) > LONGEST_QUOTE:
        words = words[:LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"
    return f"“{inert(words)}”"


def told(fact: Fact) -> str:
    """Who or what recorded the entry, and its words: ``an alert reported “…”``."""
    if fact.by_person and fact.actor:
        verb = "stated" if fact.lane == Lane.STATEMENT else "wrote"
        return f"{name(fact)} {verb} {quote(fact)}"
    return f"{_TELLERS[Lane(fact.lane)]} {quote(fact)}"


_TELLERS = {
    Lane.ALERT: "an alert reported",
    Lane.CHANGE: "a change was recorded as",
    Lane.STATUS: "the status page said",
    Lane.CHAT: "the channel showed",
    Lane.ACTION: "the record of actions held",
    Lane.LOG: "the log recorded",
    Lane.METRIC: "a metric showed",
    Lane.STATEMENT: "a statement said",
}


def name(fact: Fact) -> str:
    """The actor's name without markup that could act."""
    return inert(" ".join(seen(fact.actor).split()).translate(_QUOTES))


def inert(words: str) -> str:
    """Words of a source without power: no emphasis, no code, no link, no picture, no citation that nobody made."""
    return _BRACKET.sub(r"\\[", _MARKUP.sub(r"\\\1", words))


def clock(fact: Fact) -> str:
    """``22:52 UTC``."""
    return f"{fact.at.astimezone(UTC):%H:%M} UTC"


def moment(fact: Fact) -> str:
    """``21 Oct 2018 at 22:52 UTC``."""
    at = fact.at.astimezone(UTC)
    return f"{at.day} {at:%b %Y} at {clock(fact)}"


def when(fact: Fact, since: Fact | None) -> str:
    """The clock time, with the date when it is another day than ``since``."""
    same_day = since is not None and fact.at.astimezone(UTC).date() == since.at.astimezone(UTC).date()
    return f"at {clock(fact)}" if same_day else f"on {moment(fact)}"


def span(earlier: Fact, later: Fact) -> str:
    """The time between two entries in whole minutes; empty when it is less than one."""
    length = later.at.replace(second=0, microsecond=0) - earlier.at.replace(second=0, microsecond=0)
    return in_words(length) if length >= timedelta(minutes=1) else ""
