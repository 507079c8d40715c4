"""The drawing of swim lanes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Lane, MilestoneKind
from incidents.lanes import MOST_TICKS, SHAPES, WIDTH, Point, draw, phases, shape, ticks

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
ALL_FIVE = {kind: START + timedelta(minutes=10 * place) for place, kind in enumerate(MilestoneKind)}


def points(*minutes: float, lane: Lane = Lane.ALERT) -> list[Point]:
    return [Point(lane, START + timedelta(minutes=at), number) for number, at in enumerate(minutes, 1)]


def test_empty_chronology_draws_nothing() -> None:
    assert draw([], {}, title="Nothing") == ""


def test_drawing_has_title_description_and_no_inline_style() -> None:
    svg = draw(points(0, 5), ALL_FIVE, title="Chronology of <INC>")
    root = ElementTree.fromstring(svg)
    assert root.findtext("title") == "Chronology of <INC>"
    assert "Entries by lane: Alerts 2." in root.findtext("desc", "")
    assert "Milestones: Impact started 21 Oct 2018 22:52" in root.findtext("desc", "")
    assert not re.search(r"\bstyle=|\bon\w+=|url\(|<script|data:", svg)


def test_only_lanes_that_hold_something_are_drawn() -> None:
    svg = draw([*points(0), *points(3, lane=Lane.CHAT)], {}, title="t")
    assert "Alerts" in svg
    assert ">Chat<" in svg
    assert "Changes" not in svg


def test_close_entries_become_one_mark_that_counts_them() -> None:
    close = [Point(Lane.LOG, START + timedelta(seconds=at), at + 1) for at in range(1500)]
    svg = draw([*close, Point(Lane.LOG, START + timedelta(days=2), 1501)], {}, title="t")
    assert svg.count("<path") == 2
    assert "1500 entries, 22:52 to 23:16 UTC" in svg


def test_every_lane_has_a_shape_of_its_own() -> None:
    assert len(set(SHAPES.values())) == len(Lane)
    assert 'aria-label="Alerts"' in shape(Lane.ALERT)


def test_phases_lie_between_neighboring_milestones() -> None:
    assert [phase.label for phase in phases(ALL_FIVE)] == ["Undetected", "Triage", "Mitigation", "Recovery"]


def test_missing_milestone_joins_its_neighbors_and_wrong_order_is_not_drawn() -> None:
    some = {MilestoneKind.DETECTED: START, MilestoneKind.RESOLVED: START + timedelta(hours=1)}
    [phase] = phases(some)
    assert (phase.label, phase.end - phase.start) == ("Triage", timedelta(hours=1))
    assert phases({**some, MilestoneKind.RESOLVED: START - timedelta(hours=1)}) == []


@given(st.integers(min_value=60, max_value=10**8))
def test_ticks_are_few_and_inside(seconds: int) -> None:
    moments = [moment for moment, _ in ticks(START, seconds)]
    assert len(moments) <= MOST_TICKS
    assert all(START <= moment <= START + timedelta(seconds=seconds) for moment in moments)


def test_tick_of_a_new_day_says_the_date() -> None:
    assert [label for _, label in ticks(START, 24 * 3600)] == [
        "22 Oct",
        "03:00",
        "06:00",
        "09:00",
        "12:00",
        "15:00",
        "18:00",
        "21:00",
    ]


@pytest.mark.parametrize("minutes", [(0,), (0, 0), (0, 1440)])
def test_marks_stay_inside_the_drawing(minutes: tuple[float, ...]) -> None:
    places = re.findall(r"translate\(([\d.]+) ", draw(points(*minutes), {}, title="t"))
    assert all(0 < float(place) < WIDTH for place in places)
