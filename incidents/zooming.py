"""Which stretch of time the swim lanes show, and the steps from it to another; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from incidents import lanes
from incidents.enums import MilestoneKind

SHORTEST = timedelta(minutes=1)


class Zoom(NamedTuple):
    """A step to another stretch: its name, what it asks for, and whether that is what is shown."""

    label: str
    asked: dict[str, str]
    is_now: bool = False
    icon: str = ""
    query: str = ""


def window(whole: lanes.Window, start: datetime | None, end: datetime | None) -> lanes.Window:
    """The stretch from ``start`` to ``end``, or the whole; never shorter than a minute."""
    first, last = start or whole.start, end or whole.end
    if last < first:
        return whole
    return lanes.Window(first, max(last, first + SHORTEST))


def zooms(whole: lanes.Window, now: lanes.Window, times: Mapping[MilestoneKind, datetime]) -> Iterator[Zoom]:
    """The whole, each phase, closer, wider, earlier and later, as far as each leads somewhere."""
    is_whole = now == whole
    yield Zoom("Whole", {"from": "", "to": ""}, is_whole)
    for phase in lanes.phases(times):
        stretch = lanes.Window(phase.start, max(phase.end, phase.start + SHORTEST))
        yield Zoom(phase.label, _asked(stretch), now == stretch)
    length = now.end - now.start
    if length >= 4 * SHORTEST:
        yield _step("Closer", now.start + length / 4, now.end - length / 4, "plus")
    if not is_whole:
        yield _step("Wider", now.start - length / 2, now.end + length / 2, "minus")
    if now.start > whole.start:
        yield _step("Earlier", now.start - length / 2, now.end - length / 2, "arrow-left")
    if now.end < whole.end:
        yield _step("Later", now.start + length / 2, now.end + length / 2, "arrow-right")


def legend(times: Mapping[MilestoneKind, datetime]) -> list[lanes.Phase]:
    """The phases that are drawn."""
    return lanes.phases(times)


def _step(label: str, start: datetime, end: datetime, icon: str) -> Zoom:
    return Zoom(label, _asked(lanes.Window(start, end)), icon=icon)


def _asked(stretch: lanes.Window) -> dict[str, str]:
    return {"from": _written(stretch.start), "to": _written(stretch.end)}


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
