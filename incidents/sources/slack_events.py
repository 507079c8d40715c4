"""Slack's events that are no messages: reactions, pins, channels; and those that are no fact of an incident.

The Events API wraps each event: ``{"type": "event_callback", "event_id": "Ev…", "event_time": 1767957000, "event":
{"type": "reaction_added", "event_ts": "1767957000.000100", …}}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from incidents.sources.base import Signal, Skipped, first_text, mapping_of, text_of
from incidents.sources.slack_marks import is_time, words
from incidents.sources.slack_messages import Where, facts, noted

_HANDSHAKE = "url_verification"
_WITHHELD = "app_rate_limited"
_WRAPPERS = frozenset({"event_callback", _HANDSHAKE, _WITHHELD})
_MESSAGES = frozenset({"message", "app_mention"})

Teller = Callable[[Mapping[str, Any], Where], str]


def is_event(item: Any) -> bool:
    """Whether a JSON value comes from the Events API, in its wrapper or taken out of it."""
    if not isinstance(item, dict):
        return False
    return _is_wrapper(item) or "event_ts" in item


def _is_wrapper(item: Mapping[str, Any]) -> bool:
    return text_of(item, "type") in _WRAPPERS or isinstance(item.get("event"), dict)


def event_of(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event itself; one without a time of its own gets the one of its wrapper."""
    if not _is_wrapper(item):
        return item
    event = mapping_of(item, "event")
    wrapped = item.get("event_time")
    if event and type(wrapped) is int and not is_time(event.get("event_ts")):
        return {**event, "event_ts": str(wrapped)}
    return event


def event_facts(item: Mapping[str, Any], where: Where) -> Iterator[Signal | Skipped]:
    """What one delivery of the Events API tells."""
    outside = text_of(item, "type")
    event = event_of(item)
    kind = text_of(event, "type")
    where = where._replace(channel=first_text(_channel(event), where.channel))
    if outside == _HANDSHAKE:
        yield Skipped(where.location, "Slack checked the address; that is no fact.", expected=True)
    elif outside == _WITHHELD:
        yield Skipped(where.location, _withheld(item))
    elif kind in _MESSAGES:
        yield from facts(event, where)
    elif kind in _TOLD:
        yield _small_fact(event, kind, where)
    elif event:
        yield Skipped(where.location, f"An event “{kind[:60]}” is no fact of an incident.", expected=True)
    else:
        yield Skipped(where.location, "The delivery carries no event.")


def _channel(event: Mapping[str, Any]) -> str:
    return first_text(
        text_of(event, "channel"),
        text_of(event, "channel", "id"),
        text_of(event, "channel_id"),
        text_of(event, "item", "channel"),
    )


def _withheld(item: Mapping[str, Any]) -> str:
    """The gap that Slack leaves when it sends no more events for the rest of a minute."""
    minute, when = item.get("minute_rate_limited"), "for a minute"
    if type(minute) is int and 0 < minute < 10**11:
        when = f"in the minute of {datetime.fromtimestamp(minute, UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"Slack withheld events {when}, because there were too many: messages are missing here. "
        "Fetch the channel's history to fill the gap."
    )


def _small_fact(event: Mapping[str, Any], kind: str, where: Where) -> Signal | Skipped:
    at = first_text(text_of(event, "event_ts"), text_of(event, "ts"))
    if not is_time(at):
        return Skipped(where.location, "It has no event_ts, so nobody can say when it happened.")
    user = text_of(event, "user")
    identity = " ".join(
        (kind, where.channel, text_of(event, "item", "ts"), user, text_of(event, "reaction"), at)
    )
    return noted(at, _TOLD[kind](event, where), identity, where, where.name(user))


def _who(event: Mapping[str, Any], where: Where) -> str:
    return where.name(text_of(event, "user")) or "Somebody"


def _what(event: Mapping[str, Any], where: Where) -> str:
    """The message that a reaction or a pin belongs to: its words if they came along, else whose it is and when."""
    if said := words(mapping_of(mapping_of(event, "item"), "message"), where.names):
        return f"“{said}”"
    owner, ts = where.name(text_of(event, "item_user")), text_of(event, "item", "ts")
    of, at = f" of {owner}" if owner else "", f" from {_clock(ts)}" if is_time(ts) else ""
    return f"a message{of}{at}"


def _clock(ts: str) -> str:
    return f"{datetime.fromtimestamp(int(ts.partition('.')[0]), UTC):%Y-%m-%d %H:%M:%S} UTC"


def _act(verb: str, object_of: Teller) -> Teller:
    """Tells that somebody did something to something."""

    def tell(event: Mapping[str, Any], where: Where) -> str:
        return f"{_who(event, where)} {verb} {object_of(event, where)}"

    return tell


def _reacted(event: Mapping[str, Any], where: Where) -> str:
    return f":{text_of(event, 'reaction')}: to {_what(event, where)}"


def _taken_back(event: Mapping[str, Any], where: Where) -> str:
    return f":{text_of(event, 'reaction')}: from {_what(event, where)}"


def _of_channel(verb: str) -> Teller:
    def tell(event: Mapping[str, Any], where: Where) -> str:
        user = where.name(text_of(event, "user") or text_of(event, "channel", "creator"))
        by = f" by {user}" if user else ""
        return f"The channel {_named(event, where)} was {verb}{by}"

    return tell


def _renamed(event: Mapping[str, Any], where: Where) -> str:
    now = text_of(event, "channel", "name")
    before = where.names.get(where.channel, "")
    old = f"#{before}" if before and before != now else where.channel
    return f"The channel {old} was renamed to #{now}"


def _named(event: Mapping[str, Any], where: Where) -> str:
    name = first_text(text_of(event, "channel", "name"), where.names.get(where.channel, ""))
    return f"#{name}" if name else where.channel


def _removed(event: Mapping[str, Any], where: Where) -> str:
    return f"The Slack app was removed from {_named(event, where)}; from here on its messages do not arrive"


def _gone(_event: Mapping[str, Any], _where: Where) -> str:
    return "The Slack app lost its access to the workspace; from here on its messages do not arrive"


_CHANNELS: dict[str, Teller] = {
    "created": _of_channel("created"),
    "archive": _of_channel("archived"),
    "unarchive": _of_channel("reopened"),
    "deleted": _of_channel("deleted"),
    "rename": _renamed,
    "left": _removed,
}
_TOLD: dict[str, Teller] = {
    "reaction_added": _act("reacted with", _reacted),
    "reaction_removed": _act("took back", _taken_back),
    "pin_added": _act("pinned", _what),
    "pin_removed": _act("unpinned", _what),
    "member_joined_channel": _act("joined", _named),
    "member_left_channel": _act("left", _named),
    "app_uninstalled": _gone,
    "tokens_revoked": _gone,
    **{f"channel_{verb}": teller for verb, teller in _CHANNELS.items()},
    **{f"group_{verb}": teller for verb, teller in _CHANNELS.items()},
}
