"""The Slack summary: what happened, what changes, and by when.

The first block carries the delivery's key as its ``block_id``, which comes back with the channel's history: that is how a
message that an earlier attempt posted is found.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import httpx2

from governance.connections import find, open_client, request
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Delivery
from governance.outbox import Outcome
from reviews.publishers.published import Published, load_for

TEXT_LIMIT, HEADER_LIMIT, PAGE = 2900, 150, 200
MOST_PAGES = 10
PERMANENT = {"channel_not_found", "not_in_channel", "is_archived", "invalid_auth", "account_inactive", "missing_scope"}


def deliver(delivery: Delivery) -> Outcome:
    """Post the summary unless it stands in the channel already."""
    connection = find(delivery.organization_id, ConnectionKind.SLACK)
    published = load_for(delivery)
    marker = f"afterword-{delivery.key}"
    channel = connection.options["channel"]
    with open_client(connection) as client:
        ts = _posted(client, channel, marker, delivery.created_at)
        if not ts:
            blocks = message_blocks(published, marker, _links(delivery))
            text = f"Postmortem published: {published.reference} {published.title}"
            ts = _call(client, "chat.postMessage", json={"channel": channel, "text": text, "blocks": blocks})["ts"]
        permalink = _call(client, "chat.getPermalink", method="GET", params={"channel": channel, "message_ts": ts})
    return Outcome(external_id=ts, url=permalink.get("permalink", ""))


def message_blocks(published: Published, marker: str, links: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The message in Slack's blocks, within Slack's limits."""
    incident = published.content["incident"]
    header = _cut(f"{published.reference}: {published.title}", HEADER_LIMIT)
    facts = f"*SEV{incident['severity']}* · {_escape(', '.join(incident['services']))}"
    address = f"<{published.address}|Read the postmortem>"
    where = " · ".join([address, *(f"<{url}|{_escape(label)}>" for label, url in links)])
    return [
        {"type": "header", "block_id": marker, "text": {"type": "plain_text", "text": header}},
        _section(facts),
        _section(_summary(published)),
        _section(_changes(published)),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": _cut(_signed(published), TEXT_LIMIT)}]},
        _section(where),
    ]


def _summary(published: Published) -> str:
    section = next((one for one in published.content["sections"] if one["key"] == "summary"), None)
    sentences = [passage["text"] for passage in section["passages"]] if section else []
    return f"*What happened*\n{_escape(' '.join(sentences)) or 'See the postmortem.'}"


def _changes(published: Published) -> str:
    if not published.action_items:
        return "*What changes*\nNo action items were promised."
    lines = [
        f"• {_escape(item['title'])} – {_escape(item['owner']['name'])}, by {_day(item['due_on'])}"
        for item in published.action_items
    ]
    return "*What changes, and by when*\n" + "\n".join(lines)


def _signed(published: Published) -> str:
    names = [f"{one.name} ({one.title.lower()}, {one.confidence_label.lower()})" for one in published.signatures]
    return "Signed by " + _escape(" and ".join(names))


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, TEXT_LIMIT)}}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rsplit(' ', 1)[0]}…"


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
