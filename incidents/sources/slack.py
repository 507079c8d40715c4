"""Slack: the messages of one channel, as the workspace export or ``conversations.history`` gives them.

Times are Unix seconds as text ("1540162920.000100"); the part after the point orders messages inside a second and is
no time, so an entry is exact to the second. An edit or a deletion is a new fact at its own time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, BinaryIO

from incidents.enums import Lane, Precision, SourceKind, Trust
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

EXPECTED = "the channel from the Slack export"
_MARK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_JOINED = frozenset({"channel_join", "channel_leave", "group_join", "group_leave"})


class Slack:
    """Reads a list of messages, or an object with ``messages`` and, if it has them, ``users``."""

    kind = SourceKind.SLACK
    label = SourceKind.SLACK.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        document = read_json(stream, EXPECTED)
        messages = _messages(document)
        names = _names(document, messages)
        for location, item in sorted(objects(messages, "messages"), key=_moment):
            if isinstance(item, Skipped):
                yield item
            else:
                yield from _facts(item, location, names)


def _messages(document: Any) -> list[Any]:
    messages = document.get("messages") if isinstance(document, dict) else document
    if not isinstance(messages, list) or not any(isinstance(m, dict) and "ts" in m for m in messages):
        raise EvidenceRefused(
            "This JSON holds no Slack messages. Upload a channel's file from the workspace export, or the answer of "
            "conversations.history."
        )
    return messages


def _seconds(ts: Any) -> Decimal | None:
    """A ``ts`` as a number, never through a float."""
    try:
        value = Decimal(ts) if isinstance(ts, str) else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and 0 < value < 10**11 else None


def _moment(located: tuple[str, Mapping[str, Any] | Skipped]) -> Decimal:
    item = located[1]
    return Decimal(0) if isinstance(item, Skipped) else _seconds(item.get("ts")) or Decimal(0)


def _names(document: Any, messages: list[Any]) -> dict[str, str]:
    """User id to name, from the file's ``users`` and from the profile that each message carries."""
    users = document.get("users") if isinstance(document, dict) else None
    names = {}
    for user in users if isinstance(users, list) else []:
        names[text_of(user, "id")] = first_text(
            text_of(user, "profile", "real_name"), text_of(user, "real_name"), text_of(user, "name")
        )
    for message in messages:
        if profile := mapping_of(message, "user_profile"):
            name = first_text(
                text_of(profile, "real_name"), text_of(profile, "display_name"), text_of(profile, "name")
            )
            names.setdefault(text_of(message, "user"), name)
    return {key: name for key, name in names.items() if key and name}


def _facts(message: Mapping[str, Any], location: str, names: Mapping[str, str]) -> Iterator[Signal | Skipped]:
    if _seconds(message.get("ts")) is None:
        yield Skipped(location, "Its ts is no Slack time, so nobody can say when it was written.")
        return
    subtype = text_of(message, "subtype")
    if subtype in ("message_changed", "message_deleted"):
        yield _change(message, subtype, location, names)
        return
    text = _plain(_words(message), names)
    if not text:
        yield Skipped(location, "It holds no text.")
        return
    yield _said(message, subtype, text, location, names)
    edited = text_of(message, "edited", "ts")
    if _seconds(edited) is not None:
        yield _edited(message, edited, location, names)


def _said(
    message: Mapping[str, Any], subtype: str, text: str, location: str, names: Mapping[str, str]
) -> Signal:
    actor = _author(message, names)
    by_machine = subtype in _JOINED or "bot_id" in message
    is_status = by_machine and actor.lower().startswith("status")
    ts = str(message["ts"])
    return Signal(
        time_text=ts,
        text=text.removeprefix(f"{actor}: ") if by_machine and not is_status else text,
        lane=Lane.STATUS if is_status else Lane.CHAT,
        trust=Trust.OBSERVED if by_machine else Trust.REPORTED,
        location=_thread(message, location),
        actor=actor,
        identity=f"message {ts} {_author_id(message)}",
        zone="UTC",
        precision=Precision.SECOND,
    )


def _edited(message: Mapping[str, Any], edited: str, location: str, names: Mapping[str, str]) -> Signal:
    """The edit itself; an export holds only the text after it."""
    editor = names.get(text_of(message, "edited", "user"), "") or _author(message, names)
    return Signal(
        time_text=edited,
        text=f"{editor or 'The author'} edited this message; the export holds only its new text: "
        f"{_plain(_words(message), names)}",
        lane=Lane.CHAT,
        trust=Trust.OBSERVED,
        location=location,
        actor=editor,
        identity=f"edit {message['ts']} {edited} {_author_id(message)}",
        zone="UTC",
        precision=Precision.SECOND,
    )


def _change(
    message: Mapping[str, Any], subtype: str, location: str, names: Mapping[str, str]
) -> Signal | Skipped:
    """A change event of the history: what stood there before, and what stands there now."""
    before = mapping_of(message, "previous_message")
    after = mapping_of(message, "message")
    actor = _author(after or before, names)
    earlier, later = _plain(_words(before), names), _plain(_words(after), names)
    said = f"“{earlier}”" if earlier else "a message whose text is not in the export"
    text = f"{actor or 'Somebody'} deleted {said}"
    if subtype == "message_changed":
        text = f"{actor or 'Somebody'} edited {said}; it now says: {later or 'nothing'}"
    return Signal(
        time_text=str(message["ts"]),
        text=text,
        lane=Lane.CHAT,
        trust=Trust.OBSERVED,
        location=location,
        actor=actor,
        identity=f"{subtype} {message['ts']} {message.get('deleted_ts') or text_of(after, 'ts')}",
        zone="UTC",
        precision=Precision.SECOND,
    )


def _words(message: Mapping[str, Any]) -> str:
    """The text, or what stands in attachments and the names of files when there is none."""
    text = text_of(message, "text")
    if text:
        return text
    parts = [
        first_text(text_of(attachment, "fallback"), text_of(attachment, "text"), text_of(attachment, "title"))
        for attachment in message.get("attachments") or []
    ]
    parts += [f"File: {name}" for file in message.get("files") or [] if (name := text_of(file, "name"))]
    return "\n".join(part for part in parts if part)


def _author(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    user = text_of(message, "user")
    return first_text(
        names.get(user, ""), text_of(message, "username"), text_of(message, "bot_profile", "name"), user
    )


def _author_id(message: Mapping[str, Any]) -> str:
    return first_text(text_of(message, "user"), text_of(message, "bot_id"), text_of(message, "username"))


def _thread(message: Mapping[str, Any], location: str) -> str:
    thread = text_of(message, "thread_ts")
    return f"{location}, in the thread of {thread}" if thread and thread != message["ts"] else location


def _plain(text: str, names: Mapping[str, str]) -> str:
    """Slack's markup as readable text: mentions by name, links by label and address."""
    return html.unescape(_MARK.sub(partial(_unmark, names=names), text)).strip()


def _unmark(mark: re.Match[str], *, names: Mapping[str, str]) -> str:
    target, label = mark.group(1), mark.group(2) or ""
    if target.startswith("@"):
        return "@" + first_text(names.get(target[1:], ""), label.removeprefix("@"), target[1:])
    if target.startswith("#"):
        return "#" + first_text(label, target[1:])
    if target.startswith("!"):
        return "@" + first_text(label.removeprefix("@"), target[1:].split("^")[0])
    return f"{label} ({target})" if label and label != target else target
