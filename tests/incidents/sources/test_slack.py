"""Slack channel exports."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.enums import Lane, Precision, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Skipped
from tests.incidents.sources.helpers import entries, parse, signals


def message(ts: str, text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "ts": ts, "text": text, **fields}


def test_time_is_the_whole_second_of_ts() -> None:
    [found] = entries("slack", [message("1540162920.999900", "Looking")])
    assert found.at.isoformat() == "2018-10-21T23:02:00+00:00"
    assert found.precision == Precision.SECOND
    assert found.signal.time_text == "1540162920.999900"


def test_messages_of_one_second_keep_the_order_of_their_ts() -> None:
    found = signals("slack", [message("1540162920.000200", "second"), message("1540162920.000100", "first")])
    assert [item.text for item in found] == ["first", "second"]


def test_names_come_from_profiles_and_from_users() -> None:
    document = {
        "users": [{"id": "U2", "profile": {"real_name": "Mara Okafor"}}],
        "messages": [
            message("1540162920.000100", "<@U2> please look", user_profile={"real_name": "Kit Harlow"}),
            message("1540162930.000100", "on it", user="U2"),
        ],
    }
    first, second = signals("slack", document)
    assert (first.actor, first.text) == ("Kit Harlow", "@Mara Okafor please look")
    assert second.actor == "Mara Okafor"


def test_links_channels_and_entities_become_readable() -> None:
    [found] = signals(
        "slack", [message("1540162920.000100", "<https://a.example/x|graph> in <#C1|ops> &lt;5%")]
    )
    assert found.text == "graph (https://a.example/x) in #ops <5%"


def test_edit_is_a_fact_of_its_own_at_its_own_time() -> None:
    edited = {"user": "U1", "ts": "1540162980.000000"}
    said, edit = entries("slack", [message("1540162920.000100", "new words", edited=edited)])
    assert said.signal.text == "new words"
    assert (edit.at - said.at).total_seconds() == 60
    assert "edited this message" in edit.signal.text
    assert said.signal.identity != edit.signal.identity


def test_deletion_and_change_events_keep_what_stood_there() -> None:
    before = message("1540162920.000100", "wrong host")
    deleted = {"type": "message", "subtype": "message_deleted", "ts": "1540163000.000100", "previous_message": before,
               "deleted_ts": before["ts"]}  # fmt: skip
    changed = {**deleted, "subtype": "message_changed", "message": message(before["ts"], "right host")}
    first, second = signals("slack", [deleted, changed])
    assert first.text == "A message of U1 was deleted; it said: “wrong host”"
    assert first.actor == ""  # Slack does not say who deleted it
    assert "edited “wrong host”; it now says: right host" in second.text


def test_status_posts_of_a_bot_stand_in_the_status_lane() -> None:
    post = message(
        "1540162920.000100",
        "Statuspage: set to yellow",
        subtype="bot_message",
        bot_id="B1",
        username="Statuspage",
    )
    [found] = signals("slack", [post])
    assert (found.lane, found.trust) == (Lane.STATUS, Trust.OBSERVED)


def test_answer_names_its_thread() -> None:
    [found] = signals("slack", [message("1540162930.000100", "yes", thread_ts="1540162920.000100")])
    assert found.location == "messages[0], in the thread of 1540162920.000100"


def test_attachment_speaks_when_there_is_no_text() -> None:
    [found] = signals(
        "slack", [message("1540162920.000100", "", attachments=[{"fallback": "Graph of errors"}])]
    )
    assert found.text == "Graph of errors"


@pytest.mark.parametrize("ts", [None, 1540162920.0001, "yesterday", "NaN", "-5"])
def test_message_without_a_slack_time_is_skipped(ts: Any) -> None:
    found = parse("slack", [message("1540162920.000100", "fine"), {"text": "x", "ts": ts}])
    assert [item.location for item in found if isinstance(item, Skipped)] == ["messages[1]"]


@pytest.mark.parametrize("document", [{}, [], {"messages": 3}, [{"text": "no time"}]])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no Slack messages"):
        parse("slack", document)
