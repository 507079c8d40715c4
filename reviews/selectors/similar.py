"""Published incidents like one at hand, with the reasons, and what was promised after them; PostgreSQL alone.

Candidates come by words, log patterns and services through the documents' indexes; only they are compared. Every step
asks through ``visible_to``: a private incident is no match for anybody whom it does not name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import F, Func, Q, TextField
from django.utils import timezone

from governance.models import User
from incidents.analysis.similarity import Likeness, Past, Subject, Word, compare, most_telling
from incidents.enums import PatternMark
from incidents.models import Entry, Incident, LogPattern
from reviews.enums import SectionKey
from reviews.errors import SearchTooWide
from reviews.models import Factor, SearchDocument, Section
from reviews.models.finding import LANGUAGE, MOST_TEMPLATES, TEMPLATE_CHARACTERS
from reviews.parts import Promise, promises_of
from reviews.selectors.searching import ranked_newest, time_limit

MOST_SHOWN = 5
MOST_COMPARED = 60
MOST_ASKED = 8
MOST_ENTRIES = 40
BY_WORDS, BY_PATTERNS, BY_SERVICES = 40, 20, 20
LONGEST_TEXT = 6_000
_WORD = re.compile(r"(?=[^\W_]*[^\W\d_])[^\W_]{2,40}")
# How common a word is comes from what the planner knows of the table: it costs nothing, and only chooses words.
_STEMS = """
WITH known AS MATERIALIZED (
    SELECT pair.stem, pair.share FROM pg_stats AS stats
    CROSS JOIN LATERAL unnest(stats.most_common_elems::text::text[], stats.most_common_elem_freqs)
        AS pair (stem, share)
    WHERE stats.schemaname = current_schema() AND stats.tablename = %s AND stats.attname = 'vector'
)
SELECT given.word, coalesce(found.stem, ''), coalesce(known.share, 0)
FROM unnest(%s::text[]) WITH ORDINALITY AS given (word, place)
CROSS JOIN LATERAL (SELECT (tsvector_to_array(to_tsvector(%s::regconfig, given.word)))[1] AS stem) AS found
LEFT JOIN known ON known.stem = found.stem
ORDER BY given.place
"""


@dataclass(frozen=True)
class Match:
    """A published incident like the one at hand; ``reasons`` are sentences without their full stop."""

    reference: str
    title: str
    severity: int
    declared_at: datetime
    is_synthetic: bool
    is_private: bool
    reasons: tuple[str, ...]
    promises: tuple[Promise, ...]

    @property
    def is_overdue(self) -> bool:
        """Whether something that was promised after it should be done by now and is not."""
        return any(promise.is_overdue for promise in self.promises)


def similar_to(incident: Incident, user: User, today: date | None = None) -> list[Match]:
    """At most ``MOST_SHOWN`` published incidents like this one, real ones first, each with its reasons.

    The number of queries does not depend on how much is found. Incidents that the user may not see are no matches.
    """
    subject = subject_of(incident)
    rows = _candidates(SearchDocument.objects.visible_to(user).exclude(incident=incident), subject)
    compared = [(row, compare(subject, _past(row))) for row in rows]
    best = sorted(((row, like) for row, like in compared if like), key=_order)[:MOST_SHOWN]
    promised = promises_of(user, [row.review_id for row, _ in best], today or timezone.now().date())
    return [_match(row, like, promised.get(row.review_id, ())) for row, like in best]


def subject_of(incident: Incident) -> Subject:
    """What is known of an incident by now: a draft is enough, and so are the entries that somebody highlighted."""
    summary = Section.objects.filter(review__incident=incident, key=SectionKey.SUMMARY)
    told = Entry.objects.filter(incident=incident, highlighted=True, hidden=False).in_order()
    texts = [
        incident.title,
        incident.customer_impact,
        *summary.values_list("body", flat=True),
        *told.values_list("text", flat=True)[:MOST_ENTRIES],
    ]
    stated = Factor.objects.filter(review__incident=incident).order_by("number")
    causes = _words_of(stated.values_list("statement", flat=True))
    words = _words_of(texts)
    known = _stems({*words, *causes})
    return Subject(
        services=frozenset(service.name for service in incident.services.all()),
        templates=frozenset(templates_of(incident.pk)),
        words=tuple(most_telling((known[word] for word in words), MOST_COMPARED)),
        causes=tuple(known[word] for word in causes),
    )


def templates_of(incident_id: int) -> list[str]:
    """The log patterns that stood out in an incident, each once, the most frequent first."""
    rows = (
        LogPattern.objects.filter(evidence__incident=incident_id)
        .exclude(Q(mark=PatternMark.NONE) | Q(template=""))
        .order_by("-count", "template")
        .values_list("template", flat=True)
    )
    return list(dict.fromkeys(row[:TEMPLATE_CHARACTERS] for row in rows))[:MOST_TEMPLATES]


def _words_of(texts: Iterable[str]) -> list[str]:
    found: list[str] = _WORD.findall("\n".join(texts)[:LONGEST_TEXT])
    return [word.lower() for word in found]


def _stems(words: Iterable[str]) -> Mapping[str, Word]:
    """Each word with its stem and how common it is, as PostgreSQL knows them."""
    with connection.cursor() as cursor:
        cursor.execute(_STEMS, [SearchDocument._meta.db_table, sorted(words), LANGUAGE])
        return {word: Word(word, stem, share) for word, stem, share in cursor.fetchall()}


def _candidates(visible: Any, subject: Subject) -> list[Any]:
    """The few documents worth comparing, with the stems of their causes and texts, by three ways to them."""
    newest = visible.order_by("is_synthetic", "-published_at", "-id").values_list("pk", flat=True)
    templates, services = sorted(subject.templates), sorted(subject.services)
    found = set(_by_words(visible, subject))
    if templates:
        found |= set(newest.filter(templates__overlap=templates)[:BY_PATTERNS])
    if services:
        found |= set(newest.filter(services__overlap=services)[:BY_SERVICES])
    rows = (
        visible.filter(pk__in=found).select_related("incident").defer("vector", "rest", "summary", "causes")
    )
    return list(
        rows.annotate(
            stems=_array_of(F("vector")),
            cause_stems=_array_of(SearchVector("causes", config=LANGUAGE)),
        )
    )


def _array_of(vector: Any) -> Func:
    return Func(vector, function="tsvector_to_array", output_field=ArrayField(TextField()))


def _by_words(visible: Any, subject: Subject) -> list[int]:
    """Documents that speak of the rarest words; none when even they are too common to be looked for in time."""
    asked = most_telling((*subject.causes, *subject.words), MOST_ASKED)
    if not asked:
        return []
    query = asked_query(word.stem for word in asked)
    try:
        with time_limit():
            return list(
                ranked_newest(visible.filter(vector=query), query).values_list("pk", flat=True)[:BY_WORDS]
            )
    except SearchTooWide:
        return []


def asked_query(stems: Iterable[str]) -> Any:
    """Any of the stems; they are quoted, so that nothing in them is an operator."""
    quoted = ("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems)
    return SearchQuery(" | ".join(quoted), config="simple", search_type="raw")


def _past(row: Any) -> Past:
    return Past(
        services=frozenset(row.services),
        templates=frozenset(row.templates),
        words=frozenset(row.stems),
        causes=frozenset(row.cause_stems),
    )


def _order(pair: tuple[Any, Likeness]) -> tuple[bool, float, float]:
    row, like = pair
    return row.is_synthetic, -like.score, -row.published_at.timestamp()


def _match(row: Any, like: Likeness, promises: Sequence[Promise]) -> Match:
    return Match(
        reference=row.incident.reference,
        title=row.title,
        severity=row.severity,
        declared_at=row.declared_at,
        is_synthetic=row.is_synthetic,
        is_private=row.incident.is_private,
        reasons=like.reasons,
        promises=tuple(promises),
    )
