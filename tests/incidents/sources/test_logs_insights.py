"""CloudWatch Logs: results of Logs Insights, and filtered events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.helpers import entries, parse, signals

AT = "2026-01-09T11:00:00+00:00"
ROW = {
    "@timestamp": "2026-01-09 11:00:00.000",
    "@message": "[ERROR] pool is empty\n",
    "@log": "123456789012:/aws/lambda/pay",
    "@ptr": "CmIK",
}
EVENT = {
    "logStreamName": "web/1",
    "timestamp": 1767956400000,
    "message": '{"level":"warn","service":"pay","msg":"pool is low"}',
    "ingestionTime": 1767956401000,
    "eventId": "38",
}


def api(*rows: dict[str, Any]) -> dict[str, Any]:
    """Rows as ``GetQueryResults`` answers them."""
    listed = [[{"field": name, "value": text} for name, text in row.items()] for row in rows]
    return {"results": listed, "statistics": {"recordsMatched": 1.0}, "status": "Complete"}


CSV = (
    b"\xef\xbb\xbf@timestamp,@message,@log,@ptr\r\n"
    b'2026-01-09 11:00:00.000,"[ERROR] pool is empty\n",123456789012:/aws/lambda/pay,CmIK\r\n'
)


@pytest.mark.parametrize("content", [api(ROW), [ROW], {"results": [ROW]}, [api(ROW)], CSV])
def test_every_kind_of_export_tells_the_same(content: Any) -> None:
    [found] = entries("logs_insights", content)
    signal = found.signal
    assert (found.at.isoformat(), found.zone, signal.text) == (AT, "UTC", "[ERROR] pool is empty")
    assert (signal.level, signal.actor, signal.lane, signal.trust) == (
        "error", "pay", Lane.LOG, Trust.OBSERVED,
    )  # fmt: skip


def test_timestamp_is_utc_whatever_is_declared() -> None:
    [found] = entries("logs_insights", [ROW], "America/Los_Angeles")
    assert found.at.isoformat() == AT


def test_filtered_events_are_read_by_their_fields() -> None:
    [found] = entries("logs_insights", {"events": [EVENT], "searchedLogStreams": []})
    signal = found.signal
    assert (found.at.isoformat(), signal.text, signal.level) == (AT, "pool is low", "warning")
    assert (signal.actor, signal.about.services, signal.identity) == ("pay", ("pay",), "cloudwatch event 38")
    assert signal.location == "events[0]"


def test_pages_of_events_are_one_file() -> None:
    other = {**EVENT, "eventId": "39"}
    found = signals("logs_insights", [{"events": [EVENT]}, {"events": [other]}])
    assert [item.location for item in found] == ["pages[0].events[0]", "pages[1].events[0]"]


def test_columns_of_the_query_complete_the_fact() -> None:
    row = {
        "@timestamp": ROW["@timestamp"],
        "@message": "x",
        "level": "warn",
        "service": "pay",
        "region": "eu-west-1",
    }
    [found] = signals("logs_insights", [row])
    assert (found.level, found.actor, found.about.services, found.about.region) == (
        "warning", "pay", ("pay",), "eu-west-1",
    )  # fmt: skip


def test_columns_stand_in_for_a_missing_message() -> None:
    [found] = signals(
        "logs_insights", [{"@timestamp": ROW["@timestamp"], "msg": "pool is low", "level": "warn"}]
    )
    assert (found.text, found.level) == ("pool is low", "warning")
    [found] = signals("logs_insights", [{"@timestamp": ROW["@timestamp"], "requests": "7"}])
    assert found.text == "requests=7"


def test_message_over_several_lines_of_a_table_is_one_row() -> None:
    found = signals(
        "logs_insights", b'@timestamp,@message\n2026-01-09 11:00:00.000,"a\nb"\n2026-01-09 11:00:01.000,c\n'
    )
    assert [(item.text, item.location) for item in found] == [("a\nb", "line 2"), ("c", "line 4")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([ROW, {"@message": "x"}], "no @timestamp. Add"),
        ([ROW, {"@timestamp": ROW["@timestamp"], "@message": ""}], "neither an @message"),
        (api(ROW) | {"results": [*api(ROW)["results"], 5]}, "no row of fields"),
        ({"events": [EVENT, {**EVENT, "timestamp": "soon"}]}, "no number of milliseconds"),
        ({"events": [EVENT, {**EVENT, "message": None}]}, "no message"),
        ({"events": [EVENT, None]}, "not a JSON object"),
        ([{"events": [EVENT]}, {"x": 1}], "no answer of CloudWatch"),
        (CSV + b',"no time"\r\n', "no @timestamp"),
        (CSV + b'2026-01-09 11:00:00.000,"' + b"x" * 140_000, "not closed with a quotation mark"),
    ],
)
def test_row_that_is_no_event_is_skipped(content: Any, reason: str) -> None:
    good, bad = parse("logs_insights", content)
    assert isinstance(good, Signal)
    assert isinstance(bad, Skipped) and reason in bad.reason


@pytest.mark.parametrize("content", [[], {}, {"results": 5}, [{"a": 1}], b"a,b\n1,2\n", b"words", b"", b"5"])
def test_other_files_are_refused(content: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no log events of CloudWatch"):
        parse("logs_insights", content)


def test_truncated_json_is_refused() -> None:
    with pytest.raises(EvidenceRefused, match="cut off"):
        parse("logs_insights", b'{"results": [[{"field": "@timest')


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["results", "events", "field", "value", "@timestamp", "@message", "level", "service"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(ANY, st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_types_are_read_skipped_or_refused(document: Any, raw: bytes) -> None:
    row, event = {**ROW, "level": document, "service": document}, {**EVENT, "timestamp": document}
    for content in (
        document,
        [row, document],
        {"results": [document]},
        {"events": [event, document]},
        raw,
        CSV + raw,
    ):
        try:
            found = parse("logs_insights", content)
        except EvidenceRefused:
            continue
        assert all(isinstance(part, Signal | Skipped) for part in found)
