"""What stands beside an entry: what it holds, its pattern, its picture, its files, and its raw payload."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from itertools import islice
from typing import IO, Any, NamedTuple

from django.http import Http404

from incidents import pictures
from incidents.masking import mask_document
from incidents.models import Attachment, Entry, Evidence, Incident, LogLine, LogPattern, Measured

MOST_INSIDE = 50
MOST_SAMPLES = 5
LARGEST_SHOWN = 2**20
LINES_BEFORE, LINES_AFTER, LEAD = 40, 60, 120


class Pattern(NamedTuple):
    """A group of log lines as it is shown: what they have in common, and some of them."""

    pattern: LogPattern
    samples: Sequence[LogLine]


class Payload(NamedTuple):
    """A part of a raw payload, masked; ``told`` says which part it is."""

    text: str
    told: str


def beside_of(entry: Entry) -> dict[str, Any]:
    """What the details of an entry show, by the names that the template uses."""
    inside = Entry.objects.filter(folded_into=entry).select_related("evidence").in_order()
    measured = Measured.objects.filter(entry=entry).first()
    found = list(inside[: MOST_INSIDE + 1])
    return {
        "inside": found[:MOST_INSIDE],
        "inside_more": len(found) > MOST_INSIDE,
        "stands_in": entry.folded_into,
        "patterns": _patterns(entry),
        "measured": measured,
        "picture": _picture(entry, measured),
        "attachments": Attachment.objects.filter(entry=entry).select_related("added_by"),
    }


def attachment_or_404(incident: Incident, pk: int) -> Attachment:
    """A file beside one of the incident's entries."""
    found: Attachment | None = Attachment.objects.filter(incident=incident, pk=pk).first()
    if found is None:
        raise Http404("There is no such file.")
    return found


def evidence_or_404(incident: Incident, pk: int) -> Evidence:
    """A raw file of the incident."""
    found: Evidence | None = Evidence.objects.filter(incident=incident, pk=pk).first()
    if found is None:
        raise Http404("There is no such evidence.")
    return found


def payload_around(evidence: Evidence, entry: Entry | None) -> Payload:
    """The payload as masked text: around the line in which an entry stands, else its first megabyte."""
    try:
        with evidence.file.storage.open(str(evidence.file.name)) as raw, _plain(raw) as stream:
            line = _line_number(entry.location) if entry else None
            return _around(stream, line) if line else _start(stream)
    except (FileNotFoundError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Http404(
            "The raw file is not in the store. Ask an administrator to restore it from a backup."
        ) from error


def _patterns(entry: Entry) -> list[Pattern]:
    patterns = list(LogPattern.objects.filter(entry=entry).select_related("evidence")[:MOST_SAMPLES])
    return [Pattern(one, _samples(one)) for one in patterns]


def _samples(pattern: LogPattern) -> list[LogLine]:
    rows = LogLine.objects.filter(evidence=pattern.evidence_id, ordinal__in=pattern.samples[:MOST_SAMPLES])
    return list(rows.order_by("ordinal"))


def _picture(entry: Entry, measured: Measured | None) -> Any:
    if measured is None:
        return ""
    return pictures.draw(
        measured.points, name=measured.name, unit=measured.unit, at=entry.at, key=str(entry.number)
    )


def _plain(stream: IO[bytes]) -> IO[bytes]:
    """The stream unpacked, when it is packed with gzip."""
    head = stream.read(2)
    stream.seek(0)
    return gzip.GzipFile(fileobj=stream) if head == b"\x1f\x8b" else stream  # type: ignore[return-value]


def _line_number(location: str) -> int | None:
    """The number in ``line 7``; nothing for a place in a document."""
    word, _space, number = location.partition(" ")
    return int(number) if word == "line" and number.isascii() and number.isdigit() else None


def _start(stream: IO[bytes]) -> Payload:
    raw = stream.read(LARGEST_SHOWN)
    more = bool(stream.read(1))
    return Payload(mask_document(raw), "The first megabyte of the file." if more else "The whole file.")


def _around(stream: IO[bytes], line: int) -> Payload:
    """The lines around one. More of them are masked than are shown, since a key may begin above what is shown."""
    first = max(line - LINES_BEFORE - LEAD, 1)
    lines = [one[:20_000] for one in islice(stream, first - 1, line + LINES_AFTER)]
    kept = b"".join(lines)[:LARGEST_SHOWN]
    shown = mask_document(kept).splitlines()
    start = max(line - LINES_BEFORE, 1)
    text = "\n".join(shown[start - first :])
    return Payload(text, f"Lines {start:,} to {first + len(lines) - 1:,}; the entry stands in line {line:,}.")
