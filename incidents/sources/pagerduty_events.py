"""PagerDuty webhooks (v3): one event with what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.sources.base import About, Signal, Skipped, first_text, mapping_of, text_of

_DONE = {
    "triggered": "Triggered",
    "acknowledged": "Acknowledged",
    "unacknowledged": "No longer acknowledged",
    "resolved": "Resolved",
    "reopened": "Reopened",
    "escalated": "Escalated",
    "delegated": "Delegated",
    "reassigned": "Reassigned",
    "priority_updated": "Priority changed",
    "service_updated": "Service changed",
    "incident_type.changed": "Incident type changed",
    "conference_bridge.updated": "Conference bridge changed",
    "annotated": "Note",
    "status_update_published": "Status update",
    "responder.added": "Responder asked",
    "responder.replied": "Responder answered",
}
_LANES = {
    "triggered": Lane.ALERT,
    "reopened": Lane.ALERT,
    "annotated": Lane.CHAT,
    "status_update_published": Lane.STATUS,
}


def event_fact(event: Mapping[str, Any], location: str) -> Signal | Skipped:
    """What one event tells."""
    kind, when = text_of(event, "event_type"), text_of(event, "occurred_at")
    data = mapping_of(event, "data")
    if kind == "pagey.ping" or text_of(data, "type") == "ping":
        return Skipped(location, "It is a test message of PagerDuty, and no fact.", expected=True)
    if not when:
        return Skipped(location, "It has no occurred_at, so nobody can say when it happened.")
    incident = data if text_of(data, "type") == "incident" else mapping_of(data, "incident")
    change = kind.removeprefix("incident.")
    words = _words(change, data, incident)
    if not words:
        return Skipped(location, f"It is an event “{kind[:60]}” that tells nothing in words.")
    agent = mapping_of(event, "agent")
    by_person = text_of(agent, "type").startswith("user")
    identity = text_of(event, "id")
    return Signal(
        time_text=when,
        text=words,
        lane=_LANES.get(change, Lane.ACTION),
        trust=Trust.REPORTED if by_person else Trust.OBSERVED,
        location=location,
        actor=first_text(text_of(agent, "summary"), text_of(agent, "name")),
        identity=f"event {identity}" if identity else "",
        about=about_incident(incident),
    )


def about_incident(incident: Mapping[str, Any]) -> About:
    """The incident's service, and the incident itself as the thing that facts are about."""
    service, identity = text_of(incident, "service", "summary"), text_of(incident, "id")
    return About(
        services=(service,) if service else (),
        fingerprint=f"pagerduty incident {identity}" if identity else "",
    )


def _words(change: str, data: Mapping[str, Any], incident: Mapping[str, Any]) -> str:
    done = _DONE.get(change, change.replace("_", " ").replace(".", " ").capitalize())
    title = first_text(text_of(incident, "title"), text_of(incident, "summary"))
    told = first_text(text_of(data, "content"), text_of(data, "message"))
    if change in ("triggered", "priority_updated", "reopened"):
        priority = text_of(incident, "priority", "summary")
        title = f"{title} ({priority})" if priority and title else title
    if change.startswith("responder"):
        person = text_of(data, "user", "summary")
        done = f"{done}: {person}" if person else done
    if told:
        return f"{done}: {told}"
    return f"{done}: {title}" if title else ""
