"""Which action item needs which: a pure look for loops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

Edge = tuple[int, int]


def cycle_through(edges: Iterable[Edge], item: int, needs: Iterable[int]) -> list[int]:
    """The loop that would close if ``item`` came to need every one of ``needs``; empty when there is none.

    ``edges`` are (item, needed item) pairs as they stand, without those of ``item``. The answer starts and ends with
    ``item`` and names the way round, shortest first found breadth-first.
    """
    needed: dict[int, list[int]] = {}
    for one, other in edges:
        if one != item:
            needed.setdefault(one, []).append(other)
    for first in needs:
        way = [first] if first == item else _way(needed, first, item)
        if way:
            return [item, *way]
    return []


def _way(needed: Mapping[int, list[int]], start: int, goal: int) -> list[int]:
    """The shortest way from ``start`` to ``goal`` along what is needed, both included; empty when there is none."""
    reached: dict[int, int | None] = {start: None}
    queue = [start]
    for one in queue:
        if one == goal:
            return _trace(reached, goal)
        for other in needed.get(one, []):
            if other not in reached:
                reached[other] = one
                queue.append(other)
    return []


def _trace(reached: Mapping[int, int | None], goal: int) -> list[int]:
    way: list[int] = []
    step: int | None = goal
    while step is not None:
        way.append(step)
        step = reached[step]
    return way[::-1]


def sentence(cycle: Iterable[int]) -> str:
    """How a person is told of a loop of item numbers: "A1 needs A3, A3 needs A1"."""
    numbers = list(cycle)
    return ", ".join(f"A{one} needs A{other}" for one, other in pairwise(numbers))
