"""Contributing factors that are no change: certificates, traffic, dependencies, providers, machines, data, limits.

Each needs something that tells of it directly; that no change fits is no evidence for any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from incidents.analysis.deviations import clean, shortened
from incidents.analysis.loads import saturation, traffic
from incidents.analysis.measures import Measure, in_words, measure_of
from incidents.analysis.observed import Series
from incidents.analysis.onset import Onset
from incidents.analysis.origins import names, reached
from incidents.analysis.scene import Scene
from incidents.analysis.symptoms import Said, Symptom
from incidents.analysis.telling import Texts, spoken, telling_of
from incidents.analysis.weighing import Candidate, Kind, Point, Sort, candidate, point
from incidents.analysis.windows import clock

NEAR = 5 * 60.0

_EXPIRY = re.compile(
    r"(?:notafter|not after|expire[sd]? (?:at|on)|valid until|"
    r"is after)\W{0,3}(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))",
    re.IGNORECASE,
)
_HAS_EXPIRED = re.compile(r"\bexpired\b|not yet valid|\bnotafter\b", re.IGNORECASE)
_MACHINES = re.compile(
    r"packet loss|network (?:is )?(?:partition|unreachable|outage)|"
    r"node\S* .{0,30}(?:notready|not ready|down|lost|drain|fail|terminat|evict|pressure)|"
    r"notready|(?:availability )?zone .{0,30}(?:outage|down|unavailab|fail|lost|degrad|"
    r"impair)|"
    r"\baz\b .{0,30}(?:outage|down|unavailab|fail|lost|impair)|"
    r"instance .{0,30}(?:terminated|retired|unreachable|failed|impaired)|hardware|"
    r"hypervisor|kernel|preempt|spot (?:instance|interrupt)|no space left|disk (?:full|"
    r"fail|pressure)|enospc|"
    r"i/o error|read-only file system|link (?:down|flap)|\bbgp\b|power (?:loss|failure)|"
    r"leader (?:lost|election)|quorum|split.?brain|volume .{0,20}(?:detach|fail|impair)|"
    r"host (?:unreachable|is down|failure)|"
    r"servfail|nxdomain|no such host|resolver .{0,20}(?:timeout|fail|unreach)|"
    r"dns .{0,30}(?:timeout|fail|unavailab)|retransmi|ebs|noisy neighbo|steal time|"
    r"throttled by host|"
    r"disk_(?:used|usage|util|full|free|avail)|packet_loss|dns_\w*(?:error|fail|timeout|latency)|"
    r"node_(?:not_?ready|ready|down)|cpu_steal|replication_lag|failover",
    re.IGNORECASE,
)
_HOST = re.compile(r"\b(?:[\w-]+\.)+(?:com|io|net|org|dev|cloud|example|app|co)\b", re.IGNORECASE)
_THIRD = re.compile(
    r"third.?party|\b(?:external|payment|sms|email|mail|identity|cloud|carrier|cdn|tax|"
    r"fraud|shipping|geo\w*|upstream|card|bank) (?:provider|vendor|processor|partner|"
    r"gateway|network)\b|\bvendor\b|provider .{0,40}(?:outage|unavailab|degrad|returned|"
    r"incident|status|5\d\d|timed? ?out|error)|"
    r"status ?page|partner api|external (?:api|service|dependency)|(?:stripe|paypal|adyen|"
    r"twilio|sendgrid|mailgun|auth0|okta|braintree|plaid|fastly|akamai|cloudflare|"
    r"google maps|avalara|taxjar)\b",
    re.IGNORECASE,
)
_BAD_DATA = re.compile(
    r"malformed|corrupt|poison|invalid (?:record|row|payload|message|data|utf|character|"
    r"csv|feed|input)|unexpected (?:null|value|format) in|bad (?:data|record|row|input)|"
    r"checksum|(?:feed|import|upload|file|catalog|batch|partner) .{0,40}(?:malformed|"
    r"invalid|corrupt|unexpected|truncated|empty)|"
    r"unparseable|failed to parse (?:record|row|message|feed|event)|dead.?letter",
    re.IGNORECASE,
)


def conditions(scene: Scene) -> list[Candidate]:
    """Every condition that something tells of."""
    weighed: tuple[Callable[[Scene], Candidate | None], ...] = (
        _certificate, traffic, _provider, _machines, _data, _dependency, saturation,
    )  # fmt: skip
    return [one for one in (weigh(scene) for weigh in weighed) if one is not None]


def _certificate(scene: Scene) -> Candidate | None:
    """An expiry that is spoken of, or counted down to nothing, at the moment when it began."""
    texts = telling_of(scene, _HAS_EXPIRED)
    texts = Texts(tuple(one for one in texts.said if Symptom.EXPIRED in _kinds(one, scene)), texts.share)
    counted = [found for one in sorted(scene.observed.series) if (found := _ran_out(one, scene))]
    if not texts.said and not counted:
        return None
    weighed = [spoken(texts, 6.5, 3.0)] if texts.said else []
    weighed += counted[:1]
    weighed += _at_expiry(scene)
    return candidate(
        Kind.CERTIFICATE, Kind.CERTIFICATE, scene.origin,
        f"A certificate or credential that {scene.origin or 'a service'} relies on had expired.", weighed,
        "The end date, read from the machine that presents it, and calls that succeed once it is replaced.",
    )  # fmt: skip


def _kinds(said: Said, scene: Scene) -> set[Symptom]:
    return {symptom for symptom, found in scene.symptoms.found.items() if said in found}


def _ran_out(series: Series, scene: Scene) -> Point | None:
    """A countdown that passed zero near the begin."""
    if measure_of(series.metric) != Measure.COUNTDOWN or scene.began is None:
        return None
    ended = next((at for at, value in clean(series.points) if value <= 0), None)
    if ended is None or abs(ended - scene.began) > NEAR:
        return None
    text = f"{in_words(series.metric)} of {series.service} reached zero at {clock(ended)} UTC, when the failure began."
    return point(4.0, Sort.COURSE, text, series.ref)


def _at_expiry(scene: Scene) -> list[Point]:
    """An end date in a text that is the moment when it began."""
    if scene.began is None:
        return []
    told = [(alarm.text, alarm.ref) for alarm in scene.observed.alarms] + [
        (note.text, note.ref) for note in scene.observed.notes
    ]
    for text, ref in sorted(told):
        for found in _EXPIRY.finditer(text):
            if abs(datetime.fromisoformat(found[1]).timestamp() - scene.began) <= NEAR:
                return [
                    point(
                        2.0,
                        Sort.WORDS,
                        f"The end date {found[1]} is the moment at which the failure began.",
                        ref,
                    )
                ]
    return []


def _provider(scene: Scene) -> Candidate | None:
    """A system of somebody else that is named in what failed."""
    texts = telling_of(scene, _THIRD)
    hosts = tuple(one for one in scene.symptoms.said if _foreign(one.text, scene))
    said = tuple(dict.fromkeys((*texts.said, *hosts)))
    if not said:
        return None
    whole = sum(one.weight for one in scene.symptoms.said)
    both = Texts(said, sum(one.weight for one in said) / whole)
    weighed = [spoken(both, 6.5, 2.0)]
    status = [one for one in scene.observed.notes if not one.is_trouble and _THIRD.search(one.text)]
    if status:
        weighed.append(point(1.0, Sort.WORDS, f"“{shortened(status[0].text)}”.", status[0].ref))
    return candidate(
        Kind.PROVIDER, Kind.PROVIDER, scene.origin, "A system of somebody else did not work as usual.", weighed,
        "The provider's own account of the time, and calls to it from elsewhere that failed in the same minutes.",
    )  # fmt: skip


def _foreign(text: str, scene: Scene) -> str:
    """The first host of the public internet that a text names and that none of our services is."""
    for found in _HOST.finditer(text):
        if not any(names(found[0], service) for service in scene.observed.services):
            return found[0]
    return ""


def _machines(scene: Scene) -> Candidate | None:
    """Machines, disks, networks or names that failed."""
    texts = telling_of(scene, _MACHINES)
    if not texts.said:
        return None
    return candidate(
        Kind.INFRASTRUCTURE, Kind.INFRASTRUCTURE, scene.origin,
        "The machines, disks, network or name service below the services failed.", [spoken(texts, 6.5, 2.5)],
        "The record of the machine, disk or network for these minutes, and other services on it that failed too.",
    )  # fmt: skip


def _data(scene: Scene) -> Candidate | None:
    """Data that could not be read."""
    texts = telling_of(scene, _BAD_DATA)
    if not texts.said:
        return None
    return candidate(
        Kind.DATA, Kind.DATA, scene.origin, "Data arrived that could not be processed.", [spoken(texts, 6.5, 2.0)],
        "One of the records that failed, and that it fails again by itself.",
    )  # fmt: skip


def _dependency(scene: Scene) -> Candidate | None:
    """A service or store that failed before those that rely on it, or that the origin names in its errors."""
    return _below_the_alarm(scene) or _named(scene)


def _below_the_alarm(scene: Scene) -> Candidate | None:
    """The origin, when the alerts are about services that call it."""
    alarmed = sorted({alarm.service for alarm in scene.observed.alarms} - {"", scene.origin})
    above = [one for one in alarmed if scene.origin in reached(one, scene.observed.calls)]
    if not above or not isinstance(scene.onset, Onset):
        return None
    first = scene.onset.first
    weighed = [
        point(2.0, Sort.COURSE, first.why, first.ref),
        point(1.0, Sort.PLACE, f"{above[0]}, which the alert is about, calls {scene.origin}.", first.ref),
    ]
    return _relied_on(scene.origin, above[0], weighed)


def _named(scene: Scene) -> Candidate | None:
    for one in scene.found:
        if one.service != scene.origin or not one.is_text or not one.is_failing:
            continue
        named = [name for name in scene.observed.services if name != scene.origin and names(one.what, name)]
        if named:
            text = f"{scene.origin} writes “{shortened(one.what)}”, which names {named[0]}."
            weighed = [point(2.0, Sort.WORDS, text, one.ref), *_is_well(named[0], scene)]
            return _relied_on(named[0], scene.origin, weighed)
    return None


def _relied_on(service: str, caller: str, weighed: Sequence[Point]) -> Candidate:
    return candidate(
        f"{Kind.DEPENDENCY} {service}", Kind.DEPENDENCY, service,
        f"{service}, which {caller} relies on, did not answer as usual.", weighed,
        f"The log and the metrics of {service} for these minutes.",
    )  # fmt: skip


def _is_well(service: str, scene: Scene) -> list[Point]:
    measured = [
        one for one in scene.observed.series if one.service == service and measure_of(one.metric) in _OWN
    ]
    bad = [one for one in scene.found if one.service == service and one.is_failing]
    if bad:
        return [point(1.0, Sort.COURSE, bad[0].why, bad[0].ref)]
    if measured:
        text = f"{', '.join(in_words(one.metric) for one in measured)} of {service} stayed in the ordinary range."
        return [point(-1.5, Sort.COURSE, text, *(one.ref for one in measured))]
    return []


_OWN = frozenset({Measure.ERRORS, Measure.LATENCY, Measure.SATURATION, Measure.HEALTH})
