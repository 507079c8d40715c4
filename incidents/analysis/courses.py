"""What the curves of a service did when a change came: a limit that stepped, or something that began to climb."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from incidents.analysis.deviations import clean, figure, ordinary
from incidents.analysis.measures import Measure, in_words, measure_of
from incidents.analysis.observed import Change, Points, Series
from incidents.analysis.scene import Scene
from incidents.analysis.symptoms import Symptom
from incidents.analysis.weighing import Point, Sort, point

SAME_MOMENT = 5 * 60.0
FEWEST_POINTS, BLOCKS = 6, 6
GROWS = frozenset({Symptom.MEMORY, Symptom.DISK, Symptom.BACKLOG})


def course(change: Change, scene: Scene) -> list[Point]:
    """What the curves of the service did when the change came: a step, or the begin of a climb."""
    if not change.is_live:
        return []
    mine = [
        one
        for one in scene.observed.series
        if one.service in (change.service, scene.origin) and change.service
    ]
    found = [step for one in sorted(mine) if one.service == change.service for step in _step(one, change)]
    found += [
        climb for one in sorted(mine) if one.service == scene.origin for climb in _climb(one, change, scene)
    ]
    ranked = sorted(found, key=lambda one: (-abs(one.weight), one.reason))
    return ranked[:1]


def _parts(series: Series, at: float) -> tuple[Points, Points]:
    points = clean(series.points)
    return tuple(one for one in points if one[0] < at), tuple(one for one in points if one[0] >= at)


def _step(series: Series, change: Change) -> list[Point]:
    """A limit that stood still and moved when the change came."""
    before, after = _parts(series, change.at)
    if measure_of(series.metric) != Measure.LIMIT or len(before) < FEWEST_POINTS or len(after) < 2:
        return []
    old, new = (
        [value for _, value in before[-FEWEST_POINTS:]],
        [value for at, value in after if at <= change.at + SAME_MOMENT],
    )
    if not new or len(set(old)) > 1 or abs(median(new) - old[0]) <= ordinary(old).reach:
        return []
    values = f"from {figure(old[0])} to {figure(median(new))}"
    text = f"{in_words(series.metric)} of {series.service} went {values} when it came."
    return [point(2.5, Sort.COURSE, text, change.ref, series.ref)]


def _climb(series: Series, change: Change, scene: Scene) -> list[Point]:
    """Something that grows until it fails: did it begin to grow with the change, or long before?"""
    if measure_of(series.metric) != Measure.SATURATION or not GROWS & set(scene.symptoms.found):
        return []
    end = scene.began or float("inf")
    before, after = _parts(
        series._replace(points=tuple(one for one in series.points if one[0] <= end)), change.at
    )
    rising_before, rising_after = _rises(before), _rises(after)
    what = f"{in_words(series.metric)} of {series.service}"
    if rising_after and before and not rising_before and change.service == series.service:
        return [
            point(
                2.0,
                Sort.COURSE,
                f"{what} climbed steadily from then on, and had not before.",
                change.ref,
                series.ref,
            )
        ]
    if rising_before:
        return [
            point(
                -1.5, Sort.COURSE, f"{what} had been climbing already before it came.", change.ref, series.ref
            )
        ]
    return []


def _rises(points: Sequence[tuple[float, float]]) -> bool:
    """Whether the medians of six stretches only go up, and by more than a tenth in all."""
    if len(points) < 2 * BLOCKS:
        return False
    size = len(points) // BLOCKS
    blocks = [median(value for _, value in points[n * size : (n + 1) * size]) for n in range(BLOCKS)]
    ups = sum(later > earlier for earlier, later in pairwise(blocks))
    return ups >= BLOCKS - 2 and blocks[-1] - blocks[0] > 0.1 * max(abs(blocks[0]), 1e-9)
