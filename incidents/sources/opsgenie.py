"""Opsgenie: webhook bodies, and alerts as the REST API lists them."""

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
from incidents.sources.values import as_word

EXPECTED = "the Opsgenie alerts"
_DONE = {
    "Create": "",
    "Acknowledge": "Acknowledged",
    "UnAcknowledge": "No longer acknowledged",
    "Close": "Closed",
    "Delete": "Deleted",
    "Escalate": "Escalated",
    "AssignOwnership": "Assigned",
    "TakeOwnership": "Taken over",
    "Snooze": "Snoozed",
    "AddNote": "Note",
}
_BY_PEOPLE = frozenset(_DONE) - {"Create", "Escalate"}


class Opsgenie:
    """One fact for each action on an alert, and one for each alert of a list."""

    kind = SourceKind.OPSGENIE
    label = SourceKind.OPSGENIE.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        for location, item in objects(_items(read_json(stream, EXPECTED)), "data"):
            if isinstance(item, Skipped):
                yield item
            elif "action" in item and isinstance(item.get("alert"), dict):
                yield _action(item, item["alert"], location)
            else:
                yield _listed(item, location)


def _items(document: Any) -> list[Any]:
    if isinstance(document, dict):
        data = document.get("data")
        document = data if isinstance(data, list) else [data] if isinstance(data, dict) else [document]
    if not isinstance(document, list) or not any(_is_known(item) for item in document):
        raise EvidenceRefused(
            "This JSON holds no Opsgenie alert. Upload a webhook's body, or the answer of /v2/alerts."
        )
    return document


def _is_known(item: Any) -> bool:
    return isinstance(item, dict) and ("alert" in item or "alias" in item or "tinyId" in item)


def _action(item: Mapping[str, Any], alert: Mapping[str, Any], location: str) -> Signal | Skipped:
    action = text_of(item, "action")
    created, updated = _unix(alert.get("createdAt")), _unix(alert.get("updatedAt"))
    when = created if action == "Create" else updated or created
    message = text_of(alert, "message")
    if not when:
        return Skipped(
            location, "It has neither createdAt nor updatedAt, so nobody can say when it happened."
        )
    if not message:
        return Skipped(location, "It has no message.")
    note = text_of(alert, "note")
    done = _DONE.get(action, action)
    said = ": ".join(part for part in (done, message) if part)
    return Signal(
        time_text=when,
        text=f"{said} ({note})" if note else said,
        lane=Lane.ALERT if action in ("Create", "Close") else Lane.ACTION,
        trust=Trust.REPORTED if action in _BY_PEOPLE and text_of(alert, "username") else Trust.OBSERVED,
        location=location,
        actor=text_of(alert, "username"),
        identity=f"{_name(alert)} {action} {when}",
        zone="UTC",
        about=_about(alert),
    )


def _listed(alert: Mapping[str, Any], location: str) -> Signal | Skipped:
    when = first_text(text_of(alert, "createdAt"), _unix(alert.get("createdAt")))
    message = text_of(alert, "message")
    if not when or not message:
        return Skipped(location, "It has no createdAt or no message.")
    state = text_of(alert, "status")
    return Signal(
        time_text=when,
        text=f"{message} ({state})" if state else message,
        lane=Lane.ALERT,
        trust=Trust.OBSERVED,
        location=location,
        actor=first_text(text_of(alert, "source"), text_of(alert, "owner")),
        identity=f"{_name(alert)} Create {_unix(alert.get('createdAt')) or when}",
        zone="UTC" if when.isdigit() else "",
        about=_about(alert),
    )


def _unix(value: Any) -> str:
    """A Unix time as digits that the reader of times tells apart by their number; empty for anything else."""
    word = as_word(value)
    return word if word.isascii() and word.isdigit() and 9 <= len(word) <= 19 else ""


def _name(alert: Mapping[str, Any]) -> str:
    return first_text(text_of(alert, "alertId"), text_of(alert, "id"), text_of(alert, "alias"))


def _about(alert: Mapping[str, Any]) -> About:
    details = mapping_of(alert, "details")
    service = first_text(text_of(details, "service"), text_of(alert, "entity"))
    alias = first_text(text_of(alert, "alias"), _name(alert))
    return About(
        services=(service,) if service else (),
        region=text_of(details, "region"),
        customer=text_of(details, "customer"),
        fingerprint=f"alert {alias}" if alias else "",
    )
