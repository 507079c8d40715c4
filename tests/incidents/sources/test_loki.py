"""Loki's answers to log queries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.helpers import entries, parse, signals

NS = 1767956400_000000000


def answer(*streams: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "streams", "result": list(streams), "stats": {}}}


def stream(*values: Any, **labels: str) -> dict[str, Any]:
    return {"stream": labels, "values": list(values)}


def value(seconds: int, line: str, *metadata: Any) -> list[Any]:
    return [str(NS + seconds * 10**9), line, *metadata]


def test_lines_of_all_streams_stand_in_the_order_of_time() -> None:
    found = entries(
        "loki",
        answer(
            stream(value(3, "third"), value(1, "first"), app="a"),
            stream(value(2, "second"), value(1, "first too"), app="b"),
        ),
    )
    assert [item.signal.text for item in found] == ["first", "first too", "second", "third"]
    assert found[0].at.isoformat() == "2026-01-09T11:00:01+00:00"
    assert (found[0].signal.location, found[0].zone) == ("data.result[0].values[1]", "UTC")
    assert {(item.signal.lane, item.signal.trust) for item in found} == {(Lane.LOG, Trust.OBSERVED)}


@pytest.mark.parametrize(
    ("labels", "actor", "services"),
    [
        ({"service_name": "pay", "app": "x", "job": "y"}, "pay", ("pay",)),
        ({"service_name": "unknown_service", "job": "shop/pay"}, "shop/pay", ()),
        ({"app": "pay", "container": "web"}, "pay", ("pay",)),
        ({"container": "web"}, "web", ()),
        ({}, "", ()),
    ],
)
def test_labels_say_who_wrote(labels: dict[str, str], actor: str, services: tuple[str, ...]) -> None:
    [found] = signals("loki", answer(stream(value(0, "x"), **labels)))
    assert (found.actor, found.about.services) == (actor, services)


@pytest.mark.parametrize(
    ("labels", "metadata", "line", "level"),
    [
        ({"level": "warn"}, [], "x", "warning"),
        ({}, [{"detected_level": "error"}], "x", "error"),
        ({}, [{"structuredMetadata": {"detected_level": "error"}, "parsed": {"a": "b"}}], "x", "error"),
        ({"detected_level": "unknown"}, [], "ERROR x", "error"),
        ({}, [], '{"level":"debug","msg":"x"}', "debug"),
        ({}, [], "level=info msg=x", "info"),
        ({}, [], "x", ""),
    ],
)
def test_level_is_the_labels_else_the_lines(
    labels: dict[str, str], metadata: list[Any], line: str, level: str
) -> None:
    [found] = signals("loki", answer(stream(value(0, line, *metadata), **labels)))
    assert found.level == level
    assert found.text.endswith("x")


def test_region_and_customer_are_told() -> None:
    [found] = signals(
        "loki", answer(stream(value(0, "x", {"tenant_id": "acme"}), region="eu-west-1", app="pay"))
    )
    assert (found.about.region, found.about.customer, found.about.services) == ("eu-west-1", "acme", ("pay",))


def test_several_answers_and_pushed_streams_are_read() -> None:
    found = signals("loki", [answer(stream(value(1, "b"))), {"streams": [stream(value(0, "a"))]}])
    assert [(item.text, item.location) for item in found] == [
        ("a", "answers[1].streams[0].values[0]"),
        ("b", "answers[0].data.result[0].values[0]"),
    ]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (["1767956400000000000"], "no pair"),
        ("x", "no pair"),
        (["1767956400000000000", 5], "no pair"),
        (["1767956400", "x"], "no number of nanoseconds"),
        ([None, "x"], "no number of nanoseconds"),
        (["1767956400000000000", " "], "empty"),
    ],
)
def test_value_that_is_no_line_is_skipped(item: Any, reason: str) -> None:
    bad, good = parse("loki", answer(stream(item, value(0, "x"))))
    assert isinstance(bad, Skipped) and reason in bad.reason
    assert isinstance(good, Signal)


def test_stream_without_values_is_skipped() -> None:
    assert [type(item) for item in parse("loki", answer({"stream": {}}, 7, stream(value(0, "x"))))] == [
        Skipped, Skipped, Signal,
    ]  # fmt: skip


def test_metric_query_is_refused_with_what_to_ask() -> None:
    with pytest.raises(EvidenceRefused, match=r"numbers and no log lines\. Ask Loki for the lines"):
        parse("loki", {"status": "success", "data": {"resultType": "matrix", "result": []}})


@pytest.mark.parametrize("document", [[], {}, "x", None, 5, {"data": []}, [{"data": {"result": {}}}]])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no log lines of Loki"):
        parse("loki", document)


def test_answer_that_was_cut_off_is_refused() -> None:
    with pytest.raises(EvidenceRefused, match="cut off"):
        parse("loki", json.dumps(answer(stream(value(0, "x")))).encode()[:-4])


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([str(NS), "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "result", "stream", "values", "app", "parsed"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(
    ANY, st.lists(ANY, max_size=3), st.dictionaries(st.sampled_from(["app", "level", "region", "job"]), ANY)
)
@settings(max_examples=300, deadline=None)
def test_any_types_are_read_skipped_or_refused(
    document: Any, item: list[Any], labels: dict[str, Any]
) -> None:
    for tried in (document, answer({"stream": labels, "values": [item, [str(NS), "x", document]]})):
        try:
            found = parse("loki", tried)
        except EvidenceRefused:
            continue
        assert all(isinstance(part, Signal | Skipped) for part in found)
