"""From what sources tell to one UTC order; pure functions over plain values.

A time is never guessed (invariant 2): one that could mean two instants raises ``TimeNotCertain`` with a sentence that
says what a person must declare, text that is no time raises ``TimeUnreadable``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from incidents.enums import MilestoneKind, Precision
from incidents.errors import TimeUnreadable
from incidents.sources.base import ParseContext, Signal
from incidents.times import read_time

LONG_SILENCE = timedelta(minutes=30)


class NormalizedEntry(NamedTuple):
    """A signal whose time has been read.

    ``at`` is the UTC instant after the source's clock offset was taken off, ``original_at`` the one before; ``zone``
    names the zone that made the time an instant.
    """

    signal: Signal
    at: datetime
    original_at: datetime
    precision: Precision
    zone: str


class Gap(NamedTuple):
    """A silence between two neighboring moments of the chronology."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def normalize(signal: Signal, context: ParseContext) -> NormalizedEntry:
    """Read a signal's time; raises ``TimeNotCertain`` or ``TimeUnreadable``."""
    at, precision, zone = read_time(
        signal.time_text, signal.zone or context.zone, date_order=context.date_order, year=context.year
    )
    if signal.precision is not None:
        at, precision = _cut(at, signal.precision), signal.precision
    right = _set_right(at, context.clock_offset) if context.clock_offset else at
    return tuple.__new__(NormalizedEntry, (signal, right, at, precision, zone))  # a million times for a log


def elapsed(at: datetime, since: datetime | None) -> str:
    """Time since impact started, in whole minutes: ``+7 min``, ``−12 min``, ``+26 h 3 min``; empty without a start."""
    if since is None:
        return ""
    minutes = int(_to_minute(at).timestamp() - _to_minute(since).timestamp()) // 60
    return f"{'−' if minutes < 0 else '+'}{in_words(timedelta(minutes=abs(minutes)))}"


def in_words(span: timedelta) -> str:
    """A span as people say it: ``46 min``, ``5 h``, ``24 h 11 min``, ``3 d 4 h``."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 72:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def gaps(moments: Sequence[datetime], longer_than: timedelta = LONG_SILENCE) -> list[Gap]:
    """The silences between neighboring moments; ``moments`` must be in order."""
    return [
        Gap(earlier, later) for earlier, later in itertools.pairwise(moments) if later - earlier > longer_than
    ]


def contradictions(milestones: Mapping[MilestoneKind, datetime]) -> list[str]:
    """A sentence for each neighboring pair of milestones that stands in the wrong order."""
    reached = [(kind, milestones[kind]) for kind in MilestoneKind if kind in milestones]
    return [
        f"“{later.label}” ({_clock(then)} UTC) lies before “{earlier.label}” ({_clock(first)} UTC). "
        "Move one of them to the right entry, or correct that entry's time."
        for (earlier, first), (later, then) in itertools.pairwise(reached)
        if then < first
    ]


def in_order(entries: Iterable[NormalizedEntry]) -> list[NormalizedEntry]:
    """By instant; those of one instant stay as the source gave them."""
    return sorted(entries, key=lambda entry: entry.at)


def _set_right(at: datetime, offset: int) -> datetime:
    """The instant without what the source's clock ran ahead, in seconds."""
    try:
        return at - timedelta(seconds=offset)
    except OverflowError as error:
        raise TimeUnreadable("With the clock set right, it lies outside of the calendar.") from error


def _cut(moment: datetime, precision: Precision) -> datetime:
    """The moment without what the source's format cannot mean as time (Slack numbers messages after the point)."""
    return moment.replace(microsecond=0) if precision is Precision.SECOND else _to_minute(moment)


def _to_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%-d %b %Y %H:%M")
