"""No text makes a check raise, and none takes more than its length in time."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.checks import CONFIRMABLE, about, findings, findings_in, unsupported
from reviews.checks.reading import Entry, moment, without_quotations
from reviews.content import canonical_text
from tests.reviews.checks.contents import around, entry, factor, item, passage, question, sound

words = st.text(max_size=60) | st.sampled_from(
    [
        "“", "”", '"', "«", "`", "impact started at 14:0", "14:05 before 9:", "0 min", "9" * 400, "99 Jan 0000",
        "31 Feb 2020", "0000-00-00", "24:61", "1,2,,3 customers were affected", "½ % of users were affected",
        "![x](image:1)", "should have", "If only", "BGP (", "It was detected at ", " after it was detected",
        "lasted 99999 days", "https://", "\x00", "\u2028",
    ]
)  # fmt: skip
texts = st.lists(words, max_size=8).map(" ".join)


@given(texts, texts, texts)
@settings(max_examples=150, deadline=None)
def test_no_text_makes_a_check_raise(first: str, second: str, third: str) -> None:
    content = sound()
    content["sections"][0]["passages"] = [
        passage(first, [1, 2]),
        passage(second, [], {"id": 1, "name": third}),
    ]
    content["chronology"].append(entry(9, "2026-11-20T16:00:00Z", second, "chat", actor=first))
    content["factors"].append(factor(3, statement=third))
    content["questions"].append(question("gap", "mitigation", first))
    content["action_items"].append(item(5, second, verification_criterion=third))
    content["incident"]["services"].append(third)
    for one in findings_in(content, around(message=first)):
        assert one.what
        assert one.way_out
    for code in CONFIRMABLE:
        assert canonical_text(about(content, code))


@given(st.text(alphabet='ab “”«»"`\n', max_size=80))
def test_taking_quotations_out_adds_nothing(text: str) -> None:
    left = without_quotations(text)
    assert set(left) <= set(text) | {" "}
    assert len(left) <= len(text) + 1


LONG = 20_000
PIECES = [
    "“", "”", '"', "«»", "`", "![", "[E1", "1,", "1.", "1 ", "9", "A", "A ", "Aa ", "A’", "14:05 ", "1 h, and ",
    "1 min ",
    "1 Jan ", "should ", "the team ", "the incident ", "it was ", "impact ", "affected 1 ", "customers ", "before ",
    "https://", "BGP (", "(BGP", "-", " ", "\n", "failed to ", "Mara ", "Mara Okafor had ", ". ", "a@", "1.1.1.", "ÄÖ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_endless_text_is_read_in_linear_time(piece: str) -> None:
    text = piece * (LONG // len(piece))
    content: dict[str, Any] = sound()
    content["sections"][0]["passages"] = [
        passage(text, [1, 2, 3]),
        passage(text, [], {"id": 1, "name": "Mara"}),
    ]
    content["questions"].append(question("gap", "mitigation", text[:5000]))
    content["action_items"].append(item(5, text[:200], verification_criterion=text[:5000]))
    findings_in(content, around(message=text))


def test_sentence_that_cites_thousands_of_entries_is_read_in_time() -> None:
    numbers = count(1)
    rows = [
        Entry(next(numbers), moment(f"2026-11-20T{hour:02}:{minute:02}:{second:02}Z"), f"line {minute}", "")
        for hour in range(2)
        for minute in range(60)
        for second in range(0, 60, 3)
    ]
    text = " ".join(f"It took {minutes} min." for minutes in range(200, 1200))
    assert len(unsupported(text, rows)) == 1000


def test_thousand_passages_are_checked_once_each() -> None:
    content: dict[str, Any] = sound()
    content["sections"][0]["passages"] = [
        passage(
            f"The queue held {number} jobs at 14:00 UTC: an alert reported “Error rate of checkout”.", [2, 3]
        )
        for number in range(1000)
    ]
    assert len(findings(content)) >= 999
