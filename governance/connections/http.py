"""Speaking to an outside system: one client per delivery, bounded in time and size, silent about secrets."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from governance.connections.guard import GuardedTransport
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection

TIMEOUT = httpx2.Timeout(10.0, connect=5.0)
LARGEST_ANSWER = 5 * 2**20
USER_AGENT = "Afterword"
_REFUSALS = {
    401: "The credential was refused. An administrator can renew it in the settings.",
    403: "The credential may not do this. Give its account the right, or use another one.",
}


def open_client(connection: Connection) -> httpx2.Client:
    """A client for this connection; use it as a context manager. Addresses are relative to the base address."""
    return httpx2.Client(
        base_url=connection.base_url.rstrip("/") + "/",
        headers={"Authorization": _authorization(connection), "User-Agent": USER_AGENT, "Accept": "application/json"},
        timeout=TIMEOUT,
        transport=GuardedTransport(),
        follow_redirects=False,
        trust_env=False,
    )


def _authorization(connection: Connection) -> str:
    if connection.kind == ConnectionKind.SLACK:
        return f"Bearer {connection.secret}"
    if email := connection.options.get("email"):
        pair = f"{email}:{connection.secret}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    return f"Bearer {connection.secret}"


def request(
    client: httpx2.Client, method: str, url: str, *, expected: tuple[int, ...] = (200,), **kwargs: Any
) -> httpx2.Response:
    """Send one request and read at most 5 MB of its answer.

    Any other status than the expected ones raises ``OutsideError``: with ``retry_after`` for 429 and 503, permanent for a
    refused credential or request. The caller decides about retries; nothing is sent twice here.
    """
    try:
        with client.stream(method, url.lstrip("/") if not url.startswith("http") else url, **kwargs) as response:
            _read(response)
    except httpx2.TimeoutException as error:
        raise OutsideError(f"{_host(client)} did not answer in time. It is tried again.") from error
    except httpx2.HTTPError as error:
        raise OutsideError(f"{_host(client)} cannot be reached. It is tried again.") from error
    if response.status_code not in expected:
        raise _refusal(client, response)
    return response


def _read(response: httpx2.Response) -> None:
    """Read the body, refusing more than the limit; the response keeps what was read."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise OutsideError("The answer of the outside system is larger than 5 MB and was not read.", permanent=True)
    response._content = bytes(body)


def _refusal(client: httpx2.Client, response: httpx2.Response) -> OutsideError:
    status, host = response.status_code, _host(client)
    if status in _REFUSALS:
        return OutsideError(f"{host}: {_REFUSALS[status]}", permanent=True)
    if status in {429, 503}:
        return OutsideError(f"{host} asks us to wait. It is tried again.", retry_after=_retry_after(response))
    if status >= 500:
        return OutsideError(f"{host} failed with status {status}. It is tried again.")
    return OutsideError(f"{host} refused with status {status}: {_said(response)}", permanent=True)


def _said(response: httpx2.Response) -> str:
    """The beginning of what the outside said, on one line; our own headers and secrets are never part of it."""
    return " ".join(response.text.split())[:300] or "no reason given"


def _host(client: httpx2.Client) -> str:
    return client.base_url.host


def _retry_after(response: httpx2.Response) -> float:
    """Seconds to wait by ``Retry-After`` (seconds or a date) or ``X-RateLimit-Reset`` (ISO 8601); 30 when unsaid."""
    value = response.headers.get("retry-after", "")
    if value.isdecimal():
        return min(float(value), 3600.0)
    for text, read in ((value, parsedate_to_datetime), (response.headers.get("x-ratelimit-reset", ""), _iso)):
        try:
            return min(max((read(text) - datetime.now(UTC)).total_seconds(), 0.0), 3600.0)
        except (TypeError, ValueError):
            continue
    return 30.0


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text)

