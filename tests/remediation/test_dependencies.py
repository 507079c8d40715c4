"""No loop closes, however the items are chained."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remediation.dependencies import cycle_through, sentence


def test_cycle_of_an_item_with_itself_is_found() -> None:
    assert cycle_through([], 1, [1]) == [1, 1]


def test_cycle_through_others_is_named_in_order() -> None:
    cycle = cycle_through([(2, 3), (3, 1)], 1, [2])
    assert cycle == [1, 2, 3, 1]
    assert sentence(cycle) == "A1 needs A2, A2 needs A3, A3 needs A1"


def test_own_old_edges_do_not_count() -> None:
    assert cycle_through([(1, 2)], 1, [3]) == []
    assert cycle_through([(1, 2), (3, 1)], 2, [3]) == [2, 3, 1, 2]


pairs = st.tuples(st.integers(1, 8), st.integers(1, 8))


@given(st.lists(pairs, max_size=30))
def test_what_is_accepted_one_by_one_never_holds_a_loop(wanted: list[tuple[int, int]]) -> None:
    edges: set[tuple[int, int]] = set()
    for item, needs in wanted:
        present = {other for one, other in edges if one == item}
        if not cycle_through(edges, item, present | {needs}):
            edges.add((item, needs))
    order: list[int] = []
    left = {node for edge in edges for node in edge}
    while left:
        free = {node for node in left if not any(one == node and other in left for one, other in edges)}
        assert free, f"a loop among {left}"
        order.extend(free)
        left -= free
