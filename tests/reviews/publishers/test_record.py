"""The portable record: complete, as its schema says, checkable without Afterword, and never written twice."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from governance import checkpoints
from governance.models import Organization
from reviews.errors import PictureLost
from reviews.models import Publication
from reviews.publishers import files
from reviews.publishers import record as publisher
from reviews.publishers.published import load
from tests.factories.reviews import (
    CAPTION,
    COMMANDERS_REASON,
    OWNERS_REASON,
    SIGNED_SENTENCE,
    claim,
    damage,
    make_publication,
    picture_file,
)
from tests.reviews.publishers.schema import faults

SCHEMA = json.loads((Path(settings.BASE_DIR) / "docs" / "portable-record.schema.json").read_text())


@pytest.fixture
def publication(organization: Organization) -> Publication:
    return make_publication(organization, evidence="Zürich said: “split” <script> ]]>")


@pytest.fixture
def record(publication: Publication) -> dict[str, Any]:
    """The record as a stranger reads it: from the file's bytes."""
    publisher.deliver(claim(publication, "reviews.record"))
    found: dict[str, Any] = json.loads(files.read(publication, "record"))
    return found


def test_record_fits_its_schema(record: dict[str, Any]) -> None:
    assert list(faults(record, SCHEMA, SCHEMA)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "afterword-record/2"),
        (("publication", "content_sha256"), "ABC"),
        (("content", "chronology", 0, "at"), "2018-10-21 22:52"),
        (("content", "action_items", 0, "severity"), 5),
        (("content", "factors", 0, "confidence"), "certain"),
        (("content", "sections", 0, "passages", 0, "citations", 0), "E3"),
        (("content", "surprise"), 1),
        (("signatures",), []),
    ],
)
def test_schema_refuses_what_is_wrong(
    path: tuple[str | int, ...], value: Any, record: dict[str, Any]
) -> None:
    changed = deepcopy(record)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert list(faults(changed, SCHEMA, SCHEMA))


def test_stranger_computes_the_signed_sum_from_the_content(
    publication: Publication, record: dict[str, Any]
) -> None:
    text = json.dumps(record["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()
    assert found == record["publication"]["content_sha256"] == publication.snapshot.sha256


def test_record_names_signatures_and_their_confidence(record: dict[str, Any]) -> None:
    said = [(one["name"], one["confidence"], one["reason"]) for one in record["signatures"]]
    assert said == [("Mara Okafor", "confirmed", COMMANDERS_REASON), ("Jon Aalto", "probable", OWNERS_REASON)]
    assert record["signatures"][1]["services"] == record["content"]["incident"]["services"]
    assert record["content"]["sections"][0]["passages"][0]["text"] == SIGNED_SENTENCE


def test_checkpoint_of_the_audit_trail_is_genuine(record: dict[str, Any]) -> None:
    found = record["audit_checkpoint"]
    assert checkpoints.is_genuine(found)
    assert checkpoints.fault_against(found) == ""


def test_second_attempt_leaves_the_file_alone(publication: Publication) -> None:
    first = publisher.deliver(claim(publication, "reviews.record"))
    written = files.read(publication, "record")
    assert publisher.deliver(claim(publication, "reviews.record")) == first
    assert files.read(publication, "record") == written
    assert hashlib.sha256(written).hexdigest() == first.external_id


def test_file_that_a_dead_worker_left_is_replaced(publication: Publication, evidence_directory: Path) -> None:
    files.keep(publication, "record", "record.json", b"whole")
    (written,) = evidence_directory.rglob("record.json")
    publication.refresh_from_db()
    publication.record, publication.record_sha256 = "", ""
    publication.save()
    written.write_bytes(b"hal")
    files.keep(publication, "record", "record.json", b"whole")
    assert files.read(publication, "record") == b"whole"
    assert list(evidence_directory.rglob("record*")) == [written]


@pytest.fixture
def illustrated(organization: Organization) -> Publication:
    return make_publication(organization, picture=picture_file("RGBA"))


def test_stranger_finds_the_signed_pictures_in_the_record_alone(illustrated: Publication) -> None:
    publisher.deliver(claim(illustrated, "reviews.record"))
    record = json.loads(files.read(illustrated, "record"))
    assert list(faults(record, SCHEMA, SCHEMA)) == []
    (picture,), (file,) = record["content"]["pictures"], record["files"]
    data = base64.b64decode(file["base64"], validate=True)
    assert hashlib.sha256(data).hexdigest() == picture["sha256"] == file["sha256"]
    assert data.startswith(b"\x89PNG") and len(data) == file["size"]
    texts = [one["text"] for section in record["content"]["sections"] for one in section["passages"]]
    assert f"![{CAPTION}](image:{picture['id']})" in texts


def test_bytes_of_pictures_are_outside_of_what_was_signed(illustrated: Publication) -> None:
    content = json.loads(illustrated.snapshot.text)
    assert "files" not in content
    assert publisher.record_of(load(illustrated.pk))["content"] == content


def test_record_without_pictures_has_no_files(record: dict[str, Any]) -> None:
    assert "files" not in record
    assert "pictures" not in record["content"]


def test_lost_picture_stops_the_record(illustrated: Publication) -> None:
    damage(illustrated)
    with pytest.raises(PictureLost, match="retry this step"):
        publisher.deliver(claim(illustrated, "reviews.record"))
    illustrated.refresh_from_db()
    assert not illustrated.record


@pytest.mark.parametrize(
    ("name", "value"), [("base64", "not base 64"), ("media_type", "image/svg+xml"), ("size", 0)]
)
def test_schema_refuses_what_is_no_picture(illustrated: Publication, name: str, value: Any) -> None:
    record = publisher.record_of(load(illustrated.pk))
    assert list(faults(record, SCHEMA, SCHEMA)) == []
    record["files"][0][name] = value
    assert list(faults(record, SCHEMA, SCHEMA))
