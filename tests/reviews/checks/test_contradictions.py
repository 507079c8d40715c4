"""Two things that cannot both be so: in two sentences, or in a sentence and the chronology."""

from __future__ import annotations

from typing import Any

import pytest

from reviews.checks import findings
from reviews.enums import CheckCode as C
from tests.reviews.checks.contents import Spoil, question, says, spoiled


def contradictions(*spoils: Spoil) -> list[str]:
    return [one.what for one in findings(spoiled(*spoils), [C.CONTRADICTION])]


def without_passages(content: dict[str, Any]) -> None:
    for row in content["sections"]:
        row["passages"] = []


def unmarked(content: dict[str, Any]) -> None:
    content["milestones"] = []


@pytest.mark.parametrize(
    "text",
    [
        "The impact on customers started at 14:02 UTC.",
        "The incident was detected at 14:09.",
        "It was acknowledged on 20 Nov 2026 at 14:08 UTC.",
        "The outage ended at 15:45.",
        "The impact lasted 2 hours.",
        "The impact lasted 70 min, from 14:00 UTC to 15:15 UTC.",
        "The disruption lasted from 14:00 UTC to 15:10 UTC.",
        "The impact was mitigated before it was detected.",
        "The incident was resolved before it was mitigated.",
        "At 14:05, before the alert of 14:01, somebody called.",
        "5,000 customers were affected.",
    ],
)
def test_edited_sentence_is_held_against_the_chronology_and_the_other_sections(text: str) -> None:
    assert len(contradictions(says("lessons", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The impact on customers started at 14:00 UTC.",
        "The impact lasted 75 min, from 14:00 UTC to 15:15 UTC.",
        "The impact lasted about 1 hour.",
        "The impact lasted 1 h 15 min.",
        "It was detected at 14:07 UTC, 7 min after the impact started.",
        "The impact was mitigated after it was detected.",
        "At 23:50, before the alert of 00:10, somebody called.",
        "About 4,200 customers were affected.",
        "More than 3,000 customers were affected.",
        "300 customers were affected in Norway.",
        "12 % of customers were affected.",
        "A deployment started at 13:40 UTC.",
        "The log said “The impact started at 09:00 UTC”.",
    ],
)
def test_what_can_be_so_is_no_contradiction(text: str) -> None:
    assert contradictions(says("lessons", text)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The impact started at 14:00 UTC.", "The incident began at 14:10 UTC."),
        ("It was detected at 14:07 UTC.", "Monitoring detected the incident at 14:17 UTC."),
        ("The outage lasted 40 minutes.", "The impact lasted for 2 hours."),
    ],
)
def test_two_sentences_are_held_against_each_other_where_no_milestone_decides(one: str, other: str) -> None:
    bare = (unmarked, without_passages)
    assert contradictions(*bare, says("summary", one), says("customer_impact", one)) == []
    (what,) = contradictions(*bare, says("summary", one), says("customer_impact", other))
    assert "elsewhere" in what


def test_answer_is_held_against_the_text() -> None:
    answer = question("impact_numbers", "customer_impact", "By our count 9,000 customers were affected.")
    (what,) = contradictions(lambda content: content["questions"].append(answer))
    assert "9,000 customers" in what
    assert "4,000 customers" in what


def test_order_of_two_quotations_is_held_against_the_entries_they_stand_in() -> None:
    right = "“Deployed proxy 2.1” was recorded before “All is well again”."
    wrong = "“All is well again” was recorded before “Deployed proxy 2.1”."
    assert contradictions(says("summary", right, [1, 6])) == []
    (what,) = contradictions(says("summary", wrong, [1, 6]))
    assert "E6 lies 1 h 35 min behind E1" in what
