"""Messages of Microsoft Teams, as Graph gives them."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused
from incidents.sources import Signal, Skipped
from tests.incidents.sources.helpers import entries, parse, signals
from tests.incidents.sources.test_slack_events import VALUES, mutated

CHANNEL = "19:4a95f7d8db4c4e7fae857bcebe0623e6@thread.tacv2"


def person(name: str, key: str = "8ea0e38b") -> dict[str, Any]:
    return {"application": None, "device": None, "user": {"id": key, "displayName": name}}


def message(content: str, kind: str = "text", key: str = "1616990032035", **fields: Any) -> dict[str, Any]:
    return {
        "id": key,
        "replyToId": None,
        "messageType": "message",
        "createdDateTime": "2021-03-29T03:53:52.035Z",
        "lastModifiedDateTime": "2021-03-29T03:53:52.035Z",
        "lastEditedDateTime": None,
        "deletedDateTime": None,
        "from": person("Robin Kline"),
        "body": {"contentType": kind, "content": content},
        "channelIdentity": {"teamId": "fbe2bf47", "channelId": CHANNEL},
        "attachments": [],
        "mentions": [],
        "reactions": [],
        **fields,
    }


def test_message_keeps_time_author_and_channel() -> None:
    [found] = entries("teams", {"value": [message("Failing over now")]})
    assert found.at.isoformat() == "2021-03-29T03:53:52.035000+00:00"
    assert (found.signal.text, found.signal.actor) == ("Failing over now", "Robin Kline")
    assert (found.signal.lane, found.signal.trust) == (Lane.CHAT, Trust.REPORTED)
    assert found.signal.about.fingerprint == f"teams channel {CHANNEL}"


@pytest.mark.parametrize("wrap", [lambda one: {"value": [one]}, lambda one: [one], lambda one: one])
def test_answer_list_and_single_message_have_one_identity(wrap: Any) -> None:
    [found] = signals("teams", wrap(message("x")))
    assert found.identity == f"message 1616990032035 {CHANNEL}"


def test_html_becomes_text_with_mentions_links_and_lists() -> None:
    content = (
        '<div><p>Hi <at id="0">R</at>, see&nbsp;<a href="https://a.example/x">graph</a></p>'
        '<ul><li>one</li><li>two &lt;5%</li></ul><img alt="errors" src="https://b.example/1">'
        '<attachment id="a1"></attachment><style>p{}</style><emoji alt="🔥"></emoji></div>'
    )
    mentions = [{"id": 0, "mentionText": "R", "mentioned": {"user": {"displayName": "Mara Okafor"}}}]
    [found] = signals("teams", [message(content, "html", mentions=mentions)])
    assert found.text == (
        "Hi @Mara Okafor, see graph (https://a.example/x)\n• one\n• two <5%\n[image: errors]🔥"
    )


def test_mention_without_an_entry_keeps_its_own_words() -> None:
    [found] = signals("teams", [message('<at id="7">On call</at> please', "html")])
    assert found.text == "@On call please"


def test_broken_html_is_still_read() -> None:
    [found] = signals("teams", [message("<![x<b>look</b> here", "html")])
    assert "look" in found.text and "here" in found.text


def test_edit_is_a_fact_of_its_own_at_its_own_time() -> None:
    said, edit = entries(
        "teams", [message("db-4", lastEditedDateTime="2021-03-29T03:55:00Z", lastModifiedDateTime="2021-03-29T04:00Z")]
    )  # fmt: skip
    assert said.signal.text == "db-4"
    assert edit.at.isoformat() == "2021-03-29T03:55:00+00:00"
    assert edit.signal.text == ("Robin Kline edited this message; Teams keeps only its new text: db-4")
    assert edit.signal.trust == Trust.OBSERVED


def test_change_that_the_export_does_not_explain_is_said_so() -> None:
    changed = message("db-4", lastModifiedDateTime="2021-03-29T03:55:00Z")
    del changed["lastEditedDateTime"]
    _said, change = signals("teams", [changed])
    assert "does not say what" in change.text
    explained = {**changed, "reactions": [{"createdDateTime": "2021-03-29T03:55:00Z"}]}
    assert not [one for one in signals("teams", [explained]) if "does not say what" in one.text]


def test_deletion_is_a_fact_even_when_no_text_is_left() -> None:
    [found] = signals("teams", [message("", deletedDateTime="2021-03-29T04:10:00Z")])
    assert found.text == "A message of Robin Kline was deleted; its text is not in the export"
    assert found.time_text == "2021-03-29T04:10:00Z"
    assert found.actor == ""


def test_replies_name_their_thread_nested_or_flat() -> None:
    reply = message("on it", key="1616990040000", replyToId="1616990032035")
    [_parent, nested] = signals("teams", [message("who looks?", replies=[reply])])
    [flat] = signals("teams", [reply])
    assert nested.location == "value[0].replies[0], in the thread of 1616990032035"
    assert flat.location == "value[0], in the thread of 1616990032035"
    assert nested.identity == flat.identity


def test_reaction_is_a_small_fact() -> None:
    reaction = {"reactionType": "👀", "displayName": "Eyes", "createdDateTime": "2021-03-29T03:54:10Z",
                "user": {"user": {"id": "u2", "displayName": "Mara Okafor"}}}  # fmt: skip
    _said, found = signals("teams", [message("look", reactions=[reaction])])
    assert found.text == "Mara Okafor reacted with Eyes to a message of Robin Kline"
    assert found.time_text == "2021-03-29T03:54:10Z"


def test_system_message_is_observed_and_says_what_happened() -> None:
    detail = {"@odata.type": "#microsoft.graph.membersAddedEventMessageDetail",
              "members": [{"id": "u2", "displayName": "Mara Okafor"}], "initiator": person("Robin Kline")}  # fmt: skip
    sent = {
        **message("<systemEventMessage/>", "html"),
        "messageType": "systemEventMessage",
        "from": None,
        "eventDetail": detail,
    }
    [found] = signals("teams", [sent])
    assert (found.text, found.actor) == ("Members added: Mara Okafor", "Robin Kline")
    assert found.trust == Trust.OBSERVED


def test_card_of_an_app_speaks() -> None:
    card = {"type": "AdaptiveCard", "body": [
        {"type": "TextBlock", "text": "Alert: disk full"},
        {"type": "FactSet", "facts": [{"title": "Host", "value": "db-3"}]},
    ]}  # fmt: skip
    attachment = {
        "id": "c1",
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": json.dumps(card),
    }
    sender = {"application": {"id": "app", "displayName": "Grafana"}, "user": None}
    [found] = signals(
        "teams", [message('<attachment id="c1"></attachment>', "html", attachments=[attachment]) | {"from": sender}]
    )  # fmt: skip
    assert found.text == "Alert: disk full\nHost: db-3"
    assert (found.actor, found.trust) == ("Grafana", Trust.OBSERVED)


def test_files_are_attached_and_named() -> None:
    files = [
        {"id": "f1", "contentType": "reference", "name": "errors.png", "contentUrl": "https://a.example/e"}
    ]
    [found] = signals("teams", [message("see", attachments=files)])
    assert [tuple(file) for file in found.about.files] == [("f1", "errors.png", "image/png")]
    assert found.text == "see\nFile: errors.png"


def test_message_without_a_time_is_skipped() -> None:
    found = parse("teams", [message("fine"), {**message("x"), "createdDateTime": 5}])
    assert [item.location for item in found if isinstance(item, Skipped)] == ["value[1]"]


@pytest.mark.parametrize("document", [{}, [], {"value": 3}, {"value": [{"id": "1"}]}, [{"ts": "1"}], None])
def test_other_json_is_refused(document: Any) -> None:
    with pytest.raises(EvidenceRefused, match="no Teams messages"):
        parse("teams", document)


def test_empty_channel_holds_no_facts() -> None:
    assert parse("teams", {"value": []}) == []


SAMPLE = {
    "value": [
        message(
            '<p>x <at id="0">R</at></p>',
            "html",
            mentions=[{"id": 0, "mentioned": {"user": {"displayName": "R"}}}],
            reactions=[{"createdDateTime": "2021-03-29T03:54:10Z", "user": {"user": {"id": "u"}}}],
            attachments=[{"id": "c", "name": "a.png", "content": '{"body": [{"text": "t"}]}'}],
            lastEditedDateTime="2021-03-29T03:55:00Z",
            replies=[message("", deletedDateTime="2021-03-29T04:10:00Z")],
            eventDetail={"@odata.type": "#microsoft.graph.x", "members": [{}]},
        )
    ]
}


@given(st.randoms(use_true_random=False), st.lists(VALUES, min_size=1, max_size=4))
def test_mutated_payloads_are_read_or_refused(pick: random.Random, values: list[Any]) -> None:
    sample: Any = SAMPLE
    for value in values:
        sample = mutated(sample, pick, value)
    try:
        found = parse("teams", sample)
    except EvidenceRefused:
        return
    assert all(isinstance(item, (Signal, Skipped)) for item in found)


def test_comments_and_stray_signs_do_not_hide_words() -> None:
    [found] = signals("teams", [message("<!-- x > y -->a <b>was</b> < b & c <d", "html")])
    assert found.text == "a was < b & c <d"


@pytest.mark.parametrize("part", ["<", "<a ", "<!--", "<![CDATA[", "</", "<?", "<a '", "<script>", "&#"])
def test_body_of_endless_beginnings_is_read_at_once(part: str) -> None:
    [found] = parse("teams", [message(part * 60_000 + "<p>end</p>", "html")])  # minutes, if it were quadratic
    assert found.location == "value[0]"


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>!-[]&;/'\"at"), max_size=60))
def test_any_body_is_read(content: str) -> None:
    for item in parse("teams", [message(content, "html")]):
        assert isinstance(item, (Signal, Skipped))
