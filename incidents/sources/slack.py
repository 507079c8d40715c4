"""Slack: the messages of a channel, as an event, an export, the history or a fetched channel tells them.

Times are Unix seconds as text ("1540162920.000100"); the part after the point orders messages inside a second and is
no time, so an entry is exact to the second. An edit or a deletion is a new fact at its own time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.sources.base import ParseContext, Signal, Skipped, first_text, objects, read_json, text_of
from incidents.sources.slack_events import event_facts, event_of, is_event
from incidents.sources.slack_marks import is_time, names_in
from incidents.sources.slack_messages import Where, facts

EXPECTED = "the channel from the Slack export"
_BEFORE_ALL = Decimal(0)


class Slack:
    """Reads one event or a list of them, a list of messages, or an object with ``messages``.

    Beside its messages such an object may have ``users``, ``channels`` and the ``channel`` that they come from.
    """

    kind = SourceKind.SLACK
    label = SourceKind.SLACK.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        document = read_json(stream, EXPECTED)
        parts = _parts(document)
        inner = [event_of(part) if is_event(part) else part for part in parts]
        names = {**context.names, **names_in(document, inner)}
        where = Where("", names, text_of(document, "channel", "id"))
        for location, item in sorted(objects(parts, _list_name(parts)), key=_moment):
            if isinstance(item, Skipped):
                yield item
            elif is_event(item):
                yield from event_facts(item, where._replace(location=_delivery(item, location, document)))
            else:
                yield from facts(item, where._replace(location=location))
        yield from _missing_answers(parts)


def _parts(document: Any) -> Sequence[Any]:
    """The messages or events of a file."""
    parts = [document] if is_event(document) else document
    if isinstance(document, dict) and isinstance(document.get("messages"), list):
        parts = document["messages"]
        if not parts and (document.get("ok") is True or isinstance(document.get("channel"), dict)):
            return []
    if not isinstance(parts, list) or not any(
        is_event(part) or (isinstance(part, dict) and "ts" in part) for part in parts
    ):
        raise EvidenceRefused(
            "This JSON holds no Slack messages. Upload a channel's file from the workspace export, or the answer of "
            "conversations.history."
        )
    return parts


def _list_name(parts: Sequence[Any]) -> str:
    return "events" if any(is_event(part) for part in parts) else "messages"


def _delivery(item: Mapping[str, Any], location: str, document: Any) -> str:
    """Where an event stands: by Slack's own id of it when it was delivered alone."""
    return f"event {text_of(item, 'event_id')}".strip() if item is document else location


def _moment(located: tuple[str, Mapping[str, Any] | Skipped]) -> Decimal:
    item = located[1]
    if isinstance(item, Skipped):
        return _BEFORE_ALL
    event = event_of(item)
    ts = first_text(text_of(event, "ts"), text_of(event, "event_ts"))
    return Decimal(ts) if is_time(ts) else _BEFORE_ALL


def _missing_answers(parts: Sequence[Any]) -> Iterator[Skipped]:
    """The threads whose answers are not all in the file; events come one by one and are not counted."""
    messages = [
        (f"messages[{position}]", part)
        for position, part in enumerate(parts)
        if isinstance(part, dict) and not is_event(part)
    ]
    present = Counter(
        text_of(message, "thread_ts")
        for _, message in messages
        if message.get("ts") != message.get("thread_ts")
    )
    for location, message in messages:
        told = message.get("reply_count")
        missing = told - present[text_of(message, "ts")] if type(told) is int else 0
        if missing > 0 and text_of(message, "thread_ts") in ("", text_of(message, "ts")):
            yield Skipped(
                location,
                f"{missing} of the {told} answers in its thread are not in this file. They may stand in another "
                "day's file; fetching the channel brings them all.",
            )
