"""What becomes of an arrival: read, kept, uncertain, unread, cancelled or dismissed, and never lost or read twice."""

from __future__ import annotations

import gzip
import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization, User
from incidents.enums import ArrivalStatus, ArrivalWay
from incidents.errors import EvidenceRefused, IntakeRefused
from incidents.models import Arrival, Entry, Evidence, Incident, LogLine
from incidents.services import arrivals, handling, progress, receiving
from tests.factories import make_incident, make_member, make_organization
from tests.factories.reviews import make_publication
from tests.incidents.intake.arriving import alert, arrive, bring, make_hook, read

LOG = b"2018-10-21T22:54:00Z alerts fire\n2018-10-21T22:52:00Z link lost\n"
LOCAL = b"2018-10-21 22:54:00 alerts fire\n2018-10-21 22:52:00 link lost\n"


def send(actor: User, incident: Incident, content: bytes, kind: str = "log", **declared: Any) -> Arrival:
    """Upload a file; nothing reads it yet."""
    return receiving.upload(
        actor=actor, incident=incident, filename="a/file.log", stream=io.BytesIO(content), kind=kind, declared=declared
    )  # fmt: skip


def long_log(lines: int) -> bytes:
    """A log of several words per line, one line a second."""
    return b"".join(
        b"2018-10-21T%02d:%02d:%02dZ app[7]: request %d took %d ms\n"
        % (22 + second // 3600, second // 60 % 60, second % 60, number, number % 90)
        for number in range(lines)
        for second in [number * 3000 // lines]
    )


def files(directory: Path) -> set[str]:
    return {path.name for path in directory.rglob("*") if path.is_file()}


# Uploads -------------------------------------------------------------------------------------------------------------


def test_upload_waits_with_its_bytes_and_becomes_evidence(responder: User, incident: Incident) -> None:
    arrival = send(responder, incident, LOG)
    assert (arrival.status, arrival.way, arrival.filename) == ("waiting", ArrivalWay.UPLOAD, "file.log")
    assert arrival.file.read() == LOG and not Evidence.objects.exists()
    assert read(arrival).reason == "2 entries added."
    evidence = Evidence.objects.get()
    assert (evidence.arrival, evidence.imported_by, evidence.sha256) == (arrival, responder, arrival.sha256)
    assert arrival.finished_at and arrival.lease_until is None


def test_same_file_again_adds_nothing_and_says_so(responder: User, incident: Incident) -> None:
    read(send(responder, incident, LOG))
    assert read(send(responder, incident, LOG)).reason == "0 entries added, 2 known already."
    assert Evidence.objects.count() == 1 and Entry.objects.count() == 2


def test_file_packed_with_gzip_is_read_and_kept_as_it_came(responder: User, incident: Incident) -> None:
    packed = gzip.compress(LOG)
    assert read(send(responder, incident, packed)).status == ArrivalStatus.TAKEN_IN
    assert Entry.objects.count() == 2
    assert Evidence.objects.get().file.read() == packed


def test_gzip_that_was_cut_off_is_unread(responder: User, incident: Incident) -> None:
    arrival = read(send(responder, incident, gzip.compress(LOG * 500)[:-20]))
    assert arrival.status == ArrivalStatus.UNREAD and arrival.reason
    assert not Evidence.objects.exists() and not Entry.objects.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"\xff\xfeU\x00"])
def test_what_can_be_no_evidence_is_refused_before_anything_is_kept(
    responder: User, incident: Incident, content: bytes, evidence_directory: Path
) -> None:
    with pytest.raises(EvidenceRefused):
        send(responder, incident, content)
    assert not Arrival.objects.exists() and files(evidence_directory) == set()


def test_declaration_that_cannot_be_meant_is_refused_before_anything_is_kept(
    responder: User, incident: Incident, evidence_directory: Path
) -> None:
    for declared in ({"year": 1800}, {"date_order": "ymd"}, {"clock_offset": 90_000}):
        with pytest.raises(EvidenceRefused):
            send(responder, incident, LOG, **declared)
    assert not Arrival.objects.exists() and files(evidence_directory) == set()


