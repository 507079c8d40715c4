"""A section's text and its reading: paragraphs and lists of sentences, each with the entries it rests on.

The text is Markdown with citations as ``[E12]`` or ``[E12, E13]`` behind the sentence that they support. A sentence
ends at its citations, or at a full stop that a capital letter follows outside of quotation marks. A line that is a
picture (``images``) is a paragraph of one sentence. ``parse`` and ``compose`` are inverse to each other on what
``parse`` returns. Pure functions; nothing here knows the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reviews.errors import UnknownCitation
from reviews.images import picture_of

_CITATION = re.compile(r"(?<!\\)\[\s*[Ee]\d{1,9}(?:\s*,\s*[Ee]\d{1,9})*\s*\]")
_MARKS = r"[.!?…:;,\s]*"
_RUN = re.compile(rf"\s*({_CITATION.pattern}(?:{_MARKS}{_CITATION.pattern})*)({_MARKS})")
_NUMBER = re.compile(r"\d+")
_END = re.compile(r"[.!?…]+[\"'”’)»\]*_]*(?=\s+[\"'“‘(«*_]*[A-Z0-9À-ÖØ-Þ])")
_OPENING, _CLOSING = "“«", "”»"
_ABBREVIATIONS = frozenset(
    {"e.g.", "i.e.", "etc.", "vs.", "approx.", "ca.", "no.", "mr.", "ms.", "dr.", "st.", "fig."}
)
T = TypeVar("T")
_BULLET = re.compile(r"[-*](?:\s+|$)")


@dataclass(frozen=True)
class Sentence:
    """One passage: its words, and the numbers of the entries that it cites, in the order of the text."""

    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True)
class Block:
    """A paragraph, or one item of a list."""

    sentences: tuple[Sentence, ...]
    is_item: bool = False


def parse(body: str) -> list[Block]:
    """The blocks of a text; white space does not matter, empty blocks vanish."""
    return [block for block, _first, _end in located(body)]


def located(body: str) -> list[tuple[Block, int, int]]:
    """The blocks of a text, each with its first line (from 0) and the line behind its last one."""
    blocks = []
    for text, is_item, first, end in _raw_blocks(body):
        if found := _shown(text) or tuple(_sentences(text)):
            blocks.append((Block(found, is_item), first, end))
    return blocks


def compose(blocks: Iterable[Block]) -> str:
    """The text of blocks: paragraphs apart by an empty line, items of one list below each other."""
    parts: list[str] = []
    previous_is_item = False
    for block in blocks:
        line = " ".join(_written(sentence) for sentence in block.sentences)
        if parts:
            parts.append("\n" if block.is_item and previous_is_item else "\n\n")
        parts.append(f"- {line}" if block.is_item else line)
        previous_is_item = block.is_item
    return "".join(parts)


def cite(numbers: Sequence[int]) -> str:
    """How entries are cited in a text: ``[E12, E13]``; nothing for nothing."""
    return f"[{', '.join(f'E{number}' for number in numbers)}]" if numbers else ""


def cited_numbers(blocks: Iterable[Block]) -> set[int]:
    """Every entry that the blocks cite."""
    return {number for block in blocks for sentence in block.sentences for number in sentence.citations}


def pictures_in(bodies: Iterable[str]) -> set[int]:
    """The ids of every picture that texts show: on lines of their own, as items of a list, and with citations."""
    blocks = (block for body in bodies if "image:" in body for block in parse(body))
    found = (picture_of(sentence.text) for block in blocks for sentence in block.sentences)
    return {picture.pk for picture in found if picture}


def require_known(blocks: Iterable[Block], known: Iterable[int]) -> None:
    """Raise ``UnknownCitation``, naming them, when the blocks cite entries that do not exist."""
    if unknown := sorted(cited_numbers(blocks) - set(known)):
        raise UnknownCitation([f"E{number}" for number in unknown])


def kept(
    before: Mapping[Sentence, Sequence[T]], blocks: Iterable[Block]
) -> Iterator[tuple[Sentence, T | None]]:
    """Each sentence with what belonged to the same sentence before, first come first served; ``None`` for a new one."""
    left = {sentence: list(owned) for sentence, owned in before.items()}
    for block in blocks:
        for sentence in block.sentences:
            owned = left.get(sentence)
            yield sentence, owned.pop(0) if owned else None


def _written(sentence: Sentence) -> str:
    return " ".join(part for part in (sentence.text, cite(sentence.citations)) if part)


def _raw_blocks(body: str) -> Iterator[tuple[str, bool, int, int]]:
    """Lines put together: an empty line, a new item or a picture ends a block, other lines continue it."""
    collected: list[str] = []
    is_item, first = False, 0
    for number, line in enumerate([*body.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]):
        text = " ".join(line.split())
        bullet, picture = _BULLET.match(text), _shown(text)
        if not text or bullet or picture:
            if collected:
                yield " ".join(collected), is_item, first, number
            collected, is_item, first = [], bool(bullet), number
        if picture:
            yield text, False, number, number + 1
        elif words := text[bullet.end() :] if bullet else text:
            first = first if collected or is_item else number
            collected.append(words)


def _shown(text: str) -> tuple[Sentence, ...]:
    """The picture that a text consists of, with what it cites, as its one sentence; a caption is never taken apart."""
    match = _RUN.search(text)
    line = text[: match.start()] if match and match.end() == len(text) else text
    return (Sentence(line.strip(), _numbers(text[len(line) :])),) if picture_of(line) else ()


def _sentences(text: str) -> Iterator[Sentence]:
    position = 0
    for match in _RUN.finditer(text):
        words = text[position : match.start()].strip()
        *complete, last = _split(words) or [""]
        for sentence in complete:
            yield Sentence(sentence)
        mark = "" if last.endswith((".", "!", "?", "…")) else "".join(match.group(2).split())
        yield Sentence(last + mark, _numbers(match.group(1)))
        position = match.end()
    for sentence in _split(text[position:].strip()):
        yield Sentence(sentence)


def _numbers(run: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(number) for number in _NUMBER.findall(run)))


def _split(text: str) -> list[str]:
    """Sentences without citations; a full stop inside quotation marks, or behind an abbreviation, ends nothing."""
    found, start = [], 0
    for match in _END.finditer(text):
        candidate = text[start : match.end()]
        if _is_whole(candidate):
            found.append(candidate.strip())
            start = match.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def _is_whole(candidate: str) -> bool:
    opened = sum(candidate.count(mark) for mark in _OPENING)
    closed = sum(candidate.count(mark) for mark in _CLOSING)
    last_word = candidate.split()[-1].lower() if candidate.split() else ""
    is_number = last_word.rstrip(".").isdigit() and len(candidate.split()) == 1
    return (
        opened <= closed
        and candidate.count('"') % 2 == 0
        and last_word not in _ABBREVIATIONS
        and not is_number
    )
