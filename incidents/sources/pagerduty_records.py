"""What PagerDuty's REST API lists of an incident: log entries, alerts, notes, and the incident itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.sources.base import About, Signal, Skipped, first_text, mapping_of, text_of
from incidents.sources.labeled import about_labels, worded
from incidents.sources.pagerduty_events import about_incident, name_of, note_identity, titled
from incidents.sources.values import word_of

_BY_PEOPLE = frozenset({"annotate", "acknowledge", "resolve", "assign", "escalate", "status_update"})
_LANES = {
    "trigger": Lane.ALERT,
    "notify": Lane.ALERT,
    "status_update": Lane.STATUS,
    "annotate": Lane.CHAT,
}
_IN_OWN_WORDS = frozenset({"trigger", "annotate", "status_update"})

Item = Mapping[str, Any]


def log_entry(item: Item, location: str, incident: Item) -> Signal | Skipped:
    """One line of the incident's history; ``incident`` is the one that the file holds beside it, or empty."""
    created, kind, agent = text_of(item, "created_at"), kind_of(item), mapping_of(item, "agent")
    own = _own_incident(item, incident)
    text = titled(_text(item), own) if kind == "trigger" else _text(item)
    if not created:
        return Skipped(location, "It has no created_at, so nobody can say when it happened.")
    if not text:
        return Skipped(location, "It has neither a summary nor a description.")
    by_person = text_of(agent, "type").startswith("user")
    return Signal(
        time_text=created,
        text=text,
        lane=_LANES.get(kind, Lane.ACTION),
        trust=Trust.REPORTED if by_person and kind in _BY_PEOPLE else Trust.OBSERVED,
        location=location,
        actor=name_of(agent),
        identity=_entry_identity(item),
        about=_about(item, own),
    )


def alert(item: Item, location: str, incident: Item) -> Iterator[Signal | Skipped]:
    """The firing of an alert below the incident, and its resolving where the time of that is told."""
    created, summary = text_of(item, "created_at"), text_of(item, "summary")
    if not created:
        yield Skipped(location, "The alert has no created_at, so nobody can say when it fired.")
        return
    if not summary:
        yield Skipped(location, "The alert has no summary.")
        return
    identity, about = word_of(item, "id"), _about_alert(item, _own_incident(item, incident))
    fired = Signal(
        time_text=created,
        text=worded("", summary, text_of(item, "severity")),
        lane=Lane.ALERT,
        trust=Trust.OBSERVED,
        location=location,
        actor=first_text(name_of(mapping_of(item, "integration")), *about.services[:1]),
        identity=f"pagerduty alert {identity}" if identity else "",
        about=about,
    )
    yield fired
    ended = text_of(item, "resolved_at")
    if ended and text_of(item, "status") == "resolved":
        over = f"{fired.identity} resolved" if fired.identity else ""
        yield fired._replace(time_text=ended, text=f"Resolved: {fired.text}", identity=over)


def note(item: Item, location: str, incident: Item) -> Signal | Skipped:
    """What a person wrote to the incident."""
    created, words = text_of(item, "created_at"), text_of(item, "content")
    if not created:
        return Skipped(location, "The note has no created_at, so nobody can say when it was written.")
    if not words:
        return Skipped(location, "The note is empty.", expected=True)
    return Signal(
        time_text=created,
        text=words,
        lane=Lane.CHAT,
        trust=Trust.REPORTED,
        location=location,
        actor=name_of(mapping_of(item, "user")),
        identity=note_identity(item),
        about=about_incident(_own_incident(item, incident)),
    )


