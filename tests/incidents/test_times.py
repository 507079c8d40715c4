"""Reading times: every format to its instant, and nothing guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Precision
from incidents.errors import TimeNotCertain, TimeUnreadable
from incidents.times import known_zone, read_time

INSTANT = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2040, 1, 1)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
OFFSETS = st.integers(min_value=-14 * 60, max_value=14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
ZONES = st.sampled_from(
    ["UTC", "America/Los_Angeles", "Europe/Berlin", "Asia/Singapore", "Australia/Lord_Howe", "Asia/Kathmandu"]
)


@pytest.mark.parametrize(
    "text",
    [
        "2018-10-21T22:52:00Z",
        "2018-10-21T22:52:00.000Z",
        "2018-10-21 22:52:00+00:00",
        "2018-10-21T18:52:00-04:00",
        "2018-10-21T18:52:00-0400",
        "2018-10-22 06:52:00 +08",
        "2018/10/21 22:52:00 GMT",
        "2018-10-21 15:52:00 PDT",
        "2018-10-22 00:52 CEST",
        "Sun, 21 Oct 2018 22:52:00 +0000",
        "21/Oct/2018:22:52:00 +0000",
        "Sun Oct 21 22:52:00 UTC 2018",
        "Oct 21, 2018 22:52 UTC",
        "1540162320",
        "1540162320000",
        "1540162320000000000",
    ],
)
def test_formats_with_a_zone_give_the_instant(text: str) -> None:
    assert read_time(text).at == INSTANT


@given(MOMENTS, OFFSETS)
def test_any_offset_comes_back_as_the_same_instant(moment: datetime, offset: timezone) -> None:
    assert read_time(moment.astimezone(offset).isoformat(timespec="milliseconds")).at == moment


@given(MOMENTS, ZONES)
def test_local_time_in_a_declared_zone_comes_back_or_is_asked(moment: datetime, zone: str) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    text = local.strftime("%Y-%m-%d %H:%M:%S.%f")
    repeated = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    if repeated:
        with pytest.raises(TimeNotCertain, match="happened twice"):
            read_time(text, zone)
    else:
        assert read_time(text, zone).at == moment


@given(
    MOMENTS,
    ZONES,
    st.sampled_from(["%d/%b/%Y:%H:%M:%S", "%b %e %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S"]),
)
def test_local_time_in_any_format_comes_back_or_is_asked(moment: datetime, zone: str, form: str) -> None:
    moment = moment.replace(microsecond=0)
    local = moment.astimezone(ZoneInfo(zone))
    order = "dmy" if form.startswith("%d.") else "mdy"
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        with pytest.raises(TimeNotCertain, match="happened twice"):
            read_time(local.strftime(form), zone, date_order=order, year=local.year)
    else:
        assert read_time(local.strftime(form), zone, date_order=order, year=local.year).at == moment


# Each of these hours comes twice or not at all; the half hour of Lord Howe and the quarter hour of Chatham count too.
REPEATED = st.sampled_from(
    [("America/New_York", datetime(2026, 11, 1, 1), 60), ("Europe/Berlin", datetime(2026, 10, 25, 2), 60),
     ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 30), 30), ("Pacific/Chatham", datetime(2026, 4, 5, 2, 45), 60)]
)  # fmt: skip
LEFT_OUT = st.sampled_from(
    [("America/New_York", datetime(2026, 3, 8, 2), 60), ("Europe/Berlin", datetime(2026, 3, 29, 2), 60),
     ("Australia/Lord_Howe", datetime(2026, 10, 4, 2), 30), ("Pacific/Chatham", datetime(2026, 9, 27, 2, 45), 60)]
)  # fmt: skip
WAYS = st.sampled_from(
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.250", "%d/%b/%Y:%H:%M:%S", "%b %e %H:%M:%S", "%m/%d/%Y %H:%M:%S"]
)


@given(REPEATED, WAYS, st.integers(-90, 150), st.integers(0, 59))
def test_repeated_times_are_asked_to_the_second(
    case: tuple[str, datetime, int], form: str, minutes: int, seconds: int
) -> None:
    zone, start, length = case
    text = (start + timedelta(minutes=minutes, seconds=seconds)).strftime(form)
    if 0 <= minutes < length:
        with pytest.raises(TimeNotCertain, match=f"happened twice in {zone}"):
            read_time(text, zone, date_order="mdy", year=2026)
    else:
        wall = read_time(text, zone, date_order="mdy", year=2026).at.astimezone(ZoneInfo(zone))
        assert wall.strftime(form.replace(".250", "")) == text.replace(".250", "")


@given(LEFT_OUT, WAYS, st.integers(-90, 150), st.integers(0, 59))
def test_times_that_are_left_out_are_asked_to_the_second(
    case: tuple[str, datetime, int], form: str, minutes: int, seconds: int
) -> None:
    zone, start, length = case
    text = (start + timedelta(minutes=minutes, seconds=seconds)).strftime(form)
    if 0 <= minutes < length:
        with pytest.raises(TimeNotCertain, match=f"did not exist in {zone}"):
            read_time(text, zone, date_order="mdy", year=2026)
    else:
        wall = read_time(text, zone, date_order="mdy", year=2026).at.astimezone(ZoneInfo(zone))
        assert wall.strftime(form.replace(".250", "")) == text.replace(".250", "")


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2040, 1, 1)))
def test_singapore_is_always_eight_hours_ahead(local: datetime) -> None:
    assert read_time(local.isoformat(" ", "microseconds"), "Asia/Singapore").at == (
        local.replace(tzinfo=UTC) - timedelta(hours=8)
    )


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        sentence, zone = "Read.", read_time(text).at.tzinfo
    except (TimeNotCertain, TimeUnreadable) as error:
        sentence, zone = str(error), UTC
    assert sentence.endswith(".")
    assert zone is UTC


def test_time_without_a_zone_is_refused_until_one_is_declared() -> None:
    with pytest.raises(TimeNotCertain, match=r"names no zone, and none is declared.*Choose the zone"):
        read_time("2020-11-25 07:01:00")
    assert read_time("2020-11-25 07:01:00", "America/Los_Angeles").at == datetime(
        2020, 11, 25, 15, 1, tzinfo=UTC
    )
    assert read_time("2020-11-25 07:01:00", "-08:00").at == datetime(2020, 11, 25, 15, 1, tzinfo=UTC)


def test_hour_that_happens_twice_is_asked() -> None:
    with pytest.raises(TimeNotCertain, match=r"happened twice in America/Los_Angeles.*such as -07:00"):
        read_time("2018-11-04 01:30:00", "America/Los_Angeles")


def test_abbreviation_settles_the_hour_that_happens_twice() -> None:
    earlier = read_time("2018-11-04 01:30:00 PDT", "America/Los_Angeles").at
    later = read_time("2018-11-04 01:30:00 PST", "America/Los_Angeles").at
    assert later - earlier == timedelta(hours=1)


def test_hour_that_is_left_out_is_asked() -> None:
    with pytest.raises(TimeNotCertain, match="did not exist in Europe/Berlin"):
        read_time("2018-03-25 02:30:00", "Europe/Berlin")


@pytest.mark.parametrize("text", ["03/11/2026", "3.11.2026 09:40", "11/03/26 9:40", "21/10/2018 22:52:00"])
def test_swappable_day_and_month_are_refused(text: str) -> None:
    with pytest.raises(
        TimeNotCertain, match=r"day and month could be swapped. Declare whether .*\(dmy\).*\(mdy\)"
    ):
        read_time(text, "UTC")


@pytest.mark.parametrize(
    ("text", "order", "instant"),
    [
        ("03/11/2026", "dmy", "2026-11-03T00:00:00+00:00"),
        ("03/11/2026", "mdy", "2026-03-11T00:00:00+00:00"),
        ("3.11.2026 09:40", "dmy", "2026-11-03T09:40:00+00:00"),
        ("03-11-2026T09:40:05.5Z", "dmy", "2026-11-03T09:40:05.500000+00:00"),
        ("11/03/2026, 9:40:05 PM", "mdy", "2026-11-03T21:40:05+00:00"),
        ("11/03/2026 12:00 am", "mdy", "2026-11-03T00:00:00+00:00"),
        ("11/03/2026 12:00 PM EST", "mdy", "2026-11-03T17:00:00+00:00"),
        ("13/11/2026 10:00", "dmy", "2026-11-13T10:00:00+00:00"),
    ],
)
def test_declared_order_settles_day_and_month(text: str, order: str, instant: str) -> None:
    assert read_time(text, "UTC", date_order=order).at.isoformat() == instant


@pytest.mark.parametrize(
    ("text", "order", "sentence"),
    [
        ("13/11/2026", "mdy", "no time that exists when the month stands first.*Check the declared order"),
        ("11/13/2026 10:00", "dmy", "no time that exists when the day stands first"),
        ("31.02.2026", "dmy", "no time that exists"),
        ("11/03/26 9:40", "mdy", "a year needs four digits"),
        ("03/11-2026", "dmy", "a year needs four digits"),
        ("11/03/2026 13:00 PM", "mdy", "no time that exists"),
    ],
)
def test_date_that_cannot_be_meant_as_declared_is_unreadable(text: str, order: str, sentence: str) -> None:
    with pytest.raises(TimeUnreadable, match=sentence):
        read_time(text, "UTC", date_order=order)


@pytest.mark.parametrize("name", ["CST", "IST", "BST"])
def test_abbreviation_of_many_places_is_refused_unless_the_zone_uses_it(name: str) -> None:
    with pytest.raises(TimeNotCertain, match=f"The zone “{name}”"):
        read_time(f"2018-10-21 22:52:00 {name}")
    with pytest.raises(TimeNotCertain):
        read_time(f"2018-10-21 22:52:00 {name}", "America/Los_Angeles")


def test_declared_zone_explains_its_own_abbreviation() -> None:
    assert read_time("2018-10-21 22:52:00 CST", "Asia/Shanghai").at == datetime(
        2018, 10, 21, 14, 52, tzinfo=UTC
    )
    assert read_time("2018-12-21 22:52:00 CST", "America/Chicago").at == datetime(
        2018, 12, 22, 4, 52, tzinfo=UTC
    )


def test_time_without_a_year_is_refused() -> None:
    with pytest.raises(TimeNotCertain, match=r"has no year\. Declare the year"):
        read_time("Oct 21 22:52:00", "UTC")


@pytest.mark.parametrize("text", ["Oct 21 22:52:00", "Sun Oct 21 22:52:00.000", "Oct 21 18:52:00 EDT"])
def test_declared_year_completes_a_time(text: str) -> None:
    assert read_time(text, "UTC", year=2018).at == INSTANT


def test_day_that_the_declared_year_lacks_is_unreadable() -> None:
    assert read_time("Feb 29 10:00:00", "UTC", year=2024).at == datetime(2024, 2, 29, 10, tzinfo=UTC)
    with pytest.raises(TimeUnreadable, match="no time that exists"):
        read_time("Feb 29 10:00:00", "UTC", year=2026)


def test_declared_year_never_replaces_a_written_one() -> None:
    assert read_time("2018-10-21 22:52:00", "UTC", year=2026).at == INSTANT


def test_offsets_of_seconds_in_old_times_are_kept() -> None:
    local = datetime(1890, 5, 1, 12, 0, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert read_time("1890-05-01 12:00:30", "Europe/Paris").at == local


def test_text_of_any_length_is_refused_at_once() -> None:
    with pytest.raises(TimeUnreadable, match="no time format"):
        read_time("1/1/" + "1" * 100_000)


@pytest.mark.parametrize(
    "text", ["", "soon", "2018-13-01T00:00:00Z", "2018-02-30 10:00 UTC", "2018-10-21T25:00:00Z", "12:30"]
)
def test_what_is_no_time_is_unreadable(text: str) -> None:
    with pytest.raises(TimeUnreadable):
        read_time(text, "UTC")


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2018-10-21T22:52:07Z", Precision.SECOND),
        ("2018-10-21 22:52Z", Precision.MINUTE),
        ("21 Oct 2018 22:52 UTC", Precision.MINUTE),
        ("2018-10-21", Precision.DAY),
        ("21 Oct 2018", Precision.DAY),
    ],
)
def test_precision_is_what_was_written(text: str, precision: Precision) -> None:
    assert read_time(text, "UTC").precision == precision


def test_day_begins_in_the_declared_zone() -> None:
    assert read_time("2018-10-21", "Asia/Singapore").at == datetime(2018, 10, 20, 16, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "UTC", "Europe/Paris", "+05:30", "-0800", "+02"])
def test_zones_are_known(name: str) -> None:
    assert known_zone(f" {name} ") == name


@pytest.mark.parametrize("name", ["Mars/Olympus", "CEST?", "+5", "../etc/passwd"])
def test_other_words_are_no_zones(name: str) -> None:
    with pytest.raises(TimeNotCertain, match="is no time zone"):
        known_zone(name)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("9999-12-31T23:59:59-12:00", ""),
        ("0001-01-01T00:00:00+12:00", ""),
        ("9999-12-31 23:59:59", "-12:00"),
        ("9999-12-31 23:59:59", "America/Los_Angeles"),
        ("0001-01-01 00:00:00", "Asia/Tokyo"),
        ("9999-12-31 23:59:59 PST", "America/Los_Angeles"),
    ],
)
def test_time_at_the_edge_of_the_calendar_is_unreadable(text: str, zone: str) -> None:
    with pytest.raises(TimeUnreadable, match="outside of the calendar"):
        read_time(text, zone)
