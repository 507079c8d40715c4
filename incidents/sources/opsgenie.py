"""Opsgenie: what its webhooks tell, and alerts with their logs and notes as the REST API lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.sources.base import ParseContext, Signal, Skipped, mapping_of, objects, read_json
from incidents.sources.opsgenie_alerts import action, alert_name, created, log, note, without_time

EXPECTED = "the Opsgenie alerts"
_SECTIONS = ("logs", "notes")

Found = Iterator[Signal | Skipped]


class Opsgenie:
    """Reads webhook bodies, and the REST API's alerts, logs and notes, each as ``{"data": …}`` or a bare list.

    An alert may stand together with what was told of it in ``{"alert": …, "logs": …, "notes": …}``.
    """

    kind = SourceKind.OPSGENIE
    label = SourceKind.OPSGENIE.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Found:
        items = _items(read_json(stream, EXPECTED))
        if not any(isinstance(item, dict) and _is_known(item) for item in items):
            raise EvidenceRefused(
                "This JSON holds nothing of Opsgenie. Upload the bodies that its webhook posts, or what the REST API "
                "answers for alerts, their logs or their notes."
            )
        for location, item in objects(items, "data"):
            yield from [item] if isinstance(item, Skipped) else _read(item, location)


def _items(document: Any) -> list[Any]:
    """The items of a bare list, of an answer's ``data``, or the document itself as the only one."""
    data = document.get("data") if isinstance(document, dict) and "action" not in document else None
    found = document if data is None else data
    return found if isinstance(found, list) else [found]


def _is_known(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("alert"), dict) or _is_alert(item) or _is_told(item) or _is_bundle(item)


def _is_alert(item: Mapping[str, Any]) -> bool:
    return "message" in item and ("tinyId" in item or "alias" in item)


def _is_told(item: Mapping[str, Any]) -> bool:
    """Whether it is a line of an alert's log, or a note."""
    return "createdAt" in item and ("log" in item or "note" in item)


def _is_bundle(item: Mapping[str, Any]) -> bool:
    return any(section in item for section in _SECTIONS)


def _read(item: Mapping[str, Any], location: str) -> Found:
    alert = mapping_of(item, "alert")
    if "action" in item and alert:
        yield action(item, alert, location)
    elif _is_alert(item):
        yield from _alert(item, location, has_log=False)
    elif _is_told(item):
        yield log(item, location, {}) if "log" in item else note(item, location, {})
    elif alert or _is_bundle(item):
        yield from _bundle(mapping_of(alert, "data") or alert, item, location)
    else:
        yield Skipped(location, "It is no alert, no log and no note of Opsgenie.")


def _alert(alert: Mapping[str, Any], location: str, *, has_log: bool) -> Found:
    yield created(alert, location)
    if not has_log and (left := without_time(alert)):
        yield Skipped(location, left)


def _bundle(alert: Mapping[str, Any], item: Mapping[str, Any], location: str) -> Found:
    """An alert with what was told of it; its log tells the creation again, so that line is left out."""
    logs, notes = (_items(item.get(section) or []) for section in _SECTIONS)
    if alert:
        yield from _alert(alert, f"{location}.alert", has_log=bool(logs))
    for where, line in objects(logs, f"{location}.logs"):
        if isinstance(line, Skipped):
            yield line
        elif alert_name(alert) and _tells_creation(line):
            yield Skipped(
                where, "It tells that the alert was created, which the alert tells itself.", expected=True
            )
        else:
            yield log(line, where, alert)
    for where, one in objects(notes, f"{location}.notes"):
        yield one if isinstance(one, Skipped) else note(one, where, alert)


def _tells_creation(line: Mapping[str, Any]) -> bool:
    words = line.get("log")
    return isinstance(words, str) and words.lstrip().lower().startswith("alert created")
