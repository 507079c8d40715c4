"""Answers of Prometheus."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from incidents.sources.prometheus import MOST_POINTS, MOST_SERIES
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals

START = 1772366400


def series(values: list[Any], **labels: str) -> dict[str, Any]:
    """A series with one value a minute."""
    return {"metric": labels, "values": [[START + 60 * place, value] for place, value in enumerate(values)]}


def answer(*result: Any, kind: str = "matrix", **fields: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": list(result)}, **fields}


LATENCY = answer(
    series(["0.24", "0.23", "2.31", "0.25", "0.24"], __name__="latency", service="checkout", zone="a")
)
ASKED = {"query": "p99", "title": "checkout p99 latency", "unit": "s", "answer": LATENCY}


def test_series_tells_its_most_telling_point() -> None:
    [found] = entries("prometheus", ASKED)
    assert found.signal.text == "checkout p99 latency peaked at 2.31 s (median 0.24 s)"
    assert (found.signal.time_text, found.zone) == (str(START + 120), "UTC")
    assert found.at.isoformat() == "2026-03-01T12:02:00+00:00"
    assert (found.signal.lane, found.signal.trust) == (Lane.METRIC, Trust.OBSERVED)


def test_series_is_kept_with_its_unit_and_points() -> None:
    [found] = signals("prometheus", ASKED)
    assert found.about.series is not None
    assert (found.about.series.name, found.about.series.unit) == ("checkout p99 latency", "s")
    assert found.about.series.points[2] == (START + 120, 2.31)
    assert (found.about.services, found.about.region) == (("checkout",), "a")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["10", "10", "2", "10"], "requests fell to 2 (median 10)"),
        (["7", "7", "7"], "requests stayed at 7"),
        (["1234567.8", "1", "1"], "requests peaked at 1,234,568 (median 1)"),
        (["NaN", "3", "+Inf", "3", "-Inf", "4"], "requests peaked at 4 (median 3)"),
        (["5"], "requests was 5"),
    ],
)
def test_text_says_how_the_series_moved(values: list[str], text: str) -> None:
    [found] = signals("prometheus", answer(series(values, __name__="requests")))
    assert found.text == text


def test_first_of_equal_peaks_is_told() -> None:
    [found] = signals("prometheus", answer(series(["1", "9", "1", "9", "1"])))
    assert found.time_text == str(START + 60)


def test_series_are_named_by_the_labels_that_differ() -> None:
    found = signals(
        "prometheus",
        answer(
            series(["1", "2"], __name__="up", pod="a", job="x"),
            series(["1", "3"], __name__="up", pod="b", job="x"),
        ),
    )
    assert [item.actor for item in found] == ["up (pod=a)", "up (pod=b)"]
    assert len({item.identity for item in found}) == 2


def test_series_beyond_the_limit_are_the_calmest_and_are_named() -> None:
    rows = [series(["1", "1", str(place)], __name__="up", pod=f"p{place:02}") for place in range(1, 24)]
    found = parse("prometheus", answer(*rows))
    shown = [item for item in found if isinstance(item, Signal)]
    [left] = [item for item in found if isinstance(item, Skipped)]
    assert [item.actor for item in shown] == [f"up (pod=p{place:02})" for place in range(4, 24)]
    assert len(shown) == MOST_SERIES
    assert "3 were left out: up (pod=p01), up (pod=p02), up (pod=p03)." in left.reason


def test_answer_to_an_instant_query_is_read() -> None:
    vector = answer({"metric": {"__name__": "up"}, "value": [START + 0.5, "1"]}, kind="vector")
    [found] = signals("prometheus", vector)
    assert (found.text, found.time_text) == ("up was 1", f"{START}.5")


def test_single_number_is_read() -> None:
    [found] = signals("prometheus", {"query": "2 * 3", "answer": answer(START, "6", kind="scalar")})
    assert found.text == "2 * 3 was 6"


def test_several_answers_are_read_and_a_failed_one_is_named() -> None:
    failed = {"status": "error", "errorType": "timeout", "error": "query timed out"}
    told, left = parse("prometheus", [ASKED, failed])
    assert isinstance(told, Signal)
    assert left == Skipped(
        "answers[1]", "Prometheus refused the query: query timed out. Correct the query and fetch again."
    )


def test_error_is_refused_with_its_message() -> None:
    with pytest.raises(EvidenceRefused, match=r"refused the query: parse error at char 3\. Correct"):
        parse("prometheus", {**ASKED, "answer": {"status": "error", "error": "parse error at char 3"}})


def test_warning_of_an_answer_is_told() -> None:
    warned, _ = parse("prometheus", answer(series(["1", "2"]), warnings=["a store was down"]))
    assert isinstance(warned, Skipped)
    assert warned.reason.endswith("something may be missing: a store was down")


def test_series_that_cannot_be_told_are_skipped_with_a_reason() -> None:
    rows = [series(["NaN"]), {"metric": {}, "histograms": []}, "x", series(["1"])]
    found = parse("prometheus", answer(*rows))
    skipped = [item for item in found if isinstance(item, Skipped)]
    assert [item.location for item in skipped] == [f"data.result[{place}]" for place in range(3)]
    assert "histogram_quantile" in skipped[1].reason


def test_empty_answer_says_that_nothing_was_found() -> None:
    [found] = parse("prometheus", answer())
    assert isinstance(found, Skipped)
    assert found.reason.startswith("The query found no series")


def test_identity_is_of_query_labels_and_window() -> None:
    turned = answer(
        {
            "values": list(reversed(LATENCY["data"]["result"][0]["values"])),
            "metric": {"zone": "a", "service": "checkout", "__name__": "latency"},
        }
    )
    [one], [same] = (
        signals("prometheus", ASKED),
        signals("prometheus", {**ASKED, "answer": turned, "title": "other"}),
    )
    [other] = signals("prometheus", {**ASKED, "query": "p50"})
    assert one.identity == same.identity != other.identity


@given(st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=2500))
def test_thinning_keeps_lowest_and_highest(values: list[float]) -> None:
    [found] = signals("prometheus", answer(series([repr(value) for value in values])))
    assert found.about.series is not None
    points = found.about.series.points
    kept = [value for _, value in points]
    assert len(points) <= MOST_POINTS
    assert (min(kept), max(kept)) == (min(values), max(values))
    assert list(points) == sorted(points)


@pytest.mark.parametrize(
    "document",
    [{}, [], "x", 3, None, {"status": "success"}, [1, 2], {"answer": {}}, answer("x", kind="string")],
)
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no answer of a Prometheus query"):
        parse("prometheus", document)


@given(
    changed(
        [
            ASKED,
            LATENCY,
            [ASKED, ASKED],
            answer(START, "6", kind="scalar"),
            answer({"metric": {}, "value": [START, "1"]}, kind="vector"),
        ]
    )
)
def test_changed_answers_are_read_skipped_or_refused(document: Any) -> None:
    try:
        found = parse("prometheus", document)
    except EvidenceRefused:
        return
    assert all(isinstance(item, Signal | Skipped) for item in found)
