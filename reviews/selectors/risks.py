"""The risks that a review leaves open: as people work on them, and as they stand in the text."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db.models import QuerySet

from governance.models import User
from reviews.enums import ReviewState
from reviews.models import Publication, Review, Risk
from reviews.passages import parse

_UNWATCHED = (ReviewState.SUPERSEDED, ReviewState.WITHDRAWN)


def risks_of(review: Review) -> list[Risk]:
    """Every risk of a review in its order, those that are closed too."""
    rows = Risk.objects.filter(review=review).select_related("owner", "author", "factor", "closed_by")
    return list(rows.order_by("number"))


def is_watched(review: Review) -> bool:
    """Whether the review's risks are still anybody's: not when it was withdrawn, or another one replaces it."""
    return review.state not in _UNWATCHED


def risks_to_publish(review: Review) -> list[dict[str, Any]]:
    """The risks that nobody closed, in the form of the text; a published review's as they were published.

    Keys: ``number`` (2 for R2), ``statement`` without its citations, ``citations``, ``owner``, ``review_on``,
    ``accepted_because``, ``factor`` (a number), ``provenance`` and ``author``.
    """
    if review.state == ReviewState.PUBLISHED and (text := _published_text(review)):
        published: list[dict[str, Any]] = json.loads(text).get("risks", [])
        return published
    return [_plain(row) for row in risks_of(review) if row.closed_at is None]


def with_present(review: Review, published: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Risk | None]]:
    """Each published risk beside how it stands today."""
    rows = {row.number: row for row in risks_of(review)} if published else {}
    return [(risk, rows.get(risk["number"])) for risk in published]


def due_risks(day: date) -> QuerySet[Risk]:
    """The owned, open risks whose day has come, of reviews that anybody still goes by; the longest due first."""
    rows: QuerySet[Risk] = Risk.objects.filter(
        closed_at__isnull=True, owner__isnull=False, review_on__lte=day
    ).exclude(review__state__in=_UNWATCHED)
    return rows.select_related("owner", "review__incident").order_by("review_on", "pk")


def cited_by_risks(review: Review) -> set[int]:
    """The entries that those risks rest on, by number."""
    return {number for risk in risks_to_publish(review) for number in risk["citations"]}


def read(statement: str) -> tuple[str, tuple[int, ...]]:
    """The words of a statement without its citations, and the entries that it cites."""
    sentences = [sentence for block in parse(statement) for sentence in block.sentences]
    numbers = dict.fromkeys(number for one in sentences for number in one.citations)
    return " ".join(sentence.text for sentence in sentences), tuple(numbers)


def _plain(row: Risk) -> dict[str, Any]:
    words, numbers = read(row.statement)
    return {
        "number": row.number,
        "statement": words,
        "citations": list(numbers),
        "owner": _named(row.owner),
        "review_on": row.review_on.isoformat() if row.review_on else None,
        "accepted_because": row.accepted_because,
        "factor": row.factor.number if row.factor else None,
        "provenance": row.provenance,
        "author": _named(row.author),
    }


def _named(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name} if user else None


def _published_text(review: Review) -> str:
    rows = Publication.objects.filter(review=review).order_by("-number")
    return rows.values_list("snapshot__text", flat=True).first() or ""
