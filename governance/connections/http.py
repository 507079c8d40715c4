"""Speaking to an outside system: one client per delivery, bounded in time and size, silent about secrets."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx2

from governance.connections.guard import GuardedTransport
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection

TIMEOUT = httpx2.Timeout(10.0, connect=5.0)
LONGEST_ANSWER = 30.0
LARGEST_ANSWER = 5 * 2**20
LONGEST_WAIT = 3600.0
USER_AGENT = "Afterword"
REDACTED = "[secret]"
ACCEPTED = {ConnectionKind.PAGERDUTY.value: "application/vnd.pagerduty+json;version=2"}
_SCHEMES = {ConnectionKind.PAGERDUTY: "Token token=", ConnectionKind.STATUSPAGE: "OAuth "}
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_PASSING = frozenset({502, 504})
_WAITING = frozenset({420, 429, 503})  # Statuspage says 420 where others say 429
_REFUSALS = {
    401: "The credential was refused. An administrator can renew it in the settings.",
    403: "The credential may not do this. Give its account the right, or use another one.",
}


@dataclass(frozen=True)
class Limits:
    """How much of an answer is read, in bytes, and how long that may take, in seconds."""

    size: int
    seconds: float


class AnswerTooLarge(OutsideError):
    """An answer was longer than is read; asking for fewer rows at a time may help."""


class Client(httpx2.Client):
    """A client of one connection, which knows what must never be shown or logged.

    ``before_each`` is called before each request; what it raises reaches the caller, and nothing is sent.
    """

    def __init__(self, connection: Connection, before_each: Callable[[], None] | None = None) -> None:
        authorization = _authorization(connection)
        found = {connection.secret, authorization.partition(" ")[2]}
        self._hidden = {form for secret in found if secret for form in (secret, quote(secret, safe=""))}
        super().__init__(
            base_url=connection.base_url.rstrip("/") + "/",
            headers={
                **({"Authorization": authorization} if authorization else {}),
                "User-Agent": USER_AGENT,
                "Accept": ACCEPTED.get(connection.kind, "application/json"),
                "Accept-Encoding": "gzip",
                **_tenant(connection),
            },
            timeout=TIMEOUT,
            transport=GuardedTransport(),
            event_hooks={"request": [lambda _request: before_each()] if before_each else []},
            follow_redirects=False,
            trust_env=False,
        )

    def redact(self, text: str) -> str:
        """The text without this connection's secret, however it is encoded."""
        for secret in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(secret, REDACTED)
        return text


def open_client(connection: Connection, *, before_each: Callable[[], None] | None = None) -> Client:
    """A client for this connection; use it as a context manager. Addresses are relative to the base address."""
    return Client(connection, before_each)


def _authorization(connection: Connection) -> str:
    """What the kind of system calls its credential; nothing where none is needed, or where each request is signed."""
    kind, secret = ConnectionKind(connection.kind), connection.secret
    if not secret or kind == ConnectionKind.CLOUDWATCH:
        return ""
    if kind in _SCHEMES:
        return f"{_SCHEMES[kind]}{secret}"
    user = connection.options.get("email") or connection.options.get("user")
    if kind == ConnectionKind.SLACK or not user:
        return f"Bearer {secret}"
    return f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"


def _tenant(connection: Connection) -> dict[str, str]:
    tenant = connection.options.get("tenant")
    return {"X-Scope-OrgID": tenant} if tenant else {}


def request(
    client: httpx2.Client,
    method: str,
    url: str,
    *,
    expected: tuple[int, ...] = (200,),
    idempotent: bool | None = None,
    limits: Limits | None = None,
    **kwargs: Any,
) -> httpx2.Response:
    """Send one request and read at most 5 MB of its answer within 30 seconds, or what ``limits`` says.

    ``url`` is relative to the connection's base address; another host is refused. An idempotent request (GET and HEAD
    unless said otherwise) is sent once more when the network or a gateway fails; all other repetition is the outbox's.
    Any other status than the expected ones raises ``OutsideError``: with ``retry_after`` for 420, 429 and 503,
    permanent for a refused credential or request. A longer answer raises ``AnswerTooLarge``.
    """
    repeatable = method.upper() in _SAFE_METHODS if idempotent is None else idempotent
    built = client.build_request(method, url if "://" in url else url.lstrip("/"), **kwargs)
    if (built.url.scheme, built.url.host, built.url.port) != _origin(client):
        raise OutsideError(
            f"{_host(client)} pointed us to another host, which is not followed.", permanent=True
        )
    response = _answered(
        client, built, limits or Limits(LARGEST_ANSWER, LONGEST_ANSWER), tries=2 if repeatable else 1
    )
    if response.status_code not in expected:
        raise _refusal(client, response)
    return response


