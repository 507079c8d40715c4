"""``manage.py import_evidence``."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.models import Organization, User
from incidents.models import Evidence, Incident
from tests.factories import make_organization

LOG = "2018-10-21 22:52:00 link lost\nwhat\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "net.log"
    path.write_text(LOG)
    return path


def run(incident: Incident, *files: Path, **options: str) -> str:
    out = StringIO()
    call_command(
        "import_evidence", incident.reference, *map(str, files), stdout=out, **{"source": "log", **options}
    )
    return out.getvalue()


def test_file_comes_in_and_what_was_skipped_is_said(incident: Incident, responder: User, log: Path) -> None:
    told = run(incident, log, zone="UTC")
    assert "net.log: 1 entries added, 0 already known." in told
    assert "skipped line 2: It does not begin with a time." in told
    assert "0 entries added, 1 already known" in run(incident, log, zone="UTC")
    assert Evidence.objects.get().imported_by == responder


def test_refused_file_stops_the_rest_and_leaves_what_came_before(
    incident: Incident, responder: User, log: Path, tmp_path: Path, evidence_directory: Path
) -> None:
    empty = tmp_path / "empty.log"
    empty.touch()
    with pytest.raises(CommandError, match=r"empty\.log: This file is empty"):
        run(incident, log, empty, log.with_name("never-reached.log"), zone="UTC")
    assert Evidence.objects.get().filename == "net.log"
    assert len([path for path in evidence_directory.rglob("*") if path.is_file()]) == 1


def test_time_without_a_zone_is_refused(incident: Incident, responder: User, log: Path) -> None:
    with pytest.raises(CommandError, match="names no zone"):
        run(incident, log)


def test_missing_things_are_named(
    incident: Incident, responder: User, log: Path, organization: Organization
) -> None:
    make_organization("other")
    with pytest.raises(CommandError, match="Name one with --organization SLUG"):
        run(incident, log)
    for options, sentence in (
        ({"organization": "nobody"}, "There is no organization “nobody”"),
        ({"organization": "other"}, f"There is no incident {incident.reference} in other"),
        ({"organization": "acme", "email": "x@example.test"}, "is not a member of acme"),
        ({"organization": "acme", "source": "telepathy"}, "is no source that Afterword reads"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run(incident, log, **options)
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(incident, log.with_name("absent.log"), organization="acme")
