"""Synthetic past incidents, so that the KPI page has a baseline and a pilot to compare before real history exists.

Nothing here happened. Every record says ``synthetic=True`` and must be shown as such. ``synthetic_history`` is a pure
function of its arguments: the same ``now`` and ``seed`` give the same records.

The nine months before ``now`` fall into a baseline quarter and a pilot of two quarters that improves step by step.
Durations are log-normal around each quarter's median and drawn by stratified quantiles, so that even small quarters
keep their median and their spread.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from statistics import NormalDist
from typing import Final, Literal

from config.demo.records import ActionKind

SERVICES: Final = ("billing", "search", "identity", "notifications", "edge-config")
QUARTER: Final = timedelta(days=91)
WINDOW: Final = 3 * QUARTER

_SYMPTOMS: Final = {
    "billing": ("Invoices delayed", "Payment provider timeouts", "Duplicate charges held back"),
    "search": ("Search results stale", "Slow queries during reindexing", "Index nodes out of memory"),
    "identity": ("Sign-in errors", "Session store unreachable", "Expired signing certificate"),
    "notifications": ("Mail queue stuck", "Push messages delayed", "Webhook retries pile up"),
    "edge-config": (
        "Configuration pushed without canary",
        "Wrong route published",
        "Cache purge overloads origin",
    ),
}
_FIXES: Final[tuple[tuple[str, ActionKind, str], ...]] = (
    ("Add an alert for the first symptom", "detect", "The alert fires in a staged failure."),
    ("Set a limit and test it", "prevent", "A load test stops at the limit."),
    ("Write and rehearse the runbook", "respond", "Somebody else follows it in an exercise without asking."),
    ("Remove the manual step", "prevent", "The step runs unattended for two weeks."),
    ("Roll out in stages", "lessen", "A bad change stays in the first stage."),
    ("Cover the failure with a test", "prevent", "The test fails without the fix."),
)
_SEVERITIES: Final[tuple[Literal[1, 2, 3, 4], ...]] = (2, 3, 3, 1, 3, 2, 4, 3, 2, 3)


@dataclass(frozen=True, slots=True)
class PastAction:
    """A synthetic action item. ``completed`` and ``verified`` are ``None`` while that has not happened.

    Completed in time means ``completed <= due``; an item without ``completed`` whose ``due`` has passed is overdue.
    """

    title: str
    kind: ActionKind
    verification: str
    created: datetime
    due: datetime
    completed: datetime | None
    verified: datetime | None
    synthetic: Literal[True] = True


@dataclass(frozen=True, slots=True)
class PastIncident:
    """A synthetic incident; all times are aware, in the zone of the ``now`` that was given.

    ``severity`` is 1 (worst) to 4. ``repeat_of`` is the index, in the returned tuple, of the earlier incident of the
    same service that this one repeats. ``published_at`` is ``None`` while the postmortem is not published.
    """

    index: int
    title: str
    service: str
    severity: Literal[1, 2, 3, 4]
    impact_started: datetime
    detected: datetime
    resolved: datetime
    published_at: datetime | None
    repeat_of: int | None
    actions: tuple[PastAction, ...]
    synthetic: Literal[True] = True


@dataclass(frozen=True, slots=True)
class _Quarter:
    """What one quarter looks like: how many incidents, how slow, and how many promises are kept in time.

    The last ``unpublished`` incidents have no postmortem yet; ``on_time`` and ``finished`` are shares of all items.
    """

    incidents: int
    repeats: int
    unpublished: int
    publication_days: float
    detection_minutes: float
    on_time: float
    finished: float


_QUARTERS: Final = (
    _Quarter(22, 5, 2, publication_days=9.0, detection_minutes=14.0, on_time=0.42, finished=0.90),
    _Quarter(20, 4, 1, publication_days=7.2, detection_minutes=11.0, on_time=0.52, finished=0.86),
    _Quarter(18, 2, 2, publication_days=5.4, detection_minutes=8.0, on_time=0.62, finished=0.82),
)


@dataclass(frozen=True, slots=True)
class _Draw:
    """One incident's place in each of its quarter's distributions, every field in (0, 1)."""

    moment: float
    detection: float
    outage: float
    publication: float


def baseline_bounds(now: datetime) -> tuple[datetime, datetime]:
    """Start (included) and end (excluded) of the baseline quarter that ``synthetic_history(now)`` fills."""
    return now - WINDOW, now - WINDOW + QUARTER


def synthetic_history(now: datetime, seed: int = 2018) -> tuple[PastIncident, ...]:
    """About sixty past incidents in the nine months before ``now``, oldest first.

    ``now`` must be aware. No returned time lies after it. Raises ``ValueError`` for a naive ``now``.
    """
    if now.tzinfo is None:
        raise ValueError("synthetic_history needs a time with a zone: pass an aware datetime.")
    rng = Random(seed)
    incidents: list[PastIncident] = []
    for number, quarter in enumerate(_QUARTERS):
        start = now - WINDOW + number * QUARTER
        incidents += _incidents_of(quarter, start, now, rng, incidents)
    return tuple(incidents)


def _incidents_of(
    quarter: _Quarter, start: datetime, now: datetime, rng: Random, earlier: Sequence[PastIncident]
) -> list[PastIncident]:
    repeating = _spread(quarter.repeats, quarter.incidents)
    promises = _Promises(quarter, rng)
    found: list[PastIncident] = []
    for position, draw in enumerate(_draws(quarter.incidents, rng)):
        known = (*earlier, *found)
        original = _original(known, rng) if position in repeating else None
        outage = _outage(len(known), quarter, draw, start, original)
        reviewed = position < quarter.incidents - quarter.unpublished
        found.append(_reviewed(outage, quarter, draw, now, promises) if reviewed else outage)
    return found


def _outage(
    index: int, quarter: _Quarter, draw: _Draw, start: datetime, original: PastIncident | None
) -> PastIncident:
    """The incident itself, without a postmortem."""
    service = original.service if original else SERVICES[index * 2 % len(SERVICES)]
    symptoms = _SYMPTOMS[service]
    began = _to_minute(start + draw.moment * (QUARTER - timedelta(days=2)))
    detected = began + _minutes(quarter.detection_minutes, 0.7, draw.detection)
    return PastIncident(
        index=index,
        title=original.title if original else symptoms[index // len(SERVICES) % len(symptoms)],
        service=service,
        severity=_SEVERITIES[index % len(_SEVERITIES)],
        impact_started=began,
        detected=detected,
        resolved=detected + _minutes(75.0, 0.8, draw.outage),
        published_at=None,
        repeat_of=original.index if original else None,
        actions=(),
    )


def _reviewed(
    outage: PastIncident, quarter: _Quarter, draw: _Draw, now: datetime, promises: "_Promises"
) -> PastIncident:
    """The same incident with its postmortem and promises, unless that day is still to come."""
    days = _lognormal(quarter.publication_days, 0.45, draw.publication)
    published = _to_minute(outage.resolved + timedelta(days=days))
    if published > now:
        return outage
    return replace(outage, published_at=published, actions=promises.of(outage.index, published, now))


class _Promises:
    """Deals out the action items of one quarter so that its share of kept promises comes out as asked."""

    def __init__(self, quarter: _Quarter, rng: Random) -> None:
        self._quarter = quarter
        self._rng = rng
        self._kept = 0.0

    def of(self, index: int, published: datetime, now: datetime) -> tuple[PastAction, ...]:
        """One to three items, made when the postmortem is published."""
        return tuple(self._item(index + number, published, now) for number in range(1 + index % 3))

    def _item(self, number: int, created: datetime, now: datetime) -> PastAction:
        due = created + timedelta(days=(14, 30, 30, 45)[number % 4])
        completed = self._completed(created, due)
        verified = completed + timedelta(days=2 + number % 6) if completed and number % 4 else None
        title, kind, verification = _FIXES[number % len(_FIXES)]
        return PastAction(
            title=title,
            kind=kind,
            verification=verification,
            created=created,
            due=due,
            completed=_unless_later(completed, now),
            verified=_unless_later(verified, now),
        )

    def _completed(self, created: datetime, due: datetime) -> datetime | None:
        self._kept += self._quarter.on_time
        if self._kept >= 1.0:
            self._kept -= 1.0
            return _to_minute(created + (due - created) * (0.5 + 0.45 * self._rng.random()))
        late = self._quarter.finished - self._quarter.on_time
        if self._rng.random() < late / (1.0 - self._quarter.on_time):
            return _to_minute(due + timedelta(days=3 + 25 * self._rng.random()))
        return None


def _original(known: Sequence[PastIncident], rng: Random) -> PastIncident:
    """An earlier incident to repeat: one of the last dozen, followed back to the first of its kind."""
    recent = known[-12:]
    chosen = recent[int(rng.random() * len(recent))]
    return chosen if chosen.repeat_of is None else known[chosen.repeat_of]


def _draws(count: int, rng: Random) -> list[_Draw]:
    moments = sorted(_strata(count, rng))
    columns = (moments, _strata(count, rng), _strata(count, rng), _strata(count, rng))
    return [_Draw(*row) for row in zip(*columns, strict=True)]


def _strata(count: int, rng: Random) -> list[float]:
    """``count`` quantiles in (0, 1), one from the middle of each equal slice, in a random order."""
    quantiles = [(number + 0.5) / count for number in range(count)]
    return sorted(quantiles, key=lambda _: rng.random())


def _spread(chosen: int, count: int) -> frozenset[int]:
    """``chosen`` positions spread evenly over ``count``, never the first."""
    return frozenset(round((number + 1) * count / (chosen + 1)) for number in range(chosen))


def _lognormal(median: float, sigma: float, quantile: float) -> float:
    return median * math.exp(sigma * NormalDist().inv_cdf(quantile))


def _minutes(median: float, sigma: float, quantile: float) -> timedelta:
    return timedelta(minutes=max(1, round(_lognormal(median, sigma, quantile))))


def _to_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _unless_later(moment: datetime | None, now: datetime) -> datetime | None:
    return None if moment is None or moment > now else moment
