"""Drawing the page of a 20,000-entry chronology against its bare query plus an empty loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test import Client
from django_scopes import scope

from incidents.enums import Lane
from incidents.models import Entry, Incident
from incidents.services import set_milestone
from tests.bench.registry import Measured, bench, by_turns
from tests.factories import make_evidence, make_incident, make_member, make_organization

ENTRIES = 20_000
START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
QUERY = (
    "SELECT number, at, text, lane, actor, trust, precision, highlighted, hidden, hidden_reason "
    "FROM incidents_entry WHERE incident_id = %s AND NOT hidden ORDER BY at, number"
)


def bare_query(incident_id: int) -> None:
    """Fetch every row of the chronology and do nothing with it."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [incident_id])
        for _row in cursor.fetchall():
            pass


def fill(incident: Incident) -> None:
    """Write the entries as a source would have: one every nine seconds, in all lanes and of twelve services."""
    evidence = make_evidence(incident)
    lanes = list(Lane)
    Entry.objects.bulk_create(
        (
            Entry(
                organization_id=incident.organization_id,
                incident=incident,
                evidence=evidence,
                number=n,
                at=START + timedelta(seconds=9 * n),
                text=f"event {n} of service-{n % 12}",
                lane=lanes[n % len(lanes)],
                trust="observed",
                precision="second",
                original_at=START + timedelta(seconds=9 * n),
                original_time="2018-10-21T22:52:00Z",
                original_text=f"event {n}",
                zone="UTC",
                digest=f"{n:064x}",
                services=[f"service-{n % 12}"],
            )
            for n in range(1, ENTRIES + 1)
        ),
        batch_size=2000,
    )


@bench
def page_of_a_long_chronology() -> Iterator[Measured]:
    """The whole answer (session, rights, rows, drawing, template), its middle and last stretch, and a search in it."""
    from incidents import selectors

    organization = make_organization("bench-page")
    actor = make_member(organization)
    with scope(organization=organization):
        incident = make_incident(organization)
        fill(incident)
        for kind, entry in zip(
            ("impact_started", "resolved"),
            Entry.objects.filter(incident=incident).in_order()[:: ENTRIES - 1],
            strict=True,
        ):
            set_milestone(actor=actor, incident=incident, kind=kind, entry=entry)
    browser = Client()
    browser.force_login(actor)
    address = f"/{organization.slug}/incidents/{incident.reference}/"

    def page() -> None:
        if browser.get(address).status_code != 200:
            raise AssertionError("the page was not drawn")

    def read() -> None:
        with scope(organization=organization):
            times = selectors.milestone_times(incident)
            selectors.chronology_page(incident, times=times)
            selectors.swim_lanes(incident, times)

    def asks(query: str) -> Callable[[], None]:
        def ask() -> None:
            if browser.get(address + query).status_code != 200:
                raise AssertionError(f"{query} was not drawn")

        return ask

    page()
    with scope(organization=organization):
        numbers = list(Entry.objects.filter(incident=incident).in_order().values_list("number", flat=True))
    middle, last = asks(f"?at=E{numbers[ENTRIES // 2]}"), asks(f"entries/?after={numbers[-101]}")
    turns = by_turns(
        page, middle, last, asks("?q=event+199"), read, lambda: bare_query(incident.pk), rounds=9
    )
    drawn, around, scrolled, searched, rows, bare = turns
    floor = f"the bare query of all {ENTRIES:,} rows and an empty loop"
    yield Measured(f"drawing the page of a {ENTRIES:,}-entry chronology", floor, drawn, bare)
    yield Measured("the same, opened at an entry in its middle", floor, around, bare)
    yield Measured("its last hundred rows as a fragment", floor, scrolled, bare)
    yield Measured("the page filtered by words", floor, searched, bare)
    yield Measured("its first hundred rows and the swim lanes of all alone", floor, rows, bare)
