"""A log as blocks of lines, without ever holding more than a block and the beginning of a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 256 * 1024
BLOCK = LONGEST_LINE
OVERLONG = b"\n"
"""Stands for a line longer than ``LONGEST_LINE``: no line holds its own line feed."""
TOO_LONG = f"It is longer than {LONGEST_LINE // 1024} KB."
_MARK = b"\xef\xbb\xbf"


class Feed:
    """Reads ahead to see what a file is, and then goes through it once, from its beginning."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = stream.read(BLOCK).removeprefix(_MARK)
        self._at = 0

    @property
    def head(self) -> bytes:
        """The first bytes of the file, up to ``BLOCK`` of them, without a byte order mark."""
        return self._ahead

    def blocks(self) -> Iterator[list[bytes]]:
        """Lists of lines without their line feeds, in order."""
        rest, block = b"", self._ahead
        dropping = False
        while block:
            lines = block.split(b"\n")
            lines[0] = rest + lines[0]
            rest = lines.pop()
            if lines and (dropping or len(lines[0]) >= LONGEST_LINE):
                lines[0], dropping = OVERLONG, False
            if len(rest) >= LONGEST_LINE or (dropping and not lines):
                rest, dropping = b"", True
            yield lines
            block = self._stream.read(BLOCK)
        if rest or dropping:
            yield [OVERLONG if dropping else rest]

    def line(self) -> bytes:
        """One line with its line feed, at most about ``LONGEST_LINE`` bytes of it; empty at the end."""
        end = self._ahead.find(b"\n", self._at) + 1
        if not end and len(self._ahead) - self._at < LONGEST_LINE and self._more():
            end = self._ahead.find(b"\n", self._at) + 1
        return self._cut(end or len(self._ahead))

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end."""
        while len(self._ahead) - self._at < size and self._more():
            pass
        return self._cut(self._at + size)

    def _more(self) -> bool:
        """Read the next block behind what is not consumed yet; says whether there was one."""
        block = self._stream.read(BLOCK)
        self._ahead, self._at = self._ahead[self._at :] + block, 0
        return bool(block)

    def _cut(self, end: int) -> bytes:
        found = self._ahead[self._at : end]
        self._at += len(found)
        return found
