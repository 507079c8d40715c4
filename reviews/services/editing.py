"""Saving a section: merged with what others saved meanwhile, kept as a revision, and read into passages anew."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents.models import Entry
from reviews import passages
from reviews.enums import Provenance
from reviews.errors import StaleText
from reviews.merging import merge
from reviews.models import Citation, Passage, Review, Revision, Section
from reviews.passages import Block, Sentence
from reviews.services import hearing
from reviews.services.changing import content_changed, require_open
from reviews.services.moving import lock
from reviews.services.pictures import require_pictures

Origin = tuple[str, User | None]
_MOST_NAME = 150


@transaction.atomic
def save_section(*, actor: User, section: Section, body: str, version: int, note: str = "") -> Section:
    """Save what a person wrote over the version that they had before them; the same words again change nothing.

    What others saved in between is merged with it, and the revision's note says so; ``note`` is kept otherwise. Raises
    ``StaleText`` with both texts when the same words were changed, ``UnknownCitation``, and ``PublishedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, section)
    review, current = held(section)
    body = tidy(body)
    if body != current.body and current.version != version:
        body, note = _merged(current, body, version)
    if body == current.body:
        return current
    replace_body(actor=actor, review=review, section=current, body=body, note=note)
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="section.saved",
        subject=f"review:{review.incident.reference}",
        section=current.key,
        version=current.version,
    )
    return current


def held(section: Section) -> tuple[Review, Section]:
    """The review and the section as they are now, held until the transaction ends; raises ``PublishedText``."""
    review = lock(section.review)
    require_open(review)
    return review, Section.objects.select_for_update(of=("self",)).select_related("updated_by").get(
        pk=section.pk
    )


def replace_body(
    *,
    actor: User,
    review: Review,
    section: Section,
    body: str,
    note: str,
    origins: dict[Sentence, list[Origin]] | None = None,
) -> None:
    """Give a held section other words, inside the caller's transaction; raises ``UnknownCitation``.

    Sentences that did not change keep their provenance, the others become the person's own; ``origins`` says otherwise,
    for the sentences of the new body. Signatures are voided, and who is newly mentioned hears of it.
    """
    before, body_before = origins if origins is not None else origins_of(section), section.body
    section.body, section.version, section.updated_by = body, section.version + 1, actor
    write_passages(review, section, before, otherwise=(Provenance.PERSON, actor))
    section.save(update_fields=["body", "version", "updated_by", "updated_at"])
    keep_revision(section, author=actor, note=note)
    content_changed(actor=actor, review=review, because=f"“{section.get_key_display()}” was edited")
    hearing.of_section(section, review, actor, body_before)


def _merged(current: Section, body: str, version: int) -> tuple[str, str]:
    """The typed words and the stored ones together, and the note that says so; raises ``StaleText``."""
    base = Revision.objects.filter(section=current, number=version).values_list("body", flat=True).first()
    merged = merge(base or "", body, current.body)
    by = str(current.updated_by or "The draft")
    if not merged.is_clean:
        raise StaleText(
            yours=body, theirs=current.body, version=current.version, base=version, by=by, merge=merged
        )
    return tidy(merged.composed()), f"Merged with {by[:_MOST_NAME]}’s revision {current.version}"


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
    require_pictures(review, [section.body])
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


def tidy(body: str) -> str:
    """Without carriage returns and white space at the ends of lines and of the text."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _cited_entries(review: Review, blocks: list[Block]) -> dict[int, int]:
    """Number to id of the entries that the blocks cite."""
    numbers = passages.cited_numbers(blocks)
    rows = Entry.objects.filter(incident_id=review.incident_id, number__in=numbers)
    return dict(rows.values_list("number", "pk"))


def origins_of(section: Section) -> dict[Sentence, list[Origin]]:
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
