"""Evidence in: one raw file becomes entries of the chronology, or nothing at all (invariants 2 and 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents import changes, sources
from incidents.errors import EvidenceRefused
from incidents.models import Arrival, Evidence, Incident
from incidents.models.evidence import NOT_FETCHED
from incidents.models.intake import CUTS
from incidents.services import acceptance, bulk, clocks, insights
from incidents.services.raw_files import RawFile, received
from incidents.services.reading import Read, Unwatched, Watch, read_into
from incidents.sources import ParseContext, Source
from incidents.sources.base import AttachedFile
from incidents.times import known_zone

DATE_ORDERS = ("", "dmy", "mdy")
FIRST_YEAR, LAST_YEAR = 1990, 2100
WIDEST_OFFSET = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did: the evidence row, how many facts were new and known, what could not be read, and which files
    the source keeps beside new entries."""

    evidence: Evidence
    added: int
    already_known: int
    skipped: list[dict[str, str]]
    files: tuple[tuple[int, AttachedFile], ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A raw file on its way in: what it is called, how it is read, and the arrival that brought it."""

    filename: str
    source: Source
    context: ParseContext
    arrival: Arrival | None = None


def import_evidence(
    *,
    actor: User,
    incident: Incident,
    filename: str,
    stream: BinaryIO,
    kind: str,
    zone: str = "",
    clock_offset: int = 0,
    date_order: str = "",
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
) -> ImportOutcome:
    """Take a raw file in, whole or not at all; a file that is already here adds nothing.

    ``zone`` is declared for times that carry none, ``clock_offset`` is how many seconds the source's clock runs ahead;
    the others are as in ``ParseContext``. Raises ``EvidenceRefused`` with a sentence, ``AccessDenied`` for somebody
    without the right.
    """
    access.require(actor, Permission.ADD_EVIDENCE, incident)
    declared = {"date_order": date_order, "year": year, "columns": dict(columns or {})}
    context = context_of({"zone": zone, "clock_offset": clock_offset, **declared})
    with received(stream) as raw:
        given = Given(PurePath(filename).name, sources.get(kind), context)
        outcome = take(actor=actor, incident=incident, given=given, raw=raw)
    if outcome.added:
        insights.refresh(incident)
    return outcome


def context_of(declared: Mapping[str, Any], **known: Mapping[str, str]) -> ParseContext:
    """What a person declared, checked; raises ``EvidenceRefused`` for what cannot be meant."""
    year, order = declared.get("year"), str(declared.get("date_order") or "")
    if order not in DATE_ORDERS:
        raise EvidenceRefused("Say whether dates are written day first (dmy) or month first (mdy).")
    if year is not None and not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise EvidenceRefused(f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return ParseContext(
        zone=known_zone(str(declared.get("zone") or "")),
        clock_offset=_checked_offset(int(declared.get("clock_offset") or 0)),
        date_order=order,
        year=int(year) if year is not None else None,
        columns=dict(declared.get("columns") or {}),
        **known,
    )


def take(
    *, actor: User | None, incident: Incident, given: Given, raw: RawFile, watch: Watch | None = None
) -> ImportOutcome:
    """Read a raw file into an incident, whole or not at all; ``actor`` is nobody for what arrived by itself."""
    stored: list[str] = []
    try:
        with transaction.atomic():
            return _take(actor, incident, given, raw, watch or Unwatched(), stored)
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


def _take(
    actor: User | None, incident: Incident, given: Given, raw: RawFile, watch: Watch, stored: list[str]
) -> ImportOutcome:
    bulk.lock(incident)
    cuts = _cuts(given.arrival)
    known = Evidence.objects.filter(incident=incident, kind=given.source.kind, sha256=raw.sha256).first()
    if known:
        untold = [cut for cut in cuts if cut not in known.skipped]
        return ImportOutcome(known, 0, known.entry_count, [*untold, *known.skipped])
    evidence = _write(actor, incident, given, raw, stored)
    raw.stream.seek(0)
    read = read_into(incident, evidence, raw, given.source, given.context, watch)
    evidence.entry_count, evidence.line_count = read.added, read.lines
    evidence.skipped = [*cuts, *read.skips.listed()]
    evidence.save(update_fields=["entry_count", "line_count", "skipped"])
    clocks.set_right(incident, evidence)
    for name, sentences in read.notes.items():
        insights.note(incident, name, sentences)
    if read.added:
        insights.mark_stale(incident)
        what = f"{read.added} entries came in from {given.filename}"
        changes.announce(incident=incident, actor=actor, what=what)
    acceptance.settle(incident, actor)
    _record(actor, incident, evidence, read)
    return ImportOutcome(evidence, read.added, read.facts - read.added, evidence.skipped, read.files)


def _cuts(arrival: Arrival | None) -> list[dict[str, str]]:
    """What the fetch that brought the file left out, in the shape of what was skipped in it."""
    told = arrival.declared.get(CUTS, ()) if arrival else ()
    return [{"location": NOT_FETCHED, "reason": bulk.storable(sentence)} for sentence in told]


def _write(actor: User | None, incident: Incident, given: Given, raw: RawFile, stored: list[str]) -> Evidence:
    """The evidence row, before anything is read from it."""
    context = given.context
    evidence = Evidence(
        organization_id=incident.organization_id,
        incident=incident,
        kind=given.source.kind,
        filename=given.filename[:255] or "evidence",
        sha256=raw.sha256,
        size=raw.size,
        file=_keep(raw, incident, stored),
        zone=context.zone,
        clock_offset=context.clock_offset,
        declared=_declared(context),
        arrival=given.arrival,
        imported_by=actor,
    )
    evidence.save(force_insert=True)
    return evidence


def _declared(context: ParseContext) -> dict[str, Any]:
    said = {"date_order": context.date_order, "year": context.year, "columns": dict(context.columns)}
    return {name: value for name, value in said.items() if value}


def _record(actor: User | None, incident: Incident, evidence: Evidence, read: Read) -> None:
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="evidence.imported",
        subject=f"incident:{incident.reference}",
        evidence=evidence.pk,
        kind=evidence.kind,
        sha256=evidence.sha256,
        added=read.added,
        already_known=read.facts - read.added,
        lines=read.lines,
        skipped=read.skips.count,
        not_fetched=len(_cuts(evidence.arrival)),
    )


def _keep(raw: RawFile, incident: Incident, stored: list[str]) -> str:
    """Store the raw bytes under their hash; the storage's own suffix keeps two incidents' copies apart."""
    raw.stream.seek(0)
    name = f"{incident.organization_id}/{raw.sha256[:2]}/{raw.sha256}"
    kept = default_storage.save(name, File(raw.stream))
    stored.append(kept)
    return kept
