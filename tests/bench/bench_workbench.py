"""The writing screen of a very long review against its bare queries and an empty page, and saving one section of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.shortcuts import render
from django.test import Client
from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from reviews.models import Citation, Review, Section
from reviews.services import save_section
from reviews.views.objects import page_context
from reviews.workbench import Workbench
from tests.bench.long_review import COMMENTS, ENTRIES, SECTIONS, allow_more_sections, talk, write_review
from tests.bench.registry import Measured, bench, by_turns
from tests.bench.replaying import statements_of, undone
from tests.factories import make_incident, make_member, make_organization

HTMX = {"HX-Request": "true"}
LONG = f"{SECTIONS} sections, {COMMENTS} comments and {ENTRIES:,} cited entries"
#: Where each row lies and which transaction wrote it: a row that is written, even with the same values, changes both.
WRITTEN = """
SELECT 'section', s.id, s.ctid::text, s.xmin::text FROM reviews_section s WHERE s.id <> %(one)s
UNION ALL SELECT 'passage', p.id, p.ctid::text, p.xmin::text FROM reviews_passage p WHERE p.section_id <> %(one)s
UNION ALL SELECT 'citation', c.id, c.ctid::text, c.xmin::text
  FROM reviews_citation c JOIN reviews_passage p ON p.id = c.passage_id WHERE p.section_id <> %(one)s
UNION ALL SELECT 'revision', r.id, r.ctid::text, r.xmin::text FROM reviews_revision r WHERE r.section_id <> %(one)s
"""


class Screen:
    """A review with its reader: the page, its parts, and one of its sections being saved."""

    def __init__(self, organization: Organization, person: User, review: Review) -> None:
        self.organization, self.person, self.review = organization, person, review
        self.browser = Client()
        self.browser.force_login(person)
        self.address = f"/{organization.slug}/reviews/{review.incident.reference}/"
        self.request = self.browser.get(self.address).wsgi_request
        self.section: Section = Section.objects.filter(review=review).order_by("position")[0]
        self.body = f"{self.section.body} One sentence was added."

    def page(self) -> None:
        """The whole answer: session, rights, rows, drawing."""
        if self.browser.get(self.address).status_code != 200:
            raise AssertionError("the page was not drawn")

    def frame(self) -> None:
        """The page without a text: head, navigation, foot and the bar."""
        render(self.request, "reviews/_page.html", page_context(self.request, self.review))  # type: ignore[arg-type]

    def read(self) -> None:
        """The rows of the text, of the margin and of the talk as objects, drawn by no template."""
        shown = Workbench(self.review)
        _ = shown.sections, shown.evidence, shown.figures

    def save(self) -> None:
        """The service alone."""
        save_section(actor=self.person, section=self.section, body=self.body, version=self.section.version)

    def answer(self) -> None:
        """Saving from the page with htmx, and the answer that takes the form's place."""
        typed = {"body": self.body, "version": self.section.version}
        answer = self.browser.post(f"{self.address}sections/{self.section.key}/edit/", typed, headers=HTMX)
        if answer.status_code != 200 or b"One sentence was added." not in answer.content:
            raise AssertionError(f"the section was not saved: {answer.status_code}")

    def others(self) -> list[tuple[str, ...]]:
        """The rows of every other section, by their places on the disk."""
        with connection.cursor() as cursor:
            cursor.execute(WRITTEN, {"one": self.section.pk})
            return sorted(cursor.fetchall())


def made(slug: str, sections: int, comments: int) -> Screen:
    organization = make_organization(slug)
    person = make_member(organization, Role.SRE_LEAD)
    with scope(organization=organization):
        review = write_review(make_incident(organization), person, sections=sections)
        talk(review, person, comments)
        if Citation.objects.count() != ENTRIES:
            raise AssertionError("not every entry is cited")
        return Screen(organization, person, review)


@bench
def page_of_a_long_review() -> Iterator[Measured | str]:
    """Drawn whole, by parts, and saved; every save is taken back except the last, which shows what it wrote."""
    allow_more_sections()
    screen = made("bench-review", SECTIONS, COMMENTS)
    with scope(organization=screen.organization):
        asked, sent = statements_of(screen.page), statements_of(undone(screen.answer))
        written = statements_of(undone(screen.save))
        page, frame, read, bare = by_turns(screen.page, screen.frame, screen.read, asked.replay, rounds=9)
        answer, both, save, alone = by_turns(
            *map(undone, (screen.answer, sent.replay, screen.save, written.replay)), rounds=9
        )
        queries = f"its {len(asked.kept)} bare queries"
        yield Measured(f"the writing screen with {LONG}", queries, page, bare)
        yield Measured("the same", "an empty template in the same frame", page, frame)
        yield Measured("the rows of its text, margin and talk as objects", queries, read, bare)
        statements = f"the {len(sent.kept)} bare statements of both"
        yield Measured("saving one section and drawing its answer", statements, answer, both)
        yield Measured("saving it without an answer", f"its {len(written.kept)} bare statements", save, alone)
        before = screen.others()
        screen.answer()
        touched = len(set(before) ^ set(screen.others()))
        yield f"{touched} rows of {len(before):,} in other sections were written by the save"


@bench
def queries_of_a_review() -> Iterator[str]:
    """How many queries the page takes by what it holds."""
    allow_more_sections()
    for what, sections, comments in (
        ("1 comment", SECTIONS, 1),
        ("10 comments", SECTIONS, 10),
        ("100 comments", SECTIONS, 100),
        ("1 section", 1, COMMENTS),
        (f"{SECTIONS} sections", SECTIONS, COMMENTS),
    ):
        screen = made(f"bench-{sections}-{comments}", sections, comments)
        yield f"{len(statements_of(screen.page).kept)} queries with {what}"
