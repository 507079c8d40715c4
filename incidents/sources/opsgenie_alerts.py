"""One fact of an Opsgenie alert: its creation, an action on it, a line of its log, or a note."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.sources.base import About, Signal, Skipped, first_text, mapping_of, text_of
from incidents.sources.labeled import about_labels, digest, worded
from incidents.sources.values import When, joined, texts_of, when, word_of

_DONE = {
    "acknowledge": "Acknowledged",
    "unacknowledge": "Unacknowledged",
    "close": "Closed",
    "delete": "Deleted",
    "escalate": "Escalated",
    "escalatenext": "Escalated",
    "assignownership": "Assigned",
    "takeownership": "Taken over",
    "snooze": "Snoozed",
    "unsnooze": "Snooze ended",
    "snoozeended": "Snooze ended",
    "addteam": "Team added",
    "addrecipient": "Recipient added",
    "addresponder": "Responder added",
    "addtags": "Tags added",
    "removetags": "Tags removed",
    "updatepriority": "Priority changed",
    "updatemessage": "Message changed",
    "updatedescription": "Description changed",
}
_ADDED = {
    "assignownership": ("owner",),
    "escalate": ("escalationNotify", "escalationName"),
    "escalatenext": ("escalationNotify", "escalationName"),
    "addteam": ("team", "addedTeam"),
    "addrecipient": ("recipient",),
    "addresponder": ("responder",),
    "addtags": ("addedTags",),
    "removetags": ("removedTags",),
}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TAGGED = re.compile(r"(service|region|customer|tenant)[:=](.+)", re.IGNORECASE)


def action(body: Mapping[str, Any], alert: Mapping[str, Any], location: str) -> Signal | Skipped:
    """What a webhook tells. ``createdAt`` is when the alert was made, ``updatedAt`` when the action happened."""
    name = text_of(body, "action")
    kind = name.replace(" ", "").lower()
    if kind == "create":
        return created(alert, location)
    at = when(alert, "updatedAt")
    if not at.text:
        return Skipped(location, f"“{name}” has no updatedAt, so nobody can say when it happened.")
    if kind == "addnote" and (words := word_of(alert, "note")):
        return _said(alert, at, words, _actor(alert), location, identity=f"{name} {at.text}")
    text = _worded(kind, name, alert)
    if not text:
        return Skipped(location, "It has neither an action nor a message.")
    return Signal(
        time_text=at.text,
        text=text,
        lane=Lane.ALERT if kind == "close" else Lane.ACTION,
        trust=_trust(_actor(alert)),
        location=location,
        actor=_actor(alert),
        identity=_identity(alert, f"{kind} {at.text}"),
        zone=at.zone,
        about=_about(alert),
    )


def created(alert: Mapping[str, Any], location: str) -> Signal | Skipped:
    """The creation of an alert, the same from a webhook and from a list."""
    at, message = when(alert, "createdAt"), word_of(alert, "message")
    if not at.text:
        return Skipped(location, "The alert has no createdAt, so nobody can say when it was made.")
    if not message:
        return Skipped(location, "The alert has no message.")
    return Signal(
        time_text=at.text,
        text=worded("", message, word_of(alert, "priority")),
        lane=Lane.ALERT,
        trust=Trust.OBSERVED,
        location=location,
        actor=first_text(word_of(alert, "source"), _actor(alert)),
        identity=_identity(alert, "created"),
        zone=at.zone,
        about=_about(alert),
    )


def log(line: Mapping[str, Any], location: str, alert: Mapping[str, Any]) -> Signal | Skipped:
    """A line of an alert's log; ``alert`` is empty when the file does not say whose log it is."""
    at, words, owner = when(line, "createdAt"), word_of(line, "log"), word_of(line, "owner")
    if not at.text:
        return Skipped(location, "The line has no createdAt, so nobody can say when it happened.")
    if not words:
        return Skipped(location, "The line is empty.", expected=True)
    is_creation = words.lower().startswith("alert created")
    return Signal(
        time_text=at.text,
        text=words,
        lane=Lane.ALERT if is_creation else Lane.ACTION,
        trust=_trust(owner),
        location=location,
        actor=owner,
        identity=_identity(alert, f"log {first_text(word_of(line, 'offset'), at.text)} {digest(words)}"),
        zone=at.zone,
        about=_about(alert),
    )


