"""What is read from a diff, and what its lines could lead to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.analysis.diffs import changed_names, read_diff, turned
from incidents.analysis.effects import effects
from incidents.analysis.symptoms import Symptom


def led_to(diff: str) -> set[Symptom]:
    return {symptom for one in effects(read_diff(diff)) for symptom in one.leads_to}


def test_lines_that_only_moved_are_no_change() -> None:
    diff = read_diff("@@ a.go\n-\tfirst(),\n-\tsecond(),\n+\tsecond(),\n+\tfirst(),")
    assert diff.is_empty


def test_comments_stand_apart() -> None:
    diff = read_diff("@@ a.py\n+# connects again\n+connect()  # now\n-old()")
    assert [line.text for line in diff.added] == ["connect()"]
    assert [line.text for line in diff.comments] == ["# connects again"]


def test_file_is_read_from_both_sorts_of_header() -> None:
    diff = read_diff("--- a/one.go\n+++ b/one.go\n@@ -1 +1 @@\n+x()\n@@ two/three.go: func y() {\n+z()")
    assert [line.file for line in diff.added] == ["one.go", "two/three.go"]


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("Timeout: 5 * time.Second,", "Timeout: 300 * time.Millisecond,", 5, 0.3),
        ("timeout = 90s", "timeout = 2m", 90, 120),
        ("max_conns = 1_000", "max_conns = 10", 1000, 10),
        ("memory: 1Gi", "memory: 512Mi", 2**30, 2**29),
    ],
)
def test_values_are_compared_in_one_unit(old: str, new: str, before: float, after: float) -> None:
    (one,) = turned(read_diff(f"@@ a\n-{old}\n+{new}"))
    assert (one.old, one.new) == pytest.approx((before, after))


def test_value_is_followed_through_a_line_that_was_reworded_around_it() -> None:
    (one,) = turned(
        read_diff(
            "@@ a.go\n-\tctx, stop := limit(ctx, 9*time.Second)\n+\tcallCtx, stop := limit(ctx, 90*time.Millisecond)"
        )
    )
    assert (one.old, one.new) == (9, 0.09)


def test_values_of_lines_that_have_little_in_common_are_not_compared() -> None:
    assert turned(read_diff("@@ a\n-retries = 3\n+the_size_of_a_page = 50")) == []


def test_time_of_the_unused_is_not_taken_for_their_number() -> None:
    effect, *_ = effects(
        read_diff("@@ a.go\n-cfg.MaxIdleTime = 30 * time.Second\n+cfg.MaxIdleTime = 5 * time.Minute")
    )
    assert "unused" in effect.does and Symptom.POOL not in effect.leads_to


def test_same_value_in_another_unit_is_no_effect() -> None:
    assert turned(read_diff("@@ a\n-timeout = 60s\n+timeout = 1m")) == []


def test_names_that_stand_on_both_sides_are_not_changed() -> None:
    names = changed_names(read_diff("@@ a\n-var req PlaceOrderRequest\n+req := decode[PlaceOrderRequest](r)"))
    assert "placeorderrequest" not in names and "decode" in names


def test_call_in_a_loop_is_told_from_one_beside_it() -> None:
    inside = "@@ a.py\n for item in items:\n+    row = db.execute(QUERY, item)\n"
    beside = "@@ a.py\n for item in items:\n     show(item)\n+row = db.execute(QUERY)\n"
    assert any("each item of a loop" in one.does for one in effects(read_diff(inside)))
    assert not any("each item of a loop" in one.does for one in effects(read_diff(beside)))


def test_version_that_was_raised_is_no_value() -> None:
    assert effects(read_diff("@@ go.mod\n-\texample.org/pool v1.2.3\n+\texample.org/pool v1.2.9")) == []


def test_handling_that_was_rewritten_is_no_lost_guard() -> None:
    diff = (
        "@@ a.go\n-\tif err != nil { http.Error(w, 500); return }\n+\tif err != nil {\n"
        "+\t\twriteError(w, 500, err)\n+\t}"
    )
    assert Symptom.CRASH not in led_to(diff)


def test_lowered_limit_says_from_what_to_what() -> None:
    (one, *_) = effects(read_diff("@@ a.go\n-const maxConns = 50\n+const maxConns = 10"))
    assert "lowers" in one.does and "from 50 to 10" in one.does
    assert Symptom.POOL in one.leads_to


@given(st.text(max_size=2000))
def test_any_diff_is_read(text: str) -> None:
    assert effects(read_diff(text)) == effects(read_diff(text))
