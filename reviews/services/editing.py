"""Saving a section: optimistic, kept as a revision, and read into passages anew."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents.models import Entry
from reviews import passages
from reviews.enums import Provenance, ReviewState
from reviews.errors import PublishedText, StaleText
from reviews.models import Citation, Passage, Review, Revision, Section
from reviews.passages import Block, Sentence
from reviews.services import hearing
from reviews.services.changing import content_changed
from reviews.services.moving import lock

Origin = tuple[str, User | None]


@transaction.atomic
def save_section(*, actor: User, section: Section, body: str, version: int, note: str = "") -> Section:
    """Save what a person wrote over the version that they had before them; the same words again change nothing.

    Sentences that did not change keep their provenance, the others become the person's own. ``note`` is kept with the
    revision, and who is newly mentioned hears of it. Raises ``StaleText`` with both texts when somebody saved in
    between, ``UnknownCitation``, and ``PublishedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, section)
    review = lock(section.review)
    if review.state == ReviewState.PUBLISHED:
        raise PublishedText
    current: Section = Section.objects.select_for_update().get(pk=section.pk)
    body = _tidy(body)
    if body == current.body:
        return current
    if current.version != version:
        raise StaleText(yours=body, theirs=current.body, version=current.version)
    before, body_before = _origins(current), current.body
    current.body, current.version, current.updated_by = body, current.version + 1, actor
    write_passages(review, current, before, otherwise=(Provenance.PERSON, actor))
    current.save(update_fields=["body", "version", "updated_by", "updated_at"])
    keep_revision(current, author=actor, note=note)
    content_changed(actor=actor, review=review, because=f"“{current.get_key_display()}” was edited")
    hearing.of_section(current, review, actor, body_before)
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="section.saved",
        subject=f"review:{review.incident.reference}",
        section=current.key,
        version=current.version,
    )
    return current


def keep_revision(section: Section, author: User | None, note: str = "") -> None:
    """Keep the section as it is now, for good."""
    Revision(
        organization_id=section.organization_id,
        section=section,
        number=section.version,
        body=section.body,
        author=author,
        note=note,
    ).save(force_insert=True)


def write_passages(
    review: Review, section: Section, before: dict[Sentence, list[Origin]], otherwise: Origin
) -> None:
    """Make the section's passages from its body; raises ``UnknownCitation`` before anything is written."""
    blocks = passages.parse(section.body)
    entries = _cited_entries(review, blocks)
    passages.require_known(blocks, entries)
    Passage.objects.filter(section=section).delete()
    origins = passages.kept(before, blocks)
    rows: list[Passage] = []
    cited: list[tuple[Passage, tuple[int, ...]]] = []
    for paragraph, block in enumerate(blocks):
        for _ in block.sentences:
            sentence, origin = next(origins)
            provenance, author = origin or otherwise
            row = Passage(
                organization_id=review.organization_id,
                section=section,
                position=len(rows),
                paragraph=paragraph,
                text=sentence.text,
                provenance=provenance,
                author=author,
            )
            rows.append(row)
            cited.append((row, sentence.citations))
    Passage.objects.bulk_create(rows)
    Citation.objects.bulk_create(
        Citation(
            organization_id=review.organization_id, passage=row, entry_id=entries[number], position=position
        )
        for row, numbers in cited
        for position, number in enumerate(numbers)
    )


def _tidy(body: str) -> str:
    """Without carriage returns and white space at the ends of lines and of the text."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _cited_entries(review: Review, blocks: list[Block]) -> dict[int, int]:
    """Number to id of the entries that the blocks cite."""
    numbers = passages.cited_numbers(blocks)
    rows = Entry.objects.filter(incident_id=review.incident_id, number__in=numbers)
    return dict(rows.values_list("number", "pk"))


def _origins(section: Section) -> dict[Sentence, list[Origin]]:
    """Where each sentence of the section as it was came from."""
    rows = (
        Passage.objects.filter(section=section)
        .select_related("author")
        .prefetch_related("citations__entry")
        .order_by("position")
    )
    found: dict[Sentence, list[Origin]] = defaultdict(list)
    for row in rows:
        numbers = tuple(citation.entry.number for citation in row.citations.all())
        found[Sentence(row.text, numbers)].append((row.provenance, row.author))
    return found
