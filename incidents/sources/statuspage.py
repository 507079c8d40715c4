"""Statuspage: what was told to customers, from webhooks and from the list of incidents of the REST API."""

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

EXPECTED = "the incidents of the status page"


class Statuspage:
    """One fact for each update that a person posted, and one for each change of a component."""

    kind = SourceKind.STATUSPAGE
    label = SourceKind.STATUSPAGE.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        document = read_json(stream, EXPECTED)
        for location, item in objects(_items(document), "items"):
            if isinstance(item, Skipped):
                yield item
            elif "component_update" in item:
                yield _component(item, location)
            else:
                yield from _updates(mapping_of(item, "incident") or item, location)


def _items(document: Any) -> list[Any]:
    if isinstance(document, dict):
        incidents = document.get("incidents")
        document = incidents if isinstance(incidents, list) else [document]
    if not isinstance(document, list) or not any(_is_known(item) for item in document):
        raise EvidenceRefused(
            "This JSON holds no status page incident. Upload a webhook's body, or the answer of "
            "/pages/{page}/incidents; each incident has incident_updates."
        )
    return document


def _is_known(item: Any) -> bool:
    return isinstance(item, dict) and (
        "incident" in item or "incident_updates" in item or "component_update" in item
    )


def _updates(incident: Mapping[str, Any], location: str) -> Iterator[Signal | Skipped]:
    updates = incident.get("incident_updates")
    if not isinstance(updates, list) or not updates:
        yield Skipped(location, "It has no incident_updates, so nothing was told at a known time.")
        return
    about = _about(incident)
    for where, update in objects(updates, f"{location}.incident_updates"):
        yield update if isinstance(update, Skipped) else _update(incident, update, where, about)


def _update(
    incident: Mapping[str, Any], update: Mapping[str, Any], location: str, about: About
) -> Signal | Skipped:
    when = first_text(text_of(update, "display_at"), text_of(update, "created_at"))
    if not when:
        return Skipped(
            location, "It has neither display_at nor created_at, so nobody can say when it was posted."
        )
    status = text_of(update, "status").replace("_", " ")
    words = first_text(text_of(update, "body"), text_of(incident, "name"))
    text = ": ".join(part for part in (status.capitalize(), words) if part)
    if not text:
        return Skipped(location, "It has neither a status nor a text.")
    identity = text_of(update, "id")
    return Signal(
        time_text=when,
        text=text,
        lane=Lane.STATUS,
        trust=Trust.REPORTED,
        location=location,
        actor="Status page",
        identity=f"update {identity}" if identity else "",
        about=about,
    )


def _component(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    update, component = mapping_of(item, "component_update"), mapping_of(item, "component")
    when, name = text_of(update, "created_at"), text_of(component, "name")
    if not when:
        return Skipped(location, "It has no created_at, so nobody can say when the component changed.")
    old, new = (text_of(update, key).replace("_", " ") for key in ("old_status", "new_status"))
    change = f"from {old} to {new}" if old and new else f"to {new or 'another state'}"
    identity = text_of(update, "id")
    return Signal(
        time_text=when,
        text=f"{name or 'A component'} changed {change}",
        lane=Lane.STATUS,
        trust=Trust.REPORTED,
        location=location,
        actor="Status page",
        identity=f"component update {identity}" if identity else "",
        about=About(services=(name,) if name else ()),
    )


def _about(incident: Mapping[str, Any]) -> About:
    components = incident.get("components")
    names = [text_of(part, "name") for part in components] if isinstance(components, list) else []
    identity = text_of(incident, "id")
    return About(
        services=tuple(name for name in names if name),
        fingerprint=f"statuspage incident {identity}" if identity else "",
    )
