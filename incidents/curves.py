"""Measured series as lines: pure geometry, shared by the picture of one series and the strips of the swim lanes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Sample = tuple[float, float]
"""Unix seconds and a value."""


def readable(points: Iterable[Any]) -> list[Sample]:
    """The samples with a finite time and value, in order of time; whatever else stands between them is left out."""
    found = (_sample(point) for point in points)
    return sorted(sample for sample in found if sample)


def thinned(samples: Sequence[Sample], most: int) -> list[Sample]:
    """At most about ``most`` samples that draw the same line: the lowest and the highest of each stretch."""
    if len(samples) <= most:
        return list(samples)
    size = math.ceil(len(samples) / (most / 2))
    kept: list[Sample] = []
    for first in range(0, len(samples), size):
        stretch = samples[first : first + size]
        ends = {min(stretch, key=lambda one: one[1]), max(stretch, key=lambda one: one[1])}
        kept.extend(sorted(ends))
    return kept


def path(samples: Sequence[Sample], x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """The line as the ``d`` of a path."""
    return "M" + "L".join(f"{round(x(at), 1):g} {round(y(value), 1):g}" for at, value in samples)


def scale(low: float, high: float, bottom: float, top: float) -> Callable[[float], float]:
    """From a value to its place between ``bottom`` and ``top``; in the middle when all values are one."""
    if high == low:
        return lambda _value: (bottom + top) / 2
    return lambda value: bottom - (value - low) / (high - low) * (bottom - top)


def in_figures(value: float) -> str:
    """``1,234``, ``0.031``, ``2.5e+09``: four figures at most."""
    if value and not 1e-3 <= abs(value) < 1e7:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _sample(point: Any) -> Sample | None:
    if not isinstance(point, list | tuple) or len(point) != 2:
        return None
    try:
        at, value = float(point[0]), float(point[1])
    except (TypeError, ValueError):
        return None
    return (at, value) if math.isfinite(at) and math.isfinite(value) and 0 <= at < 1e11 else None
