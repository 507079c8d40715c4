"""Whom most lines of a pattern name, found in little memory."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from incidents.analysis.concerns import Concerns
from incidents.sources.base import NOTHING, About

SHOP = About(("shop",), "eu-west-1", "acme")


def told(*abouts: About, **limits: int) -> About:
    concerns = Concerns(**limits)
    for about in abouts:
        concerns.add(0, about)
    return concerns.of([0])


def test_lines_that_agree_give_all_three() -> None:
    assert told(SHOP, SHOP, SHOP) == SHOP


def test_lines_that_say_nothing_concern_nothing() -> None:
    assert told() is NOTHING
    assert Concerns().of([1, 2]) is NOTHING


def test_services_come_most_frequent_first_and_rare_ones_are_left_out() -> None:
    lines = [About(("shop",))] * 60 + [About(("pay",))] * 37 + [About(("odd",))] * 3
    assert told(*lines).services == ("shop", "pay")


def test_of_many_customers_none_is_named_and_of_one_region_that_one() -> None:
    lines = [About(region="eu-west-1", customer=f"customer {place % 3}") for place in range(30)]
    assert told(*lines) == About(region="eu-west-1")


def test_customer_of_most_lines_is_named() -> None:
    assert told(SHOP, SHOP, SHOP._replace(customer="other")).customer == "acme"


def test_lines_without_a_customer_do_not_outvote_those_with_one() -> None:
    assert told(SHOP, *[About(("shop",))] * 20).customer == "acme"


def test_groups_of_a_pattern_are_added_up_and_others_are_not() -> None:
    concerns = Concerns()
    for group, service in ((1, "a"), (2, "b"), (2, "b"), (3, "c")):
        concerns.add(group, About((service,)))
    assert concerns.of([1, 2]).services == ("b", "a")


def test_late_customer_of_most_lines_rises_over_many_early_ones() -> None:
    early = [About(customer=f"early {place % 50}") for place in range(500)]
    late = [About(customer="acme" if place % 4 else f"late {place}") for place in range(4000)]
    assert told(*early, *late, most_names=10, most_pending=12).customer == "acme"


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1, max_size=80), st.integers(1, 9))
def test_order_of_the_lines_does_not_matter_when_all_names_fit(
    services: list[str], most_pending: int
) -> None:
    shuffled = random.Random(len(services)).sample(services, len(services))
    first, second = (
        told(*(About((name,), name) for name in names), most_pending=most_pending)
        for names in (services, shuffled)
    )
    assert first == second


def test_a_customer_for_each_line_takes_no_more_memory_than_a_few() -> None:
    concerns = Concerns()
    for place in range(100_000):
        concerns.add(place % 3, About(("shop",), customer=f"customer {place}"))
    assert concerns.of([0, 1, 2]) == About(("shop",))
    assert len(concerns._pending) == 0
    assert all(len(tally.counts) <= 40 for named in concerns._named.values() for tally in named.tallies)
