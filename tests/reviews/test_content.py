"""What people sign: complete, in one spelling, and read with a constant number of queries."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from incidents.enums import MilestoneKind
from incidents.models import Correction, Entry, Milestone
from reviews.content import canonical_text, content_of, current_sha256, sha256_of
from reviews.enums import Bearing, Provenance, SectionKey
from reviews.models import Citation, Factor, FactorEvidence, Passage, Question, Review, Section
from tests.factories import make_entry, make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START

pytestmark = pytest.mark.django_db


def make_review(passages: int = 1) -> Review:
    organization = make_organization()
    person = make_member(organization, name="Mara Okafor")
    incident = make_incident(organization, services=(make_service(organization),))
    review = Review(organization=organization, incident=incident, author=person)
    review.save()
    section = Section(
        organization=organization, review=review, key=SectionKey.SUMMARY, position=0, body="Text."
    )
    section.save()
    for position in range(passages):
        add_passage(section, position)
    return review


def add_passage(section: Section, position: int) -> Entry:
    organization = section.organization
    entry = make_entry(section.review.incident, START + timedelta(minutes=position))
    passage = Passage(
        organization=organization,
        section=section,
        position=position,
        text="Text.",
        provenance=Provenance.EVIDENCE,
    )
    passage.save()
    Citation(organization=organization, passage=passage, entry=entry).save()
    factor = Factor(
        organization=organization,
        review=section.review,
        number=position + 1,
        statement="A change.",
        confidence="suspected",
        provenance=Provenance.EVIDENCE,
    )
    factor.save()
    FactorEvidence(organization=organization, factor=factor, entry=entry, bearing=Bearing.FOR).save()
    Question(
        organization=organization,
        review=section.review,
        section=section.key,
        code=f"q{position}",
        text="Why?",
    ).save()
    return entry


def test_content_holds_cited_highlighted_and_milestone_entries_only() -> None:
    review = make_review()
    with scope(organization=review.organization):
        incident = review.incident
        highlighted = make_entry(incident, START + timedelta(minutes=8), "Highlighted", highlighted=True)
        marked = make_entry(incident, START + timedelta(minutes=9), "Marked")
        make_entry(incident, START + timedelta(minutes=10), "Neither")
        Milestone(
            organization=review.organization, incident=incident, kind=MilestoneKind.DETECTED, entry=marked
        ).save()
        content = content_of(review)
        cited = Citation.objects.get().entry
    assert [row["number"] for row in content["chronology"]] == [
        cited.number,
        highlighted.number,
        marked.number,
    ]
    assert content["milestones"] == [
        {"kind": "detected", "label": "Detected", "at": "2018-10-21T23:01:00Z", "entry": marked.number}
    ]
    assert content["sections"][0]["passages"][0]["citations"] == [cited.number]
    assert content["factors"][0]["evidence_for"] == [cited.number]


def test_entry_carries_its_origin_beside_the_instant() -> None:
    review = make_review()
    with scope(organization=review.organization):
        entry = Citation.objects.get().entry
        person = review.author
        Correction(
            organization=review.organization,
            entry=entry,
            at_before=entry.at,
            at_after=entry.at,
            text_before="a",
            text_after="b",
            reason="typing error",
            corrected_by=person,
        ).save()
        row = content_of(review)["chronology"][0]
    assert row["original_time"] == entry.original_time
    assert row["evidence_sha256"] == entry.evidence.sha256
    assert (row["zone"], row["trust"], row["precision"]) == ("UTC", "observed", "second")
    assert row["corrections"][0]["reason"] == "typing error"


def test_long_silence_is_named() -> None:
    review = make_review()
    with scope(organization=review.organization):
        first = Citation.objects.get().entry
        later = make_entry(review.incident, START + timedelta(minutes=31))
        make_entry(review.incident, START + timedelta(minutes=61))
        gaps = content_of(review)["gaps"]
    assert [(gap["after"], gap["before"], gap["minutes"]) for gap in gaps] == [
        (first.number, later.number, 31)
    ]


def test_hash_changes_with_any_word_and_only_then() -> None:
    review = make_review()
    with scope(organization=review.organization):
        before = current_sha256(review)
        assert current_sha256(review) == before
        Question.objects.update(text="Why not?")
        assert current_sha256(review) != before


def test_canonical_text_is_one_spelling() -> None:
    composed, decomposed = "Café", unicodedata.normalize("NFD", "Café")
    assert (
        canonical_text({"b": 1, "a": composed})
        == canonical_text({"a": decomposed, "b": 1})
        == '{"a":"Café","b":1}'
    )
    assert sha256_of("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def queries_of(review: Review) -> int:
    with scope(organization=review.organization), CaptureQueriesContext(connection) as captured:
        content: dict[str, Any] = content_of(Review.objects.select_related("incident").get(pk=review.pk))
    assert content["sections"]
    return len(captured)


def test_reading_content_takes_as_many_queries_for_three_passages_as_for_one() -> None:
    assert queries_of(make_review(passages=1)) == queries_of(make_review(passages=3))
