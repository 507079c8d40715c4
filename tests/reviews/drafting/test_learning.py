"""What went well and what touches security: said only where the record shows it, and asked otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from incidents.enums import Lane, MilestoneKind
from reviews.checks import unsupported
from reviews.drafting import Draft, Fact, Material, draft
from reviews.enums import SectionKey
from reviews.passages import parse
from reviews.templating import Asked

START = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)


def fact(number: int, minute: int, text: str, lane: str = Lane.LOG, **fields: object) -> Fact:
    return Fact(number, START + timedelta(minutes=minute), text, lane, **fields)  # type: ignore[arg-type]


IMPACT = fact(1, 0, "Errors rise")
ALERT = fact(2, 2, "Error rate over its limit", Lane.ALERT)
TAKEN = fact(3, 4, "Looking at it", Lane.CHAT, actor="Mara Okafor", by_person=True)
REPORT = fact(4, 9, "Customers report failed payments", Lane.STATUS)
FIX = fact(5, 30, "Rolled back proxy 2.1", Lane.CHANGE)
ENDED = fact(6, 36, "Resolved: Error rate over its limit", Lane.ALERT)
MARKS = {
    MilestoneKind.IMPACT_STARTED: IMPACT,
    MilestoneKind.DETECTED: ALERT,
    MilestoneKind.ACKNOWLEDGED: TAKEN,
    MilestoneKind.MITIGATED: FIX,
}
ALL = (IMPACT, ALERT, TAKEN, REPORT, FIX, ENDED)


def drafted(*facts: Fact, **fields: object) -> Draft:
    marks = {kind: one for kind, one in MARKS.items() if one in facts}
    return draft(Material(facts=facts, milestones=marks, **fields))  # type: ignore[arg-type]


def well(*facts: Fact) -> str:
    return drafted(*facts).sections[SectionKey.WENT_WELL]


def test_record_that_shows_it_says_what_went_well() -> None:
    said = well(*ALL)
    assert "Monitoring came first: at 10:02 UTC an alert reported" in said
    assert (
        "7 min before the status page said “Customers report failed payments” at 10:09 UTC. [E2, E4]" in said
    )
    assert "Somebody took the incident up 2 min after its detection, at 10:04 UTC. [E3, E2]" in said
    assert "Recovery followed the mitigation at 10:30 UTC: 6 min later, an alert reported “Resolved" in said


@pytest.mark.parametrize(
    ("facts", "silent"),
    [
        ((IMPACT, ALERT), "Monitoring came first"),
        (
            (
                IMPACT,
                fact(7, 1, "Support has many calls of customers: customers report errors", Lane.CHAT),
                ALERT,
            ),
            "came first",
        ),
        ((IMPACT, REPORT), "came first"),
        ((IMPACT, ALERT, TAKEN, FIX), "Recovery"),
        ((IMPACT, FIX, fact(8, 200, "Resolved: Error rate over its limit", Lane.ALERT)), "Recovery"),
        ((IMPACT, ALERT), "took the incident up"),
    ],
)
def test_what_the_record_does_not_show_is_not_said(facts: tuple[Fact, ...], silent: str) -> None:
    assert silent not in well(*facts)


def test_people_are_asked_what_only_they_can_say() -> None:
    empty = drafted(IMPACT)
    for key in (SectionKey.WENT_WELL, SectionKey.SECURITY, SectionKey.SURPRISES, SectionKey.LESSONS):
        assert empty.sections[key] == ""
    asked = {one.code: one for one in empty.questions}
    assert "What surprised you" in asked["surprise"].text
    assert "where were we lucky" in asked["went_well"].text
    assert "Was any data or access exposed" in asked["exposure"].text
    assert "What did we learn" in asked["lesson"].text
    assert "make sense at the time" in asked["why_sense"].text
    assert "halve the time to detection" in asked["halve_detection"].text
    assert "five times" in asked["five_whys"].text
    assert asked["surprise"].asked == Asked.RESPONDER


def test_entries_about_access_are_named_under_security_and_not_judged() -> None:
    leaked = fact(7, 12, "The access key of the backup job was posted in a channel", Lane.CHAT)
    said = drafted(*ALL, leaked).sections[SectionKey.SECURITY]
    assert "what they mean for security is for people to say" in said
    assert "“The access key of the backup job was posted in a channel”. [E7, E1]" in said


@pytest.mark.parametrize(
    "words", ["unexpected token in JSON", "keys expired in the cache", "Access logs rotated daily"]
)
def test_everyday_words_are_no_matter_of_security(words: str) -> None:
    assert drafted(IMPACT, fact(2, 3, words)).sections[SectionKey.SECURITY] == ""


def test_marked_exposure_is_asked_for_exactly() -> None:
    asked = {one.code: one.text for one in drafted(IMPACT, data_exposed=True).questions}
    assert "marked as one that exposed data. Which data, to whom" in asked["exposure"]


def test_every_sentence_of_every_section_is_supported() -> None:
    everything = (*ALL, fact(7, 12, "Password reset for BGP speaker", Lane.LOG))
    by_number = {one.number: one for one in everything}
    for body in drafted(*everything).sections.values():
        for sentence in (one for block in parse(body) for one in block.sentences):
            assert sentence.citations, sentence.text
            assert unsupported(sentence.text, [by_number[n] for n in sentence.citations]) == []
