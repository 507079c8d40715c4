"""Slack: a channel's history in one document, with the names of the people and channels that it mentions.

What is fetched is limited to what the chronology needs: of a person the id and the name, never address or picture.
The same channel and window give the same bytes as long as nothing changed there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx2
import orjson

from governance.connections import GuardedTransport, request
from governance.connections.http import LARGEST_ANSWER, TIMEOUT, USER_AGENT
from governance.errors import OutsideError
from incidents.pulls.slack_api import Calls, SlackRefusal, Sleep
from incidents.sources.base import first_text, mapping_of, text_of
from incidents.sources.slack_marks import files_of, is_time

LOOK_BACK = timedelta(
    days=1
)  # threads that began this long before the window may have been answered inside of it
FILES_HOST = "files.slack.com"

_MENTION = re.compile(r"<([@#])([A-Z0-9]{2,20})(?:\|[^<>]*)?>")
_UNKNOWN = frozenset({"user_not_found", "users_not_found", "user_not_visible", "channel_not_found"})


class PulledFile(NamedTuple):
    """An image of the channel; ``size`` is in bytes, as Slack states it."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """What was fetched: one JSON document for the chronology, and the images that its messages carry.

    ``cuts`` are sentences, one for each thing that a limit of ours or of the system kept out.
    """

    document: bytes
    filename: str
    files: tuple[PulledFile, ...] = ()
    cuts: tuple[str, ...] = ()


def refuse_nothing(found: object, what: str) -> None:
    """Raise ``OutsideError`` when an answer holds nothing, so that no empty file waits for somebody."""
    if not found:
        raise OutsideError(f"{what} Choose another time or another query, and fetch again.", permanent=True)


def channel_history(
    client: httpx2.Client,
    channel: str,
    oldest: datetime,
    latest: datetime,
    *,
    sleep: Sleep = time.sleep,
) -> Pulled:
    """Fetch what was said in a channel from ``oldest`` to ``latest``, each thread with all of its answers.

    When Slack asks for up to 30 seconds of patience the wait happens here, five times at most; otherwise, and for each
    refusal, ``OutsideError`` says what to do.
    """
    calls = Calls(client, sleep)
    about = mapping_of(calls.get("conversations.info", channel=channel), "channel")
    messages = _messages(calls, channel, oldest, latest)
    document = {
        "channel": _channel(about),
        "channels": list(_channels(calls, messages, channel)),
        "messages": messages,
        "users": list(_users(calls, messages)),
        "window": {"latest": _ts(latest), "oldest": _ts(oldest)},
    }
    return Pulled(
        orjson.dumps(document, option=orjson.OPT_SORT_KEYS),
        _filename(about, channel, oldest, latest),
        tuple(_images(messages)),
    )


def file_content(client: httpx2.Client, file_id: str, *, sleep: Sleep = time.sleep) -> bytes:
    """The content of a file of at most 5 MB; its address must lie on Slack's file host or the connection's own."""
    file = mapping_of(Calls(client, sleep).get("files.info", file=file_id), "file")
    url = first_text(text_of(file, "url_private_download"), text_of(file, "url_private"))
    if not url:
        raise OutsideError("Slack keeps no content of this file.", permanent=True)
    if _number(file, "size") > LARGEST_ANSWER:
        raise OutsideError("This file is larger than 5 MB and was not fetched.", permanent=True)
    with _host_of(client, url) as host:
        answer = request(host, "GET", url)
    if answer.headers.get("content-type", "").startswith("text/html"):
        raise OutsideError(
            "Slack showed a sign-in page in place of the file. Add the scope files:read to the app and install it "
            "again.",
            permanent=True,
        )
    return answer.content


def _messages(calls: Calls, channel: str, oldest: datetime, latest: datetime) -> list[Mapping[str, Any]]:
    """Every message once, oldest first; a broadcast answer stands in the channel and in its thread."""
    since = _ts(oldest)
    found: dict[str, Mapping[str, Any]] = {}
    listed = calls.pages(
        "conversations.history",
        "messages",
        channel=channel,
        oldest=_ts(oldest - LOOK_BACK),
        latest=_ts(latest),
        inclusive="true",
    )
    for message in [one for one in listed if _touches(one, since)]:
        found[text_of(message, "ts")] = message
        if _number(message, "reply_count"):
            answers = calls.pages(
                "conversations.replies", "messages", channel=channel, ts=text_of(message, "ts")
            )
            found |= {text_of(answer, "ts"): answer for answer in answers if is_time(answer.get("ts"))}
    return [found[ts] for ts in sorted(found, key=_instant)]


def _touches(message: Mapping[str, Any], since: str) -> bool:
    """Whether a message lies in the window, or its thread was still answered there."""
    newest = [ts for key in ("ts", "latest_reply") if is_time(ts := message.get(key))]
    return is_time(message.get("ts")) and any(_instant(ts) >= _instant(since) for ts in newest)


def _instant(ts: str) -> tuple[int, str]:
    """A Slack time in a form that sorts: seconds, then the digits after the point."""
    seconds, _, rest = ts.partition(".")
    return int(seconds), rest.ljust(9, "0")


def _ts(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"


def _users(calls: Calls, messages: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Who wrote, edited or is mentioned, by id; people that Slack does not show to the app stay without a name."""
    said = {text_of(one, *path) for one in messages for path in (("user",), ("edited", "user"))}
    for key in sorted((said | _mentioned(messages, "@")) - {"", "USLACKBOT"}):
        user = mapping_of(_known(calls, "users.info", user=key), "user")
        if user:
            yield {
                "id": key,
                "name": text_of(user, "name"),
                "profile": {
                    "real_name": first_text(
                        text_of(user, "profile", "real_name"), text_of(user, "real_name")
                    ),
                    "display_name": text_of(user, "profile", "display_name"),
                },
            }


