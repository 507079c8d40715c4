"""Lines fall into patterns: variables go, words stay, and every line is counted once."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.analysis.patterns import OTHER_LINES, SAMPLES, Miner, Pattern
from incidents.analysis.skeletons import coarse, skeleton

NOON = 1_790_000_040.0 // 60 * 60

texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(["cart", "user=7", "f00d12", "x509:", '"a b"', "\x85", "10.0.0.1:80"])).map(
        " ".join
    ),
)
lines = st.tuples(
    texts,
    st.sampled_from(["", "cart", "payments"]),
    st.sampled_from(["error", "info"]),
    st.integers(-9000, 9000),
)


def mined(entries: list[tuple[str, str, str, float]], miner: Miner | None = None) -> list[Pattern]:
    miner = miner or Miner()
    for ordinal, (text, actor, level, at) in enumerate(entries, start=1):
        miner.add(text, actor, level, NOON + at, ordinal)
    return miner.patterns()


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("took 35ms, 1.5µs or -3", "took <*>, <*> or <*>"),
        ("GET /api/orders/123 from 10.0.0.1:8080", "GET /api/orders/<*> from <*>"),
        ("at 2026-03-05T10:00:00.123Z", "at <*>"),
        ("user 550e8400-e29b-41d4-a716-446655440000 left", "user <*> left"),
        ("trace=4bf92f3577b34da6a3ce929d0e0e4736", "trace=<*>"),
        ("order12345 x7k2m9q cafe12 fe80::1ff:fe23:4567:890a", "order<*> <*> <*> <*>"),
        ("x509: k8s worker12 s3", "x509: k8s worker12 s3"),
        ('relation "carts" does  not\texist', 'relation "carts" does not exist'),
        ("耗时12毫秒", "耗时<*>毫秒"),
        ("\ud800 1", "? <*>"),
        ("", ""),
    ],
)
def test_skeleton_keeps_words_and_drops_variables(text: str, bare: str) -> None:
    assert skeleton(text) == bare


def test_skeleton_of_a_line_seen_before_keeps_the_numbers_in_names() -> None:
    said = [skeleton(f"{name} rejected 12 requests") for name in ("x509", "x508", "x509")]
    assert said == [f"{name} rejected <*> requests" for name in ("x509", "x508", "x509")]


@given(st.lists(texts))
def test_skeleton_does_not_depend_on_what_was_read_before(some: list[str]) -> None:
    first = [skeleton(text) for text in some]
    assert [skeleton(text) for text in reversed(some)] == first[::-1]


def test_coarse_skeleton_drops_quotations_and_the_end() -> None:
    assert coarse('query "select a from b" user=anna x509') == "query <*> user=<*> <*>"
    assert coarse("a b c d e f g h i j") == "a b c d e f g h <*>"


@given(st.lists(lines, max_size=60))
def test_each_line_belongs_to_exactly_one_pattern(entries: list[tuple[str, str, str, float]]) -> None:
    miner = Miner(most_groups=12, fine_groups=8)
    numbers = [
        miner.add(text, actor, level, NOON + at, ordinal)
        for ordinal, (text, actor, level, at) in enumerate(entries)
    ]
    patterns = miner.patterns()
    held = [number for pattern in patterns for number in pattern.groups]
    assert sum(pattern.count for pattern in patterns) == len(entries)
    assert sorted(held) == sorted(set(numbers))
    for pattern in patterns:
        own = [ordinal for ordinal, number in enumerate(numbers) if number in pattern.groups]
        assert pattern.count == len(own) == sum(pattern.per_minute.values())
        assert pattern.first <= pattern.last and set(pattern.samples) <= set(own)
        assert len(pattern.samples) == min(SAMPLES, len(own))


@given(st.lists(lines, max_size=40), st.randoms())
def test_counts_do_not_depend_on_the_order_of_lines(
    entries: list[tuple[str, str, str, float]], chance: random.Random
) -> None:
    shuffled = chance.sample(entries, len(entries))

    def plain(patterns: list[Pattern]) -> list[Pattern]:
        return [replace(one, samples=(), groups=()) for one in patterns]

    assert plain(mined(entries)) == plain(mined(shuffled))


def test_places_with_many_values_become_variables() -> None:
    names = ["anna", "bob", "carla", "dora", "emil"]
    found = mined([(f"session opened for user={name} from web", "auth", "info", 0) for name in names])
    assert [(one.template, one.count) for one in found] == [("session opened for user=<*> from web", 5)]


def test_places_with_few_values_stay_words() -> None:
    entries = [("login of user succeeded", "auth", "info", float(at)) for at in range(90)]
    entries += [("login of user failed", "auth", "info", 95.0)]
    assert [one.template for one in mined(entries)] == ["login of user succeeded", "login of user failed"]


def test_services_and_levels_are_kept_apart() -> None:
    entries = [
        ("timeout after 3 s", actor, level, 0.0) for actor in ("a", "b") for level in ("error", "info")
    ]
    assert len(mined(entries)) == 4


def test_beyond_the_bound_lines_are_counted_together() -> None:
    words = ["red", "green", "blue", "pink", "gray", "teal"]
    found = mined([(word, "paint", "info", 0.0) for word in words], Miner(most_groups=3, fine_groups=3))
    assert {one.template: one.count for one in found} == {"red": 1, "green": 1, "blue": 1, OTHER_LINES: 3}


def test_free_text_is_coarser_once_there_are_many_groups() -> None:
    entries = [
        (f'search for "{word}" done', "shop", "info", 0.0) for word in ("a b", "c d e", "f", "g h i j")
    ]
    found = mined(entries, Miner(most_groups=9, fine_groups=1))
    assert {one.template: one.count for one in found} == {
        'search for "a b" done': 1,
        "search for <*> done": 3,
    }


def test_lines_out_of_order_fall_into_their_minutes() -> None:
    entries = [("tick", "clock", "info", float(60 * (at % 2))) for at in range(6_000)]
    (found,) = mined(entries)
    assert list(found.per_minute.values()) == [3_000, 3_000]
    assert (found.first, found.last) == (NOON, NOON + 60)
