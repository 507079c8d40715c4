"""Microsoft Teams: the messages of a channel or chat, as Microsoft Graph lists and exports them.

Graph gives ``{"value": [chatMessage, …]}``, each with its ``replies`` when they were expanded. Times are RFC 3339.
Graph keeps only the last text of a message; that it was edited or deleted is a new fact at its own time.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    About,
    AttachedFile,
    ParseContext,
    Signal,
    Skipped,
    first_text,
    mapping_of,
    objects,
    read_json,
    text_of,
)
from incidents.sources.teams_words import card_words, html_words

EXPECTED = "the channel's messages from Microsoft Graph"
_DETAIL = re.compile(r"^#microsoft\.graph\.|EventMessageDetail$")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_REFUSAL = (
    "This JSON holds no Teams messages. Upload the answer of Microsoft Graph for the channel "
    "(/teams/{id}/channels/{id}/messages with its replies), or an export in that form."
)


class _Place(NamedTuple):
    """Where a message stands: in the file, and below which message when it answers one."""

    location: str
    names: Mapping[str, str]
    thread: str = ""

    def __str__(self) -> str:
        return f"{self.location}, in the thread of {self.thread}" if self.thread else self.location


class Teams:
    """Reads ``{"value": [...]}``, a bare list of messages, or one message."""

    kind = SourceKind.TEAMS
    label = SourceKind.TEAMS.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        for location, item in objects(_messages(read_json(stream, EXPECTED)), "value"):
            if isinstance(item, Skipped):
                yield item
            else:
                yield from _with_replies(item, _Place(location, context.names))


def _messages(document: Any) -> list[Any]:
    found = document.get("value") if isinstance(document, dict) and "value" in document else document
    messages = [found] if _is_message(found) else found
    if messages == [] and isinstance(document, dict):
        return []
    if not isinstance(messages, list) or not any(_is_message(item) for item in messages):
        raise EvidenceRefused(_REFUSAL)
    return messages


def _is_message(item: Any) -> bool:
    return isinstance(item, dict) and "createdDateTime" in item and ("body" in item or "messageType" in item)


def _with_replies(message: Mapping[str, Any], place: _Place) -> Iterator[Signal | Skipped]:
    """A message and, when Graph expanded them, its answers; answers are never nested further."""
    yield from _facts(message, place._replace(thread=text_of(message, "replyToId")))
    replies = message.get("replies")
    for location, reply in objects(replies if isinstance(replies, list) else [], f"{place.location}.replies"):
        if isinstance(reply, Skipped):
            yield reply
        else:
            yield from _facts(reply, _Place(location, place.names, text_of(message, "id")))


def _facts(message: Mapping[str, Any], place: _Place) -> Iterator[Signal | Skipped]:
    created = text_of(message, "createdDateTime")
    if not created:
        yield Skipped(str(place), "It has no createdDateTime, so nobody can say when it was written.")
        return
    text = _text(message)
    if text:
        yield _said(message, created, text, place)
        yield from _edited(message, created, text, place)
    elif not text_of(message, "deletedDateTime"):
        yield Skipped(str(place), "It holds no text.")
    yield from _deleted(message, text, place)
    yield from _reactions(message, place)


def _said(message: Mapping[str, Any], created: str, text: str, place: _Place) -> Signal:
    by_machine = _is_system(message) or bool(mapping_of(mapping_of(message, "from"), "application"))
    return Signal(
        time_text=created,
        text=text,
        lane=Lane.CHAT,
        trust=Trust.OBSERVED if by_machine else Trust.REPORTED,
        location=str(place),
        actor=_author(message, place),
        identity=_identity("message", message),
        about=_about(message, _files(message)),
    )


def _noted(
    message: Mapping[str, Any], at: str, text: str, place: _Place, identity: str, actor: str
) -> Signal:
    """Something that Teams observed about a message, at a time of its own."""
    return Signal(
        time_text=at,
        text=text,
        lane=Lane.CHAT,
        trust=Trust.OBSERVED,
        location=str(place),
        actor=actor,
        identity=identity,
        about=_about(message),
    )


def _edited(message: Mapping[str, Any], created: str, text: str, place: _Place) -> Iterator[Signal]:
    """The last edit. An export without ``lastEditedDateTime`` tells only that something about the message changed."""
    edited, modified = text_of(message, "lastEditedDateTime"), text_of(message, "lastModifiedDateTime")
    author = _author(message, place)
    if edited:
        said = f"{author or 'The author'} edited this message; Teams keeps only its new text: {text}"
        yield _noted(message, edited, said, place, _identity("edit", message, edited), author)
    elif "lastEditedDateTime" not in message and modified not in ("", created, *_explained(message)):
        said = f"Something about this message changed; the export does not say what. It now says: {text}"
        yield _noted(message, modified, said, place, _identity("change", message, modified), "")


def _explained(message: Mapping[str, Any]) -> list[str]:
    """The moments of changes that are facts themselves."""
    return [
        text_of(message, "deletedDateTime"),
        *(text_of(reaction, "createdDateTime") for reaction in _list(message, "reactions")),
    ]


def _deleted(message: Mapping[str, Any], text: str, place: _Place) -> Iterator[Signal]:
    deleted, author = text_of(message, "deletedDateTime"), _author(message, place)
    if deleted:
        of = f" of {author}" if author else ""
        said = f"; it said: “{text}”" if text else "; its text is not in the export"
        yield _noted(
            message, deleted, f"A message{of} was deleted{said}", place, _identity("deletion", message), ""
        )


def _reactions(message: Mapping[str, Any], place: _Place) -> Iterator[Signal]:
    author = _author(message, place)
    for reaction in _list(message, "reactions"):
        at = text_of(reaction, "createdDateTime")
        who = _person(mapping_of(reaction, "user"), place)
        key = text_of(reaction, "user", "user", "id")
        kind = first_text(text_of(reaction, "displayName"), text_of(reaction, "reactionType"), "a reaction")
        to = f"a message of {author}" if author else "a message"
        if at:
            said = f"{who or 'Somebody'} reacted with {kind} to {to}"
            yield _noted(message, at, said, place, _identity("reaction", message, key, kind, at), who)


def _identity(what: str, message: Mapping[str, Any], *more: str) -> str:
    """By Teams' own id of the message, which counts milliseconds inside one channel or chat."""
    key = text_of(message, "id")
    return " ".join((what, key, _home(message), *more)) if key else ""


