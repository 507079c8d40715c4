"""What a passage says stands in what it cites, or is named as unsupported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from reviews.checks import findings, unsupported
from reviews.enums import CheckCode


@dataclass(frozen=True)
class Entry:
    at: datetime
    text: str
    actor: str = ""


CUT = Entry(
    datetime(2018, 10, 21, 22, 52, tzinfo=UTC), "The link was lost for 43 seconds during a replacement."
)
SEEN = Entry(datetime(2018, 10, 21, 22, 54, 30, tzinfo=UTC), "Many 'faults', 5 M events", actor="Kit Harlow")


@pytest.mark.parametrize(
    "text",
    [
        "The link was lost at 22:52 UTC.",
        "On 21 Oct 2018 at 22:54:30 UTC, Kit Harlow wrote “Many ‘faults’”.",
        "It took 2 min, and the link was lost for 43 seconds.",
        "Kit Harlow counted 5 M events on 2018-10-21.",
        "A long quotation: “The link was lost for 43…”.",
        "It lasted 2 minutes.",
        "Then Kit Harlow looked.",
    ],
)
def test_passage_is_supported_by_what_it_cites(text: str) -> None:
    assert unsupported(text, [CUT, SEEN]) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("The link was lost at 22:53 UTC.", "22:53"),
        ("It happened on 22 Oct 2018.", "22 Oct 2018"),
        ("It happened on 2018-10-22.", "2018-10-22"),
        ("It took 3 min.", "3 min"),
        ("The link was lost for 3 seconds.", "3 seconds"),
        ("There were 6 M events.", "6"),
        ("It was Mara Okafor who took over.", "Mara Okafor"),
        ("Ravi Menon took over.", "Menon"),
        ("Kit Harlow wrote “No faults”.", "“No faults”"),
        ("The link to Chicago was lost.", "Chicago"),
    ],
)
def test_what_no_cited_entry_bears_is_named(text: str, part: str) -> None:
    assert part in " | ".join(unsupported(text, [CUT, SEEN]))


def test_span_needs_both_of_its_ends() -> None:
    assert unsupported("It took 2 min.", [SEEN]) == ["2 min"]


def content(**parts: Any) -> dict[str, Any]:
    marks = [
        {"kind": "impact_started", "label": "Impact started", "at": "2018-10-21T22:52:00Z", "entry": 1},
        {"kind": "resolved", "label": "Resolved", "at": "2018-10-21T23:52:00Z", "entry": 1},
    ]
    row = {"number": 1, "at": "2018-10-21T22:52:00Z", "text": CUT.text, "actor": ""}
    return {"sections": [], "factors": [], "questions": [], "milestones": marks, "chronology": [row], **parts}


GRAVE = (
    CheckCode.UNSUPPORTED,
    CheckCode.BLAME,
    CheckCode.UNPROVEN_FACTOR,
    CheckCode.IMPACT_UNMARKED,
    CheckCode.UNANSWERED,
)


def test_findings_say_what_is_off_and_where_most_serious_first() -> None:
    said = [
        {"text": "It was lost at 23:00 UTC.", "citations": [1]},
        {"text": "Somebody should have known.", "citations": []},
    ]
    section = {"key": "summary", "body": "", "passages": said}
    factor = {"number": 2, "confidence": "confirmed", "evidence_for": []}
    question = {"text": "Why?", "answer": "", "section": "detection"}
    spoiled = content(sections=[section], factors=[factor], questions=[question], milestones=[])
    found = findings(spoiled, GRAVE)
    assert [(one.place, one.section, one.what.split()[0]) for one in found] == [
        ("passage-summary-0", "summary", "23:00"),
        ("passage-summary-1", "summary", "“should"),
        ("factor-2", "contributing_factors", "Factor"),
        ("", "", "The"),
        ("", "detection", "One"),
    ]
    assert all(one.way_out for one in found)
    assert [one for one in findings(spoiled) if one.code in GRAVE] == found


def test_statement_without_citations_is_not_held_against_entries() -> None:
    said = {"text": "At 23:00.", "citations": [], "provenance": "person", "author": {"id": 1, "name": "Mara"}}
    section = {"key": "summary", "body": "Mara saw it at 23:00.", "passages": [said]}
    assert all(one.is_hint for one in findings(content(sections=[section]), [CheckCode.UNSUPPORTED]))


def test_span_of_a_single_entry_or_without_end_is_not_borne() -> None:
    assert unsupported("It took 0 min.", [SEEN]) == ["0 min"]
    assert unsupported(f"It took {'9' * 400} days.", [CUT, SEEN]) == [f"{'9' * 400} days"]
