"""PagerDuty webhooks (v3): one event, with what it changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.sources.base import About, Signal, Skipped, first_text, mapping_of, text_of
from incidents.sources.values import as_word, joined, word_of

_DONE = {
    "triggered": "",
    "reopened": "Reopened",
    "acknowledged": "Acknowledged",
    "unacknowledged": "Unacknowledged",
    "resolved": "Resolved",
    "escalated": "Escalated",
    "reassigned": "Reassigned",
    "delegated": "Delegated",
    "priority_updated": "Priority set",
    "service_updated": "Service changed",
    "incident_type.changed": "Type changed",
    "conference_bridge.updated": "Conference bridge changed",
    "custom_field_values.updated": "Fields changed",
    "responder.added": "Responder asked",
    "responder.replied": "Responder answered",
    "role.assigned": "Role assigned",
    "role.unassigned": "Role taken away",
    "workflow.started": "Workflow started",
    "workflow.completed": "Workflow completed",
    "action_invocation.created": "Automation action started",
    "action_invocation.updated": "Automation action changed",
    "action_invocation.terminated": "Automation action ended",
}
_SAID = {"annotated": ("content", "note"), "status_update_published": ("message", "status update")}
_LANES = {
    "triggered": Lane.ALERT,
    "reopened": Lane.ALERT,
    "annotated": Lane.CHAT,
    "status_update_published": Lane.STATUS,
}
_ALWAYS_OBSERVED = frozenset({"triggered", "reopened"})

Data = Mapping[str, Any]


def event_fact(event: Mapping[str, Any], location: str) -> Signal | Skipped:
    """What one event tells; a kind of event that came after this was written is told by its name and its subject."""
    kind, at, data = text_of(event, "event_type"), text_of(event, "occurred_at"), mapping_of(event, "data")
    if kind == "pagey.ping":
        return Skipped(location, "It is a test message of PagerDuty, no fact.", expected=True)
    if not at:
        return Skipped(location, "It has no occurred_at, so nobody can say when it happened.")
    change, agent = kind.removeprefix("incident."), mapping_of(event, "agent")
    text = _text(change, kind, data)
    if not text:
        return Skipped(location, "It has neither a title nor words. Subscribe to events of incidents.")
    by_person = text_of(agent, "type").startswith("user") and change not in _ALWAYS_OBSERVED
    return Signal(
        time_text=at,
        text=text,
        lane=Lane.CHANGE if kind.startswith("service.") else _LANES.get(change, Lane.ACTION),
        trust=Trust.REPORTED if by_person or change in _SAID else Trust.OBSERVED,
        location=location,
        actor=name_of(agent),
        identity=_identity(change, event, data),
        about=_about(kind, data),
    )


def name_of(thing: Mapping[str, Any]) -> str:
    """How PagerDuty calls a person, a service or anything else that it refers to."""
    return first_text(text_of(thing, "summary"), text_of(thing, "name"))


def about_incident(incident: Mapping[str, Any]) -> About:
    """The incident as the thing that facts are about, and its service where it is told."""
    service, identity = name_of(mapping_of(incident, "service")), word_of(incident, "id")
    return About(
        services=(service,) if service else (),
        fingerprint=f"pagerduty incident {identity}" if identity else "",
    )


def titled(text: str, incident: Mapping[str, Any]) -> str:
    """The text with the incident's priority: ``Checkout latency above SLO (P1)``."""
    priority = name_of(mapping_of(incident, "priority"))
    return joined(text, f"({priority})" if priority and priority not in text else "") if text else ""


def note_identity(note: Mapping[str, Any]) -> str:
    """The same for a note from a webhook and from the REST API."""
    identity = word_of(note, "id")
    return f"pagerduty note {identity}" if identity else ""


