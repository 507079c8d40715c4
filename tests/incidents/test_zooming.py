"""Which stretch of time is drawn, and the steps to others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from incidents import zooming
from incidents.enums import Lane, MilestoneKind
from incidents.lanes import Point, Series, Window, draw
from incidents.times import read_time

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHOLE = Window(START, START + 8 * HOUR)
TIMES = {MilestoneKind.DETECTED: START + HOUR, MilestoneKind.RESOLVED: START + 3 * HOUR}


def labels(now: Window) -> list[str]:
    return [zoom.label for zoom in zooming.zooms(WHOLE, now, TIMES)]


def test_whole_leads_to_phases_and_closer_only() -> None:
    assert labels(WHOLE) == ["Whole", "Triage", "Closer"]


def test_middle_leads_everywhere() -> None:
    now = Window(START + HOUR, START + 3 * HOUR)
    assert labels(now) == ["Whole", "Triage", "Closer", "Wider", "Earlier", "Later"]
    assert [zoom.label for zoom in zooming.zooms(WHOLE, now, TIMES) if zoom.is_now] == ["Triage"]


def test_steps_ask_for_what_the_filter_reads() -> None:
    [later] = [
        zoom for zoom in zooming.zooms(WHOLE, Window(START, START + 2 * HOUR), TIMES) if zoom.label == "Later"
    ]
    assert [read_time(later.asked[end], "UTC").at for end in ("from", "to")] == [
        START + HOUR,
        START + 3 * HOUR,
    ]


def test_minute_is_not_zoomed_further() -> None:
    assert "Closer" not in labels(Window(START, START + timedelta(minutes=1)))


def test_window_is_never_empty_nor_turned_around() -> None:
    assert zooming.window(WHOLE, START, START) == Window(START, START + timedelta(minutes=1))
    assert zooming.window(WHOLE, START + HOUR, START) == WHOLE
    assert zooming.window(WHOLE, None, None) == WHOLE


def test_only_the_stretch_is_drawn_with_the_phases_cut_to_it() -> None:
    window = Window(START, START + 2 * HOUR)
    svg = draw([Point(Lane.ALERT, START + HOUR, 1)], TIMES, title="t", window=window)
    assert 'data-from="2018-10-21T22:52:00+00:00" data-to="2018-10-22T00:52:00+00:00"' in svg
    assert svg.count("<rect") == 1
    assert "phase-diagnosis" in svg


def test_stretch_without_entries_says_so() -> None:
    svg = draw([], {}, title="t", window=Window(START, START + HOUR))
    assert "No entry lies in this stretch." in svg


def test_series_has_its_own_strip_and_words() -> None:
    samples = [(START.timestamp() + 60 * minute, float(minute)) for minute in range(30)]
    plain = draw([Point(Lane.METRIC, START, 1)], {}, title="t")
    svg = draw(
        [Point(Lane.METRIC, START, 1)],
        {},
        title="t",
        series=[Series("A very long name of a metric", samples)],
    )
    assert "A very long name of a metric: 0 to 29" in svg
    assert svg.count('class="series"') == 1
    assert plain.count('class="series"') == 0
