"""The onset of incidents of known truth: what deviated first, where, when, and how surely."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.analysis.deviations import baseline_of, deviations, of_pattern, of_series, ordinary
from incidents.analysis.measures import Measure, is_bad, measure_of
from incidents.analysis.observed import Alarm, Call, Change, Observed, RefKind, Series, from_facts
from incidents.analysis.onset import NoOnset, Onset, onset
from incidents.analysis.windows import Window
from incidents.enums import Lane, Precision, SourceKind
from tests.incidents.analysis.scenes import (
    CALLS,
    ELEVEN,
    MINUTE,
    alarm,
    failing,
    lines,
    patterns,
    series,
)
from tests.incidents.analysis.telling import fact

BASELINE = Window(ELEVEN - 60 * MINUTE, ELEVEN - 11 * MINUTE)


def found(observed: Observed) -> Onset:
    seen = onset(observed)
    assert isinstance(seen, Onset), seen
    return seen


@pytest.mark.parametrize(
    ("metric", "measure"),
    [
        ("http_5xx_ratio", Measure.ERRORS),
        ("http_server_duration_p99_ms", Measure.LATENCY),
        ("db_pool_in_use", Measure.SATURATION),
        ("db_pool_max_conns", Measure.LIMIT),
        ("requests_per_sec", Measure.TRAFFIC),
        ("db_query_count_per_request", Measure.SATURATION),
        ("tls_cert_seconds_until_expiry", Measure.COUNTDOWN),
        ("availability Average", Measure.HEALTH),
        ("cacheHitRatio", Measure.HEALTH),
        ("temperature", Measure.OTHER),
    ],
)
def test_measure_is_read_from_the_name(metric: str, measure: Measure) -> None:
    assert measure_of(metric) == measure


def test_health_is_bad_when_it_falls_and_errors_when_they_rise() -> None:
    assert is_bad(Measure.HEALTH, rises=False) and not is_bad(Measure.HEALTH, rises=True)
    assert is_bad(Measure.ERRORS, rises=True) and not is_bad(Measure.ERRORS, rises=False)
    assert not is_bad(Measure.TRAFFIC, rises=True)


def test_ordinary_range_is_not_moved_by_a_few_wild_values() -> None:
    calm = ordinary([10.0, 11.0, 9.0, 10.0, 10.5, 9.5, 10.0])
    wild = ordinary([10.0, 11.0, 9.0, 10.0, 10.5, 9.5, 10.0, 900.0, -400.0])
    assert calm.middle == wild.middle
    assert wild.reach < 10


def test_series_deviates_where_it_leaves_its_range_and_stays() -> None:
    deviation = of_series(series("orders", "latency_ms", 200, 900, at=-2), BASELINE)
    assert deviation is not None and deviation.is_failing
    assert deviation.at == ELEVEN - 2 * MINUTE
    assert deviation.after == ELEVEN - 3 * MINUTE
    assert deviation.ref == (RefKind.SERIES, "orders latency_ms")
    assert "from 10:58:00 UTC on" in deviation.why


def test_single_wild_value_is_no_deviation() -> None:
    one = series("orders", "latency_ms", 200)
    points = tuple((at, 5000.0 if at == ELEVEN - 5 * MINUTE else value) for at, value in one.points)
    assert of_series(one._replace(points=points), BASELINE) is None


def test_series_without_a_past_deviates_from_nothing() -> None:
    assert of_series(series("orders", "latency_ms", 200, 900, before=2), BASELINE) is None


def test_values_that_are_no_numbers_are_left_out() -> None:
    one = series("orders", "latency_ms", 200, 900)
    broken = one._replace(points=(*one.points, (ELEVEN - 20 * MINUTE, float("nan")), (ELEVEN, float("inf"))))
    deviation = of_series(broken, BASELINE)
    assert deviation is not None and deviation.by < 1000


def test_template_is_new_from_its_first_line_on() -> None:
    (one,) = (one for one in patterns(lines("orders", "charge failed", at=1)) if one.actor == "orders")
    deviation = of_pattern(one, BASELINE)
    assert deviation is not None and deviation.within == 0
    assert deviation.at == ELEVEN + MINUTE


def test_template_that_always_came_deviates_only_when_it_comes_more_often() -> None:
    usual = [
        line for minute in range(-60, 12) for line in lines("orders", "charge failed", at=minute, count=1)
    ]
    (calm,) = (one for one in patterns(usual) if one.actor == "orders")
    (more,) = (
        one
        for one in patterns(usual, lines("orders", "charge failed", at=2, count=60))
        if one.actor == "orders"
    )
    assert of_pattern(calm, BASELINE) is None
    deviation = of_pattern(more, BASELINE)
    assert deviation is not None and deviation.at == ELEVEN + 2 * MINUTE


def test_template_of_good_news_never_deviates() -> None:
    (one,) = (
        one for one in patterns(lines("orders", "order accepted", level="info")) if one.actor == "orders"
    )
    assert of_pattern(one, BASELINE) is None


def test_onset_names_the_service_that_others_blame() -> None:
    seen = found(failing())
    assert seen.service == "orders"
    assert [one.service for one in seen.ranked] == ["orders", "web"]
    web = seen.ranked[1]
    assert web.is_victim and any("names orders" in reason.text for reason in web.evidence_against)
    assert all(reason.refs for reason in seen.why)


def test_onset_of_a_measurement_lies_between_two_of_its_points() -> None:
    seen = found(failing(patterns=patterns()))
    assert (seen.not_before, seen.began) == (ELEVEN - MINUTE, ELEVEN)
    assert seen.precision == MINUTE
    assert "between 10:59:00 and 11:00:00 UTC" in seen.why[1].text


def test_caller_is_a_victim_when_its_dependency_covers_its_slowness() -> None:
    observed = Observed(
        series=(series("web", "latency_ms", 300, 2300), series("orders", "latency_ms", 100, 2000)),
        alarms=(alarm("web"),),
        calls=CALLS,
    )
    assert found(observed).service == "orders"


def test_dependency_that_is_flooded_by_its_caller_is_not_the_origin() -> None:
    observed = Observed(
        series=(
            series("orders", "latency_ms", 200, 3000),
            series("stock", "latency_ms", 50, 1500),
            series("stock", "requests_per_sec", 100, 900),
        ),
        alarms=(alarm("orders"),),
        calls=CALLS,
    )
    assert found(observed).service == "orders"


def test_service_whose_callers_gave_up_is_a_victim() -> None:
    observed = Observed(
        series=(
            series("orders", "rpc_error_rate", 0.001, 0.6),
            series("stock", "rpc_cancelled_rate", 0.001, 0.9),
        ),
        patterns=patterns(
            lines("stock", "request canceled by client before completion", count=40),
            lines("orders", "deadline exceeded calling stock", at=0.5, count=10),
        ),
        alarms=(alarm("stock"),),
        calls=CALLS,
    )
    assert found(observed).service == "orders"


def test_load_from_outside_arrives_at_the_first_in_line() -> None:
    observed = Observed(
        series=tuple(
            made
            for name in ("web", "orders", "stock")
            for made in (
                series(name, "requests_per_sec", 100, 700),
                series(name, "cpu_utilization", 0.3, 1.0),
            )
        ),
        alarms=(alarm("orders"),),
        calls=CALLS,
    )
    assert found(observed).service == "web"


def test_service_that_was_always_so_is_not_where_it_began() -> None:
    declared = Window(ELEVEN - 10_060 * MINUTE, ELEVEN - 10_000 * MINUTE)

    def week_ago(one: Series) -> Series:
        old = tuple((at - 10_000 * MINUTE, value) for at, value in one.points if at < ELEVEN)
        return one._replace(
            points=(*old, *((at, value) for at, value in one.points if at >= ELEVEN - 5 * MINUTE))
        )

    observed = Observed(
        series=(
            week_ago(series("batch", "latency_ms", 100, 900, at=-5)),
            week_ago(series("orders", "latency_ms", 100, 500, at=0)),
        ),
        alarms=(alarm("orders"),),
        usual=declared,
    )
    seen = found(observed)
    assert seen.service == "orders"
    assert "for long" in seen.ranked[1].evidence_against[0].text


def test_two_services_at_once_without_more_to_go_by_are_not_sure() -> None:
    observed = Observed(
        series=(series("left", "error_ratio", 0.01, 0.5), series("right", "error_ratio", 0.01, 0.5)),
        alarms=(alarm(""),),
    )
    assert not found(observed).is_sure


@pytest.mark.parametrize(
    ("observed", "says"),
    [
        (Observed(), "add an alert"),
        (Observed(alarms=(alarm(),)), "before the incident"),
        (Observed(series=(series("orders", "error_ratio", 0.1),), alarms=(alarm(),)), "ordinary range"),
    ],
)
def test_nothing_known_is_said_with_what_to_add(observed: Observed, says: str) -> None:
    seen = onset(observed)
    assert isinstance(seen, NoOnset)
    assert says in seen.why


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_onset_does_not_depend_on_the_order_of_what_is_given(chance: random.Random) -> None:
    observed = failing()

    def shuffled(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(items, len(items)))

    mixed = observed._replace(
        series=shuffled(tuple(one._replace(points=shuffled(one.points)) for one in observed.series)),
        patterns=shuffled(observed.patterns),
        calls=shuffled(observed.calls),
    )
    assert onset(mixed) == onset(observed)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.01, 0.05, 0.15]))
def test_noise_does_not_move_the_onset(seed: int, noise: float) -> None:
    observed = Observed(
        series=(
            series("orders", "latency_ms", 200, 1500, noise=noise, seed=seed),
            series("web", "latency_ms", 300, 1600, noise=noise, seed=seed),
            series("stock", "latency_ms", 50, noise=noise, seed=seed),
        ),
        alarms=(alarm("web"),),
        calls=CALLS,
    )
    seen = found(observed)
    assert (seen.service, seen.began) == ("orders", ELEVEN)
    assert onset(observed) == seen


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_noise_alone_has_no_onset(seed: int) -> None:
    quiet = Observed(
        series=tuple(series(name, "latency_ms", 200, noise=0.15, seed=seed) for name in ("orders", "web")),
        alarms=(alarm(),),
    )
    assert deviations(quiet) == []


def test_chronology_is_read_as_changes_alarms_and_lines() -> None:
    observed = from_facts(
        [
            fact(1, 0, "Deployment of orders v2", SourceKind.DEPLOY, services=("orders",)),
            fact(2, 60, "orders failed to charge", SourceKind.LOG, services=("orders",)),
            fact(3, 90, "High error rate", SourceKind.ALERTMANAGER, services=("orders",)),
            fact(
                4,
                95,
                "error_ratio rose to 0.7",
                SourceKind.PROMETHEUS,
                lane=Lane.METRIC,
                services=("orders",),
            ),
            fact(5, 99, "Lunch?", SourceKind.SLACK),
            fact(6, 120, "Resolved: High error rate", SourceKind.ALERTMANAGER, services=("orders",)),
        ],
        calls=[Call("web", "orders")],
    )
    assert [one.ref for one in observed.changes] == [(RefKind.ENTRY, "E1")]
    assert isinstance(observed.changes[0], Change) and observed.changes[0].service == "orders"
    assert [(one.key, one.service) for one in observed.alarms] == [("E3", "orders")]
    assert isinstance(observed.alarms[0], Alarm)
    assert [(one.service, one.is_trouble, one.ref.key) for one in observed.lines] == [("orders", True, "E2")]
    assert [one.ref.key for one in observed.notes] == ["E4"]
    assert observed.services == ("orders", "web")


def test_declared_ordinary_time_goes_before_the_quiet_time() -> None:
    declared = Window(1.0, 2.0)
    assert baseline_of(failing(usual=declared)) == declared


def test_service_that_fails_as_the_alert_says_goes_before_one_that_does_not() -> None:
    observed = Observed(
        series=(series("left", "error_ratio", 0.01, 0.5), series("right", "latency_ms", 20, 1000)),
    )
    slow = found(observed._replace(alarms=(alarm("", metric="latency_p99_ms"),)))
    wrong = found(observed._replace(alarms=(alarm("", metric="availability"),)))
    assert (slow.service, wrong.service) == ("right", "left")


def test_onset_of_a_chronology_rests_on_its_entry_and_is_no_more_exact_than_that() -> None:
    facts = [
        fact(number, 60 * number, f"orders handled {number} requests", SourceKind.LOG, services=("orders",))
        for number in range(1, 40)
    ]
    facts += [
        fact(40, 120, "orders failed to write the audit of 3", SourceKind.LOG, services=("orders",)),
        fact(41, 2400, "orders failed to write the audit of 9", SourceKind.LOG, services=("orders",)),
        fact(42, 2460, "orders failed to charge", services=("orders",), precision=Precision.MINUTE),
        fact(43, 2520, "orders failed to charge", services=("orders",)),
        fact(44, 2600, "High error rate", SourceKind.ALERTMANAGER, services=("orders",)),
    ]
    seen = found(from_facts(facts))
    assert seen.first.ref == (RefKind.ENTRY, "E42")
    assert seen.precision == 59
    assert "between 09:41:00 and 09:41:59 UTC" in seen.why[1].text
    assert "1 more alike" in seen.first.why
