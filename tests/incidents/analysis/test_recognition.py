"""One event from several sources, and one alert that fires over and over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidents.analysis.facts import Fact
from incidents.analysis.recognition import Fold, Same, flapping, groups
from incidents.enums import Precision, SourceKind, Trust
from tests.incidents.analysis.telling import START, chronologies, fact, shuffled

LOG, PAGER, CHAT = SourceKind.LOG, SourceKind.PAGERDUTY, SourceKind.SLACK
ALERTS, GRAFANA = SourceKind.ALERTMANAGER, SourceKind.GRAFANA
SLOW = "Checkout latency above two seconds in eu-west"


def numbers(found: Iterable[Same | Fold]) -> list[tuple[int, ...]]:
    return [one.numbers for one in found]


def test_same_fingerprint_in_two_sources_is_one_event() -> None:
    facts = [
        fact(1, 0, "CheckoutSlow", PAGER, fingerprint="alert a"),
        fact(2, 12, SLOW, ALERTS, fingerprint="alert a"),
    ]
    (same,) = groups(facts)
    assert same.numbers == (2, 1)
    assert same.why == (
        "Alertmanager and PagerDuty tell of one event, by the same fingerprint and state, within 12 s."
    )


def test_firing_and_resolving_are_two_events() -> None:
    facts = [
        fact(1, 0, SLOW, ALERTS, fingerprint="alert a"),
        fact(2, 60, f"Resolved: {SLOW}", PAGER, fingerprint="alert a"),
    ]
    assert groups(facts) == []


def test_same_fingerprint_beyond_the_window_is_another_event() -> None:
    facts = [fact(1, 0, "Slow", ALERTS, fingerprint="a"), fact(2, 301, "Slow", PAGER, fingerprint="a")]
    assert groups(facts) == []
    assert numbers(groups(facts, window=timedelta(minutes=6))) == [(1, 2)]


def test_like_words_across_sources_are_one_event_and_the_machine_is_kept() -> None:
    facts = [fact(1, 0, f"{SLOW} (relayed)", CHAT), fact(2, 40, SLOW, ALERTS)]
    (same,) = groups(facts)
    assert same.numbers == (2, 1)
    assert "86% of the distinctive ones are shared" in same.why


def test_like_words_are_not_enough_when_few_or_far_apart() -> None:
    assert groups([fact(1, 0, "checkout slow", CHAT), fact(2, 5, "checkout slow", ALERTS)]) == []
    assert groups([fact(1, 0, SLOW, CHAT), fact(2, 121, SLOW, ALERTS)]) == []


def test_another_host_service_or_outcome_is_another_event() -> None:
    host = "Disk nearly full on database host {} in eu-west"
    assert groups([fact(1, 0, host.format("db-1"), LOG), fact(2, 5, host.format("db-2"), GRAFANA)]) == []
    run = "Deployment of payments release train {} in production"
    assert groups([fact(1, 0, run.format("failed"), LOG), fact(2, 5, run.format("succeeded"), GRAFANA)]) == []
    ours = fact(1, 0, SLOW, LOG, services=("cart",))
    assert groups([ours, fact(2, 5, SLOW, GRAFANA, services=("search",))]) == []


def test_messages_of_one_chat_stay_apart() -> None:
    facts = [fact(n, n, SLOW, CHAT, evidence=n, fingerprint="slack channel C1") for n in range(1, 5)]
    assert groups(facts) == []


def test_persons_statement_is_left_alone() -> None:
    assert groups([fact(1, 0, SLOW, ""), fact(2, 5, SLOW, ALERTS)]) == []


def test_one_source_tells_an_event_twice_only_at_one_instant() -> None:
    fired = fact(1, 0, SLOW, ALERTS, fingerprint="alert a", evidence=1)
    assert numbers(groups([fired, fired._replace(number=2, evidence=2)])) == [(1, 2)]
    assert groups([fired, fired._replace(number=2, evidence=2, at=START + timedelta(seconds=30))]) == []
    assert groups([fired, fired._replace(number=2)]) == []


def test_each_firing_finds_its_own_counterpart() -> None:
    facts = [
        fact(1, 0, SLOW, ALERTS, fingerprint="alert a"),
        fact(2, 5, SLOW, PAGER, fingerprint="alert a"),
        fact(3, 120, SLOW, ALERTS, fingerprint="alert a"),
        fact(4, 125, SLOW, PAGER, fingerprint="alert a"),
    ]
    assert numbers(groups(facts)) == [(1, 2), (3, 4)]


def test_keeper_has_the_best_trust_then_precision_then_most_words() -> None:
    alert = fact(1, 0, "Checkout", ALERTS, fingerprint="alert a")
    longer = fact(2, 1, "Checkout is slow", GRAFANA, fingerprint="alert a")
    assert numbers(groups([alert, longer])) == [(2, 1)]
    coarse = longer._replace(precision=Precision.MINUTE)
    assert numbers(groups([alert, coarse])) == [(1, 2)]
    assert numbers(groups([alert._replace(trust=Trust.REPORTED), coarse])) == [(2, 1)]


def flaps(count: int) -> list[Fact]:
    """Fires on the even, resolves on the odd, 20 s apart."""
    return [
        fact(n + 1, 20 * n, SLOW if n % 2 == 0 else f"Resolved: {SLOW}", ALERTS, fingerprint="alert a")
        for n in range(count)
    ]


def test_flapping_alert_folds_with_count_and_span() -> None:
    (fold,) = flapping(flaps(46))
    assert fold.numbers == tuple(range(1, 47))
    assert fold.count == 23
    assert fold.why == "fired 23 times from 09:00 to 09:15 UTC"


def test_silence_ends_a_fold_and_few_repeats_make_none() -> None:
    later = [one._replace(number=one.number + 10, at=one.at + timedelta(hours=1)) for one in flaps(4)]
    assert numbers(flapping([*flaps(4), *later])) == [(1, 2, 3, 4), (11, 12, 13, 14)]
    assert flapping(flaps(3)) == []


def test_highlighted_entry_and_milestone_head_a_fold_or_stay_out() -> None:
    facts = flaps(8)
    facts[4] = facts[4]._replace(highlighted=True)
    assert numbers(flapping(facts, keep=frozenset({1, 8}))) == [(1, 2, 3, 4, 6, 7)]


def test_identical_lines_fold_and_what_people_say_does_not() -> None:
    lines = [fact(n, 2 * n, "connection pool exhausted", LOG) for n in range(1, 6)]
    (fold,) = flapping(lines)
    assert fold.why == "told 5 times at 09:00 UTC"
    assert flapping([fact(n, n, "+1", CHAT) for n in range(1, 9)]) == []


def test_notices_of_one_pager_incident_are_no_firings() -> None:
    told = [
        fact(n, n, f"Notified {name} by SMS", PAGER, fingerprint="pagerduty incident P1")
        for n, name in enumerate(("Noor", "Mara", "Ines", "Jon"), 1)
    ]
    assert flapping(told) == []


@given(shuffled())
def test_what_is_found_does_not_depend_on_the_order_of_arrival(orders: tuple[list[Fact], list[Fact]]) -> None:
    assert groups(orders[0]) == groups(orders[1])
    assert flapping(orders[0]) == flapping(orders[1])


@given(chronologies(), st.integers(10, 400))
def test_groups_are_disjoint_within_the_window_and_invent_no_number(facts: list[Fact], seconds: int) -> None:
    window = timedelta(seconds=seconds)
    by_number = {entry.number: entry for entry in facts}
    found = groups(facts, window=window)
    members = [number for same in found for number in same.numbers]
    assert len(members) == len(set(members)) and set(members) <= set(by_number)
    for same in found:
        moments = [by_number[number].at for number in same.numbers]
        assert len(moments) > 1 and max(moments) - min(moments) <= window
        assert not any(by_number[number].is_statement for number in same.numbers)


@given(chronologies(), st.frozensets(st.integers(1, 25)))
def test_folds_are_disjoint_and_swallow_nothing_that_is_kept(facts: list[Fact], keep: frozenset[int]) -> None:
    folds = flapping(facts, at_least=2, keep=keep)
    highlighted = {entry.number for entry in facts if entry.highlighted}
    members = [number for fold in folds for number in fold.numbers]
    assert len(members) == len(set(members)) and set(members) <= {entry.number for entry in facts}
    assert not (keep | highlighted) & {number for fold in folds for number in fold.numbers[1:]}
    assert all(fold.first <= fold.last for fold in folds)
