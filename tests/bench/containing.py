"""What a text contains of published facts; pure.

A fact is a short sentence of our own and its parts: what can be looked up of it (a number with its unit, a time, a
name, a key term). A text contains the fact when one of its blocks, that is one paragraph, one item of a list or one
factor, holds all parts. A part stands as whole words, whatever the case and the kind of dash or quotation mark.
Alternatives are apart by ``|``; ``restor*`` stands for every word that begins so. So a fact that is told over two
paragraphs counts as missing, and one whose parts stand in a sentence that means something else counts as contained:
it is a measure of what a reader finds in the right place, not of whether the sentence is good.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incidents.enums import MilestoneKind

KINDS = ("impact", "detection", "cause", "factors", "mitigation")
NEAR = timedelta(minutes=5)
_DASHES = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "\\": None})


@dataclass(frozen=True, slots=True)
class PublishedFact:
    """One fact: ``kind`` is one of ``KINDS``, ``parts`` are as the module's text says."""

    kind: str
    says: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What was published of one incident: its facts, and the moments of its milestones in UTC."""

    id: str
    source: str
    facts: tuple[PublishedFact, ...]
    milestones: Mapping[MilestoneKind, datetime]

    def of(self, kind: str) -> list[PublishedFact]:
        return [fact for fact in self.facts if fact.kind == kind]


def read_account(path: Path) -> Account:
    """The account in a TOML file: ``source``, ``[milestones]``, and a table of facts for each kind."""
    with path.open("rb") as stream:
        raw = tomllib.load(stream)
    return Account(
        path.stem,
        raw["source"],
        tuple(
            PublishedFact(kind, says, tuple(parts))
            for kind in KINDS
            for says, parts in raw.get(kind, {}).items()
        ),
        {MilestoneKind(kind): at.astimezone(UTC) for kind, at in raw["milestones"].items()},
    )


def contains(blocks: Iterable[str], fact: PublishedFact) -> bool:
    """Whether one of the blocks holds every part of the fact."""
    wanted = [_pattern(part) for part in fact.parts]
    return any(all(pattern.search(block) for pattern in wanted) for block in map(_plain, blocks))


def agree(proposed: datetime, published: datetime) -> bool:
    """Whether two moments are no more than five minutes apart."""
    return abs(proposed - published) <= NEAR


def _pattern(part: str) -> re.Pattern[str]:
    ways = "|".join(_words(way.strip()) for way in part.split("|"))
    return re.compile(rf"(?<![\w.,])(?:{ways})")


def _words(way: str) -> str:
    found = re.escape(_plain(way.removesuffix("*")))
    return found if way.endswith("*") else rf"{found}(?!\w)(?![.,]\d)"


def _plain(text: str) -> str:
    return " ".join(text.translate(_DASHES).lower().split())
