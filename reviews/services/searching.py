"""Keeping the search documents: each is written with its publication, and all of them can be made anew.

Nothing here is decided by a person and nothing is audited: a document says no more than its publication does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from governance.models import Organization
from reviews.content import content_of
from reviews.enums import ReviewState, SectionKey
from reviews.models import Publication, Review, SearchDocument
from reviews.selectors.similar import templates_of

TAKEN_BACK = (ReviewState.SUPERSEDED, ReviewState.WITHDRAWN)
MOST_CHARACTERS = 200_000
"""PostgreSQL refuses a vector of more than 1 MB; no text that long in any script makes one."""
_UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ")


@transaction.atomic
def enter_document(publication: Publication) -> SearchDocument:
    """Let a publication be found; it takes the place of the edition before it."""
    return _enter(publication.review, publication)


def remove_document(review: Review) -> None:
    """Let a review that was withdrawn or replaced not be found any more."""
    SearchDocument.objects.filter(review=review).delete()


@transaction.atomic
def rebuild_documents(organization: Organization) -> int:
    """Make every document of the active organization anew; returns how many there are."""
    SearchDocument.objects.filter(organization=organization).delete()
    count = 0
    for review, publication in _in_force(organization):
        _enter(review, publication)
        count += 1
    return count


def _in_force(organization: Organization) -> Iterator[tuple[Review, Publication | None]]:
    """Every review that is published, with its edition in force; the demo's past was published without a text."""
    editions = Publication.objects.filter(
        organization=organization, superseded_at__isnull=True, withdrawn_at__isnull=True
    ).exclude(review__state__in=TAKEN_BACK)
    for row in editions.select_related("snapshot", "review__incident").order_by("id").iterator(50):
        yield row.review, row
    past = Review.objects.filter(
        organization=organization, state=ReviewState.PUBLISHED, publications__isnull=True
    )
    for review in past.select_related("incident").order_by("id").iterator(50):
        yield review, None


def _enter(review: Review, publication: Publication | None) -> SearchDocument:
    SearchDocument.objects.filter(review=review).delete()
    incident = review.incident
    content = json.loads(publication.snapshot.text) if publication else content_of(review)
    row = SearchDocument(
        organization_id=review.organization_id,
        incident=incident,
        review=review,
        publication=publication,
        declared_at=incident.declared_at,
        published_at=publication.published_at if publication else review.published_at or review.created_at,
        is_synthetic=incident.is_synthetic,
        templates=templates_of(incident.pk),
        **_fields(content),
    )
    row.save(force_insert=True)
    return row


def _fields(content: dict[str, Any]) -> dict[str, Any]:
    """The fields that come of the published text."""
    incident = content["incident"]
    texts = {key: _writable("\n".join(parts)) for key, parts in _texts(content).items()}
    return {
        "title": _writable(incident["title"]),
        "severity": incident["severity"],
        "services": incident["services"],
        **texts,
    }


def _texts(content: dict[str, Any]) -> dict[str, list[str]]:
    sections = content["sections"]
    return {
        "summary": [one["body"] for one in sections if one["key"] == SectionKey.SUMMARY],
        "causes": [one["statement"] for one in content["factors"]],
        "rest": [
            content["incident"]["reference"],
            *content["incident"]["services"],
            *(one["body"] for one in sections if one["key"] != SectionKey.SUMMARY),
            *(one["reasoning"] for one in content["factors"]),
            *(one["answer"] for one in content["questions"]),
            *(one["title"] for one in content.get("action_items", ())),
            *(one["text"] for one in content["chronology"]),
        ],
    }


def _writable(text: str) -> str:
    """The text without control characters, which mark what was found when a snippet is drawn."""
    return text.translate(_UNWRITABLE)[:MOST_CHARACTERS]
