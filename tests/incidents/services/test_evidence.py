"""Evidence in: whole or not at all, once, and never changed afterwards."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from django_scopes import scope
from pytest_django import Settings

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization, User
from incidents import changes, services
from incidents.errors import EvidenceRefused
from incidents.models import Entry, Evidence, Incident
from incidents.services import ImportOutcome, import_evidence
from tests.factories import make_evidence, make_incident, make_member, make_organization

LOG = (
    b"2018-10-21T22:54:00Z alerts fire\n2018-10-21T22:52:00Z link lost\n2018-10-21T23:02:00Z topology seen\n"
)


class SparseLog(io.RawIOBase):
    """A log of any size that is made while it is read."""

    LINE = b"2018-10-21T22:52:00Z one line of a very long log that goes on and on\n"

    def __init__(self, size: int) -> None:
        self.left = size
        self.most_asked = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.most_asked = max(self.most_asked, size)
        take = min(size, self.left)
        self.left -= take
        return (self.LINE * (take // len(self.LINE) + 1))[:take]


def bring_in(
    actor: User, incident: Incident, content: bytes, kind: str = "log", **options: Any
) -> ImportOutcome:
    stream = io.BytesIO(content)
    return import_evidence(
        actor=actor, incident=incident, filename="file.log", stream=stream, kind=kind, **options
    )


def kept_files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_entries_are_numbered_in_order_of_time(responder: User, incident: Incident) -> None:
    outcome = bring_in(responder, incident, LOG)
    assert (outcome.added, outcome.already_known, outcome.skipped) == (3, 0, [])
    rows = list(Entry.objects.in_order().values_list("number", "text"))
    assert rows == [(1, "link lost"), (2, "alerts fire"), (3, "topology seen")]


def test_raw_file_is_kept_with_its_hash(responder: User, incident: Incident) -> None:
    evidence = bring_in(responder, incident, LOG).evidence
    with evidence.file.open("rb") as stored:
        assert stored.read() == LOG
    assert evidence.sha256 in str(evidence.file.name)
    assert (evidence.size, evidence.entry_count, evidence.imported_by) == (len(LOG), 3, responder)


def test_same_file_again_adds_nothing(responder: User, incident: Incident, evidence_directory: Path) -> None:
    first = bring_in(responder, incident, LOG)
    again = bring_in(responder, incident, LOG)
    assert (again.added, again.already_known, again.evidence) == (0, 3, first.evidence)
    assert Entry.objects.count() == 3
    assert len(kept_files(evidence_directory)) == 1


def test_overlapping_file_adds_only_what_is_new(responder: User, incident: Incident) -> None:
    bring_in(responder, incident, LOG)
    outcome = bring_in(
        responder, incident, LOG.replace(b"22:54:00Z", b"22:54:00+00:00") + b"2018-10-21T23:07:00Z locked\n"
    )
    assert (outcome.added, outcome.already_known) == (1, 3)
    assert Entry.objects.in_order().last().number == 4


def test_line_that_stands_twice_is_two_facts_and_stays_two(responder: User, incident: Incident) -> None:
    twice = b"2018-10-21T22:52:00Z retry\n" * 2
    assert bring_in(responder, incident, twice).added == 2
    assert bring_in(responder, incident, twice + b"2018-10-21T22:53:00Z end\n").added == 1


def test_fact_with_an_id_of_its_own_is_one_however_often_it_stands(
    responder: User, incident: Incident
) -> None:
    message = {"type": "message", "user": "U1", "ts": "1540162920.000100", "text": "Looking"}
    assert bring_in(responder, incident, json.dumps([message, message]).encode(), "slack").added == 1


def test_same_file_is_evidence_for_another_incident_too(
    responder: User, incident: Incident, organization: Organization
) -> None:
    bring_in(responder, incident, LOG)
    assert bring_in(responder, make_incident(organization), LOG).added == 3


def test_declared_zone_and_clock_offset_are_kept_beside_the_original(
    responder: User, incident: Incident
) -> None:
    outcome = bring_in(
        responder, incident, b"2020-11-25 07:01:30 up\n", zone="America/Los_Angeles", clock_offset=30
    )
    entry = Entry.objects.get()
    assert entry.at.isoformat() == "2020-11-25T15:01:00+00:00"
    assert entry.original_at.isoformat() == "2020-11-25T15:01:30+00:00"
    assert (entry.original_time, entry.zone) == ("2020-11-25 07:01:30", "America/Los_Angeles")
    assert outcome.evidence.clock_offset == 30


def test_gzip_is_read_and_stays_packed_as_evidence(
    responder: User, incident: Incident, evidence_directory: Path
) -> None:
    packed = gzip.compress(LOG, mtime=0)
    outcome = bring_in(responder, incident, packed)
    assert (outcome.added, outcome.evidence.size) == (3, len(packed))
    assert [path.read_bytes() for path in kept_files(evidence_directory)] == [packed]


def test_journal_export_with_lengths_in_bytes_is_no_binary_file(responder: User, incident: Incident) -> None:
    length = (3).to_bytes(8, "little")
    raw = b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1540162320000000\nMESSAGE\n" + length + b"a\nb\n"
    assert bring_in(responder, incident, raw).added == 1


def test_lines_that_cannot_be_read_are_listed(responder: User, incident: Incident) -> None:
    outcome = bring_in(responder, incident, LOG + b"what is this\n2018-99-21T22:52:00Z no such day\n")
    assert [part["location"] for part in outcome.skipped] == ["line 4", "line 5"]
    assert Evidence.objects.get().skipped == outcome.skipped


def test_long_list_of_skipped_lines_is_cut_and_counted(responder: User, incident: Incident) -> None:
    outcome = bring_in(responder, incident, LOG + b"what is this\n" * 700)
    assert len(outcome.skipped) == 501
    assert outcome.skipped[-1]["reason"] == "200 more parts could not be read."


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (b"", "log", "This file is empty. Check the export"),
        (b'{"log_entries": [{"id": "R1", "crea', "pagerduty", "stops before its end.*Export .* again"),
        (b"\x7fELF\x02\x01\x00\x00" + bytes(500), "log", "This is a binary file. Upload the JSON export"),
        (b"\x1f\x8b\x08" + bytes(range(1, 200)), "log", "gzip file is damaged"),
        (gzip.compress(LOG, mtime=0)[:-9], "log", "gzip file stops before its end"),
        (gzip.compress(b"x" * 200_000, mtime=0)[:-9], "slack", "gzip file stops before its end"),
        (b"PK\x03\x04" + bytes(range(1, 200)), "slack", "packed with zip. Unpack it"),
        ("2018-10-21T22:52:00Z hallo".encode("utf-16"), "log", "UTF-16 text. Save it as UTF-8"),
        (b"2018-10-21T22:52:00Z \xe9\xe8\n", "log", "At line 1: It is not UTF-8 text"),
        (b"2020-11-25 07:01:00 no zone\n", "log", "At line 1: .*names no zone.*Choose the zone"),
        (b"2018-11-04 01:30:00 twice\n", "log", "names no zone"),
        (b"03/11/2026 09:40:00 swapped\n", "log", "At line 1: .*day and month could be swapped"),
        (b"words without any time\n", "log", "Nothing in this file could be read as “Log lines”. At line 1"),
        (LOG, "telepathy", "is no source that Afterword reads. Choose one of"),
        (LOG, "slack", "no valid JSON"),
        (b"[]", "slack", "no Slack messages"),
        (b'{"log_entries": []}', "pagerduty", "This file holds no entries"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_stored(
    responder: User, incident: Incident, evidence_directory: Path, content: bytes, kind: str, sentence: str
) -> None:
    with pytest.raises(EvidenceRefused, match=sentence):
        bring_in(responder, incident, content, kind)
    assert not Evidence.objects.exists()
    assert not Entry.objects.exists()
    assert not kept_files(evidence_directory)


def test_one_uncertain_time_far_down_undoes_the_whole_file(
    responder: User, incident: Incident, evidence_directory: Path
) -> None:
    with pytest.raises(EvidenceRefused, match="At line 4: 2018-11-04 01:30:00 happened twice"):
        bring_in(responder, incident, LOG + b"2018-11-04 01:30:00 x\n", zone="America/Los_Angeles")
    assert not Entry.objects.exists()
    assert not kept_files(evidence_directory)


def test_log_of_200_megabytes_is_refused_without_being_held(
    responder: User, incident: Incident, settings: Settings
) -> None:
    settings.EVIDENCE_MAX_BYTES = 4 * 1024 * 1024
    log = SparseLog(200 * 1024 * 1024)
    with pytest.raises(EvidenceRefused, match=r"larger than 4 MB.*Cut it to the hours of the incident"):
        import_evidence(actor=responder, incident=incident, filename="big.log", stream=log, kind="log")  # type: ignore[arg-type]
    assert log.left > 190 * 1024 * 1024
    assert log.most_asked <= 1024 * 1024
    assert not Entry.objects.exists()


def test_subscriber_that_refuses_undoes_rows_and_file(
    responder: User, incident: Incident, evidence_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*, incident: Incident, actor: User | None, what: str) -> None:
        raise EvidenceRefused("The review is published.")

    monkeypatch.setattr(changes, "_listeners", [refuse])
    with pytest.raises(EvidenceRefused, match="published"):
        bring_in(responder, incident, LOG)
    assert not Entry.objects.exists()
    assert not kept_files(evidence_directory)


def test_import_is_audited_and_announced(
    responder: User, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(changes, "_listeners", [lambda *, incident, actor, what: heard.append(what)])
    bring_in(responder, incident, LOG)
    bring_in(responder, incident, LOG)
    assert heard == ["3 entries came in from file.log"]
    assert AuditEntry.objects.filter(action="evidence.imported").count() == 1


def test_member_without_the_right_is_refused(incident: Incident, organization: Organization) -> None:
    auditor = make_member(organization, Role.AUDITOR)
    with pytest.raises(AccessDenied, match="may not add evidence"):
        bring_in(auditor, incident, LOG)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents_evidence SET filename = 'other'",
        "DELETE FROM incidents_evidence",
        "TRUNCATE incidents_evidence CASCADE",
        "UPDATE incidents_entry SET original_text = 'other'",
        "UPDATE incidents_entry SET original_at = now()",
        "UPDATE incidents_entry SET number = number + 100",
        "DELETE FROM incidents_entry",
    ],
)
def test_database_refuses_to_change_evidence(responder: User, incident: Incident, statement: str) -> None:
    bring_in(responder, incident, LOG)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_null_character_in_a_text_does_not_stop_the_import(responder: User, incident: Incident) -> None:
    bring_in(responder, incident, b'{"time": "2018-10-21T22:52:00Z", "msg": "a\\u0000b"}\n')
    assert Entry.objects.get().text == "a\u2400b"


def test_missing_file_in_the_store_is_not_silently_recreated(responder: User, incident: Incident) -> None:
    evidence = bring_in(responder, incident, LOG).evidence
    default_storage.delete(str(evidence.file.name))
    assert bring_in(responder, incident, LOG).added == 0


INSERT = """
INSERT INTO incidents_entry (organization_id, incident_id, evidence_id, author_id, number, at, text, lane, actor, trust,
    precision, original_at, original_time, original_text, zone, location, digest, highlighted, hidden, hidden_reason)
