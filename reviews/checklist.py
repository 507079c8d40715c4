"""The checklist of one review as its screens show it: what holds it up, what is worth mending, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from reviews.checks import FORTY, GROUPS, Finding, Point, State, held
from reviews.enums import CheckCode

MOST_SHOWN = 12


@dataclass
class Checklist:
    """The points in the order of the checklist, and the groups that they are shown in."""

    points: Sequence[Point]

    @cached_property
    def holding(self) -> list[Finding]:
        """What holds up submission or publication, a line for each passage."""
        return [one for point in self.points if point.blocks for one in point.findings if not one.is_hint]

    @cached_property
    def mending(self) -> list[Finding]:
        """What is worth mending and holds nothing up; hints come last."""
        fails = [point for point in self.points if point.state is State.FAILS and not point.blocks]
        sure = [one for point in fails for one in point.findings if not one.is_hint]
        shown = {State.FAILS, State.HOLDS, State.LATER}
        hints = [
            one
            for point in self.points
            if point.state in shown and not point.check.is_by_person
            for one in point.findings
            if one.is_hint
        ]
        return [*sure, *hints]

    @cached_property
    def sure(self) -> list[Finding]:
        """Everything but hints and what merely waits for somebody's word."""
        return [
            one
            for point in self.points
            if point.blocks or not point.check.is_by_person
            for one in point.findings
            if not one.is_hint
        ]

    @property
    def mending_first(self) -> list[Finding]:
        return self.mending[:MOST_SHOWN]

    @property
    def mending_more(self) -> int:
        """How many are shown on the page of the checklist only."""
        return max(len(self.mending) - MOST_SHOWN, 0)

    @cached_property
    def to_confirm(self) -> list[Point]:
        return [point for point in self.points if point.state is State.TO_CONFIRM]

    @cached_property
    def excepted(self) -> list[Point]:
        return [point for point in self.points if point.state is State.EXCEPTED]

    @cached_property
    def failing(self) -> list[CheckCode]:
        """The checks from which there could be an exception."""
        return [point.code for point in self.points if point.state in (State.FAILS, State.TO_CONFIRM)]

    @cached_property
    def passed(self) -> list[Point]:
        """What holds, or comes later."""
        return [point for point in self.points if point.state in (State.HOLDS, State.LATER)]

    @property
    def held(self) -> int:
        """How many of the forty hold."""
        return held(self.points)[0]

    @property
    def all(self) -> int:
        return len(FORTY)

    @cached_property
    def groups(self) -> list[tuple[str, list[Point]]]:
        """Every point under the heading of its part of the checklist."""
        by_code = {point.code: point for point in self.points}
        return [(name, [by_code[check.code] for check in checks]) for name, checks in GROUPS]
