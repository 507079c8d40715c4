"""What sentences claim of an incident as a whole: moments, its length, how many were affected, what came first.

Only sentences that name their subject count: “the impact started at 14:05”. Every gap in a pattern is bounded, so that
the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

_SUBJECT = r"\b(?:impact|incident|outage|disruption|degradation)\b"
_EITHER = r"(?:\b(?:impact|incident|outage|disruption|degradation)\b|\bit\b)"
_AT = r"(?:on \d{1,2} \w{3,9}(?: \d{4})?,? )?(?:at|from) (?P<time>(?:[01]?\d|2[0-3]):[0-5]\d)\b"
_WAY = r"[^.;:“”\d]{0,30}?"
_ANY = re.compile(
    r"impact|incident|outage|disruption|degradation|affected|\bit (?:was|had)\b|before|after",
    re.IGNORECASE,
)
_CLOCKS = {
    "impact_started": rf"{_SUBJECT}{_WAY}\b(?:started|began|lasted) {_AT}",
    "detected": rf"(?:{_EITHER} (?:was|had been) (?:first )?(?:detected|noticed)|"
    rf"detected the (?:incident|impact|outage)) {_AT}",
    "acknowledged": rf"{_EITHER} (?:was|had been) (?:acknowledged|taken up) {_AT}",
    "mitigated": rf"{_EITHER} (?:was|had been) mitigated {_AT}",
    "resolved": rf"{_SUBJECT}{_WAY}\b(?:resolved|ended|was over|stopped) {_AT}",
}
_CLOCK = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _CLOCKS.items()}
_UNTIL = re.compile(
    rf"{_SUBJECT}{_WAY}\b(?:lasted|was|ran)\b[^.;:“”]{{0,40}}?\b{_AT}[^.;:“”]{{0,12}}? (?:to|until) "
    r"(?:\d{1,2} \w{3,9}(?: \d{4})?(?:,| at) )?(?P<end>(?:[01]?\d|2[0-3]):[0-5]\d)\b",
    re.IGNORECASE,
)
_LASTED = re.compile(
    rf"{_SUBJECT}{_WAY}\blasted (?:for )?(?P<about>about |around |roughly |nearly |almost |some )?"
    r"(?P<span>\d{1,6} (?:d|days?|h|hours?|min|minutes?|s|seconds?)\b"
    r"(?:(?:,? and|,)? \d{1,6} (?:h|hours?|min|minutes?|s|seconds?)\b){0,3})",
    re.IGNORECASE,
)
_PART = re.compile(r"(\d+) ([dhms])", re.IGNORECASE)
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WHO = r"(?P<who>customers?|users?|accounts?|tenants?|people|payments?|requests?|orders?)"
_MANY = (
    r"(?P<about>about |around |roughly |nearly |almost |some |over |more than |at least |up to )?"
    r"(?P<number>\d[\d,.]{0,20})(?: ?(?P<scale>%|percent|k|m|thousand|million|billion))?"
)
_NOT_ALL = r"(?! (?:in|on|at|from|during|between|of|for|within)\b)"
_AMOUNTS = (
    re.compile(
        rf"\b{_MANY} (?:of (?:all |our |the )?)?(?:[a-z]{{1,20}} ){{0,1}}{_WHO} (?:were|was|had been|got) "
        rf"(?:affected|impacted)\b{_NOT_ALL}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:affected|impacted) {_MANY} (?:of (?:all |our |the )?)?(?:[a-z]{{1,20}} ){{0,1}}{_WHO}\b{_NOT_ALL}",
        re.IGNORECASE,
    ),
)
#: With these a number is only a bound, which another number does not contradict.
_BOUNDS = frozenset({"over", "more than", "at least", "up to"})
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}
_STEPS = {
    "started": "impact_started",
    "began": "impact_started",
    "detected": "detected",
    "noticed": "detected",
    "acknowledged": "acknowledged",
    "mitigated": "mitigated",
    "resolved": "resolved",
    "ended": "resolved",
}
_STEP = rf"{_EITHER} (?:was |had been |had )?({'|'.join(_STEPS)})\b"
_ORDER = re.compile(rf"{_STEP}[^.;“”]{{0,50}}?\b(before|after)\b (?:the )?{_STEP}", re.IGNORECASE)
_TIME = r"((?:[01]?\d|2[0-3]):[0-5]\d)"
_TIMES = re.compile(
    rf"\b{_TIME}(?: UTC)?(?:,? (?:just|shortly|well|long|right|\d{{1,4}} min(?:utes)?))?,? (before|after) "
    rf"[^.;“”\d]{{0,60}}?{_TIME}\b",
    re.IGNORECASE,
)
HALF_A_DAY = 12 * 60


@dataclass(frozen=True)
class Source:
    """A sentence (or an answer) in its author's own words, and where it stands."""

    words: str
    section: str
    place: str