def incident_facts(incident: Item, location: str, told: frozenset[str]) -> Iterator[Signal | Skipped]:
    """The moments that an incident has by itself, except those that its log entries have ``told`` (by their kind)."""
    title = first_text(text_of(incident, "title"), text_of(incident, "summary"))
    if not title:
        yield Skipped(location, "The incident has neither a title nor a summary.")
        return
    if "trigger" not in told:
        yield _triggered(incident, location, title)
    if "acknowledge" not in told:
        yield from _acknowledged(incident, location, title)
    ended = text_of(incident, "resolved_at")
    if "resolve" not in told and ended and text_of(incident, "status") == "resolved":
        by = mapping_of(incident, "last_status_change_by")
        yield _moment(incident, location, ended, f"Resolved: {title}", by, "resolved")


def kind_of(item: Item) -> str:
    """``trigger``, ``acknowledge`` and so on."""
    return text_of(item, "type").removesuffix("_reference").removesuffix("_log_entry")


def words_of(item: Item) -> tuple[str, str]:
    """The moment and the words of a note, by which its log entry is recognized: that has an id of its own."""
    return text_of(item, "created_at"), first_text(text_of(item, "content"), _text(item))


def _triggered(incident: Item, location: str, title: str) -> Signal | Skipped:
    """The incident's start; it is the same fact as the log entry that the incident refers to."""
    created = text_of(incident, "created_at")
    if not created:
        return Skipped(location, "The incident has no created_at, so nobody can say when it was triggered.")
    service = mapping_of(incident, "service")
    found = _moment(incident, location, created, titled(title, incident), service, "triggered")
    identity = _entry_identity(mapping_of(incident, "first_trigger_log_entry")) or found.identity
    return found._replace(lane=Lane.ALERT, identity=identity)


def _acknowledged(incident: Item, location: str, title: str) -> Iterator[Signal]:
    marks = incident.get("acknowledgements")
    for mark in marks if isinstance(marks, list) else []:
        if at := text_of(mark, "at"):
            by = mapping_of(mark, "acknowledger")
            yield _moment(incident, location, at, f"Acknowledged: {title}", by, "acknowledged")


def _moment(incident: Item, location: str, at: str, text: str, by: Item, what: str) -> Signal:
    identity = word_of(incident, "id")
    return Signal(
        time_text=at,
        text=text,
        lane=Lane.ACTION,
        trust=Trust.REPORTED if text_of(by, "type").startswith("user") else Trust.OBSERVED,
        location=location,
        actor=name_of(by),
        identity=f"pagerduty incident {identity} {what} {at}" if identity else "",
        about=about_incident(incident),
    )


def _entry_identity(item: Item) -> str:
    identity = word_of(item, "id")
    return f"log_entry {identity}" if identity else ""


def _own_incident(item: Item, beside: Item) -> Item:
    """The incident that an item names, with what the one beside it tells when that is the same."""
    own = mapping_of(item, "incident")
    same = not own or word_of(own, "id") == word_of(beside, "id")
    return {**own, **beside} if same else own


def _about(item: Item, incident: Item) -> About:
    found, service = about_incident(incident), name_of(mapping_of(item, "service"))
    return found._replace(services=(service,)) if service else found


def _about_alert(item: Item, incident: Item) -> About:
    """An alert has a key of its own, under which other sources may tell of it too."""
    details = mapping_of(mapping_of(item, "body"), "details")
    labeled, known = about_labels(details), _about(item, incident)
    key, identity = word_of(item, "alert_key"), word_of(item, "id")
    own = f"alert {key}" if key else f"pagerduty alert {identity}" if identity else ""
    return labeled._replace(services=known.services or labeled.services, fingerprint=own)


def _text(item: Item) -> str:
    """What happened, in the channel's words for a trigger or a note, else in PagerDuty's own summary."""
    channel, summary = mapping_of(item, "channel"), text_of(item, "summary")
    told = first_text(
        text_of(channel, "summary"),
        text_of(channel, "subject"),
        text_of(channel, "description"),
        text_of(channel, "details", "description"),
        text_of(channel, "content"),
        text_of(item, "note"),
    )
    return first_text(told if kind_of(item) in _IN_OWN_WORDS else "", summary, told)
