"""The chain: written by the database, verifiable without it, and showing every way of changing the past."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django_scopes import scope
from pytest_django import Settings

from governance import audit, checkpoints
from governance.models import AuditEntry, Organization
from tests.factories import make_member, make_organization

TABLE = "governance_auditentry"


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, settings: Settings) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def organization(db: None) -> Organization:
    """An organization with five entries."""
    organization = make_organization()
    actor = make_member(organization)
    for number in range(5):
        audit.record(
            organization=organization,
            actor=actor if number else None,
            action="thing.changed",
            subject=f"thing:{number}",
            number=number,
            note='quotes " and ünïcode and\nlines',
        )
    return organization


def _tamper(statement: str, *values: str) -> None:
    """What somebody can do who owns the table: switch the triggers off first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        cursor.execute(statement.format(t=TABLE), values)
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


def test_chain_of_the_database_is_the_chain_of_the_program(organization: Organization) -> None:
    verdict = audit.verify_organization(organization)
    assert verdict.intact, verdict
    assert verdict.entries == 5
    with scope(organization=organization):
        first, *_rest, last = AuditEntry.objects.order_by("sequence")
    assert first.previous_hash == audit.GENESIS
    assert last.hash == verdict.head
    assert last.details == {"note": 'quotes " and ünïcode and\nlines', "number": 4}


def test_chains_of_two_organizations_are_their_own(organization: Organization) -> None:
    other = make_organization()
    audit.record(organization=other, actor=None, action="thing.changed", subject="thing:1")
    assert audit.verify_organization(other).entries == 1
    assert audit.verify_organization(organization).entries == 5


def test_what_the_caller_says_about_time_sequence_and_hash_is_overwritten(organization: Organization) -> None:
    AuditEntry(
        organization=organization, action="thing.forged", subject="thing:9", sequence=99, hash="f" * 64
    ).append()
    assert audit.verify_organization(organization).entries == 6


def test_separator_in_a_field_is_refused(organization: Organization) -> None:
    with pytest.raises(ValueError, match="control character"):
        audit.record(organization=organization, actor=None, action="thing.changed", subject="a\x1fb")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {t} SET data = '{{}}' WHERE sequence = 2",
        "UPDATE {t} SET actor_id = NULL",
        "DELETE FROM {t} WHERE sequence = 5",
        "TRUNCATE {t} CASCADE",
    ],
)
def test_database_refuses_to_change_the_past(organization: Organization, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="is refused"), transaction.atomic():
            cursor.execute(statement.format(t=TABLE))
    assert audit.verify_organization(organization).entries == 5


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE {t} SET data = '{{}}' WHERE sequence = 2", "entry 2 was changed"),
        ("UPDATE {t} SET actor_id = NULL WHERE sequence = 3", "entry 3 was changed"),
        ("UPDATE {t} SET at = at + interval '1 microsecond' WHERE sequence = 4", "entry 4 was changed"),
        ("UPDATE {t} SET subject = 'thing:x' WHERE sequence = 5", "entry 5 was changed"),
        ("UPDATE {t} SET previous_hash = repeat('0', 64) WHERE sequence = 2", "entry 2 was changed"),
        ("DELETE FROM {t} WHERE sequence = 3", "entry 3 is missing"),
        ("DELETE FROM {t} WHERE sequence = 1", "entry 1 is missing"),
    ],
)
def test_tampering_past_the_triggers_is_found(organization: Organization, change: str, sentence: str) -> None:
    _tamper(change)
    verdict = audit.verify_organization(organization)
    assert not verdict.intact
    assert sentence in verdict.fault


def test_recomputed_hash_of_an_edited_entry_breaks_the_next_link(organization: Organization) -> None:
    with scope(organization=organization):
        second = AuditEntry.objects.get(sequence=2)
    second.data = "{}"
    _tamper(
        "UPDATE {t} SET data = '{{}}', hash = %s WHERE sequence = 2",
        audit.chained_hash(second.previous_hash, second),
    )
    assert "entry 3 was changed" in audit.verify_organization(organization).fault


