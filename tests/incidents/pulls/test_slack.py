"""Fetching a Slack channel: pages, threads, names, patience, and files that lie where they should."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx2
import orjson
import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Response

from governance.connections import open_client
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection
from incidents.pulls import slack, slack_api
from incidents.pulls.slack import Pulled, channel_history, file_content
from incidents.sources import ParseContext, Signal, get
from tests.doubles.base import Call, Double, answer

CHANNEL = "C0INCIDENT1"
START = datetime(2026, 1, 9, 11, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
BEGIN = int(START.timestamp())
PICTURE = b"\x89PNG\r\n\x1a\nnot much of a picture"


def ts(minutes: int, number: int = 1) -> str:
    return f"{BEGIN + 60 * minutes}.{number:06d}"


class SlackChannel(Double):
    """One channel with two members, served in pages of two messages, newest first."""

    prefix: ClassVar[str] = "/slack/api"
    authorization: ClassVar[str] = "Bearer xoxb-"
    routes: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("GET", "/conversations.info", "info"),
        ("GET", "/conversations.history", "history"),
        ("GET", "/conversations.replies", "replies"),
        ("GET", "/users.info", "user"),
        ("GET", "/files.info", "file"),
        ("GET", "/files/F1", "content"),
    )
    channels: ClassVar[dict[str, str]] = {CHANNEL: "inc-checkout", "C0OPS": "ops"}
    people: ClassVar[dict[str, str]] = {"U1": "Kit Harlow", "U2": "Mara Okafor"}

    def __init__(self, server: HTTPServer) -> None:
        super().__init__(server)
        self.messages: list[dict[str, Any]] = []
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.file_url = f"{self.base_url}/files/F1"
        self.file_size = len(PICTURE)
        self.file_type = "image/png"

    def say(self, minutes: int, text: str, user: str = "U1", **fields: Any) -> dict[str, Any]:
        message = {"type": "message", "user": user, "text": text, "ts": ts(minutes), **fields}
        self.messages.append(message)
        return message

    def reply(self, parent: dict[str, Any], minutes: int, text: str, user: str = "U2") -> None:
        told = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": ts(minutes, 2),
            "thread_ts": parent["ts"],
        }
        below = self.answers.setdefault(parent["ts"], [])
        below.append(told)
        parent.update(thread_ts=parent["ts"], reply_count=len(below), latest_reply=told["ts"])

    def info(self, call: Call) -> Response:
        key = call.params["channel"]
        if key not in self.channels:
            return answer({"ok": False, "error": "channel_not_found"})
        return answer({"ok": True, "channel": {"id": key, "name": self.channels[key], "num_members": 4}})

    def history(self, call: Call) -> Response:
        oldest, latest = float(call.params["oldest"]), float(call.params["latest"])
        inside = [one for one in self.messages[::-1] if oldest <= float(one["ts"]) <= latest]
        return self._page(inside, call)

    def replies(self, call: Call) -> Response:
        [parent] = [one for one in self.messages if one["ts"] == call.params["ts"]]
        return self._page([parent, *self.answers[parent["ts"]]], call)

    def user(self, call: Call) -> Response:
        name = self.people.get(call.params["user"])
        if not name:
            return answer({"ok": False, "error": "user_not_found"})
        profile = {"real_name": name, "email": "kit@example.test", "image_24": "https://a.example/24.png"}
        return answer({"ok": True, "user": {"id": call.params["user"], "name": "x", "profile": profile}})

    def file(self, _call: Call) -> Response:
        file = {"id": "F1", "name": "errors.png", "mimetype": "image/png", "size": self.file_size}
        return answer({"ok": True, "file": {**file, "url_private_download": self.file_url}})

    def content(self, _call: Call) -> Response:
        return Response(PICTURE, content_type=self.file_type)

    def _page(self, found: list[dict[str, Any]], call: Call) -> Response:
        start = int(call.params.get("cursor") or 0)
        following = str(start + 2) if start + 2 < len(found) else ""
        page = {"messages": found[start : start + 2], "response_metadata": {"next_cursor": following}}
        return answer({"ok": True, **page})


def client_of(base_url: str) -> httpx2.Client:
    return open_client(
        Connection(
            organization_id=1, kind=ConnectionKind.SLACK, base_url=base_url, secret="xoxb-1-a-secret-of-the-tests"
        )
    )  # fmt: skip


@pytest.fixture
def double(httpserver: HTTPServer, settings: Settings) -> SlackChannel:
    settings.OUTBOUND_PRIVATE_HOSTS = ("127.0.0.1", "localhost")
    return SlackChannel(httpserver)


@pytest.fixture
def client(double: SlackChannel) -> Iterator[httpx2.Client]:
    with client_of(double.base_url) as found:
        yield found


def fetch(client: httpx2.Client, slept: list[float] | None = None) -> Pulled:
    return channel_history(client, CHANNEL, START, END, sleep=(slept if slept is not None else []).append)


def read(pulled: Pulled) -> list[Signal]:
    found = list(get("slack").parse(io.BytesIO(pulled.document), ParseContext()))
    assert all(isinstance(item, Signal) for item in found), found
    return [item for item in found if isinstance(item, Signal)]


def refuse(error: str, **more: Any) -> Response:
    return answer({"ok": False, "error": error, **more})


def test_all_pages_arrive_oldest_first_with_names(double: SlackChannel, client: httpx2.Client) -> None:
    for minute in range(5):
        double.say(minute, f"line {minute} for <@U2> in <#C0OPS>")
    pulled = fetch(client)
    told = read(pulled)
    assert [one.text for one in told] == [f"line {n} for @Mara Okafor in #ops" for n in range(5)]
    assert {one.actor for one in told} == {"Kit Harlow"}
    assert told[0].about.fingerprint == f"slack channel {CHANNEL}"
    assert pulled.filename == "slack-inc-checkout-20260109T1100Z-20260109T1300Z.json"
    assert len(double.calls("GET", "conversations.history")) == 3


def test_threads_come_whole_and_broadcasts_once(double: SlackChannel, client: httpx2.Client) -> None:
    parent = double.say(1, "who looks?")
    for minute in (2, 3, 400):
        double.reply(parent, minute, f"answer {minute}")
    double.messages.append({**double.answers[parent["ts"]][0], "subtype": "thread_broadcast"})
    told = read(fetch(client))
    assert [one.text for one in told] == ["who looks?", "answer 2", "answer 3", "answer 400"]
    assert told[1].location.endswith(f"in the thread of {parent['ts']}")


def test_older_thread_comes_when_it_was_answered_in_the_window(
    double: SlackChannel, client: httpx2.Client
) -> None:
    double.say(-90, "before it all")
    double.reply(double.say(-60, "deploy?"), 5, "rolled back")
    assert [one.text for one in read(fetch(client))] == ["deploy?", "rolled back"]


def test_people_are_kept_by_name_only(double: SlackChannel, client: httpx2.Client) -> None:
    double.say(1, "hello")
    document = fetch(client).document
    assert b"kit@example.test" not in document
    assert orjson.loads(document)["users"] == [
        {"id": "U1", "name": "x", "profile": {"display_name": "", "real_name": "Kit Harlow"}}
    ]


def test_same_window_gives_the_same_bytes(double: SlackChannel, client: httpx2.Client) -> None:
    double.reply(double.say(1, "one"), 2, "two")
    assert fetch(client).document == fetch(client).document


def test_people_that_are_not_shown_stay_ids(double: SlackChannel, client: httpx2.Client) -> None:
    double.say(1, "hello <#C0HIDDEN>", user="U9")
    [found] = read(fetch(client))
    assert (found.actor, found.text) == ("U9", "hello #C0HIDDEN")


def test_images_are_listed(double: SlackChannel, client: httpx2.Client) -> None:
    picture = {"id": "F1", "name": "errors.png", "mimetype": "image/png", "size": 31}
    double.say(1, "see", files=[picture, {"id": "F2", "name": "a.log", "mimetype": "text/plain", "size": 5}])
    assert [tuple(file) for file in fetch(client).files] == [("F1", "errors.png", "image/png", 31)]


@pytest.mark.parametrize(
    ("stopped", "waited"),
    [
        (lambda: answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"}), [7.0]),
        (lambda: refuse("ratelimited"), [30.0]),
    ],
)
def test_short_wait_is_waited(
    double: SlackChannel, client: httpx2.Client, stopped: Any, waited: list[float]
) -> None:
    double.say(1, "hello")
    double.before("GET", "conversations.history", stopped)
    slept: list[float] = []
    assert [one.text for one in read(fetch(client, slept))] == ["hello"]
    assert slept == waited


def test_long_wait_is_left_to_the_caller(double: SlackChannel, client: httpx2.Client) -> None:
    double.before("GET", "conversations.info", lambda: answer({}, 429, {"Retry-After": "31"}))
    slept: list[float] = []
    with pytest.raises(OutsideError) as refused:
        fetch(client, slept)
    assert (refused.value.retry_after, slept) == (31.0, [])


def test_patience_ends_after_five_waits(double: SlackChannel, client: httpx2.Client) -> None:
    for _ in range(6):
        double.before("GET", "conversations.info", lambda: answer({}, 429, {"Retry-After": "1"}))
    slept: list[float] = []
    with pytest.raises(OutsideError, match="asks us to wait"):
        fetch(client, slept)
    assert slept == [1.0] * 5


@pytest.mark.parametrize(
    ("said", "sentence", "permanent"),
    [
        ({"error": "not_in_channel"}, "Invite the app to the channel", True),
        ({"error": "missing_scope", "needed": "groups:history"}, "lacks the scope groups:history", True),
        ({"error": "invalid_auth"}, "renew it in the settings", True),
        ({"error": "fatal_error"}, "Slack refused conversations.history: fatal_error", False),
        ({"error": None}, "Slack refused conversations.history: unknown", True),
    ],
)
def test_refusals_say_what_to_do(
    double: SlackChannel, client: httpx2.Client, said: dict[str, Any], sentence: str, permanent: bool
) -> None:
    double.before("GET", "conversations.history", lambda: answer({"ok": False, **said}))
    with pytest.raises(OutsideError, match=sentence) as refused:
        fetch(client)
    assert refused.value.permanent == permanent


def test_channel_that_is_not_known_is_refused(client: httpx2.Client) -> None:
    with pytest.raises(OutsideError, match="no such channel, or the app was not invited"):
        channel_history(client, "C0OTHER", START, END)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"hello": 1}'])
def test_answer_that_is_not_slack_s_is_refused(
    double: SlackChannel, client: httpx2.Client, body: bytes
) -> None:
    double.before("GET", "conversations.info", lambda: Response(body))
    with pytest.raises(OutsideError, match="not what Slack would say"):
        fetch(client)


def test_endless_channel_is_refused(
    double: SlackChannel, client: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_api, "MOST_PAGES", 2)
    for minute in range(5):
        double.say(minute, "hello")
    with pytest.raises(OutsideError, match="Choose a shorter one"):
        fetch(client)


def test_file_is_fetched_from_the_connection_s_host(double: SlackChannel, client: httpx2.Client) -> None:
    assert file_content(client, "F1") == PICTURE
    assert double.calls("GET", "files/F1")[0].headers["Authorization"].startswith("Bearer xoxb-")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/F1",
        "https://files.slack.com.evil.example/F1",
        "http://files.slack.com/F1",
        "https://files.slack.com:8443/F1",
        "https://x@files.slack.com/F1",
        "//files.slack.com/F1",
        "file:///etc/passwd",
        "http://[",
    ],
)
def test_file_elsewhere_is_not_fetched(double: SlackChannel, client: httpx2.Client, url: str) -> None:
    double.file_url = url
    with pytest.raises(OutsideError, match="lies outside of Slack"):
        file_content(client, "F1")


def test_slack_s_file_host_gets_the_token(client: httpx2.Client) -> None:
    with slack._host_of(client, "https://files.slack.com/files-pri/T1-F1/errors.png") as host:
        assert str(host.base_url) == "https://files.slack.com/"
        assert host.headers["Authorization"] == client.headers["Authorization"]


def test_large_file_is_not_fetched(double: SlackChannel, client: httpx2.Client) -> None:
    double.file_size = 5 * 2**20 + 1
    with pytest.raises(OutsideError, match="larger than 5 MB"):
        file_content(client, "F1")
    assert not double.calls("GET", "files/F1")


def test_sign_in_page_is_no_file(double: SlackChannel, client: httpx2.Client) -> None:
    double.file_type = "text/html; charset=utf-8"
    with pytest.raises(OutsideError, match="files:read"):
        file_content(client, "F1")


def test_file_without_content_is_said_so(double: SlackChannel, client: httpx2.Client) -> None:
    double.file_url = ""
    with pytest.raises(OutsideError, match="keeps no content"):
        file_content(client, "F1")