def _answered(client: httpx2.Client, built: httpx2.Request, limits: Limits, tries: int) -> httpx2.Response:
    """The answer, whatever its status; ``OutsideError`` when none came."""
    try:
        response = _sent(client, built, limits)
    except httpx2.TimeoutException:
        sentence = f"{_host(client)} did not answer in time. It is tried again."
    except httpx2.HTTPError:
        sentence = f"{_host(client)} cannot be reached. It is tried again."
    else:
        if tries == 1 or response.status_code not in _PASSING:
            return response
    if tries > 1:
        return _answered(client, built, limits, tries - 1)
    raise OutsideError(sentence)


def _sent(client: httpx2.Client, built: httpx2.Request, limits: Limits) -> httpx2.Response:
    deadline = time.monotonic() + limits.seconds
    answer = client.send(built, stream=True)
    try:
        return _read(client, answer, limits.size, deadline)
    finally:
        answer.close()


def _read(client: httpx2.Client, answer: httpx2.Response, size: int, deadline: float) -> httpx2.Response:
    """The answer with its whole body, decoded; refuses more than the limits."""
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > size:
            raise AnswerTooLarge(
                f"{_host(client)} answered with more than {_amount(size)}, which was not read.",
                permanent=True,
            )
        if time.monotonic() > deadline:
            raise OutsideError(f"{_host(client)} did not finish its answer in time. It is tried again.")
    decoded = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in decoded]
    return httpx2.Response(answer.status_code, headers=headers, content=bytes(body), request=answer.request)


def _refusal(client: httpx2.Client, response: httpx2.Response) -> OutsideError:
    status, host = response.status_code, _host(client)
    if status in _REFUSALS:
        return OutsideError(f"{host}: {_REFUSALS[status]}", permanent=True)
    if status in _WAITING:
        return OutsideError(f"{host} asks us to wait. It is tried again.", retry_after=_retry_after(response))
    if status >= 500:
        return OutsideError(f"{host} failed with status {status}. It is tried again.")
    if 300 <= status < 400:
        return OutsideError(
            f"{host} sends us elsewhere. Correct the address of the connection.", permanent=True
        )
    return OutsideError(f"{host} refused with status {status}: {_said(client, response)}", permanent=True)


def _said(client: httpx2.Client, response: httpx2.Response) -> str:
    """The beginning of what the outside said, on one line and without our secrets."""
    words = " ".join(response.text.split())
    return (client.redact(words) if isinstance(client, Client) else words)[:300] or "no reason given"


def _amount(count: int) -> str:
    return f"{count // 2**20} MB" if count >= 2**20 else f"{count // 2**10} KB"


def _host(client: httpx2.Client) -> str:
    return client.base_url.host


def _origin(client: httpx2.Client) -> tuple[str, str, int | None]:
    return client.base_url.scheme, client.base_url.host, client.base_url.port


def _retry_after(response: httpx2.Response) -> float:
    """Seconds to wait by ``Retry-After`` (seconds or a date), ``RateLimit-Reset`` (seconds) or ``X-RateLimit-Reset``
    (ISO 8601); 30 when unsaid."""
    value = (response.headers.get("retry-after") or response.headers.get("ratelimit-reset") or "").strip()
    if value.isdecimal():
        return min(float(value), LONGEST_WAIT)
    for text, read in ((value, parsedate_to_datetime), (response.headers.get("x-ratelimit-reset", ""), _iso)):
        try:
            return min(max((read(text) - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_WAIT)
        except (TypeError, ValueError):
            continue
    return 30.0


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text)
