"""Slack's messages as facts: what was said, and each edit and deletion as a new fact at its own time.

A message is known by its ``ts`` and the id of its author, which are the same in an event, in the history and in an
export (an export's file does not name its channel). An edit is known by the time that Slack keeps in ``edited``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from incidents.enums import Lane, Precision, Trust
from incidents.sources.base import NOTHING, About, AttachedFile, Signal, Skipped, mapping_of, text_of
from incidents.sources.slack_marks import Names, attached, author, author_id, is_time, words

_SYSTEM = frozenset(
    {"pinned_item", "unpinned_item", "bot_add", "bot_remove", "huddle_thread", "sh_room_created"}
)
_NO_WORDS = {
    "tombstone": "This message was deleted later; Slack keeps neither its words nor the time of the deletion.",
    "message_replied": "It only announces an answer in a thread; the answer comes as a message of its own.",
}


class Where(NamedTuple):
    """Where a message stands: in the file, in which channel (its id, when known), and what ids mean there."""

    location: str
    names: Names
    channel: str = ""

    def about(self, files: tuple[AttachedFile, ...] = ()) -> About:
        """What every fact of this channel is about."""
        if not self.channel and not files:
            return NOTHING
        return About(fingerprint=f"slack channel {self.channel}" if self.channel else "", files=files)

    def name(self, key: str) -> str:
        """The name that belongs to an id, else the id."""
        return self.names.get(key, key)

    def inside(self, message: Mapping[str, Any]) -> str:
        """The location of a message, with the thread that it answers in."""
        thread = text_of(message, "thread_ts")
        answers = thread and thread != message.get("ts")
        return f"{self.location}, in the thread of {thread}" if answers else self.location


def facts(message: Mapping[str, Any], where: Where) -> Iterator[Signal | Skipped]:
    """What one message tells: itself, and its last edit when it carries one; or the change that it stands for."""
    subtype = text_of(message, "subtype")
    if not is_time(message.get("ts")):
        yield Skipped(where.location, "Its ts is no Slack time, so nobody can say when it was written.")
    elif subtype in ("message_changed", "message_deleted"):
        yield _change(message, subtype, where)
    elif subtype in _NO_WORDS:
        yield Skipped(where.location, _NO_WORDS[subtype], expected=subtype == "message_replied")
    elif text := words(message, where.names):
        yield _said(message, subtype, text, where)
        if is_time(text_of(message, "edited", "ts")):
            yield _edit(message, text, where)
    else:
        yield Skipped(where.location, "It holds no text.")


def _said(message: Mapping[str, Any], subtype: str, text: str, where: Where) -> Signal:
    actor = author(message, where.names)
    by_machine = _is_system(subtype) or subtype == "bot_message" or bool(text_of(message, "bot_id"))
    is_status = by_machine and actor.lower().startswith("status")
    ts = str(message["ts"])
    return Signal(
        time_text=ts,
        text=text.removeprefix(f"{actor}: ") if by_machine and not is_status else text,
        lane=Lane.STATUS if is_status else Lane.CHAT,
        trust=Trust.OBSERVED if by_machine else Trust.REPORTED,
        location=where.inside(message),
        actor=actor,
        identity=f"message {ts} {author_id(message)}",
        zone="UTC",
        precision=Precision.SECOND,
        about=where.about(attached(message)),
    )


def _is_system(subtype: str) -> bool:
    """Whether Slack itself wrote the message, about somebody who joined, set a topic, pinned something."""
    return subtype.startswith(("channel_", "group_")) or subtype in _SYSTEM


def _edit(message: Mapping[str, Any], text: str, where: Where) -> Signal:
    """The last edit, as the history and an export tell it: without what stood there before."""
    editor = _editor(message, where)
    said = f"{editor or 'The author'} edited this message; Slack keeps only its new text: {text}"
    return _noted(message, text_of(message, "edited", "ts"), said, where, editor)


def _change(event: Mapping[str, Any], subtype: str, where: Where) -> Signal | Skipped:
    """A change as the events and full exports tell it: what stood there before, and what stands there now."""
    before, after = mapping_of(event, "previous_message"), mapping_of(event, "message")
    if subtype == "message_deleted" or text_of(after, "subtype") == "tombstone":
        return _deletion(event, before, after, where)
    earlier, later = words(before, where.names), words(after, where.names)
    if before and earlier == later:
        reason = (
            "Slack noted a change, such as a preview or an answer in the thread; the text stayed the same."
        )
        return Skipped(where.location, reason, expected=True)
    editor = _editor(after or before, where)
    said = f"“{earlier}”" if earlier else "a message whose earlier text is not known"
    text = f"{editor or 'Somebody'} edited {said}; it now says: {later or 'nothing'}"
    edited = text_of(after, "edited", "ts")
    return _noted(after, edited if is_time(edited) else str(event["ts"]), text, where, editor)


def _deletion(
    event: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any], where: Where
) -> Signal | Skipped:
    """A deletion; Slack does not say by whom. ``after`` is what Slack leaves where a thread hangs below."""
    if text_of(before, "subtype") == "tombstone":
        reason = "The place of a message that was already deleted is gone too."
        return Skipped(where.location, reason, expected=True)
    ts, earlier, actor = str(event["ts"]), words(before, where.names), author(before, where.names)
    deleted = text_of(event, "deleted_ts") or text_of(before, "ts") or text_of(after, "ts")
    of = f" of {actor}" if actor else ""
    said = f"; it said: “{earlier}”" if earlier else "; its text is not known"
    text, identity = f"A message{of} was deleted{said}", f"message_deleted {ts} {deleted}"
    return _signal(ts, text, where.inside(before), identity, where)


def _editor(message: Mapping[str, Any], where: Where) -> str:
    """Who edited a message: Slack lets nobody but its author."""
    return where.name(text_of(message, "edited", "user")) or author(message, where.names)


def _noted(message: Mapping[str, Any], at: str, text: str, where: Where, actor: str) -> Signal:
    """An edit; the same one has the same identity however it became known."""
    identity = f"edit {text_of(message, 'ts')} {at} {author_id(message)}"
    return _signal(at, text, where.inside(message), identity, where, actor, attached(message))


def _signal(
    at: str,
    text: str,
    location: str,
    identity: str,
    where: Where,
    actor: str = "",
    files: tuple[AttachedFile, ...] = (),
) -> Signal:
    return Signal(
        time_text=at,
        text=text,
        lane=Lane.CHAT,
        trust=Trust.OBSERVED,
        location=location,
        actor=actor,
        identity=identity,
        zone="UTC",
        precision=Precision.SECOND,
        about=where.about(files),
    )


def noted(at: str, text: str, identity: str, where: Where, actor: str = "") -> Signal:
    """A small fact that Slack observed at the time ``at``: a reaction, a pin, a renamed channel."""
    return _signal(at, text, where.location, identity, where, actor)
