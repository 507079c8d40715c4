"""Which measurements there are, and how they are timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Measured:
    """One result: what was done and against what, both in seconds."""

    what: str
    against: str
    seconds: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor

    def __str__(self) -> str:
        return (
            f"{self.ratio:6.2f} times   {self.what} ({self.seconds * 1000:.1f} ms)\n"
            f"               against {self.against} ({self.floor * 1000:.1f} ms)"
        )


Bench = Callable[[], Iterator[Measured | str]]
"""Yields its results; a sentence in place of one says why it was left out, or adds a figure that is no ratio."""
BENCHES: list[Bench] = []


def bench(function: Bench) -> Bench:
    """Register a measurement; it runs with an empty, migrated database."""
    BENCHES.append(function)
    return function


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def by_turns(*works: Callable[[], object], rounds: int) -> list[float]:
    """The best time of each, taken in turns so that a slow moment of the machine meets all of them."""
    times = [[seconds(work) for work in works] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]
