"""Spans of a log that are compared with each other, and moments in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil, floor
from typing import NamedTuple

SHORTEST_BASELINE = 5 * 60
LONGEST_LEAD = 15 * 60
LONGEST_BASELINE = 24 * 3600


class Window(NamedTuple):
    """From ``start`` until ``end``, in Unix seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """In seconds."""
        return self.end - self.start

    @property
    def touched(self) -> range:
        """The minutes (since 1970) that lie in it, in part at least."""
        return range(floor(self.start / 60), ceil(self.end / 60))

    @property
    def whole(self) -> range:
        """The minutes that lie in it from their first to their last second: what is known to be before is before."""
        return range(ceil(self.start / 60), floor(self.end / 60))


def within(per_minute: Mapping[int, int], minutes: range) -> int:
    """How many of the counted fall into these minutes."""
    if len(per_minute) > len(minutes):
        return sum(per_minute.get(minute, 0) for minute in minutes)
    return sum(count for minute, count in per_minute.items() if minute in minutes)


def quiet_before(start: float, log_start: float) -> Window | None:
    """The part of a log before an incident that can serve as its baseline; ``None`` when too little is left.

    Alerts need minutes to fire, so up to a quarter of an hour before the start (a third of what there is, when that is
    less) counts as part of the incident. A day is enough: one line with a wrong year must not stretch the baseline.
    """
    earliest = max(log_start, start - LONGEST_BASELINE)
    before = start - earliest
    found = Window(earliest, start - min(LONGEST_LEAD, before / 3))
    return found if found.length >= SHORTEST_BASELINE else None


def clock(at: float, beside: float | None = None) -> str:
    """``11:00:04``; with the date when it is another day than ``beside``."""
    moment = datetime.fromtimestamp(at, UTC)
    same_day = beside is None or moment.date() == datetime.fromtimestamp(beside, UTC).date()
    return f"{moment:%H:%M:%S}" if same_day else f"{moment:%-d %b %H:%M:%S}"


def minute_clock(minute: int) -> str:
    """``11:04`` for a minute since 1970."""
    return f"{datetime.fromtimestamp(minute * 60, UTC):%H:%M}"


def number(count: int) -> str:
    """``2,114``."""
    return f"{count:,}"


def times(count: int) -> str:
    """``once``, ``212 times``."""
    return "once" if count == 1 else f"{number(count)} times"
