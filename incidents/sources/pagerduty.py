"""PagerDuty: log entries, alerts and notes of an incident as the REST API lists them, and webhooks (v3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    NOTHING,
    About,
    ParseContext,
    Signal,
    Skipped,
    first_text,
    mapping_of,
    objects,
    read_json,
    text_of,
)
from incidents.sources.pagerduty_events import about_incident, event_fact

EXPECTED = "the log entries of the PagerDuty incident"
_BY_PEOPLE = frozenset({"annotate", "acknowledge", "resolve", "assign", "escalate", "status_update"})
_LANES = {
    "trigger": Lane.ALERT,
    "notify": Lane.ALERT,
    "status_update": Lane.STATUS,
    "annotate": Lane.CHAT,
}


class PagerDuty:
    """Reads log entries, alone or with the incident, its alerts and its notes, and webhook events."""

    kind = SourceKind.PAGERDUTY
    label = SourceKind.PAGERDUTY.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        for section, location, item, about in _parts(read_json(stream, EXPECTED)):
            yield item if isinstance(item, Skipped) else _READERS[section](item, location, about)


def _parts(document: Any) -> Iterator[tuple[str, str, Mapping[str, Any] | Skipped, About]]:
    """Each part of a document with the section that it stands in."""
    sections, about = _sections(document)
    for section, items in sections.items():
        for location, item in objects(items, section):
            event = mapping_of(item, "event") if section == "events" else None
            yield section, location, event if event is not None else item, about


def _sections(document: Any) -> tuple[dict[str, list[Any]], About]:
    """What a document holds, by section; raises ``EvidenceRefused`` when that is nothing of PagerDuty."""
    if isinstance(document, list):
        events = bool(document) and all(isinstance(item, dict) and "event" in item for item in document)
        return {"events" if events else "log_entries": document}, NOTHING
    if isinstance(document, dict):
        if isinstance(document.get("event"), dict):
            return {"events": [document]}, NOTHING
        if isinstance(document.get("log_entry"), dict):
            return {"log_entries": [document["log_entry"]]}, NOTHING
        found = {name: document[name] for name in _READERS if isinstance(document.get(name), list)}
        if found:
            return found, about_incident(mapping_of(document, "incident"))
    raise EvidenceRefused(
        "This JSON holds no PagerDuty log entries. Save the answer of /incidents/{id}/log_entries and upload "
        "that file."
    )


def _log_entry(item: Mapping[str, Any], location: str, about: About) -> Signal | Skipped:
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
        about=_about(item, about),
    )


def _alert(item: Mapping[str, Any], location: str, about: About) -> Signal | Skipped:
    created, text = text_of(item, "created_at"), text_of(item, "summary")
    if not created or not text:
        return Skipped(location, "It has no created_at or no summary.")
    key, identity = text_of(item, "alert_key"), text_of(item, "id")
    service = text_of(item, "service", "summary")
    severity = text_of(item, "severity")
    return Signal(
        time_text=created,
        text=f"{text} ({severity})" if severity else text,
        lane=Lane.ALERT,
        trust=Trust.OBSERVED,
        location=location,
        actor=first_text(text_of(item, "integration", "summary"), service),
        identity=f"alert {identity}" if identity else "",
        about=About(
            services=(service,) if service else about.services,
            fingerprint=f"alert {key}" if key else about.fingerprint,
        ),
    )


def _note(item: Mapping[str, Any], location: str, about: About) -> Signal | Skipped:
    created, text = text_of(item, "created_at"), text_of(item, "content")
    if not created or not text:
        return Skipped(location, "It has no created_at or no content.")
    identity = text_of(item, "id")
    return Signal(
        time_text=created,
        text=text,
        lane=Lane.CHAT,
        trust=Trust.REPORTED,
        location=location,
        actor=text_of(item, "user", "summary"),
        identity=f"note {identity}" if identity else "",
        about=about,
    )


def _event(item: Mapping[str, Any], location: str, _about: About) -> Signal | Skipped:
    return event_fact(item, location)


def _about(item: Mapping[str, Any], otherwise: About) -> About:
    incident = mapping_of(item, "incident")
    service = text_of(item, "service", "summary")
    found = about_incident(incident) if incident else otherwise
    if service and not found.services:
        found = found._replace(services=(service,))
    return found


_READERS: dict[str, Callable[[Mapping[str, Any], str, About], Signal | Skipped]] = {
    "events": _event,
    "log_entries": _log_entry,
    "alerts": _alert,
    "notes": _note,
}


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
