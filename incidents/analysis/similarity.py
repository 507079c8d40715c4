"""Whether a past incident is like one at hand, and why: in words, so that a person can judge the match.

A match needs something that tells one failure from another: a log pattern, a cause or several telling words in common.
A service in common adds to a match and never makes one: everything happens to the same few services.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST_WORDS = 3
FEWEST_CAUSE_WORDS = 2
LEAST_SHARE = 0.2
LEAST_CAUSE_SHARE = 0.34
RAREST = 0.0001
MOST_NAMED = 3
QUOTED = 80


@dataclass(frozen=True)
class Word:
    """A word as it is written, its stem (empty for a word that says nothing), and the share of documents with it."""

    text: str
    stem: str
    frequency: float = 0.0

    @property
    def weight(self) -> float:
        """How telling the word is: 0 when it stands everywhere, more the rarer it is."""
        return -math.log(min(max(self.frequency, RAREST), 1.0)) if self.stem else 0.0


@dataclass(frozen=True)
class Subject:
    """The incident at hand; ``words`` and ``causes`` in the order of their texts."""

    services: frozenset[str]
    templates: frozenset[str]
    words: tuple[Word, ...]
    causes: tuple[Word, ...]


@dataclass(frozen=True)
class Past:
    """A past incident: what its document holds, words and causes as stems."""

    services: frozenset[str]
    templates: frozenset[str]
    words: frozenset[str]
    causes: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """How alike two incidents are (0 and up, for their order only) and the reasons, the strongest first."""

    score: float
    reasons: tuple[str, ...]


def compare(subject: Subject, past: Past) -> Likeness | None:
    """The likeness of two incidents, or ``None`` when nothing that would tell them from others is in common."""
    found = [_templates(subject, past), _causes(subject, past), _words(subject, past)]
    telling = [one for one in found if one]
    if not telling:
        return None
    every = [*telling, *filter(None, [_services(subject, past)])]
    return Likeness(sum(score for score, _ in every), tuple(reason for _, reason in every))


def most_telling(words: Iterable[Word], most: int) -> list[Word]:
    """The rarest words, each stem once; of equally rare ones the first in the text."""
    by_stem: dict[str, Word] = {}
    for word in words:
        if word.weight:
            by_stem.setdefault(word.stem, word)
    return sorted(by_stem.values(), key=lambda word: -word.weight)[:most]


def _templates(subject: Subject, past: Past) -> tuple[float, str] | None:
    shared = sorted(subject.templates & past.templates, key=lambda text: (-len(text), text))
    if not shared:
        return None
    return 3.0 + min(len(shared), MOST_NAMED), f"Both logged {_named(_short(text) for text in shared)}"


def _causes(subject: Subject, past: Past) -> tuple[float, str] | None:
    shared, share = _shared(subject.causes, past.causes)
    if len(shared) < FEWEST_CAUSE_WORDS or share < LEAST_CAUSE_SHARE:
        return None
    return 4.0 * share, f"Both name {_named(_phrases(subject.causes, past.causes))} among their causes"


def _words(subject: Subject, past: Past) -> tuple[float, str] | None:
    shared, share = _shared(subject.words, past.words)
    if len(shared) < FEWEST_WORDS or share < LEAST_SHARE:
        return None
    return 3.0 * share, f"Both speak of {_named(word.text for word in shared)}"


def _services(subject: Subject, past: Past) -> tuple[float, str] | None:
    shared = sorted(subject.services & past.services)
    if not shared:
        return None
    more = len(shared) - MOST_NAMED
    named = [*shared[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])]
    return len(shared) / len(subject.services | past.services), f"Both affected {_listed(named)}"


def _shared(words: Sequence[Word], stems: frozenset[str]) -> tuple[list[Word], float]:
    """The words in common, the most telling first, and their share of the weight of all."""
    every = most_telling(words, len(words))
    shared = [word for word in every if word.stem in stems]
    whole = sum(word.weight for word in every)
    return shared, sum(word.weight for word in shared) / whole if whole else 0.0


def _phrases(words: Sequence[Word], stems: frozenset[str]) -> list[str]:
    """The longest runs of words in common, small words between them included, each once."""
    runs: list[list[Word]] = [[]]
    for word in words:
        if word.stem in stems or (runs[-1] and not word.stem):
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    texts = [_trimmed(run) for run in runs if run]
    return sorted(dict.fromkeys(filter(None, texts)), key=lambda text: -len(text))


def _trimmed(run: list[Word]) -> str:
    while run and not run[-1].stem:
        run = run[:-1]
    return _short(" ".join(word.text for word in run))


def _named(texts: Iterable[str]) -> str:
    return _listed([f"“{text}”" for text in list(texts)[:MOST_NAMED]])


def _listed(texts: Sequence[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1].rstrip()}…"