def _channels(calls: Calls, messages: list[Mapping[str, Any]], own: str) -> Iterator[dict[str, Any]]:
    for key in sorted(_mentioned(messages, "#") - {own}):
        channel = mapping_of(_known(calls, "conversations.info", channel=key), "channel")
        if channel:
            yield _channel(channel)


def _known(calls: Calls, method: str, **params: str) -> Mapping[str, Any]:
    """The answer, or nothing when the app may not see what was asked for."""
    try:
        return calls.get(method, **params)
    except SlackRefusal as refusal:
        if refusal.code in _UNKNOWN:
            return {}
        raise


def _mentioned(messages: list[Mapping[str, Any]], sign: str) -> set[str]:
    texts = orjson.dumps(messages).decode()
    return {key for found, key in _MENTION.findall(texts) if found == sign}


def _channel(channel: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": text_of(channel, "id"),
        "name": text_of(channel, "name"),
        "purpose": {"value": text_of(channel, "purpose", "value")},
        "topic": {"value": text_of(channel, "topic", "value")},
    }


def _filename(about: Mapping[str, Any], channel: str, oldest: datetime, latest: datetime) -> str:
    name = re.sub(r"[^\w-]+", "-", text_of(about, "name") or channel)[:80]
    return f"slack-{name}-{oldest.astimezone(UTC):%Y%m%dT%H%MZ}-{latest.astimezone(UTC):%Y%m%dT%H%MZ}.json"


def _images(messages: list[Mapping[str, Any]]) -> Iterator[PulledFile]:
    for message in messages:
        for file in files_of(message):
            media_type, key = text_of(file, "mimetype"), text_of(file, "id")
            if key and media_type.startswith("image/") and file.get("is_external") is not True:
                yield PulledFile(key, text_of(file, "name"), media_type, _number(file, "size"))


def _number(item: Mapping[str, Any], key: str) -> int:
    value = item.get(key)
    return value if type(value) is int else 0


def _host_of(client: httpx2.Client, url: str) -> AbstractContextManager[httpx2.Client]:
    """A client for where a file lies: the connection's own host, or Slack's file host; any other is refused."""
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        address = httpx2.URL("")
    base = client.base_url
    if (address.scheme, address.host, address.port) == (base.scheme, base.host, base.port):
        return nullcontext(client)
    if (address.scheme, address.host, address.port, address.userinfo) != ("https", FILES_HOST, None, b""):
        raise OutsideError("This file lies outside of Slack and was not fetched.", permanent=True)
    return httpx2.Client(
        base_url=f"https://{FILES_HOST}/",
        headers={"Authorization": client.headers["Authorization"], "User-Agent": USER_AGENT},
        timeout=TIMEOUT,
        transport=GuardedTransport(),
        follow_redirects=False,
        trust_env=False,
    )
