"""Drawing the page of a 2,000-entry chronology against its bare query plus an empty loop."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test import Client
from django_scopes import scope

from incidents.models import Entry
from incidents.services import import_evidence, set_milestone
from tests.bench.registry import Measured, bench, by_turns
from tests.factories import make_incident, make_member, make_organization

ENTRIES = 2_000
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


@bench
def page_of_a_long_chronology() -> Iterator[Measured]:
    """The whole answer (session, rights, rows, drawing, template), and the rows and the drawing alone."""
    from incidents import selectors

    organization = make_organization("bench-page")
    actor = make_member(organization)
    lines = "\n".join(
        f"{(START + timedelta(seconds=9 * n)).isoformat()} INFO event {n}" for n in range(ENTRIES)
    )
    with scope(organization=organization):
        incident = make_incident(organization)
        import_evidence(
            actor=actor, incident=incident, filename="x.log", stream=io.BytesIO(lines.encode()), kind="log"
        )
        for kind, entry in zip(
            ("impact_started", "resolved"),
            Entry.objects.filter(incident=incident).in_order()[::1999],
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

    page()
    drawn, rows, bare = by_turns(page, read, lambda: bare_query(incident.pk), rounds=15)
    floor = f"the bare query of all {ENTRIES:,} rows and an empty loop"
    yield Measured(f"drawing the page of a {ENTRIES:,}-entry chronology", floor, drawn, bare)
    yield Measured("its first hundred rows and the swim lanes of all alone", floor, rows, bare)
