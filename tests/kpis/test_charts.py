"""The chart's labels keep clear of each other, and its SVG is well-formed and escaped."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from kpis.charts import Mark, Point, line_chart, spread_labels


@given(st.lists(st.floats(0, 120), min_size=1, max_size=6))
def test_labels_never_come_closer_than_the_gap(wanted: list[float]) -> None:
    placed = sorted(spread_labels(wanted, 13.0, 0.0, 120.0))
    assert all(after - before >= 13.0 - 1e-9 for before, after in pairwise(placed))
    assert placed[-1] <= 120.0 + 1e-9


def test_labels_that_do_not_meet_stay_where_they_were() -> None:
    assert spread_labels([10.0, 60.0], 13.0, 0.0, 120.0) == [10.0, 60.0]


def test_line_chart_is_well_formed_and_escapes_its_words() -> None:
    drawing = line_chart(
        key="k",
        title="<b>Time</b>",
        description="a & b",
        points=[Point("Jan", 1.0, 0.5, 2.0), Point("Feb", None), Point("Mar", 3.0, 2.0, 4.0)],
        marks=[Mark("baseline", 2.0, "base 2"), Mark("now", 2.0, "now 2")],
    )
    root = ElementTree.fromstring(drawing)
    assert root.find("title") is not None and root.find("title").text == "<b>Time</b>"  # type: ignore[union-attr]
    assert len(root.findall("circle")) == 2
    assert "style=" not in drawing


def test_line_chart_of_one_value_does_not_divide_by_zero() -> None:
    assert "<svg" in line_chart(key="k", title="t", description="d", points=[Point("Jan", 0.0)], marks=[])
