"""The Slack summary: once, within Slack's limits, and nothing that people wrote turns into a command."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from governance.errors import NotConnected, OutsideError
from governance.models import Organization
from governance.outbox import LeaseLost, Outcome
from reviews.models import Publication
from reviews.publishers import slack as publisher
from reviews.publishers.published import load
from tests.doubles import Slack
from tests.doubles.base import answer
from tests.factories.reviews import SIGNED_SENTENCE, claim, make_publication

BLOCKS, SECTION_TEXT, HEADER_TEXT, CONTEXT_ELEMENTS, BLOCK_ID = 50, 3000, 150, 10, 255


def publish(publication: Publication) -> Outcome:
    return publisher.deliver(claim(publication, "reviews.slack"))


def texts(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(part["text"] for block in blocks for part in block.get("elements") or [block["text"]])


def assert_within_limits(blocks: list[dict[str, Any]]) -> None:
    """Slack refuses the whole message when one block is too long."""
    assert 0 < len(blocks) <= BLOCKS
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    assert all(len(one) <= BLOCK_ID for one in ids)
    for block in blocks:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 0 < len(block["text"]["text"]) <= HEADER_TEXT
            case "section":
                assert 0 < len(block["text"]["text"]) <= SECTION_TEXT
            case "context":
                assert 0 < len(block["elements"]) <= CONTEXT_ELEMENTS
                assert all(0 < len(one["text"]) <= SECTION_TEXT for one in block["elements"])
            case other:
                pytest.fail(f"unexpected block {other}")


@pytest.fixture
def publication(organization: Organization) -> Publication:
    return make_publication(organization)


def test_message_says_what_happened_what_changes_and_by_when(publication: Publication, slack: Slack) -> None:
    outcome = publish(publication)
    (message,) = slack.messages
    said = texts(message["blocks"])
    assert SIGNED_SENTENCE in said
    assert "Fence the old primary – Jon Aalto, by 14 Dec 2018" in said
    assert "Mara Okafor (incident commander, confirmed) and Jon Aalto (owner of" in said
    assert load(publication.pk).address in said
    assert outcome.external_id == message["ts"]
    assert outcome.url.endswith(message["ts"].replace(".", ""))


def test_second_attempt_finds_the_message_behind_others(publication: Publication, slack: Slack) -> None:
    first = publish(publication)
    for number in range(publisher.PAGE + 5):
        slack.say(f"chatter {number}")
    assert publish(publication) == first
    assert len(slack.calls("POST", "postMessage")) == 1


def test_message_of_another_installation_is_not_taken_for_ours(
    publication: Publication, slack: Slack
) -> None:
    row = claim(publication, "reviews.slack")
    publisher.deliver(row)
    row.created_at += timedelta(seconds=1)
    publisher.deliver(row)
    assert len(slack.messages) == 2


def test_message_links_to_the_confluence_page_when_there_is_one(
    publication: Publication, slack: Slack
) -> None:
    page = claim(publication, "reviews.confluence")
    page.result = {"url": "https://wiki.example.test/pages/1"}
    page.save()
    publish(publication)
    assert "<https://wiki.example.test/pages/1|Confluence>" in texts(slack.messages[0]["blocks"])


@pytest.mark.parametrize(("number", "character"), [(40, "long word "), (41, "&"), (120, "ü<>& ")])
def test_limits_are_kept_with_long_titles_and_many_items(
    organization: Organization, number: int, character: str
) -> None:
    long = (character * 200)[:195]
    publication = make_publication(
        organization, title=long, titles=tuple(f"{n:03d} {long}" for n in range(number))
    )
    blocks = publisher.message_blocks(
        load(publication.pk), "afterword-1", [("Confluence", "https://w.test/1")]
    )
    assert_within_limits(blocks)
    said = texts(blocks)
    assert all(f"• {n:03d}" in said for n in range(min(number, publisher.MOST_ITEMS)))
    assert ("more in the postmortem" in said) == (number > publisher.MOST_ITEMS)


def test_what_people_wrote_pings_nobody(organization: Organization, slack: Slack) -> None:
    publication = make_publication(organization, title="<!channel> & <@U1>", titles=("<!here>",))
    publish(publication)
    (message,) = slack.messages
    assert "<!" not in message["text"] + texts(message["blocks"][1:])
    assert "&lt;!here&gt;" in texts(message["blocks"])
    assert message["blocks"][0]["text"]["type"] == "plain_text"


def test_without_promises_it_says_so(organization: Organization) -> None:
    published = load(make_publication(organization, titles=()).pk)
    assert "No action items were promised." in texts(publisher.message_blocks(published, "m", []))


def test_without_connection_it_says_where_to_connect(publication: Publication) -> None:
    with pytest.raises(NotConnected, match="settings"):
        publish(publication)


def test_busy_slack_is_left_alone_for_as_long_as_it_asks(publication: Publication, slack: Slack) -> None:
    slack.before("POST", "postMessage", lambda: answer({}, 429, {"Retry-After": "3"}))
    with pytest.raises(OutsideError) as raised:
        publish(publication)
    assert (raised.value.retry_after, raised.value.permanent) == (3.0, False)


@pytest.mark.parametrize(
    ("error", "permanent"),
    [("invalid_auth", True), ("channel_not_found", True), ("internal_error", False), ("ratelimited", False)],
)
def test_refusal_with_status_200_is_a_refusal(
    error: str, permanent: bool, publication: Publication, slack: Slack
) -> None:
    slack.before("POST", "postMessage", lambda: answer({"ok": False, "error": error}))
    with pytest.raises(OutsideError, match=error) as raised:
        publish(publication)
    assert raised.value.permanent == permanent
    assert not slack.messages


def test_worker_that_slept_through_its_lease_posts_nothing(publication: Publication, slack: Slack) -> None:
    sleeper = claim(publication, "reviews.slack")
    claim(publication, "reviews.slack")
    with pytest.raises(LeaseLost):
        publisher.deliver(sleeper)
    assert not slack.messages


def test_summary_says_its_sentences_without_marks_and_pictures(publication: Publication) -> None:
    published = load(publication.pk)
    section = published.content["sections"][0]
    (passage,) = section["passages"]
    said = ("**Writes** were split.", "![Errors by minute](image:12)", "See ![Lag](image:13) & more.")
    passages = [{**passage, "text": text} for text in said]
    content = {**published.content, "sections": [{**section, "passages": passages}]}
    text = texts(publisher.message_blocks(replace(published, content=content), "m", []))
    assert "Writes were split. See Picture: Lag &amp; more." in text
    assert "![" not in text and "image:" not in text
