"""Receiving a raw file: hash it, measure it, and refuse what cannot be evidence before anything is stored."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, cast

from django.conf import settings

from incidents.errors import EvidenceRefused

CHUNK = 1024 * 1024
IN_MEMORY = 8 * 1024 * 1024
_PACKED = {
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
# Sources unpack gzip while they read; the journal's export keeps the length of some values in bytes.
_NOT_PLAIN = (b"\x1f\x8b", b"__CURSOR=")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class RawFile(NamedTuple):
    """A received file: rewound, with its SHA-256 in hex and its size in bytes."""

    stream: BinaryIO
    sha256: str
    size: int


@contextmanager
def received(stream: BinaryIO) -> Iterator[RawFile]:
    """Copy the stream aside while hashing it; raises ``EvidenceRefused`` for a file that cannot be read as text."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        while chunk := stream.read(CHUNK):
            if not size:
                _refuse_other_than_text(chunk)
            size += len(chunk)
            if size > settings.EVIDENCE_MAX_BYTES:
                raise EvidenceRefused(_too_large())
            digest.update(chunk)
            spool.write(chunk)
        if not size:
            raise EvidenceRefused(
                "This file is empty. Check the export and upload the file that holds the data."
            )
        spool.seek(0)
        yield RawFile(cast(BinaryIO, spool), digest.hexdigest(), size)


def _too_large() -> str:
    limit = settings.EVIDENCE_MAX_BYTES
    words = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 1024} KB"
    return (
        f"This file is larger than {words}, the most that is accepted here. Cut it to the hours of the incident, "
        "or ask an administrator to raise AFTERWORD_EVIDENCE_MAX_BYTES."
    )


def _refuse_other_than_text(head: bytes) -> None:
    for magic, name in _PACKED.items():
        if head.startswith(magic):
            raise EvidenceRefused(
                f"This file is packed with {name}. Unpack it and upload the text or JSON file inside."
            )
    if head.startswith(_UTF16):
        raise EvidenceRefused("This file is UTF-16 text. Save it as UTF-8 and upload it again.")
    if b"\x00" in head[:65536] and not head.startswith(_NOT_PLAIN):
        raise EvidenceRefused("This is a binary file. Upload the JSON export or the log as UTF-8 text.")
