"""Clock offsets: declared by a person, applied with a correction for each entry, and withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, User
from incidents.enums import SourceKind
from incidents.errors import CurationRefused
from incidents.models import ClockOffset, Correction, Entry, Incident
from incidents.services import import_evidence
from incidents.services.clocks import declare_offset, withdraw_offset
from tests.factories import make_entry, make_evidence, make_member

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


@pytest.fixture
def of_github(incident: Incident) -> Entry:
    return make_entry(incident, START, "Deployed", evidence=make_evidence(incident, kind=SourceKind.GITHUB))


@pytest.fixture
def of_a_log(incident: Incident) -> Entry:
    return make_entry(incident, START, "Error", evidence=make_evidence(incident, kind=SourceKind.LOG))


def declare(actor: User, incident: Incident, seconds: int = 90, reason: str = "Seen twice") -> ClockOffset:
    return declare_offset(actor=actor, incident=incident, source="github", seconds=seconds, reason=reason)


def test_declared_offset_moves_the_source_only_and_leaves_corrections(
    responder: User, incident: Incident, of_github: Entry, of_a_log: Entry
) -> None:
    declare(responder, incident)
    of_github.refresh_from_db()
    of_a_log.refresh_from_db()
    assert (of_github.at, of_github.original_at) == (START - timedelta(seconds=90), START)
    assert of_a_log.at == START
    correction = Correction.objects.get()
    assert (correction.at_before, correction.at_after) == (START, START - timedelta(seconds=90))
    assert correction.reason == "Clock of GitHub set right by -90 s: Seen twice"


def test_withdrawn_offset_brings_entries_back(responder: User, incident: Incident, of_github: Entry) -> None:
    offset = declare(responder, incident)
    withdraw_offset(actor=responder, offset=offset)
    of_github.refresh_from_db()
    assert of_github.at == START
    assert Correction.objects.count() == 2
    assert list(AuditEntry.objects.values_list("action", flat=True)) == [
        "clock_offset.declared",
        "clock_offset.withdrawn",
    ]
    with pytest.raises(CurationRefused, match="withdrawn already"):
        withdraw_offset(actor=responder, offset=offset)


def test_second_offset_of_one_source_is_refused(
    responder: User, incident: Incident, of_github: Entry
) -> None:
    declare(responder, incident)
    with pytest.raises(CurationRefused, match="Withdraw it first"):
        declare(responder, incident)


@pytest.mark.parametrize(("seconds", "reason"), [(0, "x"), (86_401, "x"), (90, "  ")])
def test_offset_that_cannot_be_meant_is_refused(
    responder: User, incident: Incident, seconds: int, reason: str
) -> None:
    with pytest.raises(CurationRefused):
        declare(responder, incident, seconds, reason)


def test_declaring_needs_the_right(incident: Incident) -> None:
    with pytest.raises(AccessDenied):
        declare(make_member(incident.organization, Role.MANAGER), incident)


def test_what_comes_in_later_is_set_right_too(responder: User, incident: Incident, of_github: Entry) -> None:
    declare(responder, incident, 60)
    body = b'{"deployment": {"id": 8, "ref": "main", "created_at": "2018-10-21T23:00:00Z"}}'
    import_evidence(
        actor=responder, incident=incident, filename="d.json", stream=BytesIO(body), kind=SourceKind.GITHUB
    )
    later = Entry.objects.get(original_time="2018-10-21T23:00:00Z")
    assert later.at == datetime(2018, 10, 21, 22, 59, tzinfo=UTC)
    assert later.corrections.count() == 1
