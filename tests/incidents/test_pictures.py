"""Pictures of measured series, and the lines that they are made of."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import pictures
from incidents.curves import in_figures, readable, scale, thinned

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
FIRST = START.timestamp()


def series(*values: float) -> list[list[float]]:
    return [[FIRST + 60 * place, value] for place, value in enumerate(values)]


def test_picture_has_title_description_and_no_inline_style() -> None:
    svg = pictures.draw(series(1, 240, 12), name="Lag of <mysql>", unit="s", at=START + timedelta(minutes=1))
    root = ElementTree.fromstring(svg)
    assert root.findtext("title") == "Lag of <mysql>"
    assert root.findtext("desc") == (
        "3 samples from 21 Oct 22:52 to 21 Oct 22:54 UTC. "
        "Lowest 1 s at 21 Oct 22:52, highest 240 s at 21 Oct 22:53, last 12 s."
    )
    assert not re.search(r"\bstyle=|\bon\w+=|url\(|<script|data:", svg)
    assert "series-moment" in svg


def test_moment_outside_of_the_series_is_not_drawn() -> None:
    assert "series-moment" not in pictures.draw(series(1, 2), name="x", at=START - timedelta(days=1))


def test_steady_series_has_one_bound() -> None:
    svg = pictures.draw(series(5, 5, 5), name="x", unit="%")
    assert svg.count("series-bound") == 1
    assert ">5%<" in svg


def test_nothing_readable_draws_nothing() -> None:
    assert pictures.draw([["soon", 1], [FIRST, None], 7], name="x") == ""


@given(st.lists(st.one_of(st.none(), st.integers(), st.lists(st.one_of(st.floats(), st.text(), st.none())))))
def test_whatever_points_are_the_picture_is_drawn_or_left_out(points: list[Any]) -> None:
    svg = pictures.draw(points, name="x")
    assert svg == "" or ElementTree.fromstring(svg) is not None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3000), st.integers(20, 600))
def test_thinned_line_keeps_the_lowest_and_the_highest(values: list[float], most: int) -> None:
    samples = [(float(place), value) for place, value in enumerate(values)]
    kept = thinned(samples, most)
    assert len(kept) <= max(most, 2)
    assert kept == sorted(kept)
    assert {min(values), max(values)} <= {value for _at, value in kept}


def test_samples_come_in_order_of_time_without_what_is_none() -> None:
    assert readable([[2, 1], [1, "3"], [float("nan"), 1], [-5, 1], [1e12, 1]]) == [(1.0, 3.0), (2.0, 1.0)]


def test_values_of_one_height_lie_in_the_middle() -> None:
    assert scale(3, 3, 100, 0)(3) == 50


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.5, "0.5"), (1234.6, "1,235"), (0.00002, "2e-05"), (2.5e9, "2.5e+09"), (99.12345, "99.12")],
)
def test_values_are_told_in_few_figures(value: float, words: str) -> None:
    assert in_figures(value) == words