# What waits for a person ---------------------------------------------------------------------------------------------


def test_time_without_a_zone_waits_for_a_declaration_and_is_then_read(
    responder: User, incident: Incident
) -> None:
    arrival = read(send(responder, incident, LOCAL))
    assert arrival.status == ArrivalStatus.UNCERTAIN
    assert arrival.reason.startswith("At line 1: ") and "zone" in arrival.reason
    assert not Evidence.objects.exists() and not Entry.objects.exists()
    handling.replay(actor=responder, arrival=arrival, declared={"zone": "Europe/Berlin"})
    assert read(arrival).status == ArrivalStatus.TAKEN_IN
    assert [entry.at.hour for entry in Entry.objects.order_by("at")] == [20, 20]
    assert Evidence.objects.get().zone == "Europe/Berlin"


def test_delivery_without_a_zone_is_read_once_it_is_declared(
    organization: Organization, responder: User
) -> None:
    arrival = bring(make_hook(organization), alert(at="2026-03-01 12:00:00"))
    assert arrival.status == ArrivalStatus.UNCERTAIN
    handling.replay(actor=responder, arrival=arrival, declared={"zone": "America/New_York"})
    assert read(arrival).status == ArrivalStatus.KEPT
    assert arrival.first_at is not None and arrival.first_at.hour == 17


def test_zone_of_the_address_holds_for_what_it_brings(organization: Organization) -> None:
    arrival = bring(make_hook(organization, zone="Asia/Tokyo"), alert(at="2026-03-01 12:00:00"))
    assert arrival.status == ArrivalStatus.KEPT
    assert arrival.first_at is not None and arrival.first_at.hour == 3


def test_wrong_declaration_is_refused_and_changes_nothing(responder: User, incident: Incident) -> None:
    arrival = read(send(responder, incident, LOCAL))
    with pytest.raises(EvidenceRefused):
        handling.replay(actor=responder, arrival=arrival, declared={"zone": "Middle/Earth"})
    arrival.refresh_from_db()
    assert (arrival.status, arrival.declared) == (ArrivalStatus.UNCERTAIN, {})


def test_file_of_unknown_columns_is_unread_until_they_are_declared(
    responder: User, incident: Incident
) -> None:
    table = b"vorgang,gesehen,wer\nLink lost,2018-10-21T22:52:00Z,Mara\n"
    arrival = read(send(responder, incident, table))
    assert arrival.status == ArrivalStatus.UNREAD and "columns" in arrival.reason
    handling.replay(
        actor=responder, arrival=arrival, declared={"columns": {"time": "gesehen", "text": "vorgang"}}
    )
    assert read(arrival).status == ArrivalStatus.TAKEN_IN
    assert Entry.objects.get().text == "Link lost"


def test_what_nobody_needs_is_dismissed_with_a_reason_and_can_be_replayed(
    responder: User, incident: Incident
) -> None:
    arrival = read(send(responder, incident, LOCAL))
    with pytest.raises(IntakeRefused, match="Say why"):
        handling.dismiss(actor=responder, arrival=arrival, reason="  ")
    arrival = handling.dismiss(actor=responder, arrival=arrival, reason=" A copy of another file. ")
    assert (arrival.status, arrival.reason) == (ArrivalStatus.DISMISSED, "A copy of another file.")
    with pytest.raises(IntakeRefused, match="Only what waits for a person"):
        handling.dismiss(actor=responder, arrival=arrival, reason="Again")
    handling.replay(actor=responder, arrival=arrival, declared={"zone": "UTC"})
    assert read(arrival).status == ArrivalStatus.TAKEN_IN


def test_kept_arrival_can_be_dismissed_and_one_that_was_taken_in_cannot(
    organization: Organization, responder: User, incident: Incident
) -> None:
    kept = bring(make_hook(organization), alert())
    assert handling.dismiss(actor=responder, arrival=kept, reason="A test").status == ArrivalStatus.DISMISSED
    taken = read(send(responder, incident, LOG))
    with pytest.raises(IntakeRefused):
        handling.dismiss(actor=responder, arrival=taken, reason="A test")


