"""Files beside entries: of a picture only its pixels come through, and everything else is a download."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
import weasyprint  # noqa: F401 - turns on a switch of Pillow that our drawing must withstand
from PIL import Image, ImageFile

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization, User
from incidents.errors import EvidenceRefused
from incidents.models import Attachment, Incident
from incidents.services import attachments
from tests.factories import make_entry, make_incident, make_member

SCRIPT = b"<script>alert(1)</script>"
REDRAWN = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/png",
    "WEBP": "image/png",
    "BMP": "image/png",
}


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(written, kind, **options)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is very large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\x00" * 1000)), (b"IEND", b""))
    made = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


@pytest.mark.parametrize("kind", REDRAWN)
def test_payload_behind_a_picture_is_lost(kind: str) -> None:
    kept = attachments.encode(picture(kind) + SCRIPT + b"PK\x03\x04")
    assert (kept.media_type, kept.width, kept.height) == (REDRAWN[kind], 40, 30)
    assert SCRIPT not in kept.content and b"PK\x03\x04" not in kept.content
    with Image.open(BytesIO(kept.content)) as again:
        red, green, _blue = again.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert red > 150 > green


def test_comment_and_place_of_a_photo_are_lost() -> None:
    told = Image.Exif()
    told[0x010E], told[0x0110] = "Taken at home", "A camera of mine"
    photo = picture("JPEG", exif=told, comment=SCRIPT)
    assert b"Taken at home" in photo and SCRIPT in photo
    kept = attachments.encode(photo).content
    assert not any(part in kept for part in (b"Taken at home", b"A camera of mine", SCRIPT, b"Exif"))


def test_text_inside_a_png_is_lost() -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", SCRIPT.decode())
    given = picture("PNG", pnginfo=told)
    assert SCRIPT in given and SCRIPT not in attachments.encode(given).content


@pytest.mark.parametrize("size", [(8000, 8000), (60_000, 60_000)])
def test_picture_that_unpacks_to_too_many_pixels_is_refused_or_only_a_download(size: tuple[int, int]) -> None:
    try:
        kept = attachments.encode(bomb(*size))
    except EvidenceRefused:
        return
    assert kept.media_type == "application/octet-stream"


def test_large_picture_is_made_smaller() -> None:
    kept = attachments.encode(picture("PNG", (5000, 100)))
    assert (kept.width, kept.height) == (4096, 82)


@pytest.mark.parametrize(
    "content",
    [b"<svg onload='alert(1)'/>", b"<!doctype html>" + SCRIPT, b"%PDF-1.7", b"MZ\x90", b"text"],
)
def test_other_files_are_kept_as_they_are_and_are_downloads(content: bytes) -> None:
    assert attachments.encode(content) == (content, "application/octet-stream", 0, 0)


@pytest.mark.parametrize("behind", [b"", SCRIPT])
@pytest.mark.parametrize("kind", REDRAWN)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_picture_that_was_cut_short_is_refused(kind: str, share: float, behind: bytes) -> None:
    written = BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(written, kind)
    cut = written.getvalue()[: int(len(written.getvalue()) * share)]
    assert ImageFile.LOAD_TRUNCATED_IMAGES, (
        "WeasyPrint no longer asks for what there is: nothing is tested here"
    )
    with pytest.raises(EvidenceRefused, match="cut short"):
        attachments.encode(cut + behind)
    assert ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_beginning_of_a_picture_alone_is_refused(kind: str) -> None:
    with pytest.raises(EvidenceRefused, match="cut short"):
        attachments.encode(picture(kind)[:13])


def test_pictures_of_many_threads_are_all_held_to_be_whole() -> None:
    """No thread restores the switch while another one still draws, or takes its setting for the one that was found."""
    whole = picture("JPEG", (900, 700))
    with ThreadPoolExecutor(8) as threads:
        refused = list(threads.map(_is_refused, [whole, whole[:-400]] * 40))
    assert refused == [False, True] * 40
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def _is_refused(content: bytes) -> bool:
    try:
        attachments.encode(content)
    except EvidenceRefused:
        return True
    return False


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_color_profile_is_lost(kind: str) -> None:
    given = picture(kind, icc_profile=SCRIPT * 20)
    kept = attachments.encode(given).content
    with Image.open(BytesIO(kept)) as again:
        assert "icc_profile" not in again.info


@pytest.mark.parametrize("content", [b"", b"x" * (attachments.LARGEST + 1)])
def test_empty_and_very_large_files_are_refused(incident: Incident, content: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        attachments.attach_file(actor=None, incident=incident, entry=None, name="a", content=content)
    assert not Attachment.objects.exists()


def test_file_of_a_source_is_kept_once_for_an_incident(
    organization: Organization, incident: Incident, evidence_directory: Path
) -> None:
    other, entry = make_incident(organization), make_entry(incident)
    first, again = (
        attachments.attach_file(
            actor=None, incident=incident, entry=entry, name="a.png", content=picture("PNG"), key="F1"
        )
        for _ in range(2)
    )
    elsewhere = attachments.attach_file(
        actor=None, incident=other, entry=None, name="a.png", content=picture("PNG"), key="F1"
    )
    assert first == again != elsewhere
    assert len([path for path in evidence_directory.rglob("*") if path.is_file()]) == 2


def test_name_of_a_file_is_made_harmless(responder: User, incident: Incident) -> None:
    given = [("a\x00.png", "a.png"), ("  ", "file"), ("x" * 300, "x" * 255)]
    for name, kept in given:
        found = attachments.attach_file(
            actor=responder, incident=incident, entry=None, name=name, content=b"x"
        )
        assert found.name == kept
    assert AuditEntry.objects.filter(action="attachment.added", actor=responder).count() == 3


def test_auditor_adds_no_file(organization: Organization, incident: Incident) -> None:
    auditor = make_member(organization, Role.AUDITOR)
    with pytest.raises(AccessDenied):
        attachments.attach_file(actor=auditor, incident=incident, entry=None, name="a", content=b"x")
