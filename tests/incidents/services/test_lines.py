"""A long log beside the chronology: every line is kept, patterns are counted, and what stands out becomes an entry."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.db import DatabaseError, connection, transaction
from django_scopes import scope

from governance.models import Organization, User
from incidents.chronology import NormalizedEntry
from incidents.enums import Lane, Precision, Trust
from incidents.errors import TimeNotCertain
from incidents.models import Entry, Evidence, Incident, LogLine, LogPattern
from incidents.services import ImportOutcome, import_evidence, lines
from incidents.services.reading import LONGEST_SHOWN_LOG
from incidents.sources.base import Signal
from tests.factories import make_evidence, make_incident, make_organization

START = datetime(2018, 10, 21, 22, 0, tzinfo=UTC)
BROKEN_AT = 1500


def bring_in(actor: User, incident: Incident, content: bytes) -> ImportOutcome:
    stream = io.BytesIO(content)
    return import_evidence(actor=actor, incident=incident, filename="app.log", stream=stream, kind="log")


def line(second: int, text: str) -> bytes:
    return f"{(START + timedelta(seconds=second)).isoformat()} {text}\n".encode(errors="surrogatepass")


def log(count: int, *extra: bytes, start: int = 0) -> bytes:
    """An ordinary line each second; from ``BROKEN_AT`` on every tenth one is an error that was not seen before."""
    ordinary = (
        line(second, f"ERROR payment {second} was refused by bank {second % 3}")
        if second >= BROKEN_AT and second % 10 == 0
        else line(second, f"INFO request {second} took {second % 90} ms")
        for second in range(start, start + count)
    )
    return b"".join((*ordinary, *extra))


@pytest.fixture
def told(organization: Organization) -> Incident:
    """An incident that was declared after half an hour of the log."""
    return make_incident(organization, declared_at=START + timedelta(seconds=BROKEN_AT))


def test_long_log_becomes_lines_patterns_and_few_entries(responder: User, told: Incident) -> None:
    outcome = bring_in(responder, told, log(3000))
    assert (outcome.evidence.line_count, LogLine.objects.count()) == (3000, 3000)
    assert 1 <= outcome.added == Entry.objects.count() == outcome.evidence.entry_count <= 12
    patterns = LogPattern.objects.all()
    assert sum(pattern.count for pattern in patterns) == 3000
    entry = Entry.objects.get(text__contains="was refused")
    pattern = LogPattern.objects.get(entry=entry)
    assert (entry.times_seen, pattern.count, entry.level) == (150, 150, "error")
    assert pattern.mark and pattern.why


def test_entry_of_a_pattern_stands_at_a_time_that_was_observed(responder: User, told: Incident) -> None:
    bring_in(responder, told, log(3000))
    entry = Entry.objects.get(text__contains="was refused")
    seen = LogLine.objects.get(location=entry.location)
    assert (entry.at, entry.text, entry.original_time) == (seen.at, seen.text, seen.original_time)
    assert entry.at == START + timedelta(seconds=BROKEN_AT)
    assert entry.last_at == START + timedelta(seconds=2990)
    assert (entry.lane, entry.trust) == (Lane.LOG, Trust.OBSERVED)


def structured(second: int, **fields: str) -> bytes:
    """A line as JSON; from ``BROKEN_AT`` on every tenth one is an error."""
    failed = second >= BROKEN_AT and second % 10 == 0
    said = {"level": "error", "msg": "payment was refused"} if failed else {"level": "info", "msg": "paid"}
    at = (START + timedelta(seconds=second)).isoformat()
    return orjson.dumps({"time": at, **said, **(fields if failed else {"service": "web"})}) + b"\n"


def test_entry_of_a_pattern_carries_what_its_lines_concern(responder: User, told: Incident) -> None:
    lines = (
        structured(second, service="payments", region="eu-west-1", customer=f"customer {second}")
        for second in range(3000)
    )
    bring_in(responder, told, b"".join(lines))
    entry = Entry.objects.get(text__contains="was refused")
    assert (entry.services, entry.region, entry.customer) == (["payments"], "eu-west-1", "")


def test_entry_of_a_pattern_names_the_one_customer_of_its_lines(responder: User, told: Incident) -> None:
    content = b"".join(structured(second, customer="acme") for second in range(3000))
    bring_in(responder, told, content)
    assert Entry.objects.get(text__contains="was refused").customer == "acme"


def test_samples_of_a_pattern_are_lines_of_it(responder: User, told: Incident) -> None:
    bring_in(responder, told, log(3000))
    for pattern in LogPattern.objects.all():
        samples = LogLine.objects.filter(ordinal__in=pattern.samples)
        assert 1 <= len(samples) == len(pattern.samples) <= 5
        assert {one.pattern for one in samples} <= set(pattern.groups)
        assert pattern.first_at <= min(one.at for one in samples) <= pattern.last_at


def test_groups_of_the_patterns_share_the_lines_among_them(responder: User, told: Incident) -> None:
    bring_in(responder, told, log(3000))
    counted = {
        pattern.pk: LogLine.objects.filter(pattern__in=pattern.groups).count()
        for pattern in LogPattern.objects.all()
    }
    assert counted == dict(LogPattern.objects.values_list("pk", "count"))


def test_log_of_the_longest_shown_length_stays_entries(responder: User, incident: Incident) -> None:
    outcome = bring_in(responder, incident, log(LONGEST_SHOWN_LOG))
    assert outcome.added == Entry.objects.count() == LONGEST_SHOWN_LOG
    assert not LogLine.objects.exists() and not LogPattern.objects.exists()


def test_one_line_more_is_kept_beside_the_chronology(responder: User, incident: Incident) -> None:
    bring_in(responder, incident, log(LONGEST_SHOWN_LOG + 1))
    assert LogLine.objects.count() == LONGEST_SHOWN_LOG + 1
    assert Entry.objects.count() <= 12


def test_lines_are_masked_before_they_are_kept(responder: User, told: Incident) -> None:
    secret = line(1600, "ERROR login of mara@example.com with password=hunter2secret failed")
    bring_in(
        responder, told, log(2000, secret, line(1601, "ERROR Authorization: Bearer abcdefghijklmnop12345"))
    )
    kept = "\n".join(LogLine.objects.filter(ordinal__gt=2000).values_list("text", flat=True))
    assert "login of" in kept and "Authorization" in kept
    everywhere = [kept, *Entry.objects.values_list("text", flat=True)]
    everywhere += LogPattern.objects.values_list("template", flat=True)
    for word in ("mara@example.com", "hunter2secret", "abcdefghijklmnop12345"):
        assert not any(word in text for text in everywhere)


def test_same_file_twice_adds_nothing(responder: User, told: Incident) -> None:
    first = bring_in(responder, told, log(2000))
    again = bring_in(responder, told, log(2000))
    assert (again.evidence, again.added) == (first.evidence, 0)
    assert LogLine.objects.count() == 2000 and Entry.objects.count() == first.added


def test_overlapping_file_adds_its_lines_and_no_second_entry_of_a_pattern(
    responder: User, told: Incident
) -> None:
    bring_in(responder, told, log(2000))
    before = list(Entry.objects.order_by("pk").values_list("pk", "text", "times_seen"))
    second = bring_in(responder, told, log(2000, start=1000))
    assert LogLine.objects.filter(evidence=second.evidence).count() == 2000
    refused = Entry.objects.get(text__contains="was refused")
    assert refused.pk in {pk for pk, _text, _times in before}
    assert LogPattern.objects.filter(evidence=second.evidence, entry=refused).count() == 1


def test_each_incident_gets_entries_of_its_own(
    organization: Organization, responder: User, told: Incident
) -> None:
    other = make_incident(organization, declared_at=told.declared_at)
    for incident in (told, other):
        bring_in(responder, incident, log(2000))
    assert Entry.objects.filter(incident=told).count() == Entry.objects.filter(incident=other).count() > 0


def test_nul_is_made_visible_and_lines_that_are_no_text_are_named(responder: User, told: Incident) -> None:
    odd = (
        line(1700, "ERROR a\x00b"),
        line(1701, "ERROR half \ud800 pair"),
        b"2018-10-21T22:30:00Z ERROR \xff\xfe\n",
    )
    outcome = bring_in(responder, told, log(2000, *odd))
    assert LogLine.objects.get(ordinal=2001).text == "ERROR a␀b"
    assert [part["location"] for part in outcome.skipped] == ["line 2002", "line 2003"]


def test_halves_of_surrogate_pairs_are_replaced(told: Incident) -> None:
    facts = [
        NormalizedEntry(
            Signal("12:00", f"ERROR half \ud800 pair {number}", Lane.LOG, Trust.OBSERVED, "line 1", actor="\udfff\x00"),
            START, START, Precision.SECOND, "UTC",
        )
        for number in range(3)
    ]  # fmt: skip
    with transaction.atomic():
        assert lines.write(told, make_evidence(told), facts).lines == 3
    assert set(LogLine.objects.values_list("actor", flat=True)) == {"?␀"}
    assert LogLine.objects.get(ordinal=1).text == "ERROR half ? pair 0"


def test_lines_out_of_order_are_read_in_order(responder: User, told: Incident) -> None:
    backwards = reversed(log(2000).splitlines(keepends=True))
    bring_in(responder, told, b"".join(backwards))
    entry = Entry.objects.get(text__contains="was refused")
    assert entry.at == START + timedelta(seconds=BROKEN_AT)
    moments = list(LogLine.objects.order_by("at", "ordinal").values_list("at", flat=True))
    assert moments == sorted(moments) and len(moments) == 2000


def test_time_that_is_not_certain_leaves_nothing_of_a_long_log(responder: User, told: Incident) -> None:
    with pytest.raises(TimeNotCertain, match="At line 2001"):
        bring_in(responder, told, log(2000, b"2018-10-21 23:00:00 INFO no zone here\n"))
    assert not any(model.objects.exists() for model in (Evidence, LogLine, LogPattern, Entry))


def test_line_cannot_point_to_evidence_of_another_organization(
    organization: Organization, responder: User
) -> None:
    beta = make_organization("beta")
    with scope(organization=beta):
        theirs = make_evidence(make_incident(beta))
    row = {
        "at": START,
        "pattern": 0,
        "level": "",
        "actor": "",
        "text": "x",
        "original_time": "",
        "location": "line 1",
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        LogLine.objects.bulk_create(
            [LogLine(organization=organization, evidence_id=theirs.pk, ordinal=1, **row)]
        )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_logline (organization_id, evidence_id, ordinal, at, pattern, level, actor, text,"
            " original_time, location) VALUES (%s, %s, 1, now(), 0, '', '', 'x', '', '')",
            [organization.pk, theirs.pk],
        )


def test_line_never_changes_and_stays(responder: User, told: Incident) -> None:
    bring_in(responder, told, log(LONGEST_SHOWN_LOG + 1))
    with pytest.raises(DatabaseError), transaction.atomic():
        LogLine.objects.update(text="another")
    with pytest.raises(DatabaseError), transaction.atomic():
        LogLine.objects.all()._raw_delete("default")
    assert not LogLine.objects.filter(text="another").exists()
