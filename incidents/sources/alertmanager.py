"""Alertmanager: webhook notifications (version 4), one or a list of them, and the alerts that its API lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from incidents.enums import SourceKind
from incidents.sources.base import ParseContext, Signal, Skipped, read_json
from incidents.sources.notified import notified

EXPECTED = "the Alertmanager notifications"


class Alertmanager:
    """One fact for the firing and one for the resolving of each alert, however often it is notified."""

    kind = SourceKind.ALERTMANAGER
    label = SourceKind.ALERTMANAGER.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        return notified(read_json(stream, EXPECTED), "Alertmanager", lambda alert: "")
