"""Full-text search over what is published (PostgreSQL alone), through the one rule of who sees what.

Ranking reads every stored vector that matches, which a common word makes slow; so the newest matches are taken first
and ranked alone. Snippets are drawn for the rows of one page only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import OperationalError, connection, transaction
from django.db.models import Count, F, TextField, Value, Window
from django.db.models.functions import Concat, Substr

from governance.models import User
from reviews.errors import SearchTooWide
from reviews.models import SearchDocument
from reviews.models.finding import LANGUAGE

MOST_RANKED = 1_000
PER_PAGE = 10
MOST_PAGES = MOST_RANKED // PER_PAGE
SLOWEST_MS = 3_000
SNIPPET_CHARACTERS = 40_000
_START, _STOP = "\x02", "\x03"
_LONG = (
    "vector",
    "summary",
    "causes",
    "rest",
)  # a row's texts and vector are kept apart and take long to unpack


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; empty fields do not narrow."""

    words: str
    service: str = ""
    severity: int | None = None
    year: int | None = None


@dataclass(frozen=True)
class Found:
    """One review that fits; ``snippet`` are pieces of its text, each with whether it is what was looked for."""

    reference: str
    title: str
    severity: int
    services: tuple[str, ...]
    declared_at: datetime
    is_synthetic: bool
    is_private: bool
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Results:
    """One page of what was found; ``total`` counts to ``MOST_RANKED`` and no further."""

    rows: tuple[Found, ...] = ()
    total: int = 0
    number: int = 1

    @property
    def is_capped(self) -> bool:
        return self.total >= MOST_RANKED

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number * PER_PAGE < self.total else None


def search(user: User, asked: Asked, number: int = 1) -> Results:
    """Page ``number`` of what fits, the real incidents first, best first; three queries, whatever is found.

    Raises ``SearchTooWide`` when the words are so common together that it would take too long.
    """
    number = min(max(number, 1), MOST_PAGES)
    query = query_of(asked.words)
    with time_limit():
        ranked = list(_ranked(user, asked, query)[(number - 1) * PER_PAGE : number * PER_PAGE])
        if not ranked:
            return Results() if number == 1 else search(user, asked)
        snippets = _snippets([pk for pk, _ in ranked], query)
    shown = SearchDocument.objects.visible_to(user).select_related("incident").defer(*_LONG)
    rows = shown.in_bulk(list(snippets))
    found = (_found(rows[pk], snippets[pk]) for pk, _ in ranked if pk in rows)
    return Results(tuple(found), ranked[0][1], number)


def query_of(words: str) -> Any:
    """What people type: words, "phrases", OR and -without; nothing that is typed is an error."""
    return SearchQuery(words, config=LANGUAGE, search_type="websearch")


def ranked_newest(matching: Any, query: Any) -> Any:
    """The newest of the matching documents (the demo's synthetic ones last), with their ``rank``, best first."""
    newest = matching.order_by("is_synthetic", "-published_at", "-id").values("pk")[:MOST_RANKED]
    rows = SearchDocument.objects.filter(pk__in=newest).annotate(rank=SearchRank(F("vector"), query))
    return rows.order_by("is_synthetic", "-rank", "-published_at", "-id")


@contextmanager
def time_limit() -> Iterator[None]:
    """Stop looking after ``SLOWEST_MS``; raises ``SearchTooWide``. Leaves the transaction as it was.

    The planner takes the vectors for small and would rather read all of them than look into their index.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout'), current_setting('enable_seqscan')")
            before = cursor.fetchone()
            _set(cursor, f"{SLOWEST_MS}ms", "off")
            yield
            _set(cursor, *before)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "57014":
            raise
        raise SearchTooWide(
            "These words stand in so many reviews that looking takes too long. Add a rarer word, or choose a service "
            "or a year."
        ) from error


def _set(cursor: Any, timeout: str, scan: str) -> None:
    cursor.execute(
        "SELECT set_config('statement_timeout', %s, true), set_config('enable_seqscan', %s, true)",
        [timeout, scan],
    )


def _ranked(user: User, asked: Asked, query: Any) -> Any:
    """Pairs of a document's id and the number of all that fit, best first."""
    fitting = SearchDocument.objects.visible_to(user).filter(vector=query, **_narrowing(asked))
    return ranked_newest(fitting, query).annotate(total=Window(Count("*"))).values_list("pk", "total")


def _narrowing(asked: Asked) -> dict[str, Any]:
    wanted = {
        "services__contains": [asked.service] if asked.service else None,
        "severity": asked.severity,
        "declared_at__year": asked.year,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _snippets(ids: list[int], query: Any) -> dict[int, str]:
    end = Value("\n", output_field=TextField())
    text = Concat("summary", end, "causes", end, "rest")
    headline = SearchHeadline(
        Substr(text, 1, SNIPPET_CHARACTERS),
        query,
        config=LANGUAGE,
        start_sel=_START,
        stop_sel=_STOP,
        max_words=32,
        min_words=18,
        max_fragments=2,
        fragment_delimiter=" … ",
    )
    return dict(SearchDocument.objects.filter(pk__in=ids).values_list("pk", headline))


def _found(row: SearchDocument, snippet: str) -> Found:
    return Found(
        reference=row.incident.reference,
        title=row.title,
        severity=row.severity,
        services=tuple(row.services),
        declared_at=row.declared_at,
        is_synthetic=row.is_synthetic,
        is_private=row.incident.is_private,
        snippet=tuple(pieces(snippet)),
    )


def pieces(snippet: str) -> Iterator[tuple[str, bool]]:
    """The snippet's text in pieces, each with whether it was looked for; markup stays text."""
    for position, part in enumerate(snippet.split(_START)):
        marked, stop, plain = part.partition(_STOP)
        if position and stop:
            yield marked, True
            yield plain, False
        else:
            yield part, False
