"""Files packed with gzip, unpacked as a stream; what is stored as evidence stays packed."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from django.conf import settings

from incidents.errors import EvidenceRefused

GZIP = b"\x1f\x8b"
TIMES_LARGER = 4
CHUNK = 64 * 1024
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


def unpacked(stream: BinaryIO) -> BinaryIO:
    """The text inside of a file: the stream itself from its start, or what gzip packed into it.

    ``stream`` must be rewindable. Reading raises ``EvidenceRefused`` when the file is cut off or damaged, and when it
    holds more than ``TIMES_LARGER`` times the largest file that is accepted.
    """
    start = stream.tell()
    packed = stream.read(len(GZIP)) == GZIP
    stream.seek(start)
    return cast(BinaryIO, io.BufferedReader(_Unpacking(stream), CHUNK)) if packed else stream


class _Unpacking(io.RawIOBase):
    """Hands out the unpacked bytes piece by piece; never more than ``CHUNK`` of them are held."""

    def __init__(self, stream: BinaryIO) -> None:
        self._pieces = _pieces(stream, TIMES_LARGER * settings.EVIDENCE_MAX_BYTES)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._rest or next(self._pieces, b"")
        count = min(len(buffer), len(piece))
        buffer[:count] = piece[:count]
        self._rest = piece[count:]
        return count


def _pieces(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """What all members of the file unpack to; tools that rotate logs append one member to the other."""
    member, size, waiting = zlib.decompressobj(_WITH_GZIP_HEADER), 0, stream.read(CHUNK)
    while waiting:
        piece = _piece(member, waiting)
        size += len(piece)
        if size > limit:
            raise EvidenceRefused(_too_large(limit))
        if piece:
            yield piece
        if member.eof:
            waiting = member.unused_data.lstrip(b"\x00") or stream.read(CHUNK).lstrip(b"\x00")
            member = zlib.decompressobj(_WITH_GZIP_HEADER) if waiting else member
        else:
            waiting = member.unconsumed_tail or stream.read(CHUNK)
    if not member.eof:
        raise EvidenceRefused(
            "This gzip file stops before its end: it was cut off. Copy it again and upload the whole file."
        )


def _piece(member: zlib._Decompress, packed: bytes) -> bytes:
    try:
        return member.decompress(packed, CHUNK)
    except zlib.error as error:
        raise EvidenceRefused(
            "This gzip file is damaged and cannot be unpacked. Copy it again, or unpack it and upload the text inside."
        ) from error


def _too_large(limit: int) -> str:
    words = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 1024} KB"
    return (
        f"This gzip file unpacks to more than {words}, the most that is accepted here. Cut it to the hours of the "
        "incident, or ask an administrator to raise AFTERWORD_EVIDENCE_MAX_BYTES."
    )
