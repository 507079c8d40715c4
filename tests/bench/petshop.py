"""The labelled issues of PetShop, read from the folder that ``AFTERWORD_PETSHOP`` names.

The published method gives each issue the same quiet record, taken on other days: it is declared as what is usual.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from statistics import fmean, pstdev

from incidents.analysis.observed import Alarm, Call, Observed, Series
from incidents.analysis.windows import Window

STEP = 300.0
DAY = 24 * 3600.0
WEEK = 7 * DAY
HEADER = 4

Columns = dict[tuple[str, str], list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue: what was observed, the component that was broken, and the quiet record by itself."""

    name: str
    observed: Observed
    culprit: str
    quiet: Columns
    broken: Columns


def issues(root: Path) -> Iterator[Issue]:
    """All issues of the training part below the folder, by name."""
    for target in sorted(root.glob("*/train/*/target.json")):
        traffic = target.parents[2]
        quiet = _columns(traffic / "noissue" / "metrics.csv")
        yield _issue(
            f"{traffic.name}/{target.parent.name}", target, quiet, tuple(_calls(traffic / "graph.csv"))
        )


def _issue(name: str, path: Path, quiet: Columns, calls: tuple[Call, ...]) -> Issue:
    told = json.loads(path.read_text())
    broken = _columns(path.parent / "metrics.csv")
    goal = told["target"]
    alarm = Alarm(
        "target",
        float(goal["timestamp"]),
        goal["node"],
        f"{goal['metric']} of {goal['node']}",
        goal["metric"],
    )
    return Issue(
        name,
        Observed(series=tuple(_joined(quiet, broken)), alarms=(alarm,), calls=calls, usual=_usual(broken)),
        told["root_cause"]["node"],
        quiet,
        broken,
    )


def _columns(path: Path) -> Columns:
    with path.open(newline="") as lines:
        rows = list(csv.reader(lines))
    names = list(zip(*(row[1:] for row in rows[:3]), strict=True))
    found: Columns = {(name, f"{metric} {statistic}"): [] for name, metric, statistic in names}
    for row in rows[HEADER:]:
        for (name, metric, statistic), text in zip(names, row[1:], strict=True):
            if text:
                found[name, f"{metric} {statistic}"].append((float(row[0]), float(text)))
    return found


def _joined(quiet: Columns, broken: Columns) -> Iterator[Series]:
    """The quiet record, moved to a week before the issue, and the issue."""
    shift = _usual(broken).end - max(at for points in quiet.values() for at, _ in points) - STEP
    for (name, metric), points in broken.items():
        before = tuple((at + shift, value) for at, value in quiet.get((name, metric), ()))
        yield Series(name, metric, (*before, *points))


def _usual(broken: Columns) -> Window:
    """The days that end a week before the issue begins."""
    start = min(at for points in broken.values() for at, _ in points)
    return Window(start - WEEK - 3 * DAY, start - WEEK)


def _calls(path: Path) -> Iterator[Call]:
    with path.open(newline="") as lines:
        rows = list(csv.reader(lines))
    for row in rows[1:]:
        for callee, cell in zip(rows[0][1:], row[1:], strict=True):
            if cell and float(cell):
                yield Call(row[0], callee)


def by_z_score(issue: Issue) -> list[str]:
    """The plain baseline: components by how many standard deviations one of their means moved, the most first."""
    scores: dict[str, float] = {}
    for (name, metric), points in issue.broken.items():
        score = _z(issue.quiet.get((name, metric), ()), points)
        scores[name] = max(score, scores.get(name, 0.0))
    return sorted(scores, key=lambda name: (-scores[name], name))


def _z(before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]) -> float:
    if len(before) < 2 or not after:
        return 0.0
    spread = pstdev(value for _, value in before)
    score = (
        abs(fmean(value for _, value in after) - fmean(value for _, value in before)) / spread
        if spread
        else 0.0
    )
    return score if isfinite(score) else 0.0
