"""Slack's words as readable text: marks, blocks, attachments, and ids that have names.

A message has a ``text`` with marks such as ``<@U024BE7LH>``; apps often leave it empty and put their words into blocks
or attachments.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeGuard

from incidents.sources.base import AttachedFile, first_text, mapping_of, text_of

Names = Mapping[str, str]

_TIME = re.compile(r"[0-9]{9,11}(?:\.[0-9]{1,9})?")
DEEPEST = 8  # rich text nests lists in lists to six levels
_MARK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_DATE = re.compile(r"date\^\d+\^.*", re.DOTALL)
_NO_CONTENT = frozenset({"tombstone", "hidden_by_limit", "external", "file_access"})


def is_time(ts: Any) -> TypeGuard[str]:
    """Whether this is one of Slack's times, Unix seconds as text ("1540162920.000100")."""
    return isinstance(ts, str) and _TIME.fullmatch(ts) is not None


def items(value: Any, key: str) -> list[Mapping[str, Any]]:
    """The objects of the list below ``key``; nothing when there is no list."""
    found = value.get(key) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def names_in(document: Any, messages: Iterable[Any]) -> dict[str, str]:
    """Id to name of people and channels: from ``users`` and ``channels``, and from the profiles in the messages."""
    found = [("USLACKBOT", "Slackbot")]
    found += [(text_of(one, "user"), _person(mapping_of(one, "user_profile"))) for one in messages]
    found += [(text_of(user, "id"), _person(user)) for user in items(document, "users")]
    channels = (*items(document, "channels"), mapping_of(document, "channel"))
    found += [(text_of(channel, "id"), text_of(channel, "name")) for channel in channels]
    return {key: name for key, name in found if key and name}


def _person(user: Mapping[str, Any]) -> str:
    return first_text(
        text_of(user, "profile", "real_name"),
        text_of(user, "real_name"),
        text_of(user, "profile", "display_name"),
        text_of(user, "display_name"),
        text_of(user, "name"),
    )


def words(message: Mapping[str, Any], names: Names) -> str:
    """What a message says: its text, else its blocks, else its attachments; and then the names of its files."""
    said = plain(text_of(message, "text"), names) or _blocks(message, names) or _attachments(message, names)
    files = (f"File: {name}" for file in files_of(message) if (name := _title(file)))
    return _lines((said, *files))


def plain(text: str, names: Names) -> str:
    """Slack's markup as readable text: mentions by name, links by label and address."""
    return html.unescape(_MARK.sub(partial(_unmark, names=names), text)).strip()


def _unmark(mark: re.Match[str], *, names: Names) -> str:
    target, label = mark.group(1), mark.group(2) or ""
    sign, key = target[0], target[1:]
    if sign == "@":
        return "@" + first_text(names.get(key, ""), label.removeprefix("@"), key)
    if sign == "#":
        return "#" + first_text(label, names.get(key, ""), key)
    if sign == "!":
        return _special(key, label, names)
    return f"{label} ({target})" if label and label != target else target


def _special(key: str, label: str, names: Names) -> str:
    """``!here``, a group of people (``!subteam^S012AB3CD``), or a date that Slack would draw in the reader's zone."""
    if _DATE.fullmatch(key):
        return first_text(label, key.split("^")[1])
    name, _, group = key.partition("^")
    return "@" + first_text(label.removeprefix("@"), names.get(group, ""), group, name)


def author(message: Mapping[str, Any], names: Names) -> str:
    """The name of who wrote it, else the id."""
    user = text_of(message, "user")
    return first_text(
        names.get(user, ""),
        text_of(message, "username"),
        text_of(message, "bot_profile", "name"),
        user,
        text_of(message, "bot_id"),
    )


def author_id(message: Mapping[str, Any]) -> str:
    """The id of who wrote it: a part of what identifies a message, the same in an event, the history and an export."""
    return first_text(text_of(message, "user"), text_of(message, "bot_id"), text_of(message, "username"))


def files_of(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of a message; old exports have a single ``file``."""
    single = mapping_of(message, "file")
    return [*items(message, "files"), *([single] if single else [])]


def attached(message: Mapping[str, Any]) -> tuple[AttachedFile, ...]:
    """The files whose content Slack itself still keeps."""
    return tuple(
        AttachedFile(text_of(file, "id"), _title(file), text_of(file, "mimetype"))
        for file in files_of(message)
        if text_of(file, "id") and text_of(file, "mode") not in _NO_CONTENT
    )


def _title(file: Mapping[str, Any]) -> str:
    return first_text(text_of(file, "name"), text_of(file, "title"))


def _attachments(message: Mapping[str, Any], names: Names) -> str:
    return _lines(_attachment(found, names) for found in items(message, "attachments"))


def _attachment(attachment: Mapping[str, Any], names: Names) -> str:
    """An attachment's own summary in plain text, else all that it shows."""
    fields = (
        ": ".join(part for part in (text_of(field, "title"), text_of(field, "value")) if part)
        for field in items(attachment, "fields")
    )
    shown = _lines(
        plain(part, names) for part in (*(text_of(attachment, key) for key in _SHOWN), *fields) if part
    )
    fallback = text_of(attachment, "fallback")
    summary = "" if fallback == _NO_FALLBACK else plain(fallback, names)
    return summary or shown or _blocks(attachment, names)


_NO_FALLBACK = "[no preview available]"
_SHOWN = ("pretext", "title", "text")


def _blocks(message: Mapping[str, Any], names: Names) -> str:
    return _lines("".join(_spoken(block, names, DEEPEST)).strip() for block in items(message, "blocks"))


def _spoken(block: Mapping[str, Any], names: Names, deepest: int) -> Iterator[str]:
    """The words of a block or of a part of one, in the order in which it shows them."""
    if not deepest:
        return
    yield _leaf(block, names)
    for key in ("fields", "elements"):
        for inner in items(block, key):
            yield from _spoken(inner, names, deepest - 1)
            yield "\n" if inner.get("type") in _ENDS_A_LINE else ""


_ENDS_A_LINE = frozenset({"mrkdwn", "plain_text", "rich_text_section", "rich_text_preformatted"})


_MENTIONS = {
    "user": ("@", "user_id"),
    "channel": ("#", "channel_id"),
    "usergroup": ("!subteam^", "usergroup_id"),
    "broadcast": ("!", "range"),
}


def _leaf(block: Mapping[str, Any], names: Names) -> str:
    """What a part says itself: a text, a mention, a link, an emoji, or the description of an image."""
    kind, text = text_of(block, "type"), block.get("text")
    if kind in _MENTIONS:
        sign, key = _MENTIONS[kind]
        return plain(f"<{sign}{text_of(block, key)}>", names)
    if kind == "emoji":
        return f":{text_of(block, 'name')}:"
    if kind == "link":
        return first_text(text_of(block, "text"), text_of(block, "url"))
    if isinstance(text, str):
        return text if kind == "text" else plain(text, names)
    found = first_text(text_of(block, "text", "text"), text_of(block, "alt_text"))
    return plain(found, names) + ("\n" if found else "")


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)
