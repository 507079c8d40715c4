"""Who was hit, for how long and how hard; what the record does not bear is "unknown", with the reason.

The window of customer impact is read from what customers met (errors, slowness, lost health) at the services that
nothing else calls. It is not the time that responders needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from incidents.analysis.deviations import (
    Deviation,
    baseline_of,
    clean,
    deviations,
    failing,
    ordinary,
    shortened,
)
from incidents.analysis.facts import Fact, in_order
from incidents.analysis.figures import Known, Span, Terms, Unknown, money, sla
from incidents.analysis.measures import Measure, in_words, measure_of
from incidents.analysis.observed import Observed, Points, Reason, Ref, RefKind, Series
from incidents.analysis.windows import clock, number
from incidents.enums import Lane

__all__ = ["Affected", "Impact", "Known", "Span", "Terms", "Unknown", "impact"]

MET = frozenset({Measure.ERRORS, Measure.LATENCY, Measure.HEALTH})
BACK = 3
HUNDRED = 100.0
LONGEST_STEP = 15 * 60.0

_SHARE = re.compile(r"ratio|share|percent|pct|fraction|(?:error|failure)_rate", re.IGNORECASE)
_PER_SECOND = re.compile(r"per_?sec|/s\b|rps|qps|_rate", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?P<count>\d{1,3}(?:[,.]\d{3})+|\d+)\s+(?:\w+\s+){0,2}(?P<who>customers?|users?|"
    r"accounts?|tenants?|merchants?|visitors?)\b"
    r"(?!\s*(?:per|/|a) )",
    re.IGNORECASE,
)


class Affected(NamedTuple):
    """A service that failed, and what showed it first."""

    service: str
    why: Reason


class Impact(NamedTuple):
    """What customers met. ``response`` is the time that responders were at work, apart from ``customers_hit``."""

    services: tuple[Affected, ...]
    customers_hit: Span | Unknown
    response: Span | Unknown
    error_share: Known | Unknown
    requests: Known | Unknown
    customers: Known | Unknown
    sla: Known | Unknown
    money: Known | Unknown

    @property
    def reasons(self) -> Iterator[Reason]:
        """Everything that it rests on."""
        yield from (one.why for one in self.services)
        if isinstance(self.customers_hit, Span):
            yield from self.customers_hit.why
        for figure in (self.error_share, self.requests, self.customers):
            if isinstance(figure, Known):
                yield Reason(figure.text, figure.refs)


def impact(
    observed: Observed,
    facts: Iterable[Fact] = (),
    response: tuple[float, float | None] | None = None,
    terms: Iterable[Terms] = (),
    marked: Span | None = None,
) -> Impact:
    """The impact of what was observed.

    ``response`` are the moments of detection and resolution that people set, in Unix seconds; ``terms`` is what the
    organization promises and pays for the affected services. ``marked`` is the impact as people marked it, which holds
    where no measurement shows one.
    """
    trouble = failing(deviations(observed))
    met = [one for one in trouble if one.measure in MET]
    edge = _edge(observed, met)
    hit = _hit(observed, [one for one in met if one.service in edge])
    if marked is not None and not _is_measured(hit):
        hit = marked
    terms = tuple(terms)
    share = _error_share(observed, edge, hit)
    return Impact(
        _services(trouble), hit, _response(response), share, _requests(observed, edge, hit), _customers(facts),
        sla(hit, terms), money(hit, terms),
    )  # fmt: skip


def _is_measured(hit: Span | Unknown) -> bool:
    """Whether a measurement shows it: a line of a log tells of one request, people of all."""
    return isinstance(hit, Span) and any(
        ref.kind == RefKind.SERIES for reason in hit.why for ref in reason.refs
    )


def _services(trouble: Sequence[Deviation]) -> tuple[Affected, ...]:
    """Each service that failed, once, in the order in which they did."""
    first: dict[str, Deviation] = {}
    for one in trouble:
        first.setdefault(one.service, one)
    return tuple(Affected(service, Reason(one.why, (one.ref,))) for service, one in first.items())


def _edge(observed: Observed, met: Sequence[Deviation]) -> set[str]:
    """The failing services that no other failing service calls: where people meet it."""
    failed = {one.service for one in met}
    inside = {call.callee for call in observed.calls if call.caller in failed and call.caller != call.callee}
    return failed - inside or failed


def _hit(observed: Observed, met: Sequence[Deviation]) -> Span | Unknown:
    if not met:
        return Unknown(
            "Unknown, because no error rate, latency or availability on record left its ordinary range. "
            "Add the metrics of the services that people use."
        )
    start = min(met, key=lambda one: (one.at, one.what))
    measured = [one for one in met if one.ref.kind == RefKind.SERIES]
    ends = [(found, one) for one in measured if (found := _back(observed, one)) is not None]
    why = [Reason(f"It began for customers with this: {start.why}", (start.ref,))]
    if not measured or len(ends) < len(measured):
        why.append(Reason("The record ends before everything was back in its ordinary range.", (start.ref,)))
        return Span(start.at, None, tuple(why))
    end, last = max(ends, key=lambda one: (one[0], one[1].what))
    text = f"{in_words(last.what)} of {last.service} was the last to be ordinary again, at {clock(end)} UTC."
    return Span(start.at, end, (*why, Reason(text, (last.ref,))))


def _back(observed: Observed, one: Deviation) -> float | None:
    """When a series was back in its range for three values on end, and not out again for as long."""
    baseline = baseline_of(observed)
    series = next((found for found in observed.series if found.ref == one.ref), None)
    if series is None or baseline is None:
        return None
    points = clean(series.points)
    usual = ordinary([value for at, value in points if baseline.start <= at < baseline.end], one.measure)
    after = [(at, abs(value - usual.middle) <= usual.reach) for at, value in points if at >= one.at]
    if len(after) <= BACK or not all(inside for _, inside in after[-BACK:]):
        return None
    last_out = max(place for place, (_, inside) in enumerate(after) if not inside)
    return after[last_out + 1][0]


def _response(moments: tuple[float, float | None] | None) -> Span | Unknown:
    if moments is None:
        return Unknown("Unknown, because the milestones “Detected” and “Resolved” are not set.")
    return Span(moments[0], moments[1], ())


def _error_share(observed: Observed, edge: set[str], hit: Span | Unknown) -> Known | Unknown:
    """The mean share of failed requests at the edge while customers were hit: the highest of its services."""
    if isinstance(hit, Unknown):
        return Unknown("Unknown, because it is not known when customers were hit.")
    shares = [
        found for one in sorted(observed.series) if one.service in edge and (found := _share_of(one, hit))
    ]
    if not shares:
        return Unknown(
            f"Unknown, because no series gives the share of failed requests of {_list(edge)}. Add its error ratio."
        )
    return max(shares, key=lambda one: (one.value, one.text))


def _share_of(series: Series, hit: Span) -> Known | None:
    measure = measure_of(series.metric)
    values = [value for _, value in _during(series, hit)]
    if not values or measure not in (Measure.ERRORS, Measure.HEALTH) or not _is_share(series, measure):
        return None
    scale = HUNDRED if max(value for _, value in clean(series.points)) > 1.5 else 1.0
    mean = sum(values) / len(values) / scale
    lost = 1 - mean if measure == Measure.HEALTH else mean
    if not 0 < lost <= 1:
        return None
    text = f"{lost:.0%} of requests to {series.service} failed on average, by {in_words(series.metric)}."
    return Known(lost, text, (series.ref,))


def _is_share(series: Series, measure: Measure) -> bool:
    return measure == Measure.HEALTH or _SHARE.search(series.metric) is not None


def _during(series: Series, hit: Span) -> Points:
    end = float("inf") if hit.end is None else hit.end
    return tuple((at, value) for at, value in clean(series.points) if hit.start <= at < end)


def _requests(observed: Observed, edge: set[str], hit: Span | Unknown) -> Known | Unknown:
    """How many requests failed: by a rate of errors, or by the share of a rate of requests."""
    if isinstance(hit, Unknown):
        return Unknown("Unknown, because it is not known when customers were hit.")
    counted = [found for service in sorted(edge) if (found := _failed(observed, service, hit))]
    if not counted:
        return Unknown(
            f"Unknown, because the record has no rate of requests together with errors of {_list(edge)}. "
            "Add requests per second."
        )
    return max(counted, key=lambda one: (one.value, one.text))


def _failed(observed: Observed, service: str, hit: Span) -> Known | None:
    mine = [one for one in sorted(observed.series) if one.service == service]
    rates = [one for one in mine if _PER_SECOND.search(one.metric) and not _SHARE.search(one.metric)]
    errors = next((one for one in rates if measure_of(one.metric) == Measure.ERRORS), None)
    if errors is not None:
        return _summed(service, _integral(_during(errors, hit)), (errors.ref,))
    traffic = next((one for one in rates if measure_of(one.metric) == Measure.TRAFFIC), None)
    share = next((found for one in mine if (found := _share_of(one, hit))), None)
    if traffic is None or share is None:
        return None
    return _summed(service, share.value * _integral(_during(traffic, hit)), (traffic.ref, *share.refs))


def _summed(service: str, count: float, refs: tuple[Ref, ...]) -> Known | None:
    if count < 1:
        return None
    return Known(count, f"About {_rounded(count)} requests to {service} failed.", refs)


def _rounded(count: float) -> str:
    """Two telling digits: the sum of a sampled rate is no exact count."""
    digits = max(len(str(int(count))) - 2, 0)
    return number(round(count / 10**digits) * 10**digits)


def _integral(points: Points) -> float:
    """The sum of a rate per second; a gap of more than a quarter of an hour counts as nothing."""
    return sum(
        value * (later - at) for (at, value), (later, _) in pairwise(points) if later - at <= LONGEST_STEP
    )


def _customers(facts: Iterable[Fact]) -> Known | Unknown:
    """The highest number of customers that an entry tells of, as it tells it."""
    told = [
        (_count(found["count"]), fact, found)
        for fact in in_order(facts)
        if fact.lane != Lane.LOG
        for found in _PEOPLE.finditer(fact.text)
    ]
    if not told:
        return Unknown(
            "Unknown, because no entry tells how many customers were affected. Ask support, or add a statement."
        )
    count, fact, found = max(told, key=lambda one: (one[0], -one[1].number))
    text = f"{number(count)} {found['who'].lower()}, as told in E{fact.number}: “{shortened(fact.text)}”."
    return Known(float(count), text, (Ref(RefKind.ENTRY, f"E{fact.number}"),))


def _count(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def _list(services: Iterable[str]) -> str:
    return ", ".join(sorted(services)) or "the services that people use"
