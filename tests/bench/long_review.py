"""A review far longer than people write: 40 sections, 1,000 sentences, 2,000 cited entries and 300 comments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from governance.models import User
from incidents.models import Entry, Incident
from reviews.enums import Provenance, SectionKey
from reviews.models import Comment, Review, Section, Thread
from reviews.services.editing import keep_revision, write_passages
from tests.factories import make_evidence
from tests.factories.incidents import START

SECTIONS, SENTENCES, COMMENTS, ENTRIES = 40, 1000, 300, 2000
_EACH = 3
"""Comments in a thread."""


def allow_more_sections() -> None:
    """Take the check of keys out of this database, which is thrown away: the product knows six sections only."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_section DROP CONSTRAINT IF EXISTS section_key_known")


def write_review(incident: Incident, author: User, *, sections: int = SECTIONS) -> Review:
    """All sentences in so many sections; every sentence cites two entries, every entry is cited once."""
    _entries(incident)
    review = Review(organization_id=incident.organization_id, incident=incident, author=author)
    review.save()
    keys = [*SectionKey.values, *(f"section_{n}" for n in range(len(SectionKey.values), sections))]
    for position, numbers in enumerate(_parts(range(1, SENTENCES + 1), sections)):
        body = "\n\n".join(
            " ".join(map(_sentence, part)) for part in _parts(numbers, max(len(numbers) // 5, 1))
        )
        section = Section(
            organization_id=review.organization_id,
            review=review,
            key=keys[position],
            position=position,
            body=body,
        )
        section.save()
        write_passages(review, section, {}, otherwise=(Provenance.PERSON, author))
        keep_revision(section, author)
    return review


def talk(review: Review, author: User, comments: int = COMMENTS) -> None:
    """So many comments in threads of three, spread over the sentences, and every tenth thread over the entries."""
    sections = {row.pk: row for row in Section.objects.filter(review=review).prefetch_related("passages")}
    sentences = [row for section in sections.values() for row in section.passages.all()]
    entries = list(Entry.objects.filter(incident=review.incident_id).in_order()[:COMMENTS])
    step = max(len(sentences) // -(-COMMENTS // _EACH), 1)
    for place, numbers in enumerate(_every(comments)):
        about = sentences[place * step % len(sentences)]
        thread = Thread(organization_id=review.organization_id, review=review, opened_by=author)
        if place % 10 == 9:
            thread.entry = entries[place % len(entries)]
        else:
            thread.section, thread.quote = sections[about.section_id], about.text
        thread.save()
        Comment.objects.bulk_create(
            Comment(
                organization_id=review.organization_id,
                thread=thread,
                author=author,
                body=f"Comment {number}: was this **measured**, or did somebody remember it?",
            )
            for number in numbers
        )


def _entries(incident: Incident) -> None:
    evidence = make_evidence(incident)
    Entry.objects.bulk_create(
        Entry(
            organization_id=incident.organization_id,
            incident=incident,
            evidence=evidence,
            number=n,
            at=START + timedelta(seconds=9 * n),
            text=f"event {n} of service-{n % 12}",
            lane="log",
            trust="observed",
            precision="second",
            original_at=START + timedelta(seconds=9 * n),
            original_time="2018-10-21T22:52:00Z",
            original_text=f"event {n}",
            zone="UTC",
            digest=f"{n:064x}",
        )
        for n in range(1, ENTRIES + 1)
    )


def _sentence(number: int) -> str:
    words = (
        f"At step {number} the *primary* of shard {number % 17} took writes that the `replica` did not have."
    )
    return f"{words} [E{2 * number - 1}] [E{2 * number}]"


def _parts(numbers: range, count: int) -> list[range]:
    size = -(-len(numbers) // count)
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]


def _every(comments: int) -> Iterator[range]:
    for start in range(1, comments + 1, _EACH):
        yield range(start, min(start + _EACH, comments + 1))
