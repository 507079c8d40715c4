"""Where a conversation stands in a text that goes on changing; pure functions.

A conversation remembers the words that it began at. It is found again at the sentence that says exactly those words,
else at the one that is most like them, and else nowhere: then its words are gone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from reviews import passages
from reviews.passages import Block, Sentence

#: Twice the words in common by the words of both (Dice's coefficient): from here on it is the same sentence, edited.
ALIKE = 0.6

_WORD = re.compile(r"\w+")


class Places:
    """The sentences of one section, ready to be asked for many quotes."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._exact: dict[str, int] = {}
        self._sizes: list[int] = []
        self._holding: dict[str, list[int]] = defaultdict(list)
        for position, sentence in enumerate(sentences):
            self._exact.setdefault(sentence, position)
            words = _words(sentence)
            self._sizes.append(len(words))
            for word in words:
                self._holding[word].append(position)

    def find(self, wordings: Iterable[str]) -> int | None:
        """The position of the sentence that says one of these wordings, the first of them before the others.

        A sentence that says one word by word goes before every similar one; among equals the first of the text wins.
        """
        tried = [wording for wording in wordings if wording]
        exact = (self._exact[wording] for wording in tried if wording in self._exact)
        similar = (found for wording in tried if (found := self._most_alike(wording)) is not None)
        return next(exact, next(similar, None))

    def _most_alike(self, quote: str) -> int | None:
        words = _words(quote)
        common = Counter(position for word in words for position in self._holding.get(word, ()))
        ranked = [
            (-2 * count / (len(words) + self._sizes[position]), position)
            for position, count in common.items()
        ]
        best, position = min(ranked, default=(0.0, 0))
        return position if -best >= ALIKE else None


def replaced(body: str, quote: str, wording: str) -> str | None:
    """The text with the first sentence that says ``quote`` saying ``wording`` instead; its citations stay.

    When the wording is several sentences they stay with the one that is most like the quote, else with the last.
    No wording takes the sentence out, with its citations. None when no sentence says exactly the quote. As much of the
    text as possible stays as it was written, line ends included.
    """
    blocks = passages.parse(body)
    wanted = _exchanged(blocks, quote, wording)
    if wanted is None:
        return None
    composed = passages.compose(wanted)
    meant = passages.parse(composed)
    is_plain = wording and not passages.cited_numbers(passages.parse(wording))
    for match in re.finditer(re.escape(quote), body) if is_plain else ():
        candidate = body[: match.start()] + wording + body[match.end() :]
        if passages.parse(candidate) == meant:
            return candidate
    return composed


def _exchanged(blocks: Sequence[Block], quote: str, wording: str) -> list[Block] | None:
    """The blocks with the sentence exchanged; None when it is not among them."""
    found = False
    made: list[Block] = []
    for block in blocks:
        sentences: list[Sentence] = []
        for sentence in block.sentences:
            if found or sentence.text != quote:
                sentences.append(sentence)
                continue
            found = True
            sentences += _reworded(sentence, wording)
        if sentences:
            made.append(Block(tuple(sentences), block.is_item))
    return made if found else None


def _reworded(sentence: Sentence, wording: str) -> list[Sentence]:
    """The sentences of the wording, one of them with the citations of the old one besides its own."""
    made = [one for block in passages.parse(wording) for one in block.sentences]
    if not made:
        return []
    alike = Places([one.text for one in made]).find([sentence.text])
    heir = len(made) - 1 if alike is None else alike
    kept = dict.fromkeys([*made[heir].citations, *sentence.citations])
    made[heir] = Sentence(made[heir].text, tuple(kept))
    return made


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
