"""Search and the look for similar incidents among 100,000 published reviews against their raw full-text queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection
from django.test import Client
from django_scopes import scope

from governance.models import Organization, User
from incidents.analysis.similarity import most_telling
from incidents.models import Incident
from reviews.selectors.searching import MOST_RANKED, Asked, search
from reviews.selectors.similar import similar_to
from tests.bench.registry import Measured, bench, by_turns
from tests.factories import make_entry, make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START

DOCUMENTS = 100_000
WORDS = 300
#: Words are drawn so that the first stand in nearly every document and the last in a handful, as in any language.
FILL = """
INSERT INTO incidents_incident (id, organization_id, reference, title, severity, declared_at, is_synthetic, is_private,
  data_exposed, classification, region, customer_impact, detected_by, insights, created_at)
SELECT 1000000 + n, %(org)s, 'INC-2020-' || lpad(n::text, 6, '0'), 'Outage ' || n, 1 + n %% 4,
  timestamptz '2020-01-01' + n * interval '10 minutes', false, n %% 50 = 0, false, '', '', '', '', '{}', now()
FROM generate_series(1, %(count)s) AS n;
INSERT INTO reviews_review (id, organization_id, incident_id, state, content_version, created_at, published_at,
  changes_because, edition, revision_because, closed_because)
SELECT id, organization_id, id, 'published', 1, now(), declared_at, '', 1, '', '' FROM incidents_incident
WHERE id > 1000000;
INSERT INTO reviews_searchdocument (organization_id, incident_id, review_id, title, summary, causes, rest, services,
  templates, severity, declared_at, published_at, is_synthetic)
SELECT i.organization_id, i.id, i.id, drawn.words[1] || ' ' || drawn.words[2], array_to_string(drawn.words[3:40], ' '),
  array_to_string(drawn.words[41:60], ' '), array_to_string(drawn.words[61:], ' '), ARRAY['service-' || i.id %% 40],
  ARRAY['failed with ' || drawn.words[1]], i.severity, i.declared_at, i.declared_at, false
FROM incidents_incident AS i CROSS JOIN LATERAL (
  SELECT array_agg('word' || translate(floor(power(10000, random()))::text, '0123456789', 'bcdfghjklm')) AS words
  FROM generate_series(1, %(words)s) WHERE i.id > 0
) AS drawn WHERE i.id > 1000000;
"""
NEWEST = """
WITH newest AS MATERIALIZED (
  SELECT id, vector FROM reviews_searchdocument WHERE organization_id = %(org)s AND vector @@ {query}
  ORDER BY published_at DESC LIMIT %(most)s
) SELECT id, ts_rank(vector, {query}) AS rank FROM newest ORDER BY rank DESC LIMIT 10
"""
PAGE = """
WITH newest AS MATERIALIZED (
  SELECT id, vector FROM reviews_searchdocument WHERE organization_id = %(org)s AND vector @@ {query}
  ORDER BY published_at DESC LIMIT %(most)s
), best AS MATERIALIZED (SELECT id, ts_rank(vector, {query}) AS rank FROM newest ORDER BY rank DESC LIMIT 10)
SELECT title, severity, declared_at, ts_headline(
  'english', concat(summary, E'\\n', causes, E'\\n', rest), {query}, 'MaxFragments=2, MaxWords=32, MinWords=18'
) FROM best JOIN reviews_searchdocument USING (id) ORDER BY rank DESC
"""
EVERY = """
SELECT id, ts_rank(vector, {query}) AS rank FROM reviews_searchdocument
WHERE organization_id = %(org)s AND vector @@ {query} ORDER BY rank DESC LIMIT 10
"""
ASKED = {"a rare word": 9_000, "a medium word": 300, "a common word": 3}


def word(number: int) -> str:
    """The word that is drawn less often the higher its number."""
    return "word" + str(number).translate(str.maketrans("0123456789", "bcdfghjklm"))


def fill(organization: Organization) -> None:
    """Write the documents straight into the table, of which every fiftieth is private."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for statement in FILL.split(";\n")[:3]:
            cursor.execute(statement, {"org": organization.pk, "count": DOCUMENTS, "words": WORDS})
        for table in ("reviews_searchdocument", "reviews_review", "incidents_incident"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def raw(statement: str, organization: Organization, words: str, *, function: str) -> Callable[[], None]:
    """The bare query with its rows fetched."""
    query = f"{function}('english', %(words)s)"

    def ask() -> None:
        with connection.cursor() as cursor:
            values: dict[str, str | int] = {"org": organization.pk, "words": words, "most": MOST_RANKED}
            cursor.execute(statement.format(query=query), values)
            cursor.fetchall()

    return ask


def incident_at_hand(organization: Organization) -> Incident:
    """An incident with a service, and entries of common and rare words."""
    incident = make_incident(organization, None, (make_service(organization, "service-7"),), title=word(700))
    for number in range(1, 11):
        text = " ".join(word(place * 97 * number % 10_000) for place in range(1, 9))
        make_entry(incident, START, text, number=number, highlighted=True)
    return incident


@bench
def search_among_many_reviews() -> Iterator[Measured]:
    """The selector with rights, snippets and rows, then the whole page, for words of every frequency."""
    organization = make_organization("bench-search")
    reader = make_member(organization)
    browser = Client()
    browser.force_login(reader)
    with scope(organization=organization):
        fill(organization)
        for what, number in ASKED.items():
            yield from _searched(organization, reader, browser, what, word(number))
        yield from _compared(organization, reader)


def _searched(
    organization: Organization, reader: User, browser: Client, what: str, words: str
) -> Iterator[Measured]:
    def find() -> None:
        if not search(reader, Asked(words)).rows:
            raise AssertionError(f"{words} was not found")

    def page() -> None:
        if browser.get(f"/{organization.slug}/reviews/search/?q={words}").status_code != 200:
            raise AssertionError("the page was not drawn")

    found, drawn, snipped, newest, every = by_turns(
        find,
        page,
        raw(PAGE, organization, words, function="websearch_to_tsquery"),
        raw(NEWEST, organization, words, function="websearch_to_tsquery"),
        raw(EVERY, organization, words, function="websearch_to_tsquery"),
        rounds=7,
    )
    bare = f"the raw query that ranks the newest {MOST_RANKED:,}"
    yield Measured(f"{what} among {DOCUMENTS:,} reviews, with rights and snippets", bare, found, newest)
    yield Measured("the same", "one raw query that ranks these and draws the ten snippets", found, snipped)
    yield Measured("the same", "the raw query that ranks every match", found, every)
    yield Measured("its page", bare, drawn, newest)


def _compared(organization: Organization, reader: User) -> Iterator[Measured]:
    from reviews.selectors import similar

    incident = incident_at_hand(organization)
    subject = similar.subject_of(incident)
    asked = " | ".join(one.stem for one in most_telling(subject.words, similar.MOST_ASKED))
    found, newest, every = by_turns(
        lambda: similar_to(incident, reader),
        raw(NEWEST, organization, asked, function="to_tsquery"),
        raw(EVERY, organization, asked, function="to_tsquery"),
        rounds=7,
    )
    bare = f"the raw query of the same {similar.MOST_ASKED} words that ranks the newest {MOST_RANKED:,}"
    yield Measured(f"similar incidents among {DOCUMENTS:,} reviews, with reasons", bare, found, newest)
    yield Measured("the same", "the raw query of the same words that ranks every match", found, every)