def test_replay_and_attach_wait_for_a_reading_in_work(responder: User, incident: Incident) -> None:
    arrival = send(responder, incident, LOG)
    with pytest.raises(IntakeRefused, match="read already"):
        handling.replay(actor=responder, arrival=arrival)
    with pytest.raises(IntakeRefused, match="read already"):
        handling.attach(actor=responder, arrival=arrival, incident=incident)


def test_each_act_of_a_person_stands_in_the_audit_trail(responder: User, incident: Incident) -> None:
    arrival = read(send(responder, incident, LOCAL))
    handling.dismiss(actor=responder, arrival=arrival, reason="A copy")
    handling.replay(actor=responder, arrival=arrival)
    handling.cancel(actor=responder, arrival=arrival)
    actions = AuditEntry.objects.filter(subject=f"arrival:{arrival.pk}").order_by("pk")
    assert [one.action for one in actions] == ["arrival.dismissed", "arrival.replayed", "arrival.cancelled"]
    assert {one.actor for one in actions} == {responder}


def test_auditor_may_neither_add_nor_decide(
    organization: Organization, responder: User, incident: Incident
) -> None:
    auditor = make_member(organization, Role.AUDITOR)
    arrival = read(send(responder, incident, LOCAL))
    acts: list[Callable[[], object]] = [
        lambda: send(auditor, incident, LOG),
        lambda: handling.replay(actor=auditor, arrival=arrival, declared={"zone": "UTC"}),
        lambda: handling.attach(actor=auditor, arrival=arrival, incident=incident),
        lambda: handling.dismiss(actor=auditor, arrival=arrival, reason="A copy"),
        lambda: handling.cancel(actor=auditor, arrival=arrival),
    ]
    for act in acts:
        with pytest.raises(AccessDenied):
            act()
    arrival.refresh_from_db()
    assert arrival.status == ArrivalStatus.UNCERTAIN


def test_published_incident_refuses_new_entries_but_the_arrival_is_kept(organization: Organization) -> None:
    publication = make_publication(organization)
    incident, before = publication.review.incident, Entry.objects.count()
    arrival = read(send(make_member(organization), incident, LOG))
    assert arrival.status == ArrivalStatus.UNREAD and "published" in arrival.reason
    assert Entry.objects.count() == before
    assert arrival.file.read() == LOG


# Readers that break, die or are stopped ------------------------------------------------------------------------------


def test_reader_that_died_is_followed_when_its_lease_is_over(responder: User, incident: Incident) -> None:
    arrival = send(responder, incident, LOG)
    now = timezone.now()
    Arrival.objects.update(status=ArrivalStatus.READING, attempts=1, lease_until=now + timedelta(minutes=9))
    assert arrivals.take_in(arrival.pk) is None and arrivals.sweep() == 0
    Arrival.objects.update(lease_until=now - timedelta(seconds=1))
    assert arrivals.sweep() == 1
    arrival.refresh_from_db()
    assert (arrival.status, arrival.attempts) == (ArrivalStatus.TAKEN_IN, 2)


def test_reading_that_breaks_five_times_ends_and_can_be_replayed_after_the_fix(
    responder: User, incident: Incident
) -> None:
    arrival = send(responder, incident, LOG)
    name = str(arrival.file.name)
    default_storage.delete(name)
    waits = []
    for _ in range(arrivals.MOST_ATTEMPTS):
        assert read(arrival).status == ArrivalStatus.WAITING
        assert arrival.lease_until is not None and arrivals.sweep() == 0
        waits.append(arrival.lease_until - timezone.now())
    assert waits == sorted(waits)
    assert (read(arrival).status, arrival.reason) == (ArrivalStatus.UNREAD, arrivals.BROKE)
    assert default_storage.save(name, io.BytesIO(LOG)) == name
    handling.replay(actor=responder, arrival=arrival)
    assert read(arrival).status == ArrivalStatus.TAKEN_IN


