"""PagerDuty: the log entries of an incident, as the REST API lists them (newest first)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    ParseContext,
    Signal,
    Skipped,
    first_text,
    mapping_of,
    objects,
    read_json,
    text_of,
)

EXPECTED = "the log entries of the PagerDuty incident"
_BY_PEOPLE = frozenset({"annotate", "acknowledge", "resolve", "assign", "escalate", "status_update"})
_LANES = {
    "trigger": Lane.ALERT,
    "notify": Lane.ALERT,
    "status_update": Lane.STATUS,
    "annotate": Lane.CHAT,
}


class PagerDuty:
    """Reads ``{"log_entries": [...]}``, a bare list of log entries, or one log entry."""

    kind = SourceKind.PAGERDUTY
    label = SourceKind.PAGERDUTY.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        for location, item in objects(_entries(read_json(stream, EXPECTED)), "log_entries"):
            yield item if isinstance(item, Skipped) else _signal(item, location)


def _entries(document: Any) -> list[Any]:
    if isinstance(document, dict):
        single = [document["log_entry"]] if "log_entry" in document else None
        document = document.get("log_entries", single)
    if not isinstance(document, list):
        raise EvidenceRefused(
            "This JSON holds no PagerDuty log entries. Save the answer of /incidents/{id}/log_entries and upload "
            "that file."
        )
    return document


def _signal(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    created, text = text_of(item, "created_at"), _text(item)
    if not created:
        return Skipped(location, "It has no created_at, so nobody can say when it happened.")
    if not text:
        return Skipped(location, "It has neither a summary nor a description.")
    kind = _kind(item)
    agent = mapping_of(item, "agent")
    by_person = text_of(agent, "type").startswith("user")
    identity = text_of(item, "id")
    return Signal(
        time_text=created,
        text=text,
        lane=_LANES.get(kind, Lane.ACTION),
        trust=Trust.REPORTED if by_person and kind in _BY_PEOPLE else Trust.OBSERVED,
        location=location,
        actor=first_text(text_of(agent, "summary"), text_of(agent, "name")),
        identity=f"log_entry {identity}" if identity else "",
    )


def _kind(item: Mapping[str, Any]) -> str:
    return text_of(item, "type").removesuffix("_reference").removesuffix("_log_entry")


def _text(item: Mapping[str, Any]) -> str:
    """What happened, in the channel's words for a trigger or a note, else in PagerDuty's own summary."""
    summary = text_of(item, "summary")
    channel = mapping_of(item, "channel")
    told = first_text(
        text_of(channel, "summary"),
        text_of(channel, "subject"),
        text_of(channel, "description"),
        text_of(channel, "details", "description"),
        text_of(channel, "content"),
    )
    return first_text(told if _kind(item) in ("trigger", "annotate", "status_update") else "", summary, told)
