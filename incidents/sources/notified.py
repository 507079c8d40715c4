"""Alerts as Alertmanager notifies them; Grafana posts the same form with more in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import Signal, Skipped, first_text, mapping_of, objects, text_of
from incidents.sources.labeled import SEVERITIES, about_labels, digest, first_label, worded
from incidents.sources.values import joined, word_of

_NEVER = "0001-01-01"

Found = Iterator[Signal | Skipped]
Extra = Callable[[Mapping[str, Any]], str]


def notified(document: Any, name: str, extra: Extra) -> Found:
    """One fact for the firing and one for the resolving of each alert, however often it is notified.

    ``document`` is one notification, a list of them, or the list of alerts that the API answers. ``extra`` gives more
    words about the state that an alert is notified in. Raises ``EvidenceRefused``, naming ``name``, for other JSON.
    """
    seen: set[str] = set()
    for location, item in _alerts(document, name):
        for found in [item] if isinstance(item, Skipped) else _signals(item, location, extra):
            if isinstance(found, Skipped):
                yield found
            elif found.identity not in seen:
                seen.add(found.identity)
                yield found


def _alerts(document: Any, name: str) -> Iterator[tuple[str, Mapping[str, Any] | Skipped]]:
    """Each alert with its location, over all notifications of the file."""
    single = isinstance(document, dict)
    items = [document] if single else document
    if not isinstance(items, list) or not any(isinstance(n, dict) and _is_known(n) for n in items):
        raise EvidenceRefused(
            f"This JSON holds no {name} notification. Upload the bodies that {name} posts to a webhook, one or a list "
            "of them; each has a field “alerts”."
        )
    for where, notification in objects(items, "notifications"):
        prefix = "" if single else f"{where}."
        if isinstance(notification, Skipped) or _is_alert(notification):
            yield where, notification
        elif isinstance(notification.get("alerts"), list):
            yield from objects(notification["alerts"], f"{prefix}alerts")
            yield from _left_out(notification, f"{prefix}truncatedAlerts", name)
        else:
            yield where, Skipped(where, "It has no list of alerts.")


def _is_known(item: Mapping[str, Any]) -> bool:
    return "alerts" in item or _is_alert(item)


def _is_alert(item: Mapping[str, Any]) -> bool:
    """Whether it is an alert by itself, as the API lists them."""
    return "alerts" not in item and "startsAt" in item and "labels" in item


def _left_out(notification: Mapping[str, Any], where: str, name: str) -> Iterator[tuple[str, Skipped]]:
    count = notification.get("truncatedAlerts")
    if isinstance(count, int) and not isinstance(count, bool) and count > 0:
        told = "1 more alert was" if count == 1 else f"{count} more alerts were"
        yield (
            where,
            Skipped(
                where,
                f"{told} left out of this notification by {name}. Raise max_alerts of the receiver, and fetch these "
                "alerts from the API.",
            ),
        )


def _signals(alert: Mapping[str, Any], location: str, extra: Extra) -> Found:
    started, ended = text_of(alert, "startsAt"), text_of(alert, "endsAt")
    if not started:
        yield Skipped(location, "It has no startsAt, so nobody can say when it fired.")
        return
    labels = mapping_of(alert, "labels")
    name, text = word_of(labels, "alertname"), _text(labels, mapping_of(alert, "annotations"))
    if not text:
        yield Skipped(location, "It has neither a summary, a description nor an alert name.")
        return
    thing = first_text(word_of(alert, "fingerprint"), digest(labels))
    about = about_labels(labels, f"alert {thing}")
    key, more = f"{thing} {started}", extra(alert)
    is_over = text_of(alert, "status") == "resolved" and bool(ended) and not ended.startswith(_NEVER)
    fired = text if is_over else joined(text, more, mark=" — ")
    yield Signal(started, fired, Lane.ALERT, Trust.OBSERVED, location, name, f"{key} firing", about=about)
    if is_over:
        told = f"Resolved: {joined(text, more, mark=' — ')}"
        yield Signal(ended, told, Lane.ALERT, Trust.OBSERVED, location, name, f"{key} resolved", about=about)


def _text(labels: Mapping[str, Any], annotations: Mapping[str, Any]) -> str:
    told = first_text(text_of(annotations, "summary"), text_of(annotations, "description"))
    name = word_of(labels, "alertname")
    return worded(name, told, first_label(labels, SEVERITIES)) if told or name else ""
