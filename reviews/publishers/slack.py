"""The Slack summary: what happened, what changes, and by when.

The first block carries the delivery's fingerprint as its ``block_id``, which comes back with the channel's history:
that is how a message that an earlier attempt posted is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import httpx2

from governance.connections import find, open_client, request
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Delivery
from governance.outbox import Outcome, extend, fingerprint
from reviews.enums import SectionKey
from reviews.images import picture_of
from reviews.publishers.origins import suggested_by
from reviews.publishers.published import Published, load_for
from reviews.rendering import plain

# Slack counts a text after escaping, which makes a character five at most; a message has 50 blocks at most.
TEXT_LIMIT, HEADER_LIMIT, SENTENCE_LIMIT, TITLE_LIMIT = 2900, 150, 500, 200
MOST_ITEMS = 40
PAGE = 200
MOST_PAGES = 10
PERMANENT = {
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "invalid_auth",
    "account_inactive",
    "missing_scope",
}


def deliver(delivery: Delivery) -> Outcome:
    """Post the summary unless it stands in the channel already."""
    connection = find(delivery.organization_id, ConnectionKind.SLACK)
    published = load_for(delivery)
    marker = f"afterword-{fingerprint(delivery)}"
    channel = connection.options["channel"]
    with open_client(connection) as client:
        ts = _posted(client, channel, marker, delivery.created_at)
        if not ts:
            extend(delivery)
            blocks = message_blocks(published, marker, _links(delivery))
            text = _escape(f"Postmortem published: {published.reference} {published.title}")
            ts = _call(client, "chat.postMessage", json={"channel": channel, "text": text, "blocks": blocks})[
                "ts"
            ]
        permalink = _call(
            client, "chat.getPermalink", method="GET", params={"channel": channel, "message_ts": ts}
        )
    return Outcome(external_id=ts, url=permalink.get("permalink", ""))


def message_blocks(published: Published, marker: str, links: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The message in Slack's blocks, within Slack's limits."""
    incident = published.content["incident"]
    header = _cut(f"{published.reference}: {published.title}", HEADER_LIMIT)
    services = _escape(_cut(", ".join(incident["services"]), SENTENCE_LIMIT))
    address = f"<{published.address}|Read the postmortem>"
    where = " · ".join([address, *(f"<{url}|{_escape(label)}>" for label, url in links)])
    return [
        {"type": "header", "block_id": marker, "text": {"type": "plain_text", "text": header}},
        _section(f"*SEV{incident['severity']}* · {services}"),
        _section(f"*{_escape(_heading(published))}*\n{_summary(published)}"),
        *(_section(text) for text in _changes(published)),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": _signed(published)}]},
        *_waived(published),
        _section(where),
    ]


def _heading(published: Published) -> str:
    """The summary's own title; the usual one says less than what it stands above here."""
    titles = (one["title"] for one in published.content["sections"] if one["key"] == SectionKey.SUMMARY)
    title = next(titles, "")
    return "What happened" if title in ("", SectionKey.SUMMARY.label) else title


def _summary(published: Published) -> str:
    """The sentences of the summary; its pictures stay where people may see them."""
    section = next((one for one in published.content["sections"] if one["key"] == "summary"), None)
    passages = section["passages"] if section else []
    sentences = [_said(passage) for passage in passages if not picture_of(passage["text"])]
    return (
        _fitting(_escape(_cut(sentence, SENTENCE_LIMIT)) for sentence in sentences) or "See the postmortem."
    )


def _said(passage: dict[str, Any]) -> str:
    by = suggested_by(passage)
    return f"{plain(passage['text'])}{f' ({by})' if by else ''}"


def _changes(published: Published) -> list[str]:
    """Every promise on a line of its own, in as many texts as they need; a very long list says how many follow."""
    if not published.action_items:
        return ["*What changes*\nNo action items were promised."]
    lines = [_promise(item) for item in published.action_items[:MOST_ITEMS]]
    if more := len(published.action_items) - len(lines):
        lines.append(f"and {more} more in the postmortem")
    texts = ["*What changes, and by when*"]
    for line in lines:
        if len(texts[-1]) + len(line) + 1 > TEXT_LIMIT:
            texts.append(line)
        else:
            texts[-1] += f"\n{line}"
    return texts


def _promise(item: dict[str, Any]) -> str:
    who = _escape(_cut(item["owner"]["name"], TITLE_LIMIT))
    return f"• {_escape(_cut(item['title'], TITLE_LIMIT))} – {who}, by {_day(item['due_on'])}"


def _signed(published: Published) -> str:
    names = [
        _cut(f"{one.name} ({_first_small(one.title)}, {one.judgment.lower()})", TITLE_LIMIT)
        for one in published.signatures
    ]
    return f"Signed by {_fitting((_escape(name) for name in names), ' and ')}"


def _first_small(title: str) -> str:
    return title[:1].lower() + title[1:]


def _waived(published: Published) -> list[dict[str, Any]]:
    """Every exception with its reason, in a line of its own."""
    said = [
        _escape(_cut(f"{one.title} – {one.granted_by}: {one.reason}", SENTENCE_LIMIT))
        for one in published.waivers
    ]
    if not said:
        return []
    text = _fitting([f"*Exceptions* {said[0]}", *said[1:]], "\n")
    return [{"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}]


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, ending after a whole word; before escaping, which must not be cut through."""
    return text if len(text) <= limit else f"{text[: limit - 1].rsplit(' ', 1)[0]}…"


def _fitting(parts: Iterable[str], between: str = " ") -> str:
    """The first escaped parts that fit into a text together; a part that does not is left out with all after it."""
    whole = ""
    for part in parts:
        joined = f"{whole}{between}{part}" if whole else part
        if len(joined) > TEXT_LIMIT - 100:
            return f"{whole} …".strip()
        whole = joined
    return whole


def _links(delivery: Delivery) -> list[tuple[str, str]]:
    """The Confluence page of this publication, when it exists."""
    rows = Delivery.objects.of_group(delivery.group).filter(kind="reviews.confluence")
    return [("Confluence", row.result["url"]) for row in rows if row.result.get("url")]


def _posted(client: httpx2.Client, channel: str, marker: str, since: datetime) -> str:
    """The ``ts`` of the message that carries the marker, or nothing; looks back to when the delivery was planned."""
    cursor = ""
    for _ in range(MOST_PAGES):
        params = {"channel": channel, "limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
        answer = _call(client, "conversations.history", method="GET", params=params)
        for message in answer["messages"]:
            if any(block.get("block_id") == marker for block in message.get("blocks", [])):
                return str(message["ts"])
        oldest = min((float(message["ts"]) for message in answer["messages"]), default=0.0)
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor or oldest < (since - timedelta(hours=1)).timestamp():
            break
    return ""


def _call(client: httpx2.Client, name: str, *, method: str = "POST", **kwargs: Any) -> dict[str, Any]:
    """One Web API call; Slack says its refusals with status 200 and ``ok: false``."""
    answer: dict[str, Any] = request(client, method, name, **kwargs).json()
    if not answer.get("ok"):
        error = str(answer.get("error", "unknown"))
        raise OutsideError(f"Slack refused {name}: {error}.", permanent=error in PERMANENT)
    return answer
