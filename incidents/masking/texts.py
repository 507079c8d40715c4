"""Finding and masking in one text and in batches of log lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from incidents.masking.personal import PERSONAL
from incidents.masking.quick import suspects
from incidents.masking.tokens import FIRST, LAST, Rule, ends_private_key, opens_private_key

RULES: tuple[Rule, ...] = FIRST + LAST + PERSONAL
"""In order of precedence: where finds overlap, the first names the mark."""

MARK = re.compile("⟦(?:" + "|".join(sorted({re.escape(rule.kind) for rule in RULES})) + ")⟧")
"""A mark. Only known kinds count, so that nobody hides a secret from masking by writing brackets around it."""

_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{1,4096}\s*\Z")
_KEY_LINES = 200
"""How many lines a private key has at most that is spread over the lines of a log."""


_BY_HINT: dict[str, list[int]] = {}
for _rank, _rule in enumerate(RULES):
    for _hint in _rule.hints or ("",):
        _BY_HINT.setdefault(_hint, []).append(_rank)


class Find(NamedTuple):
    """A secret or a piece of personal data: ``text[start:end]``."""

    kind: str
    start: int
    end: int


class _Ranked(NamedTuple):
    start: int
    end: int
    rank: int


def finds(text: str) -> list[Find]:
    """Everything in ``text`` that has to be masked, in order and without overlaps; what is marked already stays."""
    found: list[Find] = []
    position = 0
    for mark in MARK.finditer(text):
        found += _finds_between(text[position : mark.start()], position)
        position = mark.end()
    return found + _finds_between(text[position:], position)


def mask(text: str) -> str:
    """``text`` with a mark in place of each secret; masking again changes nothing.

    Each round masks at least one more character, so the rounds end; nearly always the second finds nothing.
    """
    while found := finds(text):
        text = _marked(text, found)
    return text


def mask_all(texts: Sequence[str]) -> list[str]:
    """``mask`` of each text, for batches of log lines: a few scans of the whole batch pick the lines to look at.

    Beyond that it follows a private key whose lines are spread over several texts.
    """
    masked = list(texts)
    for index in suspects(texts):
        masked[index] = mask(texts[index])
        if "PRIVATE KEY" in texts[index] and opens_private_key(texts[index]):
            _mask_key_lines(masked, index + 1)
    return masked


def _finds_between(text: str, offset: int) -> list[Find]:
    lower = text.lower()
    own: list[_Ranked] = []
    yielding: list[_Ranked] = []
    for rank in {rank for hint in _BY_HINT if hint in lower for rank in _BY_HINT[hint]}:
        place = yielding if RULES[rank].yields else own
        place += (_Ranked(start, end, rank) for start, end in RULES[rank].finds(text))
    if not own and not yielding:
        return []
    return [
        Find(RULES[one.rank].kind, one.start + offset, one.end + offset)
        for one in _merged(own + _apart(yielding, own))
    ]


def _apart(yielding: list[_Ranked], own: list[_Ranked]) -> list[_Ranked]:
    """What of ``yielding`` overlaps nothing of ``own``: the ``k33p@db-1.internal`` of an address is no email."""
    held = list(_merged(own))
    ends = [one.end for one in held]
    free: list[_Ranked] = []
    for one in yielding:
        following = bisect_right(ends, one.start)
        if following == len(held) or held[following].start >= one.end:
            free.append(one)
    return free


def _merged(ranked: list[_Ranked]) -> Iterator[_Ranked]:
    """Overlapping finds as one, so that no end of a secret stays in sight."""
    current: _Ranked | None = None
    for one in sorted(ranked):
        if current and one.start < current.end:
            current = _Ranked(current.start, max(current.end, one.end), min(current.rank, one.rank))
            continue
        if current:
            yield current
        current = one
    if current:
        yield current


def _marked(text: str, found: list[Find]) -> str:
    parts: list[str] = []
    position = 0
    for find in found:
        parts += (text[position : find.start], f"⟦{find.kind}⟧")
        position = find.end
    return "".join((*parts, text[position:]))


def _mask_key_lines(masked: list[str], first: int) -> None:
    """Mask what looks like a key at the end of each line, up to the line that ends the key.

    Without such a line nothing is masked: the key was cut off, and ordinary lines follow.
    """
    lines = masked[first : first + _KEY_LINES]
    last = next((number for number, line in enumerate(lines) if ends_private_key(line)), None)
    for index in range(first, first + (last or 0)):
        masked[index] = _KEY_LINE.sub("⟦private key⟧", masked[index])
