"""Deliveries of Slack's Events API, and what they have in common with the history and an export."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Trust
from incidents.errors import EvidenceRefused
from incidents.sources import ParseContext, Signal, Skipped, get
from tests.incidents.sources.helpers import parse, signals

CHANNEL = "C0INCIDENT1"
TS = "1767956400.000100"
NAMES = {"U1": "Kit Harlow", "U2": "Mara Okafor", CHANNEL: "inc-checkout", "S1": "storage-team"}


def delivered(event: dict[str, Any], **wrapper: Any) -> dict[str, Any]:
    """An event in the wrapper in which Slack sends it."""
    return {
        "token": "x", "team_id": "T1", "api_app_id": "A1", "type": "event_callback", "event_id": "Ev0001",
        "event_time": 1767956400, "event": event, **wrapper,
    }  # fmt: skip


def message(text: str = "rolled back", ts: str = TS, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": ts, **fields}


def event(text: str = "rolled back", ts: str = TS, **fields: Any) -> dict[str, Any]:
    return delivered(message(text, ts, channel=CHANNEL, event_ts=ts, channel_type="channel", **fields))


def named(document: Any) -> list[Signal | Skipped]:
    """Everything that a file gives when the names of the workspace are known."""
    raw = json.dumps(document).encode()
    return list(get("slack").parse(io.BytesIO(raw), ParseContext(names=NAMES)))


def only(document: Any) -> Signal:
    [found] = named(document)
    assert isinstance(found, Signal), found
    return found


def skipped(document: Any) -> Skipped:
    [found] = named(document)
    assert isinstance(found, Skipped), found
    return found


def small(kind: str, **fields: Any) -> dict[str, Any]:
    return delivered({"type": kind, "user": "U2", "event_ts": "1767956460.000200", **fields})


def changed(before: str | None, after: dict[str, Any], ts: str = "1767956520.000300") -> dict[str, Any]:
    previous = {} if before is None else {"previous_message": message(before)}
    return delivered(
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": CHANNEL,
            "ts": ts,
            "message": after,
            **previous,
        }
    )


EDITED = message("right host", edited={"user": "U1", "ts": "1767956520.000000"})
REACTION = small(
    "reaction_added",
    reaction="eyes",
    item_user="U1",
    item={"type": "message", "channel": CHANNEL, "ts": TS},
)


def test_message_event_names_author_channel_and_delivery() -> None:
    found = only(event("<@U2> look in <#C0INCIDENT1>, <!subteam^S1> and <!here>"))
    assert found.actor == "Kit Harlow"
    assert found.text == "@Mara Okafor look in #inc-checkout, @storage-team and @here"
    assert found.about.fingerprint == f"slack channel {CHANNEL}"
    assert (found.location, found.trust) == ("event Ev0001", Trust.REPORTED)


def test_one_message_has_one_identity_in_event_history_mention_and_export() -> None:
    mention = delivered({**message(), "type": "app_mention", "channel": CHANNEL, "event_ts": TS})
    history = {"ok": True, "messages": [message(team="T1", reactions=[{"name": "eyes", "count": 1}])]}
    fetched = {
        "channel": {"id": CHANNEL, "name": "inc"},
        "messages": [message()],
        "users": [],
        "channels": [],
    }
    export = [message(user_profile={"real_name": "Kit H."}, source_team="T1")]
    found = {only(document).identity for document in (event(), mention, history, fetched, export)}
    assert found == {f"message {TS} U1"}


def test_fetched_channel_says_which_channel_it_is() -> None:
    found = only({"channel": {"id": CHANNEL, "name": "inc"}, "messages": [message()]})
    assert found.about.fingerprint == f"slack channel {CHANNEL}"


def test_name_in_the_file_goes_before_the_known_one() -> None:
    users = [{"id": "U1", "profile": {"real_name": "Kit Harlow-Reyes"}}]
    assert only({"messages": [message()], "users": users}).actor == "Kit Harlow-Reyes"


def test_edit_has_one_identity_in_event_and_history() -> None:
    by_event = only(changed("wrong host", EDITED))
    said, by_history = signals("slack", [EDITED])
    assert by_event.identity == by_history.identity
    assert by_event.time_text == by_history.time_text == "1767956520.000000"
    assert by_event.text == "Kit Harlow edited “wrong host”; it now says: right host"
    assert said.identity == only(event()).identity


def test_change_without_new_words_is_no_edit() -> None:
    found = skipped(changed("rolled back", message(attachments=[{"from_url": "https://a.example"}])))
    assert found.expected
    assert "text stayed the same" in found.reason


def test_change_whose_earlier_text_is_unknown_says_so() -> None:
    assert "edited a message whose earlier text is not known" in only(changed(None, EDITED)).text


def test_deleted_parent_of_a_thread_is_a_deletion() -> None:
    tombstone = message("This message was deleted.", subtype="tombstone", user="USLACKBOT")
    found = only(changed("wrong host", tombstone))
    assert found.text == "A message of Kit Harlow was deleted; it said: “wrong host”"
    assert found.time_text == "1767956520.000300"


def test_tombstone_of_the_history_is_listed_as_unknown() -> None:
    found = skipped([message("This message was deleted.", subtype="tombstone")])
    assert "deleted later" in found.reason
    assert not found.expected


def test_reaction_is_a_small_fact_with_whose_message_it_belongs_to() -> None:
    found = only(REACTION)
    assert (
        found.text
        == "Mara Okafor reacted with :eyes: to a message of Kit Harlow from 2026-01-09 11:00:00 UTC"
    )
    assert (found.time_text, found.trust) == ("1767956460.000200", Trust.OBSERVED)
    assert found.about.fingerprint == f"slack channel {CHANNEL}"


def test_pin_quotes_the_message_that_comes_with_it() -> None:
    item = {"type": "message", "channel": CHANNEL, "message": message("failover at <@U2>'s word")}
    found = only(small("pin_added", channel_id=CHANNEL, item=item))
    assert found.text == "Mara Okafor pinned “failover at @Mara Okafor's word”"


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (
            small("channel_rename", channel={"id": CHANNEL, "name": "inc-42"}),
            "The channel #inc-checkout was renamed to #inc-42",
        ),
        (small("channel_archive", channel=CHANNEL), "The channel #inc-checkout was archived by Mara Okafor"),
        (small("member_joined_channel", channel=CHANNEL), "Mara Okafor joined #inc-checkout"),
        (
            small("channel_left", channel=CHANNEL),
            "The Slack app was removed from #inc-checkout; from here on its messages do not arrive",
        ),
    ],
)
def test_channel_events_are_small_facts(sent: dict[str, Any], text: str) -> None:
    assert only(sent).text == text


def test_event_without_a_time_of_its_own_takes_the_wrapper_s() -> None:
    found = only(delivered({"type": "channel_archive", "channel": CHANNEL, "user": "U2"}))
    assert found.time_text == "1767956400"


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"},
        small("user_typing", channel=CHANNEL),
        small("file_shared", file_id="F1"),
    ],
)
def test_what_is_no_fact_is_expected_to_be_left_out(sent: dict[str, Any]) -> None:
    assert skipped(sent).expected


def test_withheld_events_are_a_gap() -> None:
    found = skipped({"type": "app_rate_limited", "minute_rate_limited": 1767956400, "team_id": "T1"})
    assert not found.expected
    assert "in the minute of 2026-01-09 11:00 UTC" in found.reason
    assert "messages are missing" in found.reason


def test_files_are_attached_and_named() -> None:
    kept = {"id": "F1", "name": "errors.png", "mimetype": "image/png", "mode": "hosted"}
    gone = {"id": "F2", "mode": "tombstone"}
    found = only(event("see", subtype="file_share", files=[kept, gone]))
    assert [tuple(file) for file in found.about.files] == [("F1", "errors.png", "image/png")]
    assert found.text == "see\nFile: errors.png"


def test_blocks_speak_when_an_app_leaves_the_text_empty() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Alert firing"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Host*"}, {"type": "mrkdwn", "text": "db-3"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": "ask "}, {"type": "user", "user_id": "U2"}, {"type": "emoji", "name": "fire"},
        ]}]},
    ]  # fmt: skip
    found = only(event("", subtype="bot_message", bot_id="B1", blocks=blocks))
    assert found.text == "Alert firing\n*Host*\ndb-3\nask @Mara Okafor:fire:"
    assert found.trust == Trust.OBSERVED


def test_topic_and_joining_are_observed() -> None:
    found = only(event("<@U1> set the channel topic: SEV1", subtype="channel_topic", topic="SEV1"))
    assert (found.text, found.trust) == ("@Kit Harlow set the channel topic: SEV1", Trust.OBSERVED)


def test_answer_by_event_names_its_thread() -> None:
    assert only(event(thread_ts="1767956000.000100")).location.endswith("in the thread of 1767956000.000100")


def test_answers_that_are_not_in_the_file_are_missed() -> None:
    parent = message("thread", thread_ts=TS, reply_count=3)
    answer = message("one", "1767956460.000100", thread_ts=TS)
    *_said, missed = parse("slack", [parent, answer])
    assert isinstance(missed, Skipped)
    assert missed.reason.startswith("2 of the 3 answers in its thread are not in this file")


def test_empty_fetched_channel_holds_no_facts() -> None:
    assert named({"channel": {"id": CHANNEL}, "messages": []}) == []


SAMPLES: list[Any] = [
    event(subtype="file_share", files=[{"id": "F1", "name": "a.png", "mimetype": "image/png"}]),
    changed("wrong host", EDITED),
    delivered({"type": "message", "subtype": "message_deleted", "ts": "1767956530.000100", "channel": CHANNEL,
               "deleted_ts": TS, "previous_message": message()}),
    REACTION,
    small("pin_added", channel_id=CHANNEL, item={"type": "message", "message": message()}),
    small("channel_rename", channel={"id": CHANNEL, "name": "new"}),
    event("", subtype="bot_message", bot_id="B1", blocks=[{"type": "rich_text", "elements": []}],
          attachments=[{"fallback": "x", "fields": [{"title": "a", "value": "b"}]}]),
    {"type": "app_rate_limited", "minute_rate_limited": 1767956400},
    {"channel": {"id": CHANNEL, "name": "inc"}, "users": [{"id": "U1", "profile": {"real_name": "Kit"}}],
     "channels": [{"id": "C2", "name": "ops"}], "messages": [EDITED, message(thread_ts=TS, reply_count=2)]},
]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["", "\x00", "<@U1|", "<>", "<!date^1^{x}|y>", "9" * 40, "1e9", 10**30, TS, "message"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def mutated(value: Any, pick: random.Random, replacement: Any, depth: int = 0) -> Any:
    """The value with one of its parts, at any depth, replaced."""
    if not isinstance(value, (dict, list)) or not value or (depth and pick.random() < 0.2):
        return replacement
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    chosen = pick.choice(keys)
    changed_part = mutated(value[chosen], pick, replacement, depth + 1)
    if isinstance(value, dict):
        return {**value, chosen: changed_part}
    return [*value[:chosen], changed_part, *value[chosen + 1 :]]


@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False), st.lists(VALUES, min_size=1, max_size=4))
def test_mutated_payloads_are_read_or_refused(sample: Any, pick: random.Random, values: list[Any]) -> None:
    for value in values:
        sample = mutated(sample, pick, value)
    for document in (sample, [sample], {"messages": [sample]}):
        try:
            found = named(document)
        except EvidenceRefused:
            continue
        assert all(isinstance(item, (Signal, Skipped)) for item in found)


@pytest.mark.parametrize("raw", [b'"\\ud800"', b'[{"ts": "\\ud800"}]', b"\xff\xfe[", b"", b"null", b"1e999"])
def test_bytes_that_are_no_messages_are_refused(raw: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        parse("slack", raw)


def test_deep_nesting_inside_a_message_is_read() -> None:
    deep = b'{"elements":[' * 300 + b"]}" * 300
    raw = b'[{"type":"message","ts":"1767956400.000100","text":"","blocks":[%b]}]' % deep
    [found] = parse("slack", raw)
    assert isinstance(found, Skipped)


@given(st.permutations(SAMPLES[:7]))
def test_order_of_arrival_does_not_matter(arrived: list[Any]) -> None:
    def facts(document: list[Any]) -> set[tuple[str, str, str]]:
        return {
            (item.time_text, item.text, item.identity) for item in named(document) if isinstance(item, Signal)
        }

    assert facts(arrived) == facts(SAMPLES[:7])
    assert set.union(*(facts([one]) for one in arrived)) == facts(SAMPLES[:7])
