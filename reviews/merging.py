"""Two people's changes of one text put together, first line by line, then word by word; nothing of either is dropped.

Line by line the merge is git's (see ``alignment``). Where git would report a conflict, changes of different words are
put together as long as an unchanged word stands between them; what is left over is a conflict for a person to decide,
shown as whole sentences.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reviews.alignment import Change, changes

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_MARK = r"[.!?…][\"'”’)»*_]*(?:[^\S\n]*\[[Ee\d, ]+\][.!?…]?)*"
_SENTENCE = re.compile(rf".*?(?:\n+|{_MARK}(?:\s+|$))|.+", re.DOTALL)
_ENDED = re.compile(rf"(?:\n|{_MARK}\s*)$")
_BEFORE_A_SENTENCE = frozenset('.!?…]"”’»)')
_WORD_PATIENCE = 24
_LONG = 1_000  # words


@dataclass(frozen=True)
class Agreed:
    """A stretch of the merged text."""

    text: str


@dataclass(frozen=True)
class Conflict:
    """A stretch that both changed: how it was, and what each made of it."""

    base: str
    ours: str
    theirs: str


Part = Agreed | Conflict


@dataclass(frozen=True)
class Merge:
    """The parts of a merged text, in order."""

    parts: tuple[Part, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return tuple(part for part in self.parts if isinstance(part, Conflict))

    @property
    def is_clean(self) -> bool:
        return not self.conflicts

    def before(self, conflict: Conflict) -> str:
        """The agreed sentence that a conflict follows; empty where it begins the text."""
        place = next(number for number, part in enumerate(self.parts) if part is conflict)
        previous = self.parts[place - 1] if place else None
        sentences = _SENTENCE.findall(previous.text) if isinstance(previous, Agreed) else []
        return next((found.strip() for found in reversed(sentences) if found.strip()), "")

    def composed(self, choices: Sequence[Callable[[Conflict], str]] = ()) -> str:
        """The text, with one choice for each conflict in their order; ``ValueError`` for too few or too many."""
        if len(choices) != len(self.conflicts):
            raise ValueError(f"{len(self.conflicts)} conflicts need as many choices, not {len(choices)}.")
        left = iter(choices)
        return "".join(part.text if isinstance(part, Agreed) else next(left)(part) for part in self.parts)


def merge(base: str, ours: str, theirs: str) -> Merge:
    """Both changes of ``base`` together; the same with the sides swapped, but for the names of the sides."""
    return Merge(tuple(_joined(_by_lines(base, ours, theirs))))


def both(conflict: Conflict) -> str:
    """What each side made of a stretch, one after the other: sentences in a line, paragraphs and items apart."""
    ours, theirs = conflict.ours, conflict.theirs
    if not ours.strip() or not theirs.strip():
        return ours if ours.strip() else theirs
    between = _between(ours.strip("\n"), theirs.strip("\n"), conflict)
    return ours.rstrip() + between + theirs.lstrip("\n" if "\n" in between else None)


def _between(ours: str, theirs: str, conflict: Conflict) -> str:
    if ours.startswith(("- ", "* ")) and theirs.startswith(("- ", "* ")):
        return "\n"
    is_whole = any("\n" in side for side in (conflict.base, conflict.ours, conflict.theirs))
    return "\n\n" if is_whole else " "


def _by_lines(base: str, ours: str, theirs: str) -> Iterator[Part]:
    base_rows, our_rows, their_rows = (_LINES.findall(text) for text in (base, ours, theirs))
    mine, hers = changes(base_rows, our_rows), changes(base_rows, their_rows)
    for part in _together(base_rows, our_rows, their_rows, _clusters(mine, hers, lambda _start, _end: False)):
        if isinstance(part, Conflict) and _shares_words(part):
            yield from _by_words(part)
        else:
            yield part


def _by_words(conflict: Conflict) -> Iterator[Part]:
    base, ours, theirs = (_WORDS.findall(text) for text in (conflict.base, conflict.ours, conflict.theirs))
    mine = _readable(changes(base, ours, _WORD_PATIENCE), base, ours)
    hers = _readable(changes(base, theirs, _WORD_PATIENCE), base, theirs)
    clusters = _clusters(mine, hers, lambda start, end: not _word_count(base[start:end]))
    yield from _in_sentences(_together(base, ours, theirs, clusters))


def _shares_words(conflict: Conflict) -> bool:
    """Whether both sides kept at least half of the words; a stretch that was written anew is not mixed word by word.

    In a long stretch pairs of words count instead, because any two long texts have most of their words in common.
    """
    base, *sides = (re.findall(r"\w+", text) for text in (conflict.base, conflict.ours, conflict.theirs))
    if len(base) > _LONG:
        return all(_keeps_half(list(pairwise(base)), list(pairwise(side))) for side in sides)
    return bool(base) and all(_keeps_half(base, side) for side in sides)


def _keeps_half(before: Sequence[Hashable], after: Sequence[Hashable]) -> bool:
    return sum((Counter(before) & Counter(after)).values()) * 2 >= len(before)


@dataclass
class _Cluster:
    """Changes of both sides that touch each other, and where they begin and end in the base."""

    start: int
    end: int
    mine: list[Change] = field(default_factory=list)
    hers: list[Change] = field(default_factory=list)


def _clusters(
    mine: Iterable[Change], hers: Iterable[Change], are_neighbors: Callable[[int, int], bool]
) -> Iterator[_Cluster]:
    """The changes in their order; ``are_neighbors``: whether what is kept between two is too little to part them."""
    tagged = [(change, False) for change in mine] + [(change, True) for change in hers]
    current: _Cluster | None = None
    for change, is_hers in sorted(tagged, key=lambda one: (one[0].start, one[0].end, one[1])):
        if current and change.start > current.end and not are_neighbors(current.end, change.start):
            yield current
            current = None
        current = current or _Cluster(change.start, change.end)
        current.end = max(current.end, change.end)
        (current.hers if is_hers else current.mine).append(change)
    if current:
        yield current


def _together(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], clusters: Iterable[_Cluster]
) -> Iterator[Part]:
    """The merge of three rows of lines or words; what only one side changed, or both alike, is agreed."""
    done = our_shift = their_shift = 0
    for cluster in clusters:
        yield Agreed("".join(base[done : cluster.start]))
        our_end, their_end = our_shift + _growth(cluster.mine), their_shift + _growth(cluster.hers)
        a = "".join(ours[cluster.start + our_shift : cluster.end + our_end])
        b = "".join(theirs[cluster.start + their_shift : cluster.end + their_end])
        if cluster.mine and cluster.hers and a != b:
            yield Conflict("".join(base[cluster.start : cluster.end]), a, b)
        else:
            yield Agreed(a if cluster.mine else b)
        done, our_shift, their_shift = cluster.end, our_end, their_end
    yield Agreed("".join(base[done:]))


def _growth(found: Iterable[Change]) -> int:
    return sum((change.until - change.at) - (change.end - change.start) for change in found)


def _readable(found: Sequence[Change], base: Sequence[str], made: Sequence[str]) -> list[Change]:
    """Changes of words as people see them: whole sentences came or went, and what was written anew is one change."""
    slid: list[Change] = []
    for change in _calmed(found, base):
        slid.append(_slid(change, slid[-1].end if slid else 0, base, made))
    return slid


def _slid(change: Change, earliest: int, base: Sequence[str], made: Sequence[str]) -> Change:
    """What only came or only went, moved up to begin where a sentence begins, when the text allows it."""
    if change.start != change.end and change.at != change.until:
        return change
    row, start, end = (
        (base, change.start, change.end) if change.at == change.until else (made, change.at, change.until)
    )
    for shift in range(change.start - earliest):
        if _begins_sentence(row, start - shift):
            return Change(change.start - shift, change.end - shift, change.at - shift, change.until - shift)
        if row[start - shift - 1] != row[end - shift - 1]:
            return change
    return change


def _begins_sentence(row: Sequence[str], place: int) -> bool:
    if place < 2 or not row[place - 1].isspace():
        return place == 0
    return "\n" in row[place - 1] or row[place - 2] in _BEFORE_A_SENTENCE


def _calmed(found: Sequence[Change], base: Sequence[str]) -> list[Change]:
    """Changes with fewer kept words between them than either of them changes are one: what is kept there is chance."""
    calm: list[Change] = []
    for change in found:
        joined = change
        while calm and _word_count(base[calm[-1].end : joined.start]) <= min(_size(calm[-1]), _size(joined)):
            previous = calm.pop()
            joined = Change(previous.start, joined.end, previous.at, joined.until)
        calm.append(joined)
    return calm


def _size(change: Change) -> int:
    """About how many words it changes: every other token is a space."""
    return (max(change.end - change.start, change.until - change.at) + 1) // 2


def _word_count(tokens: Sequence[str]) -> int:
    return sum(1 for token in tokens if token[0].isalnum() or token[0] == "_")


def _in_sentences(parts: Iterable[Part]) -> Iterator[Part]:
    """Conflicts widened to whole sentences, those of one sentence put together."""
    sentence: list[Part] = []
    for part in _pieces(_joined(parts)):
        if isinstance(part, Conflict) and sentence and _is_ended(sentence[-1]) and _begins_apart(part):
            yield _one(sentence)
            sentence = []
        if sentence and _is_over(sentence, part):
            yield _one(sentence)
            sentence = []
        sentence.append(part)
    if sentence:
        yield _one(sentence)


def _pieces(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Conflict):
            yield part
        else:
            yield from (Agreed(text) for text in _SENTENCE.findall(part.text))


def _is_over(sentence: Sequence[Part], following: Part) -> bool:
    """Whether a sentence ends before what follows: the white space behind its mark may stand on either side."""
    last = sentence[-1]
    if not _is_ended(last):
        return False
    ends = (last.text,) if isinstance(last, Agreed) else (last.ours, last.theirs)
    if all(not text or text[-1].isspace() for text in ends):
        return True
    return isinstance(following, Agreed) and following.text[:1].isspace()


def _is_ended(part: Part) -> bool:
    texts = (part.text,) if isinstance(part, Agreed) else (part.ours, part.theirs)
    return any(texts) and all(not text or _ENDED.search(text) for text in texts)


def _begins_apart(conflict: Conflict) -> bool:
    sides = (conflict.base, conflict.ours, conflict.theirs)
    return all(not side or side[0].isspace() for side in sides)


def _one(parts: Sequence[Part]) -> Part:
    if all(isinstance(part, Agreed) for part in parts):
        return Agreed("".join(_side(part, "text") for part in parts))
    return Conflict(*("".join(_side(part, name) for part in parts) for name in ("base", "ours", "theirs")))


def _side(part: Part, name: str) -> str:
    text: str = part.text if isinstance(part, Agreed) else getattr(part, name)
    return text


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Without empty stretches, and with neighboring agreed ones as one."""
    collected: list[str] = []
    for part in parts:
        if isinstance(part, Agreed):
            collected.append(part.text)
            continue
        if text := "".join(collected):
            yield Agreed(text)
        collected = []
        yield part
    if text := "".join(collected):
        yield Agreed(text)
