"""X-Ray's trace summaries."""

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
ID = "1-6960dfb0-a1b2c3d4e5f60718293a4b5c"


def trace(**fields: Any) -> dict[str, Any]:
    return {
        "Id": ID,
        "StartTime": "2026-01-09T12:00:00+01:00",
        "Duration": 2.345,
        "ResponseTime": 2.3,
        "HasFault": False,
        "HasError": False,
        "HasThrottle": False,
        "Http": {"HttpURL": "https://shop.example/pay", "HttpStatus": 200, "HttpMethod": "POST"},
        "ServiceIds": [{"Name": "shop", "Type": "AWS::ECS"}, {"Name": "pay"}, {"Name": "shop"}],
        "EntryPoint": {"Name": "shop", "Names": ["shop"], "Type": "AWS::ECS"},
        "AvailabilityZones": [{"Name": "eu-west-1a"}, {"Name": "eu-west-1b"}],
        "Annotations": {"tenant": [{"AnnotationValue": {"StringValue": "acme"}, "ServiceIds": []}]},
        **fields,
    }


def answer(*traces: Any) -> dict[str, Any]:
    return {"TraceSummaries": list(traces), "ApproximateTime": 1767956460, "TracesProcessedCount": 1}


FAULT = {
    "HasFault": True,
    "Http": {"HttpURL": "https://shop.example/pay", "HttpStatus": 503, "HttpMethod": "POST"},
    "FaultRootCauses": [
        {
            "ClientImpacting": True,
            "Services": [
                {"Name": "shop", "EntityPath": [{"Name": "shop", "Exceptions": []}]},
                {
                    "Name": "pay",
                    "EntityPath": [
                        {
                            "Name": "pay",
                            "Exceptions": [{"Name": "PoolTimeout", "Message": "no connection in 2 s"}],
                        }
                    ],
                },
            ],
        }
    ],
}


def test_trace_tells_request_duration_and_what_it_went_through() -> None:
    [found] = entries("xray", answer(trace()))
    signal = found.signal
    assert found.at.isoformat() == AT
    assert signal.text == "POST https://shop.example/pay 200; took 2.35 s"
    assert (signal.lane, signal.trust, signal.level, signal.actor) == (
        Lane.LOG, Trust.OBSERVED, "info", "shop",
    )  # fmt: skip
    assert (signal.about.services, signal.about.region, signal.about.customer) == (
        ("shop", "pay"), "eu-west-1", "acme",
    )  # fmt: skip
    assert signal.identity == signal.about.fingerprint == f"xray trace {ID}"
    assert signal.location == "TraceSummaries[0]"


def test_fault_is_an_error_with_its_root_cause() -> None:
    [found] = signals("xray", answer(trace(**FAULT)))
    assert found.level == "error"
    assert found.text == (
        "POST https://shop.example/pay 503; fault; PoolTimeout: no connection in 2 s in pay; took 2.35 s"
    )


@pytest.mark.parametrize(
    ("fields", "level", "words"),
    [
        ({"HasError": True}, "warning", "; error;"),
        ({"HasThrottle": True, "HasError": True}, "warning", "; error, throttled;"),
        (
            {"HasFault": True, "FaultRootCauses": [{"Services": [{"Name": "db"}]}]},
            "error",
            "; fault; caused in db;",
        ),
        ({"IsPartial": True}, "info", "; incomplete;"),
        ({"Http": {}}, "info", "Trace through shop; took"),
        ({"Http": {}, "EntryPoint": None, "ServiceIds": []}, "info", f"Trace {ID}; took"),
    ],
)
def test_ending_gives_level_and_words(fields: dict[str, Any], level: str, words: str) -> None:
    [found] = signals("xray", answer(trace(**fields)))
    assert found.level == level
    assert words in found.text


@pytest.mark.parametrize(
    "start", ["2026-01-09T11:00:00Z", "2026-01-09T06:00:00.000000-05:00", 1767956400, 1767956400.0, None]
)
def test_start_may_be_text_or_a_number_or_stand_in_the_id(start: Any) -> None:
    [found] = entries("xray", answer(trace(StartTime=start)))
    assert found.at.isoformat() == AT


def test_zones_of_two_regions_say_no_region() -> None:
    zones = [{"Name": "eu-west-1a"}, {"Name": "us-east-1a"}]
    [found] = signals("xray", answer(trace(AvailabilityZones=zones)))
    assert found.about.region == ""


@pytest.mark.parametrize(
    ("document", "location"),
    [
        ([answer(trace())], "items[0].TraceSummaries[0]"),
        ([trace()], "items[0]"),
    ],
)
def test_lists_are_read_too(document: Any, location: str) -> None:
    [found] = signals("xray", document)
    assert found.location == location


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (5, "not a JSON object"),
        ({}, "neither a StartTime nor an Id"),
        ({"Id": "1-zz", "StartTime": float(0)}, "neither a StartTime nor an Id"),
        ({"Id": "1-zz", "StartTime": True}, "neither a StartTime nor an Id"),
    ],
)
def test_item_that_is_no_trace_is_skipped(item: Any, reason: str) -> None:
    bad, good = parse("xray", answer(item, trace()))
    assert isinstance(bad, Skipped) and reason in bad.reason
    assert isinstance(good, Signal)


@pytest.mark.parametrize("document", [[], {}, "x", None, {"TraceSummaries": {}}, [{"x": 1}]])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no trace summaries"):
        parse("xray", document)


def test_truncated_answer_is_refused() -> None:
    with pytest.raises(EvidenceRefused, match="cut off"):
        parse("xray", b'{"TraceSummaries": [{"Id": "1-')


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["TraceSummaries", "Id", "Services", "Name", "EntityPath", "Exceptions", "HttpStatus"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(ANY, st.dictionaries(st.sampled_from(sorted(trace(**FAULT))), ANY))
@settings(max_examples=300, deadline=None)
def test_any_types_are_read_skipped_or_refused(document: Any, fields: dict[str, Any]) -> None:
    causes = [{"Services": [{"Name": document, "EntityPath": document}, document]}, document]
    mutated = answer({**trace(**FAULT), **fields}, trace(FaultRootCauses=causes), document)
    for tried in (document, mutated, [document, mutated]):
        try:
            found = parse("xray", tried)
        except EvidenceRefused:
            continue
        assert all(isinstance(part, Signal | Skipped) for part in found)
