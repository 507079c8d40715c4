"""Reading a model's answer: JSON of one shape, or nonsense."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.modeling import Nonsense, Suggestion, suggestions

GOOD = json.dumps({"passages": [{"text": "Customers saw errors.", "citations": [2, 2, "E3", "4"]}]})
READ = [Suggestion("Customers saw errors.", (2, 3, 4))]


@pytest.mark.parametrize(
    "answer", [GOOD, f"```json\n{GOOD}\n```", f"```\n{GOOD}\n```", f"<think>Hm. {{</think>\n\n{GOOD}"]
)
def test_answer_in_the_asked_shape_is_read(answer: str) -> None:
    assert suggestions(answer) == READ


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Sure! Here is the summary of the incident.",
        "[]",
        "null",
        "{}",
        '{"passages": {}}',
        '{"passages": "Customers saw errors."}',
        f"Here it is: {GOOD}",
        f"{GOOD} {GOOD}",
        GOOD[:-1],
        "[" * 100_000,
        '{"passages": [' + "9" * 5000 + "]}",
    ],
)
def test_anything_else_is_nonsense(answer: str) -> None:
    with pytest.raises(Nonsense):
        suggestions(answer)


@pytest.mark.parametrize(
    "passage",
    [
        "Customers saw errors.",
        None,
        {},
        {"text": None, "citations": [2]},
        {"text": ["Customers"], "citations": [2]},
        {"text": "Customers saw errors.", "citations": 2},
        {"text": "Customers saw errors.", "citations": ["two"]},
        {"text": "Customers saw errors.", "citations": [2.0]},
        {"text": "Customers saw errors.", "citations": [True]},
        {"text": "Customers saw errors.", "citations": [[2]]},
    ],
)
def test_passage_of_another_shape_has_no_citations(passage: object) -> None:
    (read,) = suggestions(json.dumps({"passages": [passage]}))
    assert read.citations is None


@given(st.text())
def test_no_answer_breaks_the_reader(answer: str) -> None:
    try:
        suggestions(answer)
    except Nonsense:
        return
