"""What people said of causes is quoted where causes are written of, and claims nothing by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from incidents.enums import Lane, MilestoneKind
from reviews.checks import unsupported
from reviews.drafting import Fact, Material, draft
from reviews.enums import SectionKey
from reviews.passages import parse

START = datetime(2020, 2, 4, 16, 3, tzinfo=UTC)


def fact(number: int, text: str, lane: str = Lane.CHAT, **more: object) -> Fact:
    return Fact(number, START + timedelta(minutes=number), text, lane, **more)  # type: ignore[arg-type]


def factors_section(*facts: Fact) -> str:
    first = fact(0, "Errors of the application servers spike", Lane.ALERT)
    material = Material((first, *facts), {MilestoneKind.IMPACT_STARTED: first})
    return draft(material).sections[SectionKey.CONTRIBUTING_FACTORS]


@pytest.mark.parametrize(
    "text",
    ["Cause confirmed: the thread limit", "It was triggered by the 15:40 run", "Traced to the new rule"],
)
def test_what_was_said_of_a_cause_is_quoted_and_left_to_people(text: str) -> None:
    section = factors_section(fact(7, text, actor="Ravi Menon", by_person=True, highlighted=True))
    assert f"Ravi Menon wrote “{text}”" in section
    assert "whether it holds is for people to judge" in section


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        ("What could cause this?", Lane.STATEMENT),
        ("Root cause (confirmed): the checkout team", Lane.CHAT),
        ("The cause is not known yet", Lane.STATEMENT),
        ("worker exited because of SIGTERM", Lane.LOG),
        ("We are still looking for the trigger", Lane.STATEMENT),
    ],
)
def test_questions_and_lines_of_machines_are_no_cause_that_was_told(text: str, lane: str) -> None:
    assert "said of causes" not in factors_section(fact(7, text, lane))


def test_the_latest_are_kept_and_every_sentence_is_borne() -> None:
    facts = [fact(number, f"Caused by part {number}, we think", highlighted=True) for number in range(1, 12)]
    section = factors_section(*facts)
    assert "part 5," not in section and "part 6," in section and "part 11," in section
    known = {
        one.number: one for one in (fact(0, "Errors of the application servers spike", Lane.ALERT), *facts)
    }
    for block in parse(section):
        for sentence in block.sentences:
            assert sentence.citations
            assert unsupported(sentence.text, [known[number] for number in sentence.citations]) == []
