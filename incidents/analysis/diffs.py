"""Reading a unified diff: its added and removed lines, what really changed in them, and pairs of old and new values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

LONGEST, LONGEST_LINE = 60_000, 300
MOST_COMPARED = 60
ALIKE = 0.8
_HOLE = "\x00"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_COMMENT = re.compile(r"^\s*(?://|#(?!\[|include|define|if)|/\*|\*(?:\s|/|$)|--\s|<!--|\"\"\"|;;)")
_TRAILING = re.compile(r"\s+(?://|#)\s.*$")
_NAME_IN_HEADER = re.compile(r"^(?:@@ (?P<at>[\w./-]+\.\w+)\b|(?:\+\+\+|---) [ab]/(?P<path>\S+))")
_UNIT = {
    "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0,
    "nanosecond": 1e-9, "microsecond": 1e-6, "millisecond": 1e-3, "second": 1.0, "minute": 60.0, "hour": 3600.0,
    "day": 86400.0, "ki": 2.0**10, "mi": 2.0**20, "gi": 2.0**30, "k": 1e3, "kb": 1e3, "mb": 1e6, "gb": 1e9,
}  # fmt: skip
_AMOUNT = re.compile(
    r"(?<![\w.])(?P<number>-?\d[\d_]*(?:\.\d+)?)\s*\*?\s*(?:\w+\.)?(?P<unit>nanoseconds?|"
    r"microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|"
    r"[KMG]i|[kKmMgG][bB]|ns|us|ms|[smhdk])?(?![A-Za-z0-9])",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """A line without its sign; ``file`` is empty when the diff does not say."""

    text: str
    file: str


class Turned(NamedTuple):
    """A value that changed: the words around it, the old and the new number in base units, and the new line."""

    name: str
    old: float
    new: float
    line: str


class Diff(NamedTuple):
    """Lines of code that were added and removed, comments apart, without those that only moved.

    ``after`` is the new side in its order, comments and moved lines included.
    """

    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    comments: tuple[Line, ...]
    after: tuple[Line, ...]

    @property
    def is_empty(self) -> bool:
        return not self.added and not self.removed


@lru_cache(maxsize=2048)
def read_diff(text: str) -> Diff:
    """The lines of a unified diff, of its first 60,000 characters and of at most 300 of each line."""
    added: list[Line] = []
    removed: list[Line] = []
    comments: list[Line] = []
    after: list[Line] = []
    file = ""
    for raw in (line[:LONGEST_LINE] for line in text[:LONGEST].splitlines()):
        if header := _NAME_IN_HEADER.match(raw):
            file = header["at"] or header["path"] or file
        if raw.startswith(("@@", "+++ ", "--- ", "diff ", "index ")):
            continue
        line = Line(_TRAILING.sub("", raw[1:]) if raw[:1] in "+-" else raw, file)
        sides = {"+": added, "-": removed}
        if _COMMENT.match(line.text):
            comments.append(line)
        elif raw[:1] in sides:
            sides[raw[:1]].append(line)
        if raw[:1] != "-":
            after.append(line if raw[:1] == "+" else Line(raw[1:] if raw[:1] == " " else raw, file))
    moved = _moved(added, removed)
    return Diff(_without(added, moved), _without(removed, moved), tuple(comments), tuple(after))


def _key(line: Line) -> str:
    return "".join(line.text.split()).rstrip(",;")


def _moved(added: Iterable[Line], removed: Iterable[Line]) -> Counter[str]:
    """Lines that only changed their place or their white space."""
    return Counter(_key(one) for one in added) & Counter(_key(one) for one in removed)


def _without(lines: Iterable[Line], moved: Counter[str]) -> tuple[Line, ...]:
    left = Counter(moved)
    kept = []
    for line in lines:
        if left[_key(line)] > 0:
            left[_key(line)] -= 1
        elif line.text.strip():
            kept.append(line)
    return tuple(kept)


def identifiers(text: str) -> Iterator[str]:
    """The names in a text, in small letters: whole, and the parts of those made of several words."""
    for word in _WORD.findall(text):
        plain = word.casefold()
        yield plain
        parts = [part.casefold() for piece in word.split("_") for part in _HUMP.findall(piece)]
        if len(parts) > 1:
            yield from parts
            yield "".join(parts)


def changed_names(diff: Diff) -> frozenset[str]:
    """Names that stand more often on one side than on the other: what was really put in or taken out."""
    added = Counter(name for line in diff.added for name in identifiers(line.text))
    removed = Counter(name for line in diff.removed for name in identifiers(line.text))
    return frozenset((added - removed) | (removed - added))


def turned(diff: Diff) -> list[Turned]:
    """Values that changed in lines that are otherwise the same or much alike, with their units."""
    olds = [line for line in diff.removed if _AMOUNT.search(line.text)][:MOST_COMPARED]
    news = [line for line in diff.added if _AMOUNT.search(line.text)][:MOST_COMPARED]
    found: list[Turned] = []
    for line in news:
        old = _likest(line, olds)
        if old is not None:
            olds.remove(old)
            found += _differences(old.text, line.text)
    return found


def _likest(line: Line, olds: Sequence[Line]) -> Line | None:
    """The old form of a line: the likest with as many amounts, the first of equally like ones."""
    shape = _shape(line)
    best: tuple[float, Line] | None = None
    for old in olds:
        other = _shape(old)
        if other.count(_HOLE) == shape.count(_HOLE):
            degree = SequenceMatcher(None, other, shape, autojunk=False).ratio()
            if degree >= ALIKE and (best is None or degree > best[0]):
                best = degree, old
    return best[1] if best else None


def _shape(line: Line) -> str:
    """A line without its amounts and white space, so that its old and its new form are alike."""
    return "".join(_AMOUNT.sub(_HOLE, line.text).split()).rstrip(",;")


def _differences(old: str, new: str) -> Iterator[Turned]:
    pairs = zip(_AMOUNT.finditer(old), _AMOUNT.finditer(new), strict=False)
    for before, after in pairs:
        one, other = _amount(before), _amount(after)
        if one != other:
            yield Turned(" ".join(identifiers(new)), one, other, " ".join(new.split()))


def _amount(found: re.Match[str]) -> float:
    unit = (found["unit"] or "").casefold()
    factor = _UNIT.get(unit) or _UNIT.get(unit.rstrip("s")) or 1.0
    return float(found["number"].replace("_", "")) * factor