VALUES (%s, %s, %s, %s, 900, now(), 't', 'log', '', 'observed', 'second', now(), 'now', 't', 'UTC', '', 'd', false,
    false, '')
"""


def test_database_refuses_entries_that_point_across(
    responder: User, incident: Incident, organization: Organization
) -> None:
    here = bring_in(responder, incident, LOG).evidence
    elsewhere = make_incident(organization)
    with scope(organization=(other := make_organization())):
        foreign = make_incident(other)
        theirs = make_evidence(foreign)
    crossings = [
        (organization.pk, elsewhere.pk, here.pk, None),
        (organization.pk, incident.pk, theirs.pk, None),
        (organization.pk, foreign.pk, None, responder.pk),
        (other.pk, incident.pk, None, responder.pk),
        (organization.pk, 10**9, None, responder.pk),
        (organization.pk, incident.pk, 10**9, None),
    ]
    for values in crossings:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, values)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM incidents_incident WHERE id = %(incident)s",
        "UPDATE incidents_incident SET organization_id = %(other)s WHERE id = %(incident)s",
        "UPDATE incidents_entry SET organization_id = %(other)s",
    ],
)
def test_database_keeps_an_incident_that_has_entries(
    responder: User, incident: Incident, statement: str
) -> None:
    services.add_statement(
        actor=responder, incident=incident, at=datetime(2018, 10, 21, tzinfo=UTC), text="x", precision="day"
    )
    other = make_organization()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"incident": incident.pk, "other": other.pk})