@dataclass(frozen=True)
class Clock:
    """``time`` is the hour and the minute that the words give for a milestone."""

    source: Source
    kind: str
    words: str
    time: tuple[int, int]


@dataclass(frozen=True)
class Length:
    """How long it lasted; ``grain`` is how exactly that was said."""

    source: Source
    words: str
    length: timedelta
    grain: timedelta

    def fits(self, other: timedelta) -> bool:
        return abs(self.length - other) < self.grain


@dataclass(frozen=True)
class Amount:
    """How many of whom were affected; ``is_about`` allows a tenth more or less."""

    source: Source
    words: str
    what: str
    value: float
    is_about: bool

    def fits(self, other: Amount) -> bool:
        room = 0.1 * max(self.value, other.value) if self.is_about or other.is_about else 1e-9
        return abs(self.value - other.value) <= room


@dataclass(frozen=True)
class Order:
    """Two milestones, of which the first is said to lie before the second."""

    words: str
    before: str
    after: str


def may_claim(words: str) -> bool:
    """Whether a sentence could claim anything of the incident as a whole; most do not."""
    return _ANY.search(words) is not None


def clocks(source: Source) -> Iterator[Clock]:
    """The moments of milestones that a sentence gives."""
    if ":" not in source.words:
        return
    for kind, pattern in _CLOCK.items():
        for match in pattern.finditer(source.words):
            yield Clock(source, kind, match["time"], _clock(match["time"]))
    for match in _UNTIL.finditer(source.words):
        yield Clock(source, "resolved", match["end"], _clock(match["end"]))


def lengths(source: Source) -> Iterator[Length]:
    """How long a sentence says that it lasted."""
    for match in _LASTED.finditer(source.words):
        parts = [(int(number), _UNITS[unit.lower()]) for number, unit in _PART.findall(match["span"])]
        length = timedelta(seconds=sum(number * unit for number, unit in parts))
        grain = _grain(min(unit for _number, unit in parts))
        yield Length(source, match["span"], length, max(grain, length / 10) if match["about"] else grain)


def amounts(source: Source) -> Iterator[Amount]:
    """How many a sentence says were affected, wherever it speaks of all of them."""
    for match in (match for pattern in _AMOUNTS for match in pattern.finditer(source.words)):
        scale = (match["scale"] or "").lower()
        number = _number(match["number"])
        if number is not None and (match["about"] or "").strip().lower() not in _BOUNDS:
            share = scale in ("%", "percent")
            what = f"{'share of ' if share else ''}{match['who'].lower().rstrip('s')}s".replace(
                "peoples", "people"
            )
            words = " ".join(match.group().split())
            yield Amount(source, words, what, number * _SCALES.get(scale, 1), bool(match["about"]))


def orders(source: Source) -> Iterator[Order]:
    """Which milestone a sentence puts before which."""
    for match in _ORDER.finditer(source.words):
        first, second = _STEPS[match[1].lower()], _STEPS[match[3].lower()]
        pair = (first, second) if match[2].lower() == "before" else (second, first)
        if first != second:
            yield Order(match.group(), *pair)


def times_out_of_order(source: Source) -> Iterator[str]:
    """``14:05, before … 14:01``: two times of one sentence that contradict the word between them."""
    for match in _TIMES.finditer(source.words):
        first, second = (hour * 60 + minute for hour, minute in (_clock(match[1]), _clock(match[3])))
        later = (second - first) % (2 * HALF_A_DAY)
        is_before = match[2].lower() == "before"
        if first != second and is_before != (later <= HALF_A_DAY):
            yield match.group()


def _grain(unit: int) -> timedelta:
    """How far off a length may be that is said in these units: hours and days are rounded, minutes are counted."""
    return timedelta(seconds=unit / 2 + 60 if unit >= _UNITS["h"] else unit)


def _clock(text: str) -> tuple[int, int]:
    hour, _, minute = text.partition(":")
    return int(hour), int(minute)


def _number(text: str) -> float | None:
    try:
        return float(text.rstrip(".,").replace(",", ""))
    except ValueError:
        return None
