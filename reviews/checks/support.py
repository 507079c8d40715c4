"""The test of invariant 1: every quotation, time, date, number and name of a passage stands in the entries that it
cites, and every span of time is the distance between two of them.

Linear in the length of the passage and of what it cites: a page asks it of a thousand passages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Protocol

from incidents.chronology import in_words
from reviews.invisible import seen


class Told(Protocol):
    """An entry, as far as a check needs it."""

    @property
    def at(self) -> datetime: ...

    @property
    def text(self) -> str: ...

    @property
    def actor(self) -> str: ...


_QUOTATION = re.compile(r"“([^“”]*)”")
_WORD = re.compile(r"(?<![\w.])\w+")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\b")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(
    rf"\b(\d{{1,2}}) ({'|'.join(f'{month[:3]}|{month}' for month in _MONTHS)})\w*(?: (\d{{4}}))?\b"
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SPAN = re.compile(
    r"\b\d+ (?:d|days?|h|hours?|min|minutes?|s|seconds?)\b(?:(?:,? and|,)? \d+ (?:h|hours?|min|minutes?|s|"
    r"seconds?)\b)*"
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d.,]*(?![\w-])")
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’'-]*(?: [A-ZÀ-ÖØ-Þ][\w’'-]*)*")
_PLAIN_QUOTES = str.maketrans(dict.fromkeys('‘’“”"‹›«»', "'"))
_COMMON_NAMES = frozenset({"UTC", "I", *_MONTHS, *(month[:3] for month in _MONTHS)})


def unsupported(text: str, entries: Sequence[Told]) -> list[str]:
    """The parts of a passage that nothing among ``entries`` bears; empty when it is supported throughout."""
    bearing = _Bearing(entries)
    found = [f"“{words}”" for words in _QUOTATION.findall(text) if _unquoted(words) not in bearing.text]
    rest = _QUOTATION.sub(" ", text)
    checks: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
        (_DATE, bearing.has_date),
        (_ISO_DATE, bearing.has_date),
        (_TIME, bearing.has_time),
        (_SPAN, bearing.has_span),
    )
    for pattern, holds in checks:
        found += [
            match.group()
            for match in pattern.finditer(rest)
            if not holds(match) and not bearing.has(_plain(match.group()))
        ]
        rest = pattern.sub(" ", rest)
    found += [number for number in _numbers(rest) if not bearing.has(number)]
    return found + [name for name in _names(rest) if not bearing.has(_plain(name))]


class _Bearing:
    """What the cited entries say, read once for all parts of a passage."""

    def __init__(self, entries: Sequence[Told]) -> None:
        self.text = _plain(" ".join(f"{entry.actor} {entry.text}" for entry in entries))
        self._instants = sorted(_instants(entries))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def _days(self) -> frozenset[tuple[int, int, int]]:
        return frozenset((at.day, at.month, at.year) for at in self._instants)

    @cached_property
    def _clocks(self) -> frozenset[tuple[int, int, int]]:
        return frozenset((at.hour, at.minute, at.second) for at in self._instants)

    @cached_property
    def _minutes(self) -> list[datetime]:
        return [at.replace(second=0, microsecond=0) for at in self._instants]

    def has(self, part: str) -> bool:
        """Whether the part stands in the text as a whole word."""
        part = part.lower()
        if part.isalnum():
            return part in self._words
        return all(word in self._words for word in _WORD.findall(part)) and _stands(part, self.text)

    def has_date(self, match: re.Match[str]) -> bool:
        first, second, third = match.groups()
        if match.re is _ISO_DATE:
            return (int(third), int(second), int(first)) in self._days
        month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(second[:3]))
        return any(
            (day, its) == (int(first), month) and third in (None, str(year)) for day, its, year in self._days
        )

    def has_time(self, match: re.Match[str]) -> bool:
        hour, minute, second = match.groups()
        if second is not None:
            return (int(hour), int(minute), int(second)) in self._clocks
        return any((its, at) == (int(hour), int(minute)) for its, at, _second in self._clocks)

    def has_span(self, match: re.Match[str]) -> bool:
        """Whether the words are the distance of two entries, to the minute, or as it is said in short."""
        words = match.group()
        wanted = _length(words)
        if wanted is None or not self._minutes or wanted > self._minutes[-1] - self._minutes[0]:
            return False
        # Whatever is said in short leaves out less than an hour.
        return any(
            length == wanted or in_words(length) == words
            for length in self._lengths(wanted, timedelta(hours=1))
        )

    def _lengths(self, least: timedelta, room: timedelta) -> Iterator[timedelta]:
        """The distance to the nearest later entry that lies at least so far away, for each entry."""
        for index, at in enumerate(self._minutes, 1):
            place = bisect_left(self._minutes, at + least, lo=index)
            if place < len(self._minutes) and self._minutes[place] - at < least + room:
                yield self._minutes[place] - at


def _plain(text: str) -> str:
    """Lower case, one kind of quotation mark, single spaces, no escapes."""
    return " ".join(seen(text).replace("\\", "").translate(_PLAIN_QUOTES).lower().split())


def _unquoted(words: str) -> str:
    return _plain(words).removesuffix("…").rstrip(" .,")


def _stands(part: str, bearing: str) -> bool:
    """Whether the part stands in the text as a whole word; by hand, because a page asks it of thousands of words."""
    part = part.lower()
    start = bearing.find(part)
    while start >= 0:
        before, behind = (
            bearing[max(start - 1, 0) : start],
            bearing[start + len(part) : start + len(part) + 1],
        )
        if not (_in_word(before) or before == "." or _in_word(behind)):
            return True
        start = bearing.find(part, start + 1)
    return False


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _instants(entries: Iterable[Told]) -> Iterator[datetime]:
    return (entry.at.astimezone(UTC) for entry in entries)


_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+) ([dhms])")
LONGEST_SPAN = 100 * 365 * 86_400


def _length(words: str) -> timedelta | None:
    """The length that the words give; None for one that no chronology can have."""
    seconds = sum(int(number[:12]) * _UNITS[unit] for number, unit in _PART.findall(words))
    return timedelta(seconds=seconds) if seconds < LONGEST_SPAN else None


def _numbers(text: str) -> Iterator[str]:
    return (number.rstrip(".,") for number in _NUMBER.findall(text))


def _names(text: str) -> Iterator[str]:
    """Capitalized words; the first word of a sentence is capitalized whatever it is, so it does not count."""
    for match in _NAME.finditer(text):
        words = [word for word in match.group().split() if word not in _COMMON_NAMES]
        if words := words[1:] if _begins(text, match.start()) else words:
            yield " ".join(words)


def _begins(text: str, place: int) -> bool:
    """Whether a sentence begins at this place."""
    while place and text[place - 1].isspace():
        place -= 1
    return not place or text[place - 1] in ".!?:"
