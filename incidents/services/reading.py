"""Reading a raw file into a chronology: a short one fact by fact, a long log line by line beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol

from incidents.chronology import NormalizedEntry, normalize
from incidents.enums import Lane
from incidents.errors import EvidenceRefused, TimeNotCertain, TimeUnreadable
from incidents.masking import mask_all
from incidents.models import Entry, Evidence, Incident, Measured
from incidents.services import bulk, lines
from incidents.services.raw_files import RawFile
from incidents.sources import ParseContext, Skipped, Source
from incidents.sources.base import About, AttachedFile, Signal

MOST_SKIPPED_LISTED = 500
LONGEST_SHOWN_LOG = 1000
BATCH = 500


class Watch(Protocol):
    """Looks on while a file is read; may end it by raising."""

    def saw(self, position: int) -> None:
        """``position`` bytes of the file are read."""


class Unwatched:
    """Nobody waits for news."""

    def saw(self, position: int) -> None:
        """Nothing is done with it."""


@dataclass
class Skips:
    """Names what was skipped, up to a limit, and counts the rest."""

    rows: list[dict[str, str]] = field(default_factory=list)
    count: int = 0
    expected: int = 0

    def add(self, skipped: Skipped) -> None:
        self.count += 1
        self.expected += skipped.expected
        if self.count <= MOST_SKIPPED_LISTED:
            self.rows.append(
                {"location": bulk.storable(skipped.location)[:200], "reason": bulk.storable(skipped.reason)}
            )

    def listed(self) -> list[dict[str, str]]:
        """The rows, and a last one that counts what is not listed."""
        rest = self.count - len(self.rows)
        if not rest:
            return self.rows
        return [*self.rows, {"location": "further on", "reason": f"{rest} more parts could not be read."}]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held: facts, how many of them were new, lines beside them, what was skipped, files to fetch, and what
    the reading of a log noticed."""

    facts: int
    added: int
    lines: int
    skips: Skips
    files: tuple[tuple[int, AttachedFile], ...] = ()
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_into(
    incident: Incident,
    evidence: Evidence,
    raw: RawFile,
    source: Source,
    context: ParseContext,
    watch: Watch,
) -> Read:
    """Write every fact of the file; the caller holds the incident's lock and an open transaction.

    A log of more than ``LONGEST_SHOWN_LOG`` facts is kept line by line beside the chronology, which shows what stands
    out of it. Raises ``TimeNotCertain`` when a person must declare something, ``EvidenceRefused`` for a file that
    holds nothing.
    """
    skips = Skips()
    facts = _watched(_normalized(source.parse(raw.stream, context), context, skips), raw, watch)
    first = list(islice(facts, LONGEST_SHOWN_LOG + 1))
    if not first:
        raise EvidenceRefused(_nothing_read(source, skips))
    if len(first) > LONGEST_SHOWN_LOG and first[0].signal.lane == Lane.LOG:
        return _long_log(incident, evidence, chain(first, facts), skips)
    return _entries(incident, evidence, source, chain(first, facts), skips)


def _entries(
    incident: Incident,
    evidence: Evidence,
    source: Source,
    facts: Iterable[NormalizedEntry],
    skips: Skips,
) -> Read:
    with bulk.incoming(source.kind.value) as incoming:
        for fact in _masked(facts):
            incoming.add(fact)
    added = bulk.write_new(incident, evidence.pk)
    files = _keep_beside(incident, evidence, incoming.beside)
    return Read(incoming.count, added, 0, skips, files)


def _long_log(incident: Incident, evidence: Evidence, facts: Iterable[NormalizedEntry], skips: Skips) -> Read:
    log = lines.write(incident, evidence, _masked(facts))
    return Read(log.lines, log.entries, log.lines, skips, notes=log.notes)


def _normalized(
    found: Iterable[Signal | Skipped], context: ParseContext, skips: Skips
) -> Iterator[NormalizedEntry]:
    """The facts whose time can be read; a time that could mean two instants ends the reading."""
    for part in found:
        if isinstance(part, Skipped):
            skips.add(part)
            continue
        try:
            yield normalize(part, context)
        except TimeUnreadable as error:
            skips.add(Skipped(part.location, str(error)))
        except TimeNotCertain as error:
            raise TimeNotCertain(f"At {part.location}: {error}") from error


def _watched(facts: Iterator[NormalizedEntry], raw: RawFile, watch: Watch) -> Iterator[NormalizedEntry]:
    """The same facts, with a word to the watch every few hundred of them."""
    while batch := list(islice(facts, BATCH)):
        yield from batch
        watch.saw(raw.stream.tell())


def _masked(facts: Iterable[NormalizedEntry]) -> Iterator[NormalizedEntry]:
    """The same facts without secrets and personal data, before anything is stored."""
    rest = iter(facts)
    while batch := list(islice(rest, BATCH)):
        texts = [fact.signal.text for fact in batch]
        masked = mask_all(texts)
        if masked == texts:
            yield from batch
            continue
        for fact, before, after in zip(batch, texts, masked, strict=True):
            yield fact if before == after else _with_text(fact, after)


def _with_text(fact: NormalizedEntry, text: str) -> NormalizedEntry:
    return fact._replace(signal=fact.signal._replace(text=text))


def _keep_beside(
    incident: Incident, evidence: Evidence, beside: dict[str, About]
) -> tuple[tuple[int, AttachedFile], ...]:
    """Store measured series beside their new entries; gives the files that are to be fetched for entries."""
    if not beside:
        return ()
    rows = Entry.objects.filter(incident=incident, evidence=evidence, digest__in=list(beside))
    entries = [(pk, beside[digest]) for pk, digest in rows.values_list("pk", "digest")]
    Measured.objects.bulk_create(
        Measured(
            organization_id=incident.organization_id,
            entry_id=pk,
            name=about.series.name[:300],
            unit=about.series.unit[:40],
            points=[list(point) for point in about.series.points],
        )
        for pk, about in entries
        if about.series
    )
    return tuple((pk, file) for pk, about in entries for file in about.files)


def _nothing_read(source: Source, skips: Skips) -> str:
    if not skips.rows:
        return f"This file holds no entries. Check that it is the right export for “{source.label}”."
    first = skips.rows[0]
    return (
        f"Nothing in this file could be read as “{source.label}”. At {first['location']}: {first['reason']} "
        "Choose the source that fits the file, or check the export."
    )
