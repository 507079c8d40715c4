"""The manifest of the Slack app: what it may read, what Slack tells us by itself, and where Slack sends that.

A person pastes it where Slack asks for one ("Create New App", "From a manifest"), so that nobody has to tick scopes.
"""

from __future__ import annotations

import json
from typing import Any

NAME = "Afterword"
DESCRIPTION = "Keeps the order of events of an incident, and posts the postmortem when it is signed."
LONG_DESCRIPTION = (
    "Afterword reads the channels that it is invited to, and no others. During an incident it keeps messages, threads, "
    "edits, deletions, reactions and pins with their times as evidence for the chronology. When the postmortem is "
    "signed, it posts a summary into the channel that an administrator chose."
)
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "files:read",
    "groups:history",
    "groups:read",
    "im:write",
    "pins:read",
    "reactions:read",
    "users:read",
    "users:read.email",
)
EVENTS = (
    "app_mention",
    "channel_rename",
    "message.channels",
    "message.groups",
    "pin_added",
    "reaction_added",
)


def manifest(request_url: str) -> dict[str, Any]:
    """The manifest for an installation; ``request_url`` is the whole address of its Slack hook, with https."""
    return {
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
        },
        "features": {"bot_user": {"display_name": NAME, "always_online": True}},
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"request_url": request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": False},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def as_json(request_url: str) -> str:
    """The manifest as text to paste into the JSON tab of Slack's form."""
    return json.dumps(manifest(request_url), indent=2, ensure_ascii=False)
