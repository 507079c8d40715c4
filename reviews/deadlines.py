"""When the draft, the review and the publication of an incident are due, and where the time went; pure functions.

Hours and days are counted on the clock. Business days are counted in the organization's calendar and zone: a deadline
in two business days falls, at the same local time, on the second working day after the day on which it was set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from reviews.enums import ReviewState, Stage
from reviews.policy import Deadlines, Span, Unit

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class WorkingDays:
    """The days on which an organization works: ``weekdays`` (Monday is 0) but ``holidays``, in its zone."""

    zone: ZoneInfo = UTC_ZONE
    weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def includes(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays


def after(start: datetime, span: Span, days: WorkingDays) -> datetime:
    """The UTC instant that lies ``span`` after ``start``."""
    if span.unit == Unit.HOURS:
        return start + timedelta(hours=span.amount)
    if span.unit == Unit.DAYS:
        return start + timedelta(days=span.amount)
    local = start.astimezone(days.zone)
    day = _nth_working_day(local.date(), span.amount, days)
    return datetime.combine(day, local.time(), days.zone).astimezone(UTC)


def _nth_working_day(day: date, count: int, days: WorkingDays) -> date:
    """The ``count``-th working day after ``day``; a calendar without any counts every day."""
    if not days.weekdays:
        return day + timedelta(days=count)
    while count:
        day += timedelta(days=1)
        count -= days.includes(day)
    return day


@dataclass(frozen=True)
class Due:
    """When each stage of a review is due, in UTC."""

    draft: datetime
    review: datetime
    publication: datetime

    def of(self, stage: Stage) -> datetime:
        moments = {Stage.DRAFT: self.draft, Stage.REVIEW: self.review, Stage.PUBLICATION: self.publication}
        return moments[stage]


def due_of(ended_at: datetime, deadlines: Deadlines, days: WorkingDays) -> Due:
    """When everything is due for an incident that ended at ``ended_at``."""
    return Due(
        draft=after(ended_at, deadlines.draft, days),
        review=after(ended_at, deadlines.review, days),
        publication=after(ended_at, deadlines.publication, days),
    )


_STAGES = {
    ReviewState.DRAFTING: Stage.DRAFT,
    ReviewState.CHANGES_REQUESTED: Stage.REVIEW,
    ReviewState.IN_REVIEW: Stage.REVIEW,
    ReviewState.APPROVED: Stage.PUBLICATION,
}


def stage_of(state: ReviewState | None) -> Stage | None:
    """What comes next: the draft while there is no review or it is written; nothing for a closed one."""
    return Stage.DRAFT if state is None else _STAGES.get(state)


class Change(Protocol):
    """A change of state, as far as time is concerned."""

    @property
    def target(self) -> str: ...

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True)
class Spent:
    """Where the time of a review went: writing, waiting for signatures, waiting for publication."""

    writing: timedelta
    signatures: timedelta
    publication: timedelta


def spent(changes: Iterable[Change], until: datetime) -> Spent:
    """The time in each kind of state, by the changes in their order, up to ``until`` while the review is open."""
    rows = list(changes)
    return Spent(
        writing=_within(rows, {ReviewState.DRAFTING, ReviewState.CHANGES_REQUESTED}, until),
        signatures=_within(rows, {ReviewState.IN_REVIEW}, until),
        publication=_within(rows, {ReviewState.APPROVED}, until),
    )


def _within(rows: Sequence[Change], states: set[ReviewState], until: datetime) -> timedelta:
    ends = [*(row.at for row in rows[1:]), until]
    lengths = (
        max(end - row.at, timedelta(0)) for row, end in zip(rows, ends, strict=False) if row.target in states
    )
    return sum(lengths, timedelta(0))
