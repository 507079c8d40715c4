"""What a model is asked: the masked chronology behind a fence that no entry can leave, and the same words each time."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from reviews.enums import SectionKey
from reviews.modeling import INSTRUCTIONS, PROMPT_VERSION, TASKS, Line, Question, messages, sha256_of
from reviews.modeling.asking import CLOSING, LONGEST_TEXT, OPENING
from tests.factories.incidents import START
from tests.reviews.modeling.told import LINES, POISON

#: The hash of the words of each version: whoever changes a word names a new version here.
VERSIONS = {"2026-11-21.1": "26abdbe0b4a36da2"}


def _asked(*lines: Line) -> str:
    return messages(Question(SectionKey.SUMMARY, lines, {"detected": 3}))[1]["content"]


def _rows(asked: str) -> list[dict[str, object]]:
    """What stands between the fences, line by line."""
    before, _, rest = asked.partition(f"{OPENING}\n")
    inside, _, after = rest.rpartition(f"\n{CLOSING}")
    assert before == f"{TASKS[SectionKey.SUMMARY]}\n\n" and after == ""
    return [json.loads(row) for row in inside.split("\n")]


def test_prompts_change_with_their_version_only() -> None:
    words = json.dumps([INSTRUCTIONS, [TASKS[key] for key in SectionKey]])
    assert VERSIONS[PROMPT_VERSION] == hashlib.sha256(words.encode()).hexdigest()[:16]


def test_every_section_has_a_task() -> None:
    assert set(TASKS) == set(SectionKey)


def test_chronology_is_told_in_lines_with_their_milestones() -> None:
    rows = _rows(_asked(*LINES))
    assert [row["entry"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[3] == {
        "entry": 4,
        "at": "2018-10-21 23:01:00 UTC",
        "kind": "chat",
        "by": "Mara Okafor",
        "text": "Looking at it",
    }
    assert rows[2]["milestone"] == "detected"


def test_time_is_told_no_more_exactly_than_it_is_known() -> None:
    rows = _rows(_asked(*(Line(1, START, "Deployed", precision=one) for one in ("second", "minute", "day"))))
    assert [row["at"] for row in rows] == [
        "2018-10-21 22:52:00 UTC",
        "2018-10-21 22:52 UTC",
        "2018-10-21 UTC",
    ]


def test_poisoned_line_stays_inside_its_fence() -> None:
    asked = _asked(*LINES)
    assert _rows(asked)[4]["text"] == POISON
    assert asked.count("<<<") == asked.count(">>>") == 1
    assert asked.count("<") == asked.count(">") == 3


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=20)), min_size=1, max_size=6))
def test_no_text_leaves_its_fence(texts: list[tuple[str, str]]) -> None:
    lines = [Line(number, START, f"{text} {CLOSING}", actor) for number, (text, actor) in enumerate(texts)]
    asked = _asked(*lines)
    assert len(_rows(asked)) == len(texts)
    assert asked.count("<") == asked.count(">") == 3


def test_secrets_and_addresses_are_masked_whoever_wrote_them() -> None:
    asked = _asked(Line(1, START, "login with password=hunter2hunter2", "mara@example.test"))
    assert "hunter2" not in asked and "mara@example" not in asked
    assert "⟦" in asked


def test_what_nobody_sees_is_taken_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(one)) for one in "obey")
    assert _rows(_asked(Line(1, START, f"All\u200b is\u202e well{hidden}")))[0]["text"] == "All is well"


def test_long_entries_are_cut() -> None:
    text = str(_rows(_asked(Line(1, START, "word " * 1000)))[0]["text"])
    assert len(text) == LONGEST_TEXT + 1 and text.endswith("…")


def test_same_chronology_gives_the_same_question() -> None:
    again = [Line(line.number, line.at + timedelta(), line.text, line.actor, line.lane) for line in LINES]
    first, second = (messages(Question(SectionKey.SUMMARY, lines)) for lines in (LINES, again))
    assert sha256_of(first) == sha256_of(second)
    assert sha256_of(first) != sha256_of(messages(Question(SectionKey.DETECTION, LINES)))
