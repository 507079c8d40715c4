"""Putting one passage into a text, or taking one out, without touching the words around it; pure functions.

Sentences are counted through the whole text from 0, as the stored passages are. Where a new sentence would run into
its neighbor (one without a full stop, say) it gets a paragraph of its own. Lines that no change concerns stay as they
were typed. ``None`` comes back when the text around could not stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviews import passages
from reviews.passages import Block, Sentence

_Located = list[tuple[Block, int, int]]


def flat(body: str) -> list[Sentence]:
    """Every sentence of a text, in order."""
    return [sentence for block in passages.parse(body) for sentence in block.sentences]


def written(sentence: Sentence) -> str:
    """One sentence as it stands in a text, with its citations."""
    return passages.compose([Block((sentence,))])


def exchanged(body: str, at: int, text: str) -> str | None:
    """The text with the sentence at ``at`` saying ``text`` instead; no text takes the sentence out."""
    found = passages.located(body)
    place = _find(found, at)
    if place is None:
        return None
    number, inside = place
    block = found[number][0]
    before, after = block.sentences[:inside], block.sentences[inside + 1 :]
    made = _stable(_ways(before, passages.parse(text), after, is_item=block.is_item))
    return None if made is None else _spliced(body, found, (number, number + 1), made)


def added(body: str, behind: int | None, text: str) -> str | None:
    """The text with ``text`` behind the sentence at ``behind``, or at the top.

    A plain sentence goes on in the paragraph of the one before it. An item of a list stands below the one before it.
    """
    found, new = passages.located(body), passages.parse(text)
    place = None if behind is None else _find(found, behind)
    if not new or (behind is not None and place is None):
        return None
    if place is None:
        return _spliced(body, found, (0, 0), new)
    number, inside = place
    block = found[number][0]
    if len(new) == 1 and not new[0].is_item and not block.is_item:
        before, after = block.sentences[: inside + 1], block.sentences[inside + 1 :]
        made = _stable(_ways(before, new, after, is_item=False))
        return None if made is None else _spliced(body, found, (number, number + 1), made)
    end = _end_of_list(found, number) if block.is_item and not new[0].is_item else number + 1
    return _spliced(body, found, (end, end), new)


def _find(found: _Located, at: int) -> tuple[int, int] | None:
    """The number of the block that holds a sentence, and its place in it."""
    for number, (block, _first, _end) in enumerate(found):
        if at < len(block.sentences):
            return number, at
        at -= len(block.sentences)
    return None


def _ways(
    before: Sequence[Sentence], new: Sequence[Block], after: Sequence[Sentence], *, is_item: bool
) -> Iterator[list[Block]]:
    """The blocks that one block becomes: in one run if that can be, else apart."""
    if len(new) <= 1:
        middle = new[0].sentences if new else ()
        yield _filled(Block((*before, *middle, *after), is_item))
    apart = [Block(block.sentences, is_item or block.is_item) for block in new]
    yield _filled(Block(tuple(before), is_item), *apart, Block(tuple(after), is_item))


def _filled(*blocks: Block) -> list[Block]:
    return [block for block in blocks if block.sentences]


def _stable(ways: Iterator[list[Block]]) -> list[Block] | None:
    """The first way that reads as it is meant once it is written down."""
    return next((made for made in ways if passages.parse(passages.compose(made)) == made), None)


def _end_of_list(found: _Located, number: int) -> int:
    """The block behind the list in which a block stands."""
    while number < len(found) and found[number][0].is_item:
        number += 1
    return number


def _spliced(body: str, found: _Located, span: tuple[int, int], made: list[Block]) -> str | None:
    """The text with the blocks of ``span`` (from, up to) exchanged for others, line by line where that reads right."""
    blocks = [block for block, _first, _end in found]
    wanted = [*blocks[: span[0]], *made, *blocks[span[1] :]]
    for candidate in (_by_lines(body, found, span, made), passages.compose(wanted)):
        if passages.parse(candidate) == wanted:
            return candidate
    return None


def _by_lines(body: str, found: _Located, span: tuple[int, int], made: list[Block]) -> str:
    lines = body.split("\n")
    if span[0] < span[1]:
        first, end = found[span[0]][1], found[span[1] - 1][2]
    else:
        first = end = found[span[0] - 1][2] if span[0] else 0
    above, below = lines[:first], lines[end:]
    words = passages.compose(made).split("\n") if made else []
    before = found[span[0] - 1][0] if span[0] else None
    after = found[span[1]][0] if span[1] < len(found) else None
    if words and _needs_space(above[-1:], before, made[0]):
        words = ["", *words]
    if words and _needs_space(below[:1], after, made[-1]):
        words = [*words, ""]
    if not words and not "".join(above[-1:]).strip():
        above = above[:-1]
    return "\n".join([*above, *words, *below]).strip("\n")


def _needs_space(line: list[str], neighbor: Block | None, block: Block) -> bool:
    """Whether an empty line must part a block from the line beside it."""
    return bool("".join(line).strip()) and not (neighbor and neighbor.is_item and block.is_item)
