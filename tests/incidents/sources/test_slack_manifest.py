"""The manifest that people paste into Slack, against what Slack's form accepts and what we call and read."""

from __future__ import annotations

import json

import pytest

from incidents.sources.slack_manifest import EVENTS, SCOPES, as_json, manifest

ADDRESS = "https://afterword.example.test/hooks/slack/x1"

NEEDED_BY_EVENT = {
    "app_mention": {"app_mentions:read"},
    "channel_rename": {"channels:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "pin_added": {"pins:read"},
    "reaction_added": {"reactions:read"},
}
NEEDED_BY_CALL = {
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.history and conversations.replies": {"channels:history", "groups:history"},
    "users.info": {"users:read"},
    "users.lookupByEmail": {"users:read.email"},
    "conversations.open": {"im:write"},
    "files.info": {"files:read"},
    "chat.postMessage": {"chat:write"},
}


def test_address_is_where_slack_sends_its_events() -> None:
    assert manifest(ADDRESS)["settings"]["event_subscriptions"]["request_url"] == ADDRESS


def test_text_is_the_manifest() -> None:
    assert json.loads(as_json(ADDRESS)) == manifest(ADDRESS)


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_has_the_scope_that_it_needs(event: str) -> None:
    assert set(SCOPES) >= NEEDED_BY_EVENT[event]


def test_no_scope_is_asked_for_without_a_use() -> None:
    assert set(SCOPES) == set().union(*NEEDED_BY_EVENT.values(), *NEEDED_BY_CALL.values())


def test_words_fit_into_slack_s_form() -> None:
    told = manifest(ADDRESS)["display_information"]
    assert len(told["name"]) <= 35
    assert len(told["description"]) <= 140
    assert 174 <= len(told["long_description"]) <= 4000