def test_truncation_is_seen_only_by_a_checkpoint(organization: Organization) -> None:
    kept = checkpoints.checkpoint(organization)
    assert checkpoints.fault_against(kept) == ""
    _tamper("DELETE FROM {t} WHERE sequence > 3")
    assert audit.verify_organization(organization).intact
    assert "entry 5 is gone" in checkpoints.fault_against(kept)


def test_trail_written_anew_is_seen_only_by_a_checkpoint(organization: Organization) -> None:
    kept = checkpoints.checkpoint(organization)
    _tamper("DELETE FROM {t}")
    for number in range(6):
        audit.record(
            organization=organization, actor=None, action="thing.invented", subject=f"thing:{number}"
        )
    assert audit.verify_organization(organization).intact
    assert "entry 5 is another one" in checkpoints.fault_against(kept)


def test_checkpoint_holds_while_the_trail_grows(organization: Organization) -> None:
    kept = checkpoints.checkpoint(organization)
    audit.record(organization=organization, actor=None, action="thing.changed", subject="thing:6")
    assert checkpoints.fault_against(kept) == ""


@pytest.mark.parametrize("field", ["organization", "sequence", "hash", "at", "public_key", "signature"])
def test_edited_checkpoint_is_not_believed(organization: Organization, field: str) -> None:
    kept = checkpoints.checkpoint(organization)
    first = "B" if str(kept[field]).startswith("A") else "A"
    kept[field] = 4 if field == "sequence" else f"{first}{str(kept[field])[1:]}"
    assert "signature does not fit" in checkpoints.fault_against(kept)


def test_checkpoint_of_another_installation_is_not_believed(
    organization: Organization, settings: Settings, tmp_path: Path
) -> None:
    kept = checkpoints.checkpoint(organization)
    settings.VAR = tmp_path / "elsewhere"
    assert "another installation" in checkpoints.fault_against(kept)


def test_key_is_made_once_and_closed_to_others(organization: Organization, tmp_path: Path) -> None:
    first = checkpoints.public_key()
    assert checkpoints.public_key() == first
    key = tmp_path / "keys" / "checkpoint.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in key.parent.iterdir()] == ["checkpoint.key"]


def test_commands_verify_and_fail_with_a_sentence(
    organization: Organization, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "checkpoint.json"
    call_command("checkpoint_audit", organization.slug, out=file)
    call_command("verify_audit", organization=organization.slug, checkpoint=file)
    assert "5 entries" in capsys.readouterr().out
    _tamper("DELETE FROM {t} WHERE sequence > 3")
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_audit", checkpoint=file)
    assert "entry 5 is gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", ["[]", "no json", '{"organization": "x"}', '{"audit_checkpoint": 3}', "1"]
)
def test_command_refuses_what_is_no_checkpoint(
    organization: Organization, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "checkpoint.json"
    file.write_text(content)
    with pytest.raises(CommandError):
        call_command("verify_audit", checkpoint=file)


def test_command_reads_the_checkpoint_inside_a_portable_record(
    organization: Organization, tmp_path: Path
) -> None:
    file = tmp_path / "record.json"
    file.write_text(json.dumps({"audit_checkpoint": checkpoints.checkpoint(organization)}))
    call_command("verify_audit", checkpoint=file)


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_make_one_unbroken_chain() -> None:
    organization = make_organization()
    start = threading.Barrier(8)

    def writer(number: int) -> None:
        try:
            start.wait()
            for turn in range(25):
                with transaction.atomic():
                    audit.record(
                        organization=organization,
                        actor=None,
                        action="thing.changed",
                        subject=f"{number}:{turn}",
                    )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(writer, range(8)))
    verdict = audit.verify_organization(organization)
    assert verdict.intact, verdict
    assert verdict.entries == 200
