"""Grafana: what a contact point of the type Webhook posts for its alert rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import SourceKind
from incidents.sources.base import ParseContext, Signal, Skipped, mapping_of, objects, read_json, text_of
from incidents.sources.notified import notified

EXPECTED = "the bodies that the Grafana contact point posts"
MOST_VALUES = 6
_VALUE = re.compile(r"var='([^']{1,80})'[^\[\]]{0,2000}?\bvalue=([^\s\]]{1,40})")


class Grafana:
    """Reads what Alertmanager's notifications hold, with the values that made a rule fire."""

    kind = SourceKind.GRAFANA
    label = SourceKind.GRAFANA.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        document = read_json(stream, EXPECTED)
        if _is_test(document):
            yield Skipped("alerts", "It is a test message of a contact point, no fact.", expected=True)
            return
        yield from notified(document, "Grafana", _values)


def _is_test(document: Any) -> bool:
    """Whether Grafana's button “Test” posted it: its only alert has labels that no rule has."""
    alerts = document.get("alerts") if isinstance(document, dict) else None
    items = [item for _, item in objects(alerts, "alerts")] if isinstance(alerts, list) else []
    return bool(items) and all(
        not isinstance(item, Skipped)
        and (text_of(item, "labels", "alertname"), text_of(item, "labels", "instance"))
        == ("TestAlert", "Grafana")
        for item in items
    )


def _values(alert: Mapping[str, Any]) -> str:
    """``B = 2.31, C = 1``: the values of the rule's expressions."""
    numbers = {
        name: f"{value:.6g}"
        for name, value in mapping_of(alert, "values").items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    found = numbers or dict(_VALUE.findall(text_of(alert, "valueString")[:20_000]))
    return ", ".join(f"{name} = {value}" for name, value in list(found.items())[:MOST_VALUES])
