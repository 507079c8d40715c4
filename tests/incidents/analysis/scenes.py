"""Small incidents of known truth, for tests of the analysis: a shop whose ``orders`` service fails at eleven."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from incidents.analysis.observed import Alarm, Call, Change, Observed, Series
from incidents.analysis.patterns import Miner, Pattern

ELEVEN = datetime(2026, 3, 5, 11, tzinfo=UTC).timestamp()
MINUTE = 60.0
CALLS = (Call("web", "orders"), Call("orders", "stock"), Call("orders", "payments"))


def series(
    service: str,
    metric: str,
    usual: float,
    then: float | None = None,
    *,
    at: float = 0.0,
    noise: float = 0.05,
    seed: int = 1,
    before: int = 60,
    after: int = 12,
) -> Series:
    """A value a minute; ``usual`` with noise, and ``then`` from ``at`` minutes after eleven on."""
    chance = random.Random(f"{service} {metric} {seed}")
    level = usual if then is None else then
    points = [
        (
            ELEVEN + minute * MINUTE,
            (level if minute >= at else usual) * (1 + noise * (2 * chance.random() - 1)),
        )
        for minute in range(-before, after)
    ]
    return Series(service, metric, tuple(points))


def lines(
    service: str, text: str, *, at: float = 0.0, count: int = 20, level: str = "error"
) -> list[tuple[float, str, str, str]]:
    """A line each ten seconds, from ``at`` minutes after eleven on."""
    return [(ELEVEN + at * MINUTE + 10.0 * turn, text, service, level) for turn in range(count)]


def patterns(*groups: Iterable[tuple[float, str, str, str]], quiet: bool = True) -> tuple[Pattern, ...]:
    """The log patterns of lines, with an hour of ordinary lines before them."""
    miner = Miner()
    ordinary = [(ELEVEN - minute * MINUTE, "handled request", "web", "info") for minute in range(1, 60)]
    everything = sorted([*(ordinary if quiet else []), *(line for group in groups for line in group)])
    for ordinal, (at, text, actor, level) in enumerate(everything, start=1):
        miner.add(text, actor, level, at, ordinal)
    return tuple(miner.patterns())


def alarm(service: str = "orders", text: str = "orders fails", *, at: float = 4.0, metric: str = "") -> Alarm:
    """An alert four minutes after eleven."""
    return Alarm("A1", ELEVEN + at * MINUTE, service, text, metric, f"{service}-monitor")


def change(
    key: str, text: str, diff: str = "", *, at: float = -10.0, service: str = "orders", **fields: Any
) -> Change:
    """A deployment ``at`` minutes before or after eleven."""
    return Change(key, ELEVEN + at * MINUTE, service, text, diff=diff, **fields)


def failing(*changes: Change, error: str = "cannot serve", **fields: Any) -> Observed:
    """``orders`` fails from eleven on with these errors, and ``web`` with it."""
    made = Observed(
        series=(
            series("orders", "error_ratio", 0.002, 0.7),
            series("web", "error_ratio", 0.002, 0.5),
            series("stock", "error_ratio", 0.002),
        ),
        patterns=patterns(
            lines("orders", error, at=0.2), lines("web", "upstream orders returned an error", at=0.4, count=8)
        ),
        changes=changes,
        alarms=(alarm(),),
        calls=CALLS,
    )
    return made._replace(**fields)
