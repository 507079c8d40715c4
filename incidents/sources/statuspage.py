"""Statuspage: what was told to customers, from its webhooks and from the incidents that the REST API lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
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
from incidents.sources.values import joined, when, word_of

EXPECTED = "the incidents of the status page"
LISTS = ("incidents", "scheduled_maintenances")

Found = Iterator[Signal | Skipped]


class Statuspage:
    """One fact for each update of an incident, as a person wrote it, and one for each change of a component."""

    kind = SourceKind.STATUSPAGE
    label = SourceKind.STATUSPAGE.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Found:
        document = read_json(stream, EXPECTED)
        where, items = _items(document)
        if not any(isinstance(item, dict) and _is_known(item) for item in items):
            raise EvidenceRefused(
                "This JSON holds no incident of a status page. Upload the bodies that its webhook posts, or what "
                "/pages/{page}/incidents answers; each incident has “incident_updates”."
            )
        page = text_of(document, "page", "name")
        for location, item in objects(items, where):
            yield from [item] if isinstance(item, Skipped) else _read(item, location, page)


def _items(document: Any) -> tuple[str, list[Any]]:
    """The incidents or bodies of a file, and the name of the list that they stand in."""
    if isinstance(document, list):
        return "items", document
    for key in LISTS:
        if isinstance(document, dict) and isinstance(document.get(key), list):
            return key, document[key]
    return "items", [document]


def _is_known(item: Mapping[str, Any]) -> bool:
    return any(isinstance(item.get(key), dict) for key in ("incident", "component_update")) or _is_incident(
        item
    )


def _is_incident(item: Mapping[str, Any]) -> bool:
    return "incident_updates" in item or ("name" in item and "impact" in item)


def _read(item: Mapping[str, Any], location: str, page: str) -> Found:
    name = first_text(text_of(item, "page", "name"), page)
    incident = mapping_of(item, "incident")
    if isinstance(item.get("component_update"), dict):
        yield _component(item, location, name)
    elif incident or _is_incident(item):
        yield from _incident(incident or item, f"{location}.incident" if incident else location, name)
    else:
        yield Skipped(location, "It is neither an incident nor a change of a component.")


def _incident(incident: Mapping[str, Any], location: str, page: str) -> Found:
    updates = incident.get("incident_updates")
    if not isinstance(updates, list) or not updates:
        yield Skipped(location, "It has no incident_updates, so it does not say what was told when.")
        return
    for where, update in objects(updates, f"{location}.incident_updates"):
        yield update if isinstance(update, Skipped) else _update(incident, update, where, page)


def _update(
    incident: Mapping[str, Any], update: Mapping[str, Any], location: str, page: str
) -> Signal | Skipped:
    """What was told; ``display_at`` is the time that the page shows, which its writers may set."""
    at = when(update, "display_at", "created_at")
    if not at.text:
        return Skipped(
            location, "It has neither display_at nor created_at, so nobody can say when it was told."
        )
    text = _text(incident, update)
    if not text:
        return Skipped(location, "It has neither a status nor a text.")
    thing = first_text(word_of(incident, "id"), word_of(update, "incident_id"))
    identity = word_of(update, "id")
    return Signal(
        time_text=at.text,
        text=text,
        lane=Lane.STATUS,
        trust=Trust.REPORTED,
        location=location,
        actor=page,
        identity=f"statuspage update {identity}" if identity else "",
        zone=at.zone,
        about=About(
            services=_components(incident, update),
            fingerprint=f"statuspage incident {thing}" if thing else "",
        ),
    )


def _text(incident: Mapping[str, Any], update: Mapping[str, Any]) -> str:
    """``Identified: Checkout errors — We found the fault. (API: operational → major outage)``."""
    status, body = _words(update, "status").capitalize(), text_of(update, "body")
    told = joined(text_of(incident, "name"), body, mark=" — ")
    changed = "; ".join(filter(None, map(_change, _affected(update))))
    return joined(joined(status, told, mark=": "), f"({changed})" if changed else "")


def _affected(update: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parts = update.get("affected_components")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _change(part: Mapping[str, Any]) -> str:
    """``API: operational → major outage``; empty for a component whose status stayed."""
    name, old, new = text_of(part, "name"), _words(part, "old_status"), _words(part, "new_status")
    return f"{name}: {joined(old, new, mark=' → ')}" if name and new and old != new else ""


def _components(incident: Mapping[str, Any], update: Mapping[str, Any]) -> tuple[str, ...]:
    """The components that an update names, else those of its incident."""
    parts = incident.get("components")
    known = [text_of(part, "name") for part in parts] if isinstance(parts, list) else []
    named = [text_of(part, "name") for part in _affected(update)]
    return tuple(dict.fromkeys(filter(None, named))) or tuple(dict.fromkeys(filter(None, known)))


def _component(item: Mapping[str, Any], location: str, page: str) -> Signal | Skipped:
    """The change of a component's status by itself."""
    update, component = mapping_of(item, "component_update"), mapping_of(item, "component")
    at, name = when(update, "created_at"), text_of(component, "name")
    if not at.text:
        return Skipped(location, "It has no created_at, so nobody can say when the component changed.")
    old, new = _words(update, "old_status"), _words(update, "new_status")
    if not new:
        return Skipped(location, "It does not say to what the component changed.")
    identity = word_of(update, "id")
    thing = first_text(word_of(update, "component_id"), word_of(component, "id"))
    return Signal(
        time_text=at.text,
        text=joined(name or "A component", "changed", f"from {old}" if old else "", f"to {new}"),
        lane=Lane.STATUS,
        trust=Trust.REPORTED,
        location=location,
        actor=page,
        identity=f"statuspage component update {identity}" if identity else "",
        zone=at.zone,
        about=About(
            services=(name,) if name else (),
            fingerprint=f"statuspage component {thing}" if thing else "",
        ),
    )


def _words(item: Mapping[str, Any], key: str) -> str:
    """``major_outage`` as words."""
    return text_of(item, key).replace("_", " ")
