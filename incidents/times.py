"""Reading times: text in one of a fixed list of formats becomes a UTC instant, or is refused with a sentence.

The fast path is RFC 3339 with an offset. What a time leaves open is read as a person declared it, else it is refused:
the zone, the order of day and month in 03/11/2026, the year of ``Jan  9 11:00:00``. Refused are also local times that
daylight saving repeats or leaves out, and zone abbreviations that several places of the world use.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from incidents.enums import Precision
from incidents.errors import TimeNotCertain, TimeUnreadable
from incidents.zones import instant, known_zone, offset_name, outside, short

__all__ = ["Reading", "known_zone", "read_time"]

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_MONTH = "|".join(MONTHS)
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
_ZONE = r"(?:\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?|[A-Z]{3,5}|\([A-Z]{3,5}\)))?"
_NAMED_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?"
_YEARLESS = re.compile(rf"{_NAMED_DAY}(?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}")
_NUMBERED = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4})"
    rf"(?:(?:T|,?\s+){_CLOCK}(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?{_ZONE})?"
)
_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>\d{{4}})[-/](?P<month>\d\d)[-/](?P<day>\d\d)(?:[T\s]\s*{_CLOCK}{_ZONE})?",
        rf"{_NAMED_DAY}(?P<day>\d{{1,2}})[\s/-](?P<name>{_MONTH})[a-z]*[\s/-](?P<year>\d{{4}})(?:[\s:,]+{_CLOCK}{_ZONE})?",
        rf"{_NAMED_DAY}(?P<name>{_MONTH})[a-z]*\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?:,?\s+{_CLOCK}{_ZONE})?",
        rf"{_NAMED_DAY}(?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_UNIX = re.compile(r"\d{9,19}(?:\.\d{1,9})?")
_SWAPPABLE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b.*")
_UNIX_UNITS = ((11, 0), (14, 3), (17, 6), (20, 9))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = {f"{second:02}": second for second in range(60)}
LONGEST_TIME = 100
# Since 1973 every zone of the world changes its offset at a whole minute, so what holds for the minute holds inside.
WHOLE_MINUTES_SINCE = 1973


class Reading(NamedTuple):
    """An instant in UTC, how exactly the text gave it, and the zone that made it an instant."""

    at: datetime
    precision: Precision
    zone: str


# A log has a million times: the named tuple's own constructor would take a fifth of what reading one takes.
_new = tuple.__new__
_SECOND = Precision.SECOND


def read_time(text: str, zone: str = "", *, date_order: str = "", year: int | None = None) -> Reading:
    """Read one time; ``zone`` holds when the text names none, ``year`` when it has none.

    ``date_order`` says how 03/11/2026 is meant: ``dmy``, ``mdy``, or empty when nobody declared it. Raises
    ``TimeNotCertain`` when a person must say what it means, ``TimeUnreadable`` when it is no time.
    """
    if len(text) >= 19 and text[4] == "-" and text[10] in "T " and text[13] == ":" and text[16] == ":":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return _read(text.strip(), zone, date_order, year)
        offset = moment.tzinfo
        if offset is UTC:
            return _new(Reading, (moment, _SECOND, "UTC"))
        if offset is not None:
            return _with_offset(moment, offset)
        quick = _inside(text[:16], moment.second, moment.microsecond, zone) if zone else None
    else:
        quick = _quick(text, zone, year)
    return quick or _read(text.strip(), zone, date_order, year)


def _with_offset(moment: datetime, offset: tzinfo) -> Reading:
    try:
        return _new(Reading, (moment.astimezone(UTC), _SECOND, offset_name(offset)))
    except OverflowError as error:
        raise outside(moment) from error


def _quick(text: str, zone: str, year: int | None) -> Reading | None:
    """The times of web servers and of syslog, whose lines come by the thousand in one minute; else nothing."""
    if len(text) == 15 and text[12] == ":" and text[9] == ":":
        second = _SECONDS.get(text[13:15])
        return None if second is None else _inside(text[:12], second, 0, zone, year)
    if len(text) >= 20 and text[2] == "/" and text[6] == "/" and text[17] == ":":
        second = _SECONDS.get(text[18:20])
        return None if second is None else _inside(text[:17] + text[20:], second, 0, zone)
    return None


def _inside(minute: str, second: int, micros: int, zone: str, year: int | None = None) -> Reading | None:
    """The time within a minute that is read once for all its lines; nothing when the long way must decide."""
    try:
        start, _, used = _minute(minute, zone, year)
    except (TimeNotCertain, TimeUnreadable):
        return None
    if start.year < WHOLE_MINUTES_SINCE:
        return None
    return _new(Reading, (start.replace(second=second, microsecond=micros), _SECOND, used))


@lru_cache(maxsize=4096)
def _minute(text: str, zone: str, year: int | None) -> Reading:
    return _read(text, zone, "", year)


def _read(text: str, zone: str, date_order: str, year: int | None) -> Reading:
    if _UNIX.fullmatch(text):
        return Reading(_from_unix(text), Precision.SECOND, "UTC")
    parts = _parts(text, date_order, year)
    try:
        local = _local(parts)
    except ValueError as error:
        raise _no_such_time(text, parts, date_order) from error
    precision = _precision(parts)
    written = (parts.get("zone") or "").strip("()")
    at, used = instant(local, written, zone, text)
    return Reading(at, precision, used)


def _parts(text: str, date_order: str, year: int | None) -> dict[str, str | None]:
    """The named parts of a time, with what was declared filled in."""
    if len(text) > LONGEST_TIME:
        raise _refusal(text, date_order)
    for pattern in _FORMATS:
        if found := pattern.fullmatch(text):
            return found.groupdict()
    if date_order and (found := _NUMBERED.fullmatch(text)):
        first, other = found["first"], found["other"]
        day, month = (first, other) if date_order == "dmy" else (other, first)
        return {**found.groupdict(), "day": day, "month": month}
    if found := _YEARLESS.fullmatch(text):
        if year is None:
            raise TimeNotCertain(
                f"“{short(text)}” has no year. Declare the year in which the file was written, and import it again."
            )
        return {**found.groupdict(), "year": str(year)}
    raise _refusal(text, date_order)


def _local(parts: dict[str, str | None]) -> datetime:
    """The wall clock time that was written; midnight when only a day was."""
    named = parts.get("name")
    month = MONTHS.index(named) + 1 if named else int(parts["month"] or 0)
    day = date(int(parts["year"] or 0), month, int(parts["day"] or 0))
    micros = int((parts.get("fraction") or "0")[:6].ljust(6, "0"))
    hour = int(parts.get("hour") or 0)
    if half := parts.get("half"):
        hour = _of_24(hour, half)
    return datetime.combine(
        day, time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0), micros)
    )


def _of_24(hour: int, half: str) -> int:
    """The hour of the day of ``9 PM``; raises ``ValueError`` for an hour that no clock of twelve shows."""
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half in "Pp" else 0)


def _precision(parts: dict[str, str | None]) -> Precision:
    if parts.get("hour") is None:
        return Precision.DAY
    return Precision.MINUTE if parts.get("second") is None else Precision.SECOND


def _from_unix(text: str) -> datetime:
    """Unix time in seconds, milli-, micro- or nanoseconds, told apart by the number of digits."""
    whole = text.partition(".")[0]
    power = next(power for digits, power in _UNIX_UNITS if len(whole) <= digits)
    micros = int(Decimal(text).scaleb(6 - power))
    return _EPOCH + timedelta(microseconds=micros)


def _refusal(text: str, date_order: str) -> TimeNotCertain | TimeUnreadable:
    if not text:
        return TimeUnreadable("It carries no time.")
    if not _SWAPPABLE.fullmatch(text) or len(text) > LONGEST_TIME:
        return TimeUnreadable(f"“{short(text)}” is in no time format that Afterword reads.")
    if not date_order:
        return TimeNotCertain(
            f"In “{short(text)}” day and month could be swapped. Declare whether the file writes the day first "
            "(dmy) or the month first (mdy), and import it again."
        )
    return TimeUnreadable(
        f"“{short(text)}” is no date that Afterword reads; a year needs four digits. "
        "Have the source write dates as 2026-11-03."
    )


def _no_such_time(text: str, parts: dict[str, str | None], date_order: str) -> TimeUnreadable:
    if "mark" not in parts:
        return TimeUnreadable(f"“{short(text)}” is no time that exists.")
    first = "day" if date_order == "dmy" else "month"
    return TimeUnreadable(
        f"“{short(text)}” is no time that exists when the {first} stands first, as declared for this file. "
        "Check the declared order of dates."
    )
