"""What the pages show: nothing from outside the snapshot, no time more exact than its source, no silence left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django_scopes import scope

from governance.models import Organization
from incidents.enums import Lane
from incidents.models import Entry, Measured
from reviews.content import canonical_text, content_of
from reviews.publishers.pdf import document_html
from reviews.publishers.printed import context_of
from reviews.publishers.published import Published, load
from tests.factories.reviews import make_publication


@pytest.fixture
def published(organization: Organization) -> Published:
    return load(make_publication(organization).pk)


def with_content(published: Published, **changes: Any) -> Published:
    return replace(published, content={**published.content, **changes})


def entries_of(published: Published) -> dict[int, dict[str, Any]]:
    return {entry["number"]: entry for _, entries in context_of(published)["days"] for entry in entries}


def numbers_of(published: Published) -> tuple[int, int]:
    first, second = published.content["chronology"]
    return first["number"], second["number"]


def test_section_names_what_it_rests_on_in_order_of_time(published: Published) -> None:
    first, second = numbers_of(published)
    section = published.content["sections"][0]
    passage = {**section["passages"][0], "citations": [second, first, second]}
    content = with_content(published, sections=[{**section, "passages": [passage]}])
    (shown,) = context_of(content)["sections"]
    assert [(note.number, note.when) for note in shown["notes"]] == [
        (first, "21 Oct 22:52"),
        (second, "21 Oct 22:59"),
    ]
    assert {note.lane for note in shown["notes"]} <= set(Lane.labels)


def test_passages_of_a_paragraph_stay_together(published: Published) -> None:
    section = published.content["sections"][0]
    passage = section["passages"][0]
    passages = [{**passage, "paragraph": number} for number in (0, 0, 1)]
    shown = context_of(with_content(published, sections=[{**section, "passages": passages}]))["sections"][0]
    assert [len(paragraph) for paragraph in shown["paragraphs"]] == [2, 1]


def test_entry_known_to_the_day_shows_no_clock(published: Published) -> None:
    first, second = published.content["chronology"]
    shown = entries_of(with_content(published, chronology=[{**first, "precision": "day"}, second]))
    assert (shown[first["number"]]["clock"], shown[first["number"]]["since"]) == ("that day", "")
    assert (shown[second["number"]]["clock"], shown[second["number"]]["since"]) == ("22:59", "+7 min")


def test_silence_is_told_after_the_last_published_entry_before_it(published: Published) -> None:
    first, second = numbers_of(published)
    unpublished = second + 100
    gaps = [
        {"after": first, "start": "2018-10-21T22:52:00Z", "end": "2018-10-21T22:58:00Z"},
        {"after": unpublished, "start": "2018-10-21T23:30:00Z", "end": "2018-10-22T01:35:00Z"},
    ]
    shown = entries_of(with_content(published, gaps=gaps))
    assert shown[first]["silence"] == "No entry from 22:52 to 22:58, 6 min"
    assert shown[second]["silence"] == "No entry from 23:30 to 22 Oct 01:35, 2 h 5 min"


def test_question_without_an_answer_is_left_open(published: Published) -> None:
    question = {**published.content["questions"][0], "answer": "", "answered_by": None, "answered_at": None}
    html = document_html(with_content(published, questions=[question]))
    assert "Who noticed first?" in html
    assert "Left open." in html


def test_times_without_an_impact_start_give_no_figures(published: Published) -> None:
    milestones = [one for one in published.content["milestones"] if one["kind"] != "impact_started"]
    context = context_of(with_content(published, milestones=milestones))
    assert context["figures"] == []
    assert all(entry["since"] == "" for _, entries in context["days"] for entry in entries)


def measure(published: Published, number: int, *, minutes: int = 10) -> Published:
    """The same publication, with a series under one of its entries."""
    with scope(organization=published.publication.organization):
        entry = Entry.objects.get(incident=published.publication.review.incident_id, number=number)
        first = entry.at.timestamp() - 60 * minutes // 2
        Measured(
            organization=published.publication.organization,
            entry=entry,
            name="Lag of <mysql>",
            unit="s",
            points=[[first + 60 * step, step * step] for step in range(minutes)],
        ).save()
        return load(published.publication.pk)


def test_entry_shows_the_series_that_its_evidence_measured(published: Published) -> None:
    first, second = numbers_of(published)
    measured = measure(published, first)
    shown = entries_of(measured)
    assert shown[second]["picture"] is None
    assert "<title" in shown[first]["picture"].drawing and "<desc" in shown[first]["picture"].drawing
    assert "<style>" in shown[first]["picture"].drawing
    html = document_html(measured)
    row = html[html.index(f'id="e{first}"') : html.index(f'id="e{second}"')]
    assert "series-moment" in row
    assert "Lag of &lt;mysql&gt;: 10 samples from 21 Oct 22:47" in row
    assert "highest 81 s" in row


def test_series_is_no_part_of_the_signed_text_and_its_evidence_is(published: Published) -> None:
    first, _second = numbers_of(published)
    measured = measure(published, first)
    with scope(organization=published.publication.organization):
        now = canonical_text(content_of(measured.publication.review))
    assert "Lag of" not in now
    assert now == published.publication.snapshot.text
    assert measured.series[first].evidence_sha256 == published.entries[first]["evidence_sha256"]


def test_series_of_other_evidence_than_was_signed_is_not_shown(published: Published) -> None:
    first, second = published.content["chronology"]
    measured = measure(published, first["number"])
    shown = entries_of(
        with_content(measured, chronology=[{**first, "evidence_sha256": second["evidence_sha256"]}, second])
    )
    assert shown[first["number"]]["picture"] is None


def test_series_that_cannot_be_drawn_leaves_no_room(published: Published) -> None:
    first, _second = numbers_of(published)
    measured = measure(published, first, minutes=0)
    assert entries_of(measured)[first]["picture"] is None
    assert 'class="measured"' not in document_html(measured)


def test_empty_postmortem_is_still_a_page(published: Published) -> None:
    kept = {"incident", "format"}
    empty: dict[str, Any] = {name: [] for name in published.content if name not in kept}
    html = document_html(with_content(published, **empty))
    assert published.title in html
    assert "Action items" not in html
