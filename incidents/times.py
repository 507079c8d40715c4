"""Reading times: text in one of a fixed list of formats becomes a UTC instant, or is refused with a sentence.

The fast path is RFC 3339 with an offset. A time without a zone is read in the zone that a person declared, else it is
refused; so are local times that daylight saving repeats or leaves out, dates whose day and month could be swapped, and
zone abbreviations that several places of the world use.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from whenever import PlainDateTime, RepeatedTime, SkippedTime, TimeZoneNotFoundError

from incidents.enums import Precision
from incidents.errors import TimeNotCertain, TimeUnreadable

# Abbreviations that operators and RFC 2822 use for one offset each. CST, IST, BST, AST and their like are left out on
# purpose: they are read only where the declared zone itself uses them.
ABBREVIATIONS: dict[str, int] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
    "EST": -5, "EDT": -4, "MDT": -6, "MST": -7, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3,
    "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
UNCERTAIN_ABBREVIATIONS = frozenset(
    {"CST", "CDT", "IST", "BST", "AST", "ADT", "SST", "ECT", "ACST", "GST", "LMT"}
)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_MONTH = "|".join(MONTHS)
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
_ZONE = r"(?:\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?|[A-Z]{3,5}|\([A-Z]{3,5}\)))?"
_NAMED_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?"
_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>\d{{4}})[-/](?P<month>\d\d)[-/](?P<day>\d\d)(?:[T\s]\s*{_CLOCK}{_ZONE})?",
        rf"{_NAMED_DAY}(?P<day>\d{{1,2}})[\s/-](?P<name>{_MONTH})[a-z]*[\s/-](?P<year>\d{{4}})(?:[\s:,]+{_CLOCK}{_ZONE})?",
        rf"{_NAMED_DAY}(?P<name>{_MONTH})[a-z]*\s+(?P<day>\d{{1,2}}),\s+(?P<year>\d{{4}})(?:,?\s+{_CLOCK}{_ZONE})?",
        rf"{_NAMED_DAY}(?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_UNIX = re.compile(r"\d{9,19}(?:\.\d{1,9})?")
_SWAPPABLE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b.*")
_WITHOUT_YEAR = re.compile(rf"(?:{_MONTH})\s+\d{{1,2}}\s+\d\d:\d\d(?::\d\d)?.*")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?")
_UNIX_UNITS = ((11, 0), (14, 3), (17, 6), (20, 9))
_ZONE_HELP = "Use a name such as Europe/Paris or America/New_York, or an offset such as +02:00."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(NamedTuple):
    """An instant in UTC, how exactly the text gave it, and the zone that made it an instant."""

    at: datetime
    precision: Precision
    zone: str


def read_time(text: str, zone: str = "") -> Reading:
    """Read one time; ``zone`` holds when the text names none.

    Raises ``TimeNotCertain`` when a person must say what it means, ``TimeUnreadable`` when it is no time.
    """
    if len(text) >= 20 and text[4] == "-" and text[10] in "T " and text[13] == ":" and text[16] == ":":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return _read(text.strip(), zone)
        offset = moment.tzinfo
        if offset is not None:
            if offset is UTC:
                return Reading(moment, Precision.SECOND, "UTC")
            at = _shift(moment.replace(tzinfo=None), moment.utcoffset() or timedelta(0))
            return Reading(at, Precision.SECOND, _offset_name(moment.utcoffset()))
    return _read(text.strip(), zone)


def known_zone(name: str) -> str:
    """The zone as it is kept: an IANA name or a fixed offset; raises ``TimeNotCertain`` for anything else."""
    name = name.strip()
    if not name or _fixed(name) is not None:
        return name
    try:
        PlainDateTime(2020, 1, 1).assume_tz(name)
    except (TimeZoneNotFoundError, ValueError) as error:
        raise TimeNotCertain(f"“{name}” is no time zone. {_ZONE_HELP}") from error
    return name


def _read(text: str, zone: str) -> Reading:
    if _UNIX.fullmatch(text):
        return Reading(_from_unix(text), Precision.SECOND, "UTC")
    found = next((match for pattern in _FORMATS if (match := pattern.fullmatch(text))), None)
    if found is None:
        raise _refusal(text)
    parts = found.groupdict()
    try:
        local = _local(parts)
    except ValueError as error:
        raise TimeUnreadable(f"“{_short(text)}” is no time that exists.") from error
    precision = _precision(parts)
    written = (parts.get("zone") or "").strip("()")
    at, used = _instant(local, written, zone, text)
    return Reading(at, precision, used)


def _local(parts: dict[str, str | None]) -> datetime:
    """The wall clock time that was written; midnight when only a day was."""
    named = parts.get("name")
    month = MONTHS.index(named) + 1 if named else int(parts["month"] or 0)
    day = date(int(parts["year"] or 0), month, int(parts["day"] or 0))
    micros = int((parts.get("fraction") or "0")[:6].ljust(6, "0"))
    clock = time(
        int(parts.get("hour") or 0), int(parts.get("minute") or 0), int(parts.get("second") or 0), micros
    )
    return datetime.combine(day, clock)


def _precision(parts: dict[str, str | None]) -> Precision:
    if parts.get("hour") is None:
        return Precision.DAY
    return Precision.MINUTE if parts.get("second") is None else Precision.SECOND


def _instant(local: datetime, written: str, declared: str, text: str) -> tuple[datetime, str]:
    """The UTC instant of a wall clock time, and the name of the zone by which it was found."""
    if not written:
        if not declared:
            raise TimeNotCertain(
                f"The time “{_short(text)}” names no zone, and none is declared for this file. "
                "Choose the zone in which the source writes its times, and import it again."
            )
        return _in_zone(local, declared), declared
    offset = _fixed(written)
    if offset is not None:
        return _shift(local, offset), "UTC" if written == "Z" else written
    if declared and (at := _by_declared_abbreviation(local, written, declared)):
        return at, declared
    if written in ABBREVIATIONS:
        return _shift(local, timedelta(hours=ABBREVIATIONS[written])), written
    raise TimeNotCertain(
        f"The zone “{written}” in “{_short(text)}” does not say which one is meant. "
        "Choose the zone in which the source writes its times, and import it again."
    )


def _by_declared_abbreviation(local: datetime, written: str, declared: str) -> datetime | None:
    """The instant when the declared zone itself uses that abbreviation at that time; it also settles repeated hours."""
    if _fixed(declared) is not None or local.year in (date.min.year, date.max.year):
        return None
    for choice in ("earlier", "later"):
        zoned = PlainDateTime(local).assume_tz(declared, disambiguation=choice)
        if zoned.tz_abbrev() == written:
            at: datetime = zoned.to_stdlib().astimezone(UTC)
            return at
    return None


def _in_zone(local: datetime, zone: str) -> datetime:
    offset = _fixed(zone)
    if offset is not None:
        return _shift(local, offset)
    try:
        zoned = PlainDateTime(local).assume_tz(zone, disambiguation="raise")
    except RepeatedTime as error:
        raise TimeNotCertain(
            f"{_wall(local)} happened twice in {zone}, because clocks were set back. "
            "Declare the offset that holds in this file, such as -07:00, and import it again."
        ) from error
    except SkippedTime as error:
        raise TimeNotCertain(
            f"{_wall(local)} did not exist in {zone}, because clocks were set forward. "
            "Check the zone, or declare the offset that holds in this file, such as -07:00."
        ) from error
    except TimeZoneNotFoundError as error:
        raise TimeNotCertain(f"“{zone}” is no time zone. {_ZONE_HELP}") from error
    except ValueError as error:
        raise _outside(local) from error
    return zoned.to_stdlib().astimezone(UTC)


def _shift(local: datetime, offset: timedelta) -> datetime:
    try:
        return (local - offset).replace(tzinfo=UTC)
    except OverflowError as error:
        raise _outside(local) from error


def _outside(local: datetime) -> TimeUnreadable:
    return TimeUnreadable(f"“{_wall(local)}” lies outside of the calendar.")


@lru_cache(maxsize=256)
def _fixed(zone: str) -> timedelta | None:
    """The offset when the zone is a fixed one (``Z``, ``UTC``, ``+05:30``, ``UTC+2``), else nothing."""
    if zone in ("Z", "UTC", "GMT"):
        return timedelta(0)
    found = _OFFSET.fullmatch(zone)
    if not found:
        return None
    span = timedelta(hours=int(found.group(2)), minutes=int(found.group(3) or 0))
    return -span if found.group(1) == "-" else span


@lru_cache(maxsize=256)
def _offset_name(offset: timedelta | None) -> str:
    return "UTC" if not offset else str(timezone(offset)).removeprefix("UTC")


def _from_unix(text: str) -> datetime:
    """Unix time in seconds, milli-, micro- or nanoseconds, told apart by the number of digits."""
    whole = text.partition(".")[0]
    power = next(power for digits, power in _UNIX_UNITS if len(whole) <= digits)
    micros = int(Decimal(text).scaleb(6 - power))
    return _EPOCH + timedelta(microseconds=micros)


def _refusal(text: str) -> TimeNotCertain | TimeUnreadable:
    if not text:
        return TimeUnreadable("It carries no time.")
    if _SWAPPABLE.fullmatch(text):
        return TimeNotCertain(
            f"In “{_short(text)}” day and month could be swapped. "
            "Have the source write dates as 2026-11-03, or rewrite them so before the import."
        )
    if _WITHOUT_YEAR.fullmatch(text):
        return TimeNotCertain(
            f"“{_short(text)}” has no year. Have the source write full dates such as 2026-11-03T09:40:00Z."
        )
    return TimeUnreadable(f"“{_short(text)}” is in no time format that Afterword reads.")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _wall(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M:%S")
