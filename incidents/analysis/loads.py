"""Load as a contributing factor: more requests than usual, and things that were used up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from incidents.analysis.deviations import Deviation, clean
from incidents.analysis.measures import Measure, in_words, measure_of
from incidents.analysis.observed import Series
from incidents.analysis.scene import Scene
from incidents.analysis.telling import spoken, telling_of
from incidents.analysis.weighing import Candidate, Kind, Point, Sort, candidate, point

TWICE = 2.0
NEAR = 5 * 60.0
TOP = 0.97
FULL_SHARE = 0.3

_LOADED = re.compile(
    r"overload|shedding|saturat|surge|request volume|queue(?:d| full)|too many requests|"
    r"capacity|autoscal|bot|scrap|crawl|ddos|rate.?limit",
    re.IGNORECASE,
)


def traffic(scene: Scene) -> Candidate | None:
    """More requests at the way in, before or with the failure, and passed on to what lies behind it."""
    rose = [
        one for one in scene.found if one.measure == Measure.TRAFFIC and one.by > 0 and _doubled(one, scene)
    ]
    busy = {one.service for one in rose}
    first = next((one for one in rose if one.service == scene.origin), None)
    if first is None or scene.began is None or first.at > scene.began + NEAR:
        return None
    callers = {call.caller for call in scene.observed.calls if call.callee == scene.origin}
    measured = {one.service for one in scene.observed.series if measure_of(one.metric) == Measure.TRAFFIC}
    weighed = [point(3.0, Sort.COURSE, first.why, first.ref)]
    if len(busy) > 1 and len(busy) >= len(measured) / 2:
        text = f"{len(busy)} of {len(measured)} services got more requests alike: {', '.join(sorted(busy))}."
        weighed.append(point(2.0, Sort.WORDS, text, *(one.ref for one in rose)))
    if not callers & busy:
        weighed.append(
            point(
                1.0, Sort.PLACE, f"No service that calls {scene.origin} had more requests itself.", first.ref
            )
        )
    if (texts := telling_of(scene, _LOADED)).said:
        weighed.append(spoken(texts, 3.0, 1.0))
    return candidate(
        Kind.TRAFFIC, Kind.TRAFFIC, scene.origin, f"More requests than usual reached {scene.origin}.", weighed,
        "Where the additional requests came from, and whether the service holds up under as many in a test.",
    )  # fmt: skip


def _doubled(one: Deviation, scene: Scene) -> bool:
    values = next((clean(series.points) for series in scene.observed.series if series.ref == one.ref), ())
    before = sorted(value for at, value in values if at <= one.after)
    usual = before[len(before) // 2] if before else 0.0
    return one.by + usual >= TWICE * usual


def saturation(scene: Scene) -> Candidate | None:
    """Something limited that was used up: it reached its limit and stayed there."""
    full = [found for one in scene.found if (found := _used_up(one, scene))]
    if not full:
        return None
    return candidate(
        Kind.SATURATION, Kind.SATURATION, scene.origin, f"Something that {scene.origin} needs was used up.", full[:1],
        "What took it up, and that the failure goes away with more of it.",
    )  # fmt: skip


def _used_up(one: Deviation, scene: Scene) -> Point | None:
    if one.service != scene.origin or one.measure != Measure.SATURATION or one.by <= 0:
        return None
    series = next((found for found in scene.observed.series if found.ref == one.ref), None)
    if series is None:
        return None
    after = [value for at, value in clean(series.points) if at >= one.at]
    limit = _limit(series, scene) or max(after)
    if _share_at(after, limit) < FULL_SHARE:
        return None
    text = f"{in_words(one.what)} of {one.service} reached {limit:,.4g} and stayed there."
    return point(2.5, Sort.COURSE, text, one.ref)


def _share_at(values: Sequence[float], limit: float) -> float:
    return sum(value >= TOP * limit for value in values) / len(values) if values and limit > 0 else 0.0


def _limit(series: Series, scene: Scene) -> float | None:
    """The limit of the same thing, measured beside it: ``pool_max`` for ``pool_in_use``."""
    mine = set(series.metric.split("_"))
    for other in _limits(scene, series.service):
        if len(mine & set(other.metric.split("_"))) >= 2:
            return clean(other.points)[-1][1]
    return None


def _limits(scene: Scene, service: str) -> Iterator[Series]:
    for one in sorted(scene.observed.series):
        if one.service == service and measure_of(one.metric) == Measure.LIMIT and clean(one.points):
            yield one