def note(item: Mapping[str, Any], location: str, alert: Mapping[str, Any]) -> Signal | Skipped:
    """A note; ``alert`` is empty when the file does not say whose note it is."""
    at, words = when(item, "createdAt"), word_of(item, "note")
    if not at.text:
        return Skipped(location, "The note has no createdAt, so nobody can say when it was written.")
    if not words:
        return Skipped(location, "The note is empty.", expected=True)
    identity = f"note {first_text(word_of(item, 'offset'), at.text)}"
    return _said(alert, at, words, word_of(item, "owner"), location, identity=identity)


def without_time(alert: Mapping[str, Any]) -> str:
    """What a listed alert tells without saying when; empty when there is no such thing."""
    states = [
        word
        for word, holds in (
            ("acknowledged", alert.get("acknowledged") is True),
            ("closed", word_of(alert, "status").lower() == "closed"),
        )
        if holds
    ]
    if not states:
        return ""
    people = texts_of(mapping_of(alert, "report"), "acknowledgedBy", "closedBy")
    by = f" by {' and '.join(people)}" if people else ""
    return f"It was {' and '.join(states)}{by}; the list does not say when. Add the alert's logs to see it."


def alert_name(alert: Mapping[str, Any]) -> str:
    """Opsgenie's own id of the alert: ``alertId`` in webhooks, ``id`` in the REST API."""
    return first_text(word_of(alert, "alertId"), word_of(alert, "id"))


def _said(
    alert: Mapping[str, Any], at: When, words: str, who: str, location: str, *, identity: str
) -> Signal:
    return Signal(
        time_text=at.text,
        text=words,
        lane=Lane.CHAT,
        trust=Trust.REPORTED,
        location=location,
        actor=who,
        identity=_identity(alert, identity),
        zone=at.zone,
        about=_about(alert),
    )


def _worded(kind: str, name: str, alert: Mapping[str, Any]) -> str:
    """``Assigned to mia@example.com: Checkout latency``; an action of one's own keeps its name."""
    done = _DONE.get(kind) or _HUMP.sub(" ", name)
    added = ", ".join(_names(alert, *_ADDED.get(kind, ())))
    if kind == "updatepriority":
        added = joined(word_of(alert, "oldPriority"), word_of(alert, "priority"), mark=" → ")
    to = "to " if added and kind in ("assignownership", "escalate", "escalatenext") else ""
    message, said = word_of(alert, "message"), word_of(alert, "note")
    told = joined(joined(done, to + added), message, mark=": ") if done else ""
    return joined(told, said, mark=" — ") if told else ""


def _names(alert: Mapping[str, Any], *keys: str) -> list[str]:
    """The names below the keys: Opsgenie writes some as text and some as objects."""
    inside = [word_of(alert, key, "name") for key in keys]
    return list(dict.fromkeys(filter(None, [*texts_of(alert, *keys), *inside])))


def _actor(alert: Mapping[str, Any]) -> str:
    return first_text(word_of(alert, "username"), word_of(alert, "owner"))


def _trust(who: str) -> Trust:
    """People have addresses; “System”, “Alert API” and integrations have none."""
    return Trust.REPORTED if "@" in who else Trust.OBSERVED


def _identity(alert: Mapping[str, Any], what: str) -> str:
    """Without the alert's id nothing is known to be the same fact; instant, actor and text then decide."""
    name = alert_name(alert)
    return f"opsgenie alert {name} {what}" if name else ""


def _about(alert: Mapping[str, Any]) -> About:
    """What its details, its tags such as ``service:checkout``, or its entity name."""
    tags = [match for tag in texts_of(alert, "tags") if (match := _TAGGED.fullmatch(tag))]
    named: dict[str, Any] = {match[1]: match[2] for match in tags}
    labels = {key.lower(): value for key, value in {**named, **mapping_of(alert, "details")}.items()}
    name = first_text(word_of(alert, "alias"), alert_name(alert))
    found = about_labels(labels, f"alert {name}" if name else "")
    entity = word_of(alert, "entity")
    return found if found.services or not entity else found._replace(services=(entity,))
