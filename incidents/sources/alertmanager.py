"""Alertmanager: webhook notifications (version 4), one or a list of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson

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

EXPECTED = "the Alertmanager notifications"
_NEVER = "0001-01-01"


class Alertmanager:
    """One fact for the firing and one for the resolving of each alert, however often it is notified."""

    kind = SourceKind.ALERTMANAGER
    label = SourceKind.ALERTMANAGER.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        seen: set[str] = set()
        for location, item in _alerts(read_json(stream, EXPECTED)):
            for found in [item] if isinstance(item, Skipped) else _signals(item, location):
                if isinstance(found, Skipped):
                    yield found
                elif found.identity not in seen:
                    seen.add(found.identity)
                    yield found


def _alerts(document: Any) -> Iterator[tuple[str, Mapping[str, Any] | Skipped]]:
    """Each alert with its location, over all notifications of the file."""
    single = isinstance(document, dict)
    notifications = [document] if single else document
    if not isinstance(notifications, list) or not any(
        isinstance(n, dict) and "alerts" in n for n in notifications
    ):
        raise EvidenceRefused(
            "This JSON holds no Alertmanager notification. Upload the bodies that Alertmanager posts to a webhook, "
            "one or a list of them; each has a field “alerts”."
        )
    for where, notification in objects(notifications, "notifications"):
        prefix = "" if single else f"{where}."
        if isinstance(notification, Skipped):
            yield where, notification
        elif isinstance(notification.get("alerts"), list):
            yield from objects(notification["alerts"], f"{prefix}alerts")
        else:
            yield where, Skipped(where, "It has no list of alerts.")


def _signals(alert: Mapping[str, Any], location: str) -> Iterator[Signal | Skipped]:
    started, ended = text_of(alert, "startsAt"), text_of(alert, "endsAt")
    if not started:
        yield Skipped(location, "It has no startsAt, so nobody can say when it fired.")
        return
    labels, annotations = mapping_of(alert, "labels"), mapping_of(alert, "annotations")
    name = text_of(labels, "alertname")
    text = first_text(text_of(annotations, "summary"), text_of(annotations, "description"), name)
    if not text:
        yield Skipped(location, "It has neither a summary, a description nor an alert name.")
        return
    key = f"{first_text(text_of(alert, 'fingerprint'), _fingerprint(labels))} {started}"
    fired = Signal(started, text, Lane.ALERT, Trust.OBSERVED, location, name, f"{key} firing")
    yield fired
    if text_of(alert, "status") == "resolved" and ended and not ended.startswith(_NEVER):
        yield fired._replace(time_text=ended, text=f"Resolved: {text}", identity=f"{key} resolved")


def _fingerprint(labels: Mapping[str, Any]) -> str:
    """A name for the alert from its labels, for senders that leave the fingerprint out."""
    return hashlib.sha256(orjson.dumps(dict(labels), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