def _identity(change: str, event: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    if change == "annotated" and (note := note_identity(data)):
        return note
    if change == "status_update_published" and (update := word_of(data, "id")):
        return f"pagerduty status update {update}"
    identity = word_of(event, "id")
    return f"pagerduty event {identity}" if identity else ""


def _incident(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The incident that the data is, or that it refers to."""
    return mapping_of(data, "incident") or (data if text_of(data, "type") == "incident" else {})


def _about(kind: str, data: Mapping[str, Any]) -> About:
    if not kind.startswith("service."):
        return about_incident(_incident(data))
    name, identity = name_of(data), word_of(data, "id")
    return About((name,) if name else (), fingerprint=f"pagerduty service {identity}" if identity else "")


def _text(change: str, kind: str, data: Mapping[str, Any]) -> str:
    """``Escalated to Bart: Checkout latency above SLO``; a note and a status update in their own words."""
    if change in _SAID:
        return _said(change, data)
    incident = _incident(data)
    title = first_text(text_of(incident, "title"), name_of(incident), name_of(data), text_of(data, "title"))
    done = _DONE.get(change, change.replace(".", " ").replace("_", " ").capitalize())
    if change in ("triggered", "reopened"):
        title = titled(title, incident)
    added = _added(change, data)
    if not (title or added) or not kind:
        return ""
    return joined(joined(done, added), title, mark=": ")


def _said(change: str, data: Mapping[str, Any]) -> str:
    """The words; PagerDuty shortens long ones in webhooks and says so."""
    key, name = _SAID[change]
    words = text_of(data, key)
    was_cut = bool(words) and data.get("trimmed") is True
    return joined(words, f"[the {name} goes on in PagerDuty]" if was_cut else "")


def _added(change: str, data: Data) -> str:
    """To whom, to what, or how: the part of an event that only its kind has."""
    return _ADDED[change](data) if change in _ADDED else _own_name(change, data)


def _own_name(change: str, data: Data) -> str:
    """How a workflow, an automation action or whatever else happened to the incident is called."""
    own = name_of(data) if _incident(data) is not data else ""
    name = first_text(own, _named(data, "incident_workflow"), _named(data, "workflow"))
    state = text_of(data, "state") if change.startswith("action_invocation.") else ""
    return joined(name, f"({state})" if state else "")


def _named(data: Data, key: str) -> str:
    return name_of(mapping_of(data, key))


def _to(name: str) -> str:
    return f"to {name}" if name else ""


def _people(data: Data) -> str:
    things = data.get("assignees")
    named = [name_of(one) for one in things if isinstance(one, dict)] if isinstance(things, list) else []
    return ", ".join(filter(None, named))


def _merged(data: Data) -> str:
    """Why it was resolved, when that was not by its own."""
    into = name_of(mapping_of(mapping_of(data, "resolve_reason"), "incident"))
    return f"by merging it into {into}" if into else ""


def _asked(data: Data) -> str:
    whom = first_text(_named(data, "user"), _named(data, "escalation_policy"))
    return joined(whom, text_of(data, "message"), mark=", ")


def _answered(data: Data) -> str:
    state = text_of(data, "state")
    return joined(_asked(data), f"({state})" if state else "")


def _role(data: Data) -> str:
    person = _named(data, "user")
    return joined(_named(data, "role"), f"({person})" if person else "")


def _bridge(data: Data) -> str:
    """The number and the address, which stand in the data or in the incident."""
    inner = mapping_of(data, "conference_bridge") or data
    places = (text_of(inner, key) for key in ("conference_number", "conference_url"))
    return ", ".join(filter(None, places))


def _type(data: Data) -> str:
    return _to(first_text(_named(data, "incident_type"), _named(_incident(data), "incident_type")))


def _fields(data: Data) -> str:
    """``Impact = high``, for those that changed where the event says which."""
    fields = data.get("custom_fields")
    changed = data.get("changed_fields")
    names = [one for one in changed if isinstance(one, str)] if isinstance(changed, list) else []
    items = [one for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []
    told = [one for one in items if not names or text_of(one, "name") in names]
    return ", ".join(
        f"{text_of(one, 'name')} = {_value(one.get('value'))}" for one in told if text_of(one, "name")
    )


def _value(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return " and ".join(filter(None, map(as_word, values))) or "empty"


_ADDED: dict[str, Callable[[Data], str]] = {
    "escalated": lambda data: _to(_people(data)),
    "reassigned": lambda data: _to(_people(data)),
    "delegated": lambda data: _to(_named(data, "escalation_policy")),
    "priority_updated": lambda data: _to(_named(data, "priority") or "none"),
    "service_updated": lambda data: _to(_named(data, "service")),
    "resolved": _merged,
    "responder.added": _asked,
    "responder.replied": _answered,
    "role.assigned": _role,
    "role.unassigned": _role,
    "conference_bridge.updated": _bridge,
    "incident_type.changed": _type,
    "custom_field_values.updated": _fields,
}
