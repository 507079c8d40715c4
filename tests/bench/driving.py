"""Posting to a server over several connections at once, each kept open, as long as there is something to post."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

PATIENCE = 120.0
"""Seconds after which a server that does not answer is given up."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one round showed: posts a second, and the time from sending one to its whole answer, in milliseconds."""

    per_second: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Post:
    """One request, ready to be sent."""

    path: str
    body: bytes
    headers: dict[str, str]

    def encoded(self) -> bytes:
        lines = [f"POST {self.path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines += [
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {it}" for name, it in self.headers.items()),
        ]
        return "\r\n".join((*lines, "", "")).encode() + self.body


def drive(port: int, posts: Sequence[Post], connections: int, status: int) -> Load:
    """Send them all; raises ``AssertionError`` when one is answered by another status."""
    requests = [post.encoded() for post in posts]
    return asyncio.run(asyncio.wait_for(_drive(port, requests, connections, status), PATIENCE))


async def _drive(port: int, requests: list[bytes], connections: int, status: int) -> Load:
    waiting, taken = iter(requests), list[float]()
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: _Connection(waiting, taken, status), "127.0.0.1", port)
        for _ in range(connections)
    ]
    started = perf_counter()
    for _transport, connection in opened:
        connection.send_next()
    await asyncio.gather(*(connection.done for _transport, connection in opened))
    seconds = perf_counter() - started
    return Load(len(taken) / seconds, median(taken) * 1000, quantiles(taken, n=100)[-1] * 1000)


class _Connection(asyncio.Protocol):
    """Sends the next request when the last is answered; does no more with an answer than find its end."""

    def __init__(self, waiting: Iterator[bytes], taken: list[float], status: int) -> None:
        self._waiting, self._taken = waiting, taken
        self._wanted = f"HTTP/1.1 {status} ".encode()
        self._buffer, self._sent = b"", 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def send_next(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._sent = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        if not head.startswith(self._wanted):
            self._fail(f"answered {self._buffer[:300]!r}")
            return
        self._taken.append(perf_counter() - self._sent)
        self._buffer = b""
        self.send_next()

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"closed the connection: {error}")

    def _fail(self, what: str) -> None:
        if not self.done.done():
            self.done.set_exception(AssertionError(f"the server {what}"))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise AssertionError(f"the server does not say how long its answer is: {head[:300]!r}")
