"""One bundle as a direct message in Slack, to whoever has the person's mail address there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.connections import find, open_client, request
from governance.enums import ConnectionKind
from governance.errors import NotConnected, OutsideError
from governance.outbox import Outcome

if TYPE_CHECKING:
    from governance.channels.bundles import Bundle

MOST_LINES = 20
_UNKNOWN = {"users_not_found", "user_not_found"}
_FINAL = {"invalid_auth", "account_inactive", "missing_scope", "not_authed", "token_revoked"}


def send(bundle: Bundle) -> Outcome:
    """Post the message; a person whom Slack does not know by their address is reported as not connected."""
    connection = find(bundle.delivery.organization_id, ConnectionKind.SLACK)
    with open_client(connection) as client:
        found = _call(client, "users.lookupByEmail", "GET", params={"email": bundle.person.email})
        talk = _call(client, "conversations.open", "POST", json={"users": found["user"]["id"]})
        message = {
            "channel": talk["channel"]["id"],
            "text": _escape(bundle.subject),
            "blocks": blocks(bundle),
            "unfurl_links": False,
        }
        answer = _call(client, "chat.postMessage", "POST", json=message)
    return Outcome(external_id=str(answer["ts"]), detail={"notices": len(bundle.lines)})


def blocks(bundle: Bundle) -> list[dict[str, Any]]:
    """The message in Slack's blocks: a line for each notice, each with its link."""
    lines = [f"• {_escape(line.text)} <{line.url}|Open>" for line in bundle.lines[:MOST_LINES]]
    if (more := len(bundle.lines) - MOST_LINES) > 0:
        lines.append(f"and {more} more in Afterword")
    return [{"type": "section", "text": {"type": "mrkdwn", "text": line[:2900]}} for line in lines]


def _call(client: Any, name: str, method: str, **kwargs: Any) -> dict[str, Any]:
    """One Web API call; Slack says its refusals with status 200 and ``ok: false``."""
    answer: dict[str, Any] = request(client, method, name, **kwargs).json()
    if answer.get("ok"):
        return answer
    error = str(answer.get("error", "unknown"))
    if error in _UNKNOWN:
        raise NotConnected("Slack knows nobody with this person's mail address.")
    raise OutsideError(f"Slack refused {name}: {error}.", permanent=error in _FINAL)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
