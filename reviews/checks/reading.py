"""The signed text, read once for all checks: its sentences without quotations, its entries by number, its moments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.utils.text import Truncator

from reviews.images import in_words as picture_words

_CODE = re.compile(r"`[^`\n]*`|\bhttps?://\S+")
_SPACE = re.compile(r"\s+")
_OPENING = {"“": "”", "«": "»", '"': '"'}
_MARKS = re.compile(r"[“”«»\"]")


@dataclass(frozen=True)
class Said:
    """One sentence of a section: ``words`` as they stand, ``own`` without quotations, code and addresses."""

    section: str
    position: int
    words: str
    own: str
    citations: tuple[int, ...]
    author: str
    by_person: bool

    @property
    def place(self) -> str:
        """Its address on the page of the review."""
        return f"passage-{self.section}-{self.position}"

    @property
    def short(self) -> str:
        """Its first words in quotation marks, to name it by."""
        return named(self.words)


@dataclass(frozen=True)
class Entry:
    """An entry of the published chronology as ``unsupported`` reads it."""

    number: int
    at: datetime
    text: str
    actor: str
    lane: str = ""


class Reading:
    """What ``content_of`` gives, read as far as a check asks for it, and no part of it twice."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    @cached_property
    def said(self) -> list[Said]:
        """Every sentence in the order of the text."""
        return [
            _said(section["key"], position, passage)
            for section in self.content["sections"]
            for position, passage in enumerate(section["passages"])
        ]

    def of(self, *keys: str) -> list[Said]:
        """The sentences of these sections."""
        return [one for one in self.said if one.section in keys]

    @cached_property
    def entries(self) -> dict[int, Entry]:
        return {
            row["number"]: Entry(
                row["number"], moment(row["at"]), row["text"], row["actor"], row.get("lane", "")
            )
            for row in self.content["chronology"]
        }

    @cached_property
    def milestones(self) -> dict[str, datetime]:
        """The moment of each milestone, by its kind."""
        return {row["kind"]: moment(row["at"]) for row in self.content["milestones"]}

    @cached_property
    def people(self) -> frozenset[str]:
        """Names of people: who wrote, answered, stated or owes something."""
        found = {_name(row.get("author")) for row in self.rows("factors", "chronology")}
        found |= {_name(row.get("answered_by")) for row in self.rows("questions")}
        found |= {_name(row.get("owner")) for row in self.rows("action_items")}
        found |= {one.author for one in self.said}
        return frozenset(found - {""})

    def rows(self, *names: str) -> Iterator[dict[str, Any]]:
        """The rows of these parts; none where the content does not have the part."""
        for name in names:
            yield from self.content.get(name, ())

    def answers(self, *codes: str) -> list[str]:
        """The answers given to these questions."""
        rows = self.rows("questions")
        return [row["answer"] for row in rows if row.get("code") in codes and row["answer"]]

    @cached_property
    def keys(self) -> dict[str, str]:
        """The key of each section, by its title."""
        return {section["title"]: section["key"] for section in self.rows("sections") if "title" in section}


def moment(text: str) -> datetime:
    """An instant of the content, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def without_quotations(text: str) -> str:
    """The author's own words: quotations, code and addresses become a space; a mark that is not closed "
    "quotes nothing."""
    kept, place = [], 0
    closing: dict[str, bool] = {}
    marks = list(_MARKS.finditer(text))
    index = 0
    while index < len(marks):
        mark = marks[index]
        end = _OPENING.get(mark.group())
        if end and closing.get(end, True) and (last := _closed_by(marks, index, end)) is not None:
            kept.append(text[place : mark.start()])
            place, index = marks[last].end(), last
        elif end:
            closing[end] = False
        index += 1
    kept.append(text[place:])
    return _SPACE.sub(" ", _CODE.sub(" ", " ".join(kept))).strip()


def named(words: str, most: int = 8) -> str:
    """The first words of something, in quotation marks."""
    return f"“{Truncator(words[:400]).words(most, truncate=' …')}”"


def listed(words: Iterable[str], most: int = 3) -> str:
    """``a, b and c``; what is more than ``most`` is counted."""
    found = list(words)
    if len(found) > most:
        return f"{', '.join(found[:most])} and {len(found) - most} more"
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def _closed_by(marks: list[re.Match[str]], index: int, end: str) -> int | None:
    """The mark that closes this one; a place that has none is asked for once only, so the way stays linear."""
    return next((later for later in range(index + 1, len(marks)) if marks[later].group() == end), None)


def _said(section: str, position: int, passage: Mapping[str, Any]) -> Said:
    words = picture_words(passage["text"])
    return Said(
        section=section,
        position=position,
        words=words,
        own=without_quotations(words),
        citations=tuple(passage["citations"]),
        author=_name(passage.get("author")),
        by_person=passage.get("provenance") == "person",
    )


def _name(person: Any) -> str:
    return str(person["name"]) if person else ""
