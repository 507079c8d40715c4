"""Which lines of a batch may hold a secret at all: a few scans of the whole batch instead of sixty per line.

Every scan begins with one rare character, which the pattern engine finds at memory speed, and looks at what stands
behind it. A scan may name a line that holds nothing; it must never miss one that ``mask`` would change.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

_AS_WRITTEN = tuple(
    re.compile(pattern)
    for pattern in (
        rb"@(?:(?![0-9]{1,6}\.[0-9])[\w\x80-\xff?-]{1,63}\.)",
        rb"%(?:40)",
        rb"A(?:KIA|SIA|BIA|CCA|Iza|TATT3|A[\w-]{30}|C[0-9a-f]{32})",
        rb"J(?:[\w-]{13})",
        rb"G(?:\.[\w-]{16}|OCSPX-)",
        rb"~(?:[\w~.-]{31})",
        rb"\+(?:[1-9](?:[0-9]{7}|[0-9]{0,3}(?:[ .-]?\(|[ .-][0-9])))",
        rb"_(?:[A-Za-z0-9+/]{16}|[po]at_|tkn_|pw_|oauth_)",
    )
)

_CREDENTIALS = tuple(re.compile(slashes + rb"[^\s/\"'<>]{1,310}@") for slashes in (rb"//", rb"\\/\\/"))
"""Addresses with a password, where the batch has an ``@`` at all."""

_FOLDED = bytes(range(256)).lower().translate(bytes.maketrans(b"jqvy", b"xxxx"))
"""Lower case, and the rare letters j, q, v and y as x, so that one scan finds what begins with any of them."""

_IN_FOLDED = tuple(
    re.compile(pattern)
    for pattern in (
        rb"k(?:e[nx](?:[\"'\\%&>_-]|\s{0,3}[:=]| block|(?<=-token)\s|(?<=[i-]kex)\s)"
        rb"|ie|s[./\\]|u-|[-_][\w-]{14}|[0-9a-f]{32})",
        rb"p(?:ass|wd|hpsessid|i[0-9a-f]{32}|i-age)",
        rb"cre(?:t|dential)",
        rb"bearer",
        rb"u(?:thori[sz]ation|s[0-9]|rl [^\r\n]{0,400}-(?:u|-user))",
        rb"g(?:l[a-z]{2,5}-|=[\w%+/-]{20}|nature)",
        rb"x(?:ox[a-z][.-]|app-|[sbr]\.[\w-]{20}|1\.[\w-]{20}|a29\.|0[a-z]{3}-|sessionid)",
    )
)

_DIGITS = b"0123456789"
_UPPER = bytes(range(65, 91))


def _table(others: bytes, *classes: tuple[bytes, bytes]) -> bytes:
    """A table for ``translate``: each character of a class becomes the class's sign, all others become ``others``."""
    table = bytearray(others * 256)
    for members, sign in classes:
        for member in members:
            table[member] = sign[0]
    return bytes(table)


_SHAPE = _table(b".", (_DIGITS, b"0"), (_UPPER, b"U"), (b" -", b"-"))
"""The shape of numbers in groups: ``4111 1111`` and ``4111-1111`` are both ``0000-0000``."""

_NUMBER = b"0" * 13
_IN_GROUPS = re.compile(rb"-0000(?:(?<=000-00-0000)|(?<=0000-0000)(?:00)?-0000)")
_ACCOUNT = re.compile(rb"UU00-?[0U]{4}")

_PARTS = _table(b" ", (_DIGITS + _UPPER + _UPPER.lower() + b"_-", b"x"), (b".", b"."))
_THREE_PARTS = b".xxxxxx." + b"x" * 27

_BATCH = 512
"""Lines that are scanned at once: they stay in the cache, and some batches lack a scan's first character."""


def _places(text: bytes, literal: bytes) -> Iterator[int]:
    place = text.find(literal)
    while place >= 0:
        yield place
        place = text.find(literal, place + len(literal))


def _matches(text: bytes, patterns: tuple[re.Pattern[bytes], ...]) -> Iterator[int]:
    for pattern in patterns:
        if pattern.pattern.lstrip(b"\\")[0] in text:
            for found in pattern.finditer(text):
                yield found.start()


def _numbers(written: bytes) -> Iterator[int]:
    shape = written.translate(_SHAPE)
    # The epoch in milliseconds is everywhere, and no card begins like it.
    yield from (place for place in _places(shape, _NUMBER) if written[place] in b"23456")
    yield from _matches(shape, (_IN_GROUPS, _ACCOUNT))


def _positions(written: bytes) -> Iterator[int]:
    yield from _matches(written, _AS_WRITTEN)
    if b"@" in written:
        yield from _matches(written, _CREDENTIALS)
    yield from _matches(written.translate(_FOLDED), _IN_FOLDED)
    yield from _numbers(written)
    yield from _places(written.translate(_PARTS), _THREE_PARTS)


def suspects(texts: Sequence[str]) -> Iterator[int]:
    """The indexes of the texts that are worth a closer look, in order."""
    for first in range(0, len(texts), _BATCH):
        batch = texts[first : first + _BATCH]
        # One byte per character keeps positions true; what is not Latin-1 belongs to no token.
        written = "\n".join(batch).encode("latin-1", "replace")
        positions = set(_positions(written))
        if positions:
            ends = list(accumulate(len(text) + 1 for text in batch))
            yield from (first + index for index in sorted({bisect_right(ends, place) for place in positions}))
