"""Evidence in: one raw file becomes entries of the chronology, or nothing at all (invariants 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents import changes, sources
from incidents.chronology import normalize
from incidents.errors import EvidenceRefused, TimeNotCertain, TimeUnreadable
from incidents.models import Evidence, Incident
from incidents.services import bulk
from incidents.services.raw_files import RawFile, received
from incidents.sources import ParseContext, Skipped, Source
from incidents.times import known_zone

MOST_SKIPPED_LISTED = 500
WIDEST_OFFSET = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did: the evidence row, how many facts were new and known, and what could not be read."""

    evidence: Evidence
    added: int
    already_known: int
    skipped: list[dict[str, str]]


class _SkippedList:
    """Names what was skipped, up to a limit, and counts the rest."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.count = 0

    def add(self, skipped: Skipped) -> None:
        self.count += 1
        if self.count <= MOST_SKIPPED_LISTED:
            self.rows.append({"location": skipped.location[:200], "reason": skipped.reason})

    def listed(self) -> list[dict[str, str]]:
        rest = self.count - len(self.rows)
        if not rest:
            return self.rows
        return [*self.rows, {"location": "further on", "reason": f"{rest} more parts could not be read."}]


def import_evidence(
    *,
    actor: User,
    incident: Incident,
    filename: str,
    stream: BinaryIO,
    kind: str,
    zone: str = "",
    clock_offset: int = 0,
) -> ImportOutcome:
    """Take a raw file in, whole or not at all; a file that is already here adds nothing.

    ``zone`` is declared for times that carry none, ``clock_offset`` is how many seconds the source's clock runs ahead.
    Raises ``EvidenceRefused`` with a sentence, ``AccessDenied`` for somebody without the right.
    """
    access.require(actor, Permission.ADD_EVIDENCE, incident)
    source = sources.get(kind)
    context = ParseContext(known_zone(zone), _checked_offset(clock_offset))
    with received(stream) as raw:
        stored: list[str] = []
        try:
            with transaction.atomic():
                return _import(actor, incident, PurePath(filename).name, raw, source, context, stored)
        except BaseException:
            for name in stored:
                default_storage.delete(name)
            raise


def _checked_offset(seconds: int) -> int:
    if abs(seconds) > WIDEST_OFFSET:
        raise EvidenceRefused(
            "A clock that is off by more than a day is a wrong zone. Declare the zone instead."
        )
    return seconds


def _import(
    actor: User,
    incident: Incident,
    filename: str,
    raw: RawFile,
    source: Source,
    context: ParseContext,
    stored: list[str],
) -> ImportOutcome:
    bulk.lock(incident)
    known = Evidence.objects.filter(incident=incident, kind=source.kind, sha256=raw.sha256).first()
    if known:
        return ImportOutcome(known, 0, known.entry_count, known.skipped)
    skipped = _SkippedList()
    count = _read(raw, source, context, skipped)
    added = bulk.count_new(incident)
    evidence = Evidence(
        organization_id=incident.organization_id,
        incident=incident,
        kind=source.kind,
        filename=filename[:255] or "evidence",
        sha256=raw.sha256,
        size=raw.size,
        file=_keep(raw, incident, stored),
        zone=context.zone,
        clock_offset=context.clock_offset,
        entry_count=added,
        skipped=skipped.listed(),
        imported_by=actor,
    )
    evidence.save(force_insert=True)
    bulk.write_new(incident, evidence.pk)
    if added:
        changes.announce(incident=incident, actor=actor, what=f"{added} entries came in from {filename}")
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="evidence.imported",
        subject=f"incident:{incident.reference}",
        evidence=evidence.pk,
        kind=source.kind.value,
        sha256=raw.sha256,
        added=added,
        already_known=count - added,
        skipped=skipped.count,
    )
    return ImportOutcome(evidence, added, count - added, evidence.skipped)


def _read(raw: RawFile, source: Source, context: ParseContext, skipped: _SkippedList) -> int:
    """Stream the file's facts into the incoming table; returns how many there are, at least one."""
    with bulk.incoming(source.kind.value) as incoming:
        for found in source.parse(raw.stream, context):
            if isinstance(found, Skipped):
                skipped.add(found)
                continue
            try:
                incoming.add(normalize(found, context))
            except TimeUnreadable as error:
                skipped.add(Skipped(found.location, str(error)))
            except TimeNotCertain as error:
                raise TimeNotCertain(f"At {found.location}: {error}") from error
    if not incoming.count:
        raise EvidenceRefused(_nothing_read(source, skipped))
    return incoming.count


def _nothing_read(source: Source, skipped: _SkippedList) -> str:
    if not skipped.rows:
        return f"This file holds no entries. Check that it is the right export for “{source.label}”."
    first = skipped.rows[0]
    return (
        f"Nothing in this file could be read as “{source.label}”. At {first['location']}: {first['reason']} "
        "Choose the source that fits the file, or check the export."
    )


def _keep(raw: RawFile, incident: Incident, stored: list[str]) -> str:
    """Store the raw bytes under their hash; the storage's own suffix keeps two incidents' copies apart."""
    raw.stream.seek(0)
    name = f"{incident.organization_id}/{raw.sha256[:2]}/{raw.sha256}"
    kept = default_storage.save(name, File(raw.stream))
    stored.append(kept)
    return kept
