"""Files beside entries: images are re-encoded, everything else is a download only."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageFile, UnidentifiedImageError

from governance import access, audit, outbox
from governance.access import Permission
from governance.models import User
from incidents.errors import EvidenceRefused
from incidents.models import Attachment, Entry, Incident
from incidents.sources.base import AttachedFile

LARGEST = 10 * 2**20
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 4096
FETCH = "incidents.fetch_file"
_FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/png",
    "WEBP": "image/png",
    "BMP": "image/png",
}
# What begins like this and cannot be opened is a damaged picture, not another kind of file.
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_DAMAGED = (
    "This image is damaged or cut short. Open it in a viewer and save it again, or export it once more."
)
_strictly = threading.Lock()


class Encoded(NamedTuple):
    """Bytes as they are kept: what they are found to be, and how large a picture is in pixels."""

    content: bytes
    media_type: str
    width: int = 0
    height: int = 0


def want(incident: Incident, files: Iterable[tuple[int, AttachedFile]]) -> None:
    """Ask for the images that a source keeps beside new entries to be fetched, each once."""
    for entry_id, file in files:
        if file.media_type.startswith("image/") and file.key:
            outbox.enqueue(
                organization=incident.organization_id,
                group=f"files of {incident.reference}",
                stage=1,
                kind=FETCH,
                key=f"file {incident.pk} {file.key}"[:120],
                payload={
                    "incident": incident.pk,
                    "entry": entry_id,
                    "file": file.key,
                    "name": file.name[:255],
                },
            )


@transaction.atomic
def attach_file(
    *, actor: User | None, incident: Incident, entry: Entry | None, name: str, content: bytes, key: str = ""
) -> Attachment:
    """Keep a file beside an entry; the same file of a source is kept once.

    Raises ``EvidenceRefused`` for an empty or a very large file, and for an image that cannot be read.
    """
    if actor is not None:
        access.require(actor, Permission.ADD_EVIDENCE, incident)
    known = Attachment.objects.filter(incident=incident, key=key).first() if key else None
    if known is not None:
        found: Attachment = known
        return found
    encoded = encode(content)
    digest = hashlib.sha256(encoded.content).hexdigest()
    stored = default_storage.save(
        f"{incident.organization_id}/files/{digest[:2]}/{digest}", ContentFile(encoded.content)
    )
    attachment = Attachment(
        organization_id=incident.organization_id,
        incident=incident,
        entry=entry,
        key=key[:200],
        name=(name.replace("\x00", "").strip() or "file")[:255],
        media_type=encoded.media_type,
        sha256=digest,
        size=len(encoded.content),
        width=encoded.width,
        height=encoded.height,
        file=stored,
        added_by=actor,
    )
    attachment.save(force_insert=True)
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="attachment.added",
        subject=f"incident:{incident.reference}",
        attachment=attachment.pk,
        sha256=digest,
    )
    return attachment


def encode(content: bytes) -> Encoded:
    """The bytes as they may be kept: a picture is drawn anew, so that nothing but pixels comes through."""
    if not content:
        raise EvidenceRefused("This file is empty. Choose another one.")
    if len(content) > LARGEST:
        raise EvidenceRefused(
            f"This file is larger than {LARGEST // 2**20} MB. Crop it, or link to it instead."
        )
    with _whole_only():
        kind = _kind(content)
        return _redrawn(content, kind) if kind else Encoded(content, "application/octet-stream")


@contextmanager
def _whole_only() -> Iterator[None]:
    """Let Pillow refuse a picture that was cut short.

    WeasyPrint tells Pillow, for the whole process, to draw as much as there is. The switch is turned back for our
    drawing and returned as it was found; one thread at a time, so that none takes another's setting for the found one.
    What WeasyPrint prints meanwhile does not mind: the pictures in our documents were drawn here, and are whole.
    """
    with _strictly:
        found, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = found


def _kind(content: bytes) -> str:
    """The picture format that the bytes begin like, or nothing; refused when they begin like one and stop."""
    try:
        with Image.open(BytesIO(content), formats=list(_FORMATS)) as image:
            return image.format or ""
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        if content.startswith(_BEGINNINGS) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
            raise EvidenceRefused(_DAMAGED) from error
        return ""


def _redrawn(content: bytes, kind: str) -> Encoded:
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise EvidenceRefused("This image has more than 40 million pixels. Make it smaller first.")
            image.load()
            plain = image.convert("RGB" if kind == "JPEG" else "RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise EvidenceRefused(_DAMAGED) from error
    plain.info = {}  # Pillow writes comments and color profiles of the original into the copy
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = BytesIO()
    plain.save(written, "JPEG" if kind == "JPEG" else "PNG", **({"quality": 88} if kind == "JPEG" else {}))
    return Encoded(written.getvalue(), _FORMATS[kind], plain.width, plain.height)
