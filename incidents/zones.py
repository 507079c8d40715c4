"""Zones of the world: from a wall clock time to the instant in UTC, or a sentence saying why nobody can know it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from whenever import PlainDateTime, RepeatedTime, SkippedTime, TimeZoneNotFoundError

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
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?")
_ZONE_HELP = "Use a name such as Europe/Paris or America/New_York, or an offset such as +02:00."


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


def instant(local: datetime, written: str, declared: str, text: str) -> tuple[datetime, str]:
    """The UTC instant of a wall clock time, and the name of the zone by which it was found."""
    if not written:
        if not declared:
            raise TimeNotCertain(
                f"The time “{short(text)}” names no zone, and none is declared for this file. "
                "Choose the zone in which the source writes its times, and import it again."
            )
        return _in_zone(local, declared), declared
    offset = _fixed(written)
    if offset is not None:
        return _shifted(local, offset), "UTC" if written == "Z" else written
    if declared and (at := _by_declared_abbreviation(local, written, declared)):
        return at, declared
    if written in ABBREVIATIONS:
        return _shifted(local, timedelta(hours=ABBREVIATIONS[written])), written
    raise TimeNotCertain(
        f"The zone “{written}” in “{short(text)}” does not say which one is meant. "
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
        return _shifted(local, offset)
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
        raise outside(local) from error
    return zoned.to_stdlib().astimezone(UTC)


def _shifted(local: datetime, offset: timedelta) -> datetime:
    try:
        return (local - offset).replace(tzinfo=UTC)
    except OverflowError as error:
        raise outside(local) from error


def outside(local: datetime) -> TimeUnreadable:
    """Why a wall clock time is no instant: its offset takes it out of the years 1 to 9999."""
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
def offset_name(offset: tzinfo) -> str:
    """A fixed offset as people write it: ``+05:30``, or ``UTC`` for none."""
    span = offset.utcoffset(None)
    return "UTC" if not span else str(timezone(span)).removeprefix("UTC")


def short(text: str) -> str:
    """What was written, cut so that a sentence can quote it."""
    return text if len(text) <= 60 else f"{text[:57]}…"


def _wall(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M:%S")
