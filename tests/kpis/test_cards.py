"""What a card says: no verdict below the minimum, nothing counted as zero."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kpis.cards import amount, card
from kpis.definitions import MINIMUM_N, Measure


def hours(value: float | None, n: int, **fields: Any) -> Measure:
    return Measure(key="publication_time", n=n, value=value, median=value, q1=value, q3=value, **fields)


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "hours", "–"),
        (0.0, "share", "0 %"),
        (0.136, "share", "14 %"),
        (7.5, "hours", "7.5 h"),
        (47.9, "hours", "47.9 h"),
        (134.4, "hours", "5.6 d"),
        (12.0, "days", "12 d"),
    ],
)
def test_amount_in_words(value: float | None, unit: str, words: str) -> None:
    assert amount(value, unit) == words.replace(" ", "\N{NO-BREAK SPACE}")


def test_card_of_nothing_says_so_and_shows_no_zero() -> None:
    empty = card(Measure(key="repeat_frequency", n=0), None, [])
    assert (empty.value, empty.sentence) == ("–", "Nothing to count in this window yet.")
    assert (empty.change, empty.baseline, empty.chart) == ("", "No baseline captured yet.", "")


@pytest.mark.parametrize(("now", "then"), [(MINIMUM_N - 1, 20), (20, MINIMUM_N - 1)])
def test_card_gives_no_verdict_below_the_minimum(now: int, then: int) -> None:
    few = card(hours(24.0, now), hours(48.0, then), [])
    assert (few.change, few.change_tone) == ("too few for a verdict (fewer than 5)", "quiet")


@pytest.mark.parametrize(
    ("measure", "baseline", "words", "tone"),
    [
        (hours(60.0, 9), hours(120.0, 9), "−50 % on baseline", "done"),
        (hours(150.0, 9), hours(120.0, 9), "+25 % on baseline", "warn"),
        (hours(120.1, 9), hours(120.0, 9), "as the baseline", "quiet"),
        (
            Measure(key="remediation_completion", n=9, value=0.8, hits=7),
            Measure(key="remediation_completion", n=9, value=0.6, hits=5),
            "+20 points",
            "done",
        ),
        (
            Measure(key="repeat_frequency", n=9, value=0.2, hits=2),
            Measure(key="repeat_frequency", n=9, value=0.1, hits=1),
            "+10 points",
            "warn",
        ),
    ],
)
def test_card_words_the_change_by_what_is_better(
    measure: Measure, baseline: Measure, words: str, tone: str
) -> None:
    shown = card(measure, baseline, [])
    assert (shown.change, shown.change_tone) == (words, tone)


def test_card_names_what_is_not_counted_and_what_is_synthetic() -> None:
    shown = card(
        hours(24.0, 3, pending=2, not_applicable=1, invalid=4, synthetic=2), hours(24.0, 5, synthetic=5), []
    )
    assert shown.left_out == "Not counted: 2 pending, 1 not applicable, 4 invalid."
    assert shown.synthetic == 2
    assert plain(shown.baseline) == "Baseline 24.0 h, n = 5, 5 of its facts synthetic."


def test_card_says_n_with_its_interval_and_its_spread() -> None:
    share = Measure(
        key="remediation_completion",
        n=4,
        value=0.5,
        hits=2,
        low=0.15,
        high=0.85,
        median=28.0,
        q1=19.0,
        q3=29.0,
    )
    shown = card(share, None, [])
    assert plain(shown.sentence) == "2 of 4 items due; 95 % interval 15 % to 85 %."
    assert plain(shown.spread) == "Median time to completion 28 d, middle half 19 d to 29 d."


def test_card_draws_a_month_without_values_as_a_gap() -> None:
    months = [(date(2026, month, 1), hours(24.0 if month != 2 else None, month != 2)) for month in (1, 2, 3)]
    shown = card(hours(24.0, 2), None, months)
    assert shown.rows[1] == ("Feb 2026", "–", 0)
    assert shown.chart.count("<circle") == 2
