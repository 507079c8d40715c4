"""Asking a language model: one bounded question, patient only as far as the server asks and the time allows."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from governance.connections import AnswerTooLarge, completions, open_client
from governance.connections.completions import Completion, complete
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection

SECRET = "sk-a-secret-of-ours"
MESSAGES = [{"role": "user", "content": "What happened?"}]
PATH = "/v1/chat/completions"


@pytest.fixture(autouse=True)
def reachable(settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ("localhost", "127.0.0.1")


def _ask(httpserver: HTTPServer, slept: list[float] | None = None, secret: str = SECRET) -> Completion:
    connection = Connection(
        kind=ConnectionKind.MODEL, base_url=httpserver.url_for("/v1"), secret=secret, options={"model": "m"}
    )
    with open_client(connection) as client:
        return complete(client, "m", MESSAGES, sleep=(slept if slept is not None else []).append)


def _said(text: Any, **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", "content": text}}], **more}


def test_answer_and_tokens_are_given(httpserver: HTTPServer) -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 3}
    httpserver.expect_request(PATH, "POST").respond_with_json(_said("All is well.", usage=usage))
    assert _ask(httpserver) == Completion("All is well.", 12, 3)
    ((asked, _answer),) = httpserver.log
    assert json.loads(asked.data) == {"model": "m", "messages": MESSAGES, "stream": False}
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"


def test_local_server_needs_no_key(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(_said("All is well."))
    assert _ask(httpserver, secret="") == Completion("All is well.", None, None)
    ((asked, _answer),) = httpserver.log
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize("count", [-1, True, "12", 2**40, None, 1.5])
def test_counts_that_are_none_are_not_believed(httpserver: HTTPServer, count: Any) -> None:
    usage = {"prompt_tokens": count, "completion_tokens": count}
    httpserver.expect_request(PATH).respond_with_json(_said("Yes.", usage=usage))
    assert _ask(httpserver) == Completion("Yes.", None, None)


@pytest.mark.parametrize("status", [429, 503])
def test_server_that_asks_us_to_wait_is_asked_again(httpserver: HTTPServer, status: int) -> None:
    answers = iter([Response(status=status, headers={"Retry-After": "7"})] * 2 + [_json(_said("Yes."))])
    httpserver.expect_request(PATH).respond_with_handler(lambda _request: next(answers))
    slept: list[float] = []
    assert _ask(httpserver, slept).text == "Yes."
    assert slept == [7.0, 7.0]


def test_it_is_asked_three_times_at_most(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("", 503, headers={"Retry-After": "0"})
    with pytest.raises(OutsideError, match="asks us to wait"):
        _ask(httpserver)
    assert len(httpserver.log) == 3


def test_wait_beyond_the_deadline_is_not_waited_for(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("", 429, headers={"Retry-After": "61"})
    slept: list[float] = []
    with pytest.raises(OutsideError, match="asks us to wait"):
        _ask(httpserver, slept)
    assert slept == [] and len(httpserver.log) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 500, 502])
def test_other_refusals_are_not_repeated(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request(PATH).respond_with_data(f"no {SECRET}", status)
    with pytest.raises(OutsideError) as refused:
        _ask(httpserver)
    assert len(httpserver.log) == 1 and SECRET not in str(refused.value)


def test_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("", 307, headers={"Location": "https://evil.test/"})
    with pytest.raises(OutsideError, match="sends us elsewhere"):
        _ask(httpserver)


def test_endless_text_is_not_read(httpserver: HTTPServer) -> None:
    def endless(_request: Request) -> Response:
        def parts() -> Iterator[bytes]:
            while True:
                yield b"and then " * 1024

        return Response(parts())

    httpserver.expect_request(PATH).respond_with_handler(endless)
    with pytest.raises(AnswerTooLarge, match="more than 256 KB"):
        _ask(httpserver)


def test_slow_answer_is_given_up(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completions, "DEADLINE", 0.2)
    enough = threading.Event()

    def drop_by_drop(_request: Request) -> Response:
        def parts() -> Iterator[bytes]:
            for _ in range(30):
                enough.wait(0.1)
                yield b" "

        return Response(parts())

    httpserver.expect_request(PATH).respond_with_handler(drop_by_drop)
    with pytest.raises(OutsideError, match="in time"):
        _ask(httpserver)
    enough.set()


@pytest.mark.parametrize(
    "body",
    [
        "<html>Welcome</html>",
        "[]",
        "{}",
        '{"choices": []}',
        '{"choices": {}}',
        '{"choices": [null]}',
        '{"choices": [{"message": {"content": null}}]}',
        '{"choices": [{"message": {"content": ["Yes."]}}]}',
        "[" * 100_000,
        "",
    ],
)
def test_answer_of_something_else_is_refused(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request(PATH).respond_with_data(body)
    with pytest.raises(OutsideError, match="not what a language model would say"):
        _ask(httpserver)


def _json(value: Any) -> Response:
    return Response(json.dumps(value), content_type="application/json")