def test_sweep_reads_everything_oldest_first(organization: Organization) -> None:
    hook, incident = make_hook(organization), make_incident(organization)
    waiting = [arrive(hook, alert(f"Fact {number}")) for number in range(60)]
    Arrival.objects.update(incident=incident)
    assert arrivals.sweep(limit=7) == 7
    brought = list(Evidence.objects.order_by("pk").values_list("arrival_id", flat=True))
    assert brought == [arrival.pk for arrival in waiting[:7]]
    assert arrivals.sweep() == 53 and arrivals.sweep() == 0
    assert not Arrival.objects.in_work().exists()


def test_one_that_breaks_does_not_stop_the_sweep(organization: Organization, responder: User) -> None:
    incident = make_incident(organization)
    broken, whole = send(responder, incident, LOG), send(responder, incident, LOG + b"\n")
    default_storage.delete(str(broken.file.name))
    assert arrivals.sweep() == 2
    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.status, whole.status) == (ArrivalStatus.WAITING, ArrivalStatus.TAKEN_IN)


def test_waiting_arrival_is_cancelled_at_once(responder: User, incident: Incident) -> None:
    arrival = handling.cancel(actor=responder, arrival=send(responder, incident, LOG))
    assert (arrival.status, arrival.reason) == (
        ArrivalStatus.CANCELLED,
        "It was cancelled before it was read.",
    )
    assert arrivals.take_in(arrival.pk) is None and not Entry.objects.exists()
    with pytest.raises(IntakeRefused, match="nothing to cancel"):
        handling.cancel(actor=responder, arrival=arrival)
    handling.replay(actor=responder, arrival=arrival)
    assert read(arrival).status == ArrivalStatus.TAKEN_IN


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Organization]:
    """An organization that other connections see."""
    found = make_organization("acme")
    with scope(organization=found):
        yield found


class Onlooker(threading.Thread):
    """Looks at an arrival from a connection of its own while it is read, and cancels it when asked to."""

    def __init__(self, arrival: Arrival, cancelled_by: User | None = None) -> None:
        super().__init__()
        self._arrival, self._actor = arrival, cancelled_by
        self.seen: list[tuple[str, int]] = []

    def run(self) -> None:
        with scope(organization=self._arrival.organization):
            try:
                while self._look():
                    time.sleep(0.002)
            finally:
                connection.close()

    def _look(self) -> bool:
        arrival = Arrival.objects.get(pk=self._arrival.pk)
        self.seen.append((arrival.status, arrival.done))
        if self._actor and arrival.done and arrival.status == ArrivalStatus.READING and not arrival.cancel:
            handling.cancel(actor=self._actor, arrival=arrival)
        return arrival.status in (ArrivalStatus.WAITING, ArrivalStatus.READING)


def test_progress_of_a_large_file_is_seen_while_it_is_read(
    committed: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    arrival = send(make_member(committed), make_incident(committed), long_log(60_000))
    onlooker = Onlooker(arrival)
    onlooker.start()
    assert read(arrival).status == ArrivalStatus.TAKEN_IN
    onlooker.join()
    told = [done for status, done in onlooker.seen if status == ArrivalStatus.READING and done]
    assert len(set(told)) > 1 and told == sorted(told) and told[-1] <= arrival.size


def test_large_file_is_cancelled_while_it_is_read_and_leaves_nothing(
    committed: Organization, monkeypatch: pytest.MonkeyPatch, evidence_directory: Path
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    actor = make_member(committed)
    arrival = send(actor, make_incident(committed), long_log(100_000))
    before = files(evidence_directory)
    onlooker = Onlooker(arrival, actor)
    onlooker.start()
    read(arrival)
    onlooker.join()
    assert arrival.status == ArrivalStatus.CANCELLED and "Nothing of it was kept" in arrival.reason
    assert not any(model.objects.exists() for model in (Evidence, Entry, LogLine))
    assert files(evidence_directory) == before
    handling.replay(actor=actor, arrival=arrival)
    assert read(arrival).status == ArrivalStatus.TAKEN_IN
