"""Kubernetes: the files that the container runtime (CRI) writes, as ``<time> stdout F <words>``.

The runtime cuts a long line into pieces marked ``P``; the last one is marked ``F``. A program inside that writes
JSON or logfmt is read by its fields, at the time that the runtime gives.
"""

from __future__ import annotations

from incidents.sources.base import Signal, Skipped
from incidents.sources.logs.carried import carried
from incidents.sources.logs.line import LONGEST_TEXT, Part

STREAMS = ("stdout F", "stderr F", "stdout P", "stderr P")
_LONGEST_JOINED = 4 * LONGEST_TEXT


def read(when: str, rest: str, number: int) -> Part:
    """A piece of a container's line; ``rest`` begins with the stream and the tag."""
    words = rest[9:]
    return Part(rest[:6], rest[7] == "F", when, words, number)


class Joiner:
    """Puts the pieces of lines together, for each stream by itself."""

    def __init__(self) -> None:
        self._open: dict[str, Part] = {}

    def add(self, part: Part) -> Signal | Skipped | None:
        """The fact of a line that is now whole; nothing while pieces are missing, and for an empty line."""
        before = self._open.pop(part.stream, None) if self._open else None
        if before is not None:
            part = before._replace(last=part.last, text=(before.text + part.text)[:_LONGEST_JOINED])
        if not part.last:
            self._open[part.stream] = part
            return None
        return _whole(part)

    def rest(self) -> list[Signal | Skipped]:
        """The lines whose last piece does not stand in the file."""
        left, self._open = list(self._open.values()), {}
        return [found for part in left if (found := _whole(part))]


def _whole(part: Part) -> Signal | Skipped | None:
    text = part.text.strip()
    return carried(text, part.when, part.number) if text else None
