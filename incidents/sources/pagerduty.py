"""PagerDuty: webhook events (v3), and what the REST API lists of an incident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.sources.base import ParseContext, Signal, Skipped, mapping_of, objects, read_json
from incidents.sources.pagerduty_events import event_fact
from incidents.sources.pagerduty_records import (
    Item,
    alert,
    incident_facts,
    kind_of,
    log_entry,
    note,
    words_of,
)

EXPECTED = "the log entries of the PagerDuty incident"
_LISTS = ("log_entries", "alerts", "notes")
_SINGLE = {"log_entry": "log_entries", "alert": "alerts", "note": "notes"}

Found = Iterator[Signal | Skipped]


class PagerDuty:
    """Reads webhook events, log entries, and ``{"incident", "log_entries", "alerts", "notes"}`` or any part of it."""

    kind = SourceKind.PAGERDUTY
    label = SourceKind.PAGERDUTY.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Found:
        document = read_json(stream, EXPECTED)
        if isinstance(document, list):
            yield from _listed(document)
        elif isinstance(document, dict) and _is_delivery(document):
            yield event_fact(document["event"], "event")
        elif isinstance(document, dict) and (parts := _parts(document)):
            yield from _pulled(mapping_of(document, "incident"), parts)
        else:
            raise EvidenceRefused(
                "This JSON holds no PagerDuty log entries. Save the answer of /incidents/{id}/log_entries and upload "
                "that file."
            )


def _is_delivery(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("event"), dict)


def _listed(items: list[Any]) -> Found:
    """Webhook bodies, pulled incidents and log entries, one after the other."""
    for location, item in objects(items, "log_entries"):
        if isinstance(item, Skipped):
            yield item
        elif _is_delivery(item):
            yield event_fact(item["event"], location)
        elif "created_at" not in item and (parts := _parts(item)):
            yield from _pulled(mapping_of(item, "incident"), parts, f"{location}.")
        else:
            yield log_entry(item, location, {})


def _parts(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The lists of a document by their names; a single one counts as a list. Empty when it holds none of them."""
    parts = {name: document[name] for name in _LISTS if isinstance(document.get(name), list)}
    for single, name in _SINGLE.items():
        if name not in parts and isinstance(document.get(single), dict):
            parts[name] = [document[single]]
    if not parts and mapping_of(document, "incident"):
        return {"log_entries": []}
    return parts


def _pulled(incident: Item, parts: Mapping[str, list[Any]], prefix: str = "") -> Found:
    """One incident. Each fact is told once: by its log entry, and a note by the note."""
    entries, alerts, notes = (list(objects(parts.get(name, ()), f"{prefix}{name}")) for name in _LISTS)
    if incident:
        told = frozenset(kind_of(item) for _, item in entries if not isinstance(item, Skipped))
        yield from incident_facts(incident, f"{prefix}incident", told)
    noted = {words_of(item) for _, item in notes if not isinstance(item, Skipped)}
    for location, item in entries:
        yield item if isinstance(item, Skipped) else _entry(item, location, incident, noted)
    for location, item in alerts:
        yield from [item] if isinstance(item, Skipped) else alert(item, location, incident)
    for location, item in notes:
        yield item if isinstance(item, Skipped) else note(item, location, incident)


def _entry(item: Item, location: str, incident: Item, noted: set[tuple[str, str]]) -> Signal | Skipped:
    words = words_of(item)
    if kind_of(item) == "annotate" and all(words) and words in noted:
        return Skipped(location, "It tells of a note that stands among the notes.", expected=True)
    return log_entry(item, location, incident)
