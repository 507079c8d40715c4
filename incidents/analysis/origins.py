"""Where a cascade began: victims are told from the origin by order, by who calls whom and by what their errors say.

Each service that fails gets points, and each point has a sentence. Nothing here is a cause: the origin is the place
where trouble was first seen that nothing else explains.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log2
from typing import NamedTuple

from incidents.analysis.deviations import Deviation, failing, figure, shortened
from incidents.analysis.measures import Measure, in_words, measure_of
from incidents.analysis.observed import Alarm, Call, Observed, Reason
from incidents.analysis.windows import clock

EXPLAINS = 0.3
TOGETHER = 60.0
MOST_FOR_STRENGTH = 4.0
MOST_FOR_ORDER = 3.0
VICTIM_BY_TEXT, VICTIM_BY_CALL, BLAMED, ALARMED, BY_CLIENT, ENTRANCE = 4.0, 4.0, 1.5, 1.5, 4.0, 2.0
BY_SHORT_NAME, SAME_WAY = 0.5, 1.0
_ALIKE = {Measure.HEALTH: Measure.ERRORS}
PROPAGATES = frozenset({Measure.ERRORS, Measure.LATENCY, Measure.HEALTH})
UNTIMED, APART, ONLY_CALLER, CARRIED, FLOODED = 0.5, 3.0, 0.5, 2.0, 3.0
FOR_A_CALLER, MOST_CALLERS = 1.0, 3
SECONDS_FOR_A_POINT = 120.0

_GIVEN_UP = re.compile(
    r"\b(?:cancell?ed|aborted|closed|reset|disconnected|given up)\b.{0,30}\b(?:by|from) (?:the )?"
    r"(?:client|caller|peer)|"
    r"\b(?:client|caller) (?:\w+ ){0,2}(?:cancell?ed|disconnected|gave up|went away|closed)|context cancell?ed",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:[-_.]?(?:service|svc|server|api|app))+$")


class Origin(NamedTuple):
    """One failing service, with the points for and against its being where it began; ``at`` in Unix seconds."""

    service: str
    points: float
    at: float
    first: Deviation
    evidence_for: tuple[Reason, ...]
    evidence_against: tuple[Reason, ...]

    @property
    def is_victim(self) -> bool:
        """Whether something else is said to have failed it."""
        return bool(self.evidence_against)


class _Weighed(NamedTuple):
    points: float
    reason: Reason


def origins(observed: Observed, found: Sequence[Deviation]) -> list[Origin]:
    """The services that fail, the likeliest origin first."""
    by_service: defaultdict[str, list[Deviation]] = defaultdict(list)
    for one in failing(found):
        by_service[one.service].append(one)
    earliest = min((one.at for one in failing(found) if one.is_timed), default=0.0)
    weighed = {
        service: _weigh(service, its, by_service, observed, found, earliest)
        for service, its in by_service.items()
    }
    result = [_origin(service, by_service[service], points) for service, points in weighed.items()]
    return sorted(result, key=lambda one: (-round(one.points, 6), one.at, one.service))


def _origin(service: str, its: Sequence[Deviation], weighed: Sequence[_Weighed]) -> Origin:
    ordered = sorted(weighed, key=lambda one: (-abs(one.points), one.reason))
    said_for = dict.fromkeys(one.reason for one in ordered if one.points > 0)
    said_against = dict.fromkeys(one.reason for one in ordered if one.points < 0)
    points = sum(one.points for one in weighed)
    first = _first(its)
    return Origin(service, points, first.at, first, tuple(said_for), tuple(said_against))


def _weigh(
    service: str,
    its: Sequence[Deviation],
    others: Mapping[str, Sequence[Deviation]],
    observed: Observed,
    found: Sequence[Deviation],
    earliest: float,
) -> list[_Weighed]:
    weighed = [_by_order(_first(its), earliest), _by_strength(its), *_by_place(service, observed)]
    weighed += _by_alarm(service, observed.alarms)
    weighed += _by_measure(its, observed.alarms)
    weighed += _by_text(service, its, others)
    weighed += _by_calls(service, its, others, observed.calls, found)
    weighed += _by_load(service, others, observed.calls, found)
    return [one for one in weighed if one.points]


def _first(its: Sequence[Deviation]) -> Deviation:
    """The first whose begin lies in the record, if there is one."""
    return next((one for one in its if one.is_timed), its[0])


def _by_order(first: Deviation, earliest: float) -> _Weighed:
    """The full points for what began with the first of all; fewer the later, none if it was so before the record."""
    if not first.is_timed:
        return _Weighed(-UNTIMED, Reason(f"It may have been so for long: {first.why}", (first.ref,)))
    late = max(first.at - earliest - max(TOGETHER, first.within), 0.0)
    points = max(MOST_FOR_ORDER - late / SECONDS_FOR_A_POINT, 0.1)
    return _Weighed(points, Reason(first.why, (first.ref,)))


def _by_strength(its: Sequence[Deviation]) -> _Weighed:
    most = max(its, key=lambda one: (one.strength, one.what))
    points = min(log2(1 + most.strength) / 2, MOST_FOR_STRENGTH)
    return _Weighed(points, Reason(most.why, (most.ref,)))


def _by_place(service: str, observed: Observed) -> list[_Weighed]:
    """How it hangs together with the services that the alerts are about, where it is known who calls whom."""
    alarmed = {alarm.service for alarm in observed.alarms} - {""}
    below = {name for one in alarmed for name in reached(one, observed.calls)}
    if not below or service in alarmed | below:
        return []
    names, refs = ", ".join(sorted(alarmed)), tuple(alarm.ref for alarm in observed.alarms)
    if alarmed & reached(service, observed.calls):
        return [_Weighed(-ONLY_CALLER, Reason(f"{service} calls {names} and is not called by it.", refs))]
    return [_Weighed(-APART, Reason(f"No call on record leads from {names} to {service} or back.", refs))]


def _by_alarm(service: str, alarms: Iterable[Alarm]) -> list[_Weighed]:
    for alarm in sorted(alarms, key=lambda one: (one.at, one.key)):
        if alarm.service == service:
            text = f"The alert of {clock(alarm.at)} UTC is about {service}: “{shortened(alarm.text)}”."
            return [_Weighed(ALARMED, Reason(text, (alarm.ref,)))]
    return []


def _by_measure(its: Sequence[Deviation], alarms: Iterable[Alarm]) -> list[_Weighed]:
    """It fails in the way that the alert is about: slow where that is slow, failing where that fails."""
    about = {
        _ALIKE.get(measure_of(alarm.metric), measure_of(alarm.metric)) for alarm in alarms if alarm.metric
    }
    same = next((one for one in its if _ALIKE.get(one.measure, one.measure) in about & PROPAGATES), None)
    if same is None:
        return []
    return [
        _Weighed(SAME_WAY, Reason(f"It fails in the way that the alert is about: {same.why}", (same.ref,)))
    ]


def _by_text(
    service: str, its: Sequence[Deviation], others: Mapping[str, Sequence[Deviation]]
) -> list[_Weighed]:
    """What its own errors say of others, and what the errors of others say of it."""
    given_up = next((one for one in its if one.is_text and _GIVEN_UP.search(one.what)), None)
    if given_up is not None and _own_errors(its) <= 1:
        text = (
            f"{service} writes “{shortened(given_up.what)}”: its callers gave up, it did not fail by itself."
        )
        return [_Weighed(-BY_CLIENT, Reason(text, (given_up.ref,)))]
    weighed = []
    for name in sorted(others):
        if name != service and (blame := blaming(its, name)) and not _only_given_up(others[name]):
            text = f"{service} writes “{shortened(blame.what)}”, which names {name}, and {name} fails too."
            weighed.append(_Weighed(-VICTIM_BY_TEXT * _share(blame, name), Reason(text, (blame.ref,))))
        if name != service and (blame := blaming(others[name], service)):
            text = f"{name} writes “{shortened(blame.what)}”, which names {service}."
            weighed.append(_Weighed(BLAMED * _share(blame, service), Reason(text, (blame.ref,))))
    return weighed


def _share(blame: Deviation, service: str) -> float:
    """A short name may be a common word ("order"), so it counts half."""
    return 1.0 if service.casefold() in blame.what.casefold() else BY_SHORT_NAME


def _own_errors(its: Iterable[Deviation]) -> int:
    """How many templates of trouble tell of something other than callers that gave up."""
    return sum(one.is_text and not _GIVEN_UP.search(one.what) for one in its)


def _only_given_up(its: Sequence[Deviation]) -> bool:
    return _own_errors(its) == 0 and any(one.is_text and _GIVEN_UP.search(one.what) for one in its)


def blaming(its: Iterable[Deviation], service: str) -> Deviation | None:
    """The first template of trouble that names the service."""
    return next((one for one in its if one.is_text and names(one.what, service)), None)


def names(text: str, service: str) -> bool:
    """Whether a text names a service, also by its short name: ``payment`` for ``paymentservice``."""
    return _pattern(service).search(text.casefold()) is not None


@lru_cache(maxsize=4096)
def _pattern(service: str) -> re.Pattern[str]:
    stem = stem_of(service)
    known = re.escape(stem if len(stem) > 2 else service.casefold())
    return re.compile(rf"(?<![a-z0-9]){known}(?:[-_. ]?(?:service|svc|server|api))?(?![a-z0-9])")


def stem_of(service: str) -> str:
    """``payment`` of ``paymentservice`` and ``payment-svc``."""
    plain = service.casefold()
    return _SUFFIX.sub("", plain) or plain


def _by_calls(
    service: str,
    its: Sequence[Deviation],
    others: Mapping[str, Sequence[Deviation]],
    calls: Sequence[Call],
    found: Sequence[Deviation],
) -> list[_Weighed]:
    """A service whose trouble is covered by that of one that it calls is a victim of it."""
    weighed = []
    flooded = _busier(found)
    for callee in sorted(reached(service, calls) & set(others)):
        if service in reached(callee, calls) or _only_given_up(others[callee]) or callee in flooded:
            continue
        covered = _covered(its, others[callee])
        if covered is not None:
            mine, theirs = covered
            text = (
                f"{service} calls {callee}, whose {in_words(theirs.what)} changed by {figure(theirs.by)}; "
                f"at {service} it changed by {figure(mine.by)}."
            )
            weighed.append(_Weighed(-VICTIM_BY_CALL, Reason(text, (theirs.ref, mine.ref))))
    return weighed[:1] + _by_callers(service, its, others, calls)


def _by_callers(
    service: str, its: Sequence[Deviation], others: Mapping[str, Sequence[Deviation]], calls: Iterable[Call]
) -> list[_Weighed]:
    """Those who call it failing in the same measure: the more of them, the likelier that it is what they share."""
    callers = sorted({call.caller for call in calls if call.callee == service} & set(others) - {service})
    hit = [(name, pair[1]) for name in callers if (pair := _covered(others[name], its))]
    if not hit:
        return []
    who = ", ".join(name for name, _ in hit) + (" calls" if len(hit) == 1 else " call")
    text = f"{who} {service}, and the same {in_words(hit[0][1].what)} suffers there."
    return [_Weighed(FOR_A_CALLER * min(len(hit), MOST_CALLERS), Reason(text, (hit[0][1].ref,)))]


def reached(service: str, calls: Iterable[Call]) -> set[str]:
    """All that it calls, directly or through others."""
    callees: defaultdict[str, set[str]] = defaultdict(set)
    for call in calls:
        if call.caller != call.callee:
            callees[call.caller].add(call.callee)
    seen: set[str] = set()
    ahead = [service]
    while ahead:
        for callee in sorted(callees[ahead.pop()] - seen):
            seen.add(callee)
            ahead.append(callee)
    return seen - {service}


def _busier(found: Iterable[Deviation]) -> set[str]:
    """The services that got more traffic."""
    return {one.service for one in found if one.measure == Measure.TRAFFIC and one.by > 0}


def _by_load(
    service: str, others: Mapping[str, Sequence[Deviation]], calls: Sequence[Call], found: Sequence[Deviation]
) -> list[_Weighed]:
    """More requests came: from outside, from a service that got more itself, or from one that got no more."""
    busier = _busier(found)
    more = next(
        (one for one in found if one.service == service and one.measure == Measure.TRAFFIC and one.by > 0),
        None,
    )
    if more is None:
        return []
    callers = {call.caller for call in calls if call.callee == service}
    carried = busier & reached(service, calls)
    if via := callers & busier:
        text = f"{more.why} They came through {', '.join(sorted(via))}, which got more requests, too."
        return [_Weighed(-CARRIED, Reason(text, (more.ref,)))]
    if senders := callers & set(others):
        text = f"{more.why} They came from {', '.join(sorted(senders))}, which got no more requests itself, and fails."
        return [_Weighed(-FLOODED, Reason(text, (more.ref,)))]
    if carried:
        text = f"{more.why} It passed the load on to {', '.join(sorted(carried))}."
        return [_Weighed(ENTRANCE, Reason(text, (more.ref,)))]
    return []


def _covered(mine: Iterable[Deviation], theirs: Sequence[Deviation]) -> tuple[Deviation, Deviation] | None:
    """The same measure at both, of which the callee's part is large and not later."""
    for one in mine:
        for other in theirs:
            same = one.what == other.what and one.by * other.by > 0 and one.measure in PROPAGATES
            if same and abs(other.by) >= EXPLAINS * abs(one.by) and other.at <= one.at + TOGETHER:
                return one, other
    return None