def _home(message: Mapping[str, Any]) -> str:
    return first_text(text_of(message, "channelIdentity", "channelId"), text_of(message, "chatId"))


def _about(message: Mapping[str, Any], files: tuple[AttachedFile, ...] = ()) -> About:
    channel, chat = text_of(message, "channelIdentity", "channelId"), text_of(message, "chatId")
    fingerprint = f"teams channel {channel}" if channel else f"teams chat {chat}" if chat else ""
    return About(fingerprint=fingerprint, files=files)


def _author(message: Mapping[str, Any], place: _Place) -> str:
    sender = mapping_of(message, "from") or mapping_of(mapping_of(message, "eventDetail"), "initiator")
    return _person(sender, place)


def _person(identities: Mapping[str, Any], place: _Place) -> str:
    """The name in an identity set: of a person, an app, or a device."""
    for kind in ("user", "application", "device", "conversation"):
        key = text_of(identities, kind, "id")
        if found := first_text(text_of(identities, kind, "displayName"), place.names.get(key, "")):
            return found
    return ""


def _text(message: Mapping[str, Any]) -> str:
    """The subject, the body, what the cards of an app say, and the names of attached files."""
    if _is_system(message):
        return _event(mapping_of(message, "eventDetail"))
    body = mapping_of(message, "body")
    content = text_of(body, "content")
    said = html_words(content, _mentions(message)) if text_of(body, "contentType") == "html" else content
    cards = (card_words(text_of(card, "content")) for card in _list(message, "attachments"))
    files = (f"File: {file.name}" for file in _files(message))
    parts = (text_of(message, "subject"), said, *cards, *files)
    return "\n".join(part for part in parts if part)


def _is_system(message: Mapping[str, Any]) -> bool:
    return text_of(message, "messageType") == "systemEventMessage" or (
        text_of(message, "body", "content") == "<systemEventMessage/>"
    )


def _event(detail: Mapping[str, Any]) -> str:
    """A system message in words: the name of its type ("Members added") and whom or what it names."""
    kind = " ".join(_WORD.findall(_DETAIL.sub("", text_of(detail, "@odata.type")))).capitalize()
    members = [text_of(member, "displayName") or text_of(member, "id") for member in _list(detail, "members")]
    named = [text_of(detail, key) for key in _NAMED]
    told = ", ".join(part for part in (*members, *named) if part)
    return f"{kind}: {told}" if kind and told else kind or "A system message of Teams"


_NAMED = ("channelDisplayName", "teamDisplayName", "chatDisplayName", "callEventType", "teamsAppDisplayName")


def _mentions(message: Mapping[str, Any]) -> dict[str, str]:
    """The names of those who are mentioned, by the number that stands in the body."""
    return {
        str(mention.get("id")): first_text(
            text_of(mention, "mentioned", "user", "displayName"), text_of(mention, "mentionText")
        )
        for mention in _list(message, "mentions")
        if isinstance(mention.get("id"), (int, str))
    }


def _files(message: Mapping[str, Any]) -> tuple[AttachedFile, ...]:
    return tuple(
        AttachedFile(text_of(file, "id"), name, mimetypes.guess_type(name)[0] or "application/octet-stream")
        for file in _list(message, "attachments")
        if (name := text_of(file, "name")) and text_of(file, "id")
    )


def _list(value: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = value.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
