"""The embedded broker: whole messages in order, each to one taker, and nothing that a killed process can spoil."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue
from kombu.simple import SimpleQueue

from config import broker

broker.register()
QUEUE = Queue("deliver", Exchange("deliver", type="direct"), routing_key="deliver")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A connection to a broker of this test's own."""
    with Connection(
        "files://", transport_options={"folder": str(tmp_path), "polling_interval": 0.01}
    ) as connection:
        yield connection


def _take(queue: SimpleQueue) -> object:
    message = queue.get(block=False)
    message.ack()
    return message.payload


def test_messages_arrive_in_the_order_of_sending(connection: Connection) -> None:
    queue = SimpleQueue(connection, QUEUE)
    for number in range(20):
        queue.put({"number": number})
    assert queue.qsize() == 20
    assert [_take(queue) for _ in range(20)] == [{"number": number} for number in range(20)]
    with pytest.raises(Empty):
        queue.get(block=False)


def test_message_goes_to_one_taker(connection: Connection, tmp_path: Path) -> None:
    queue = SimpleQueue(connection, QUEUE)
    for number in range(100):
        queue.put(number)
    taken: list[object] = []

    def take_all() -> None:
        with Connection("files://", transport_options={"folder": str(tmp_path)}) as other:
            mine = SimpleQueue(other, QUEUE)
            while True:
                try:
                    taken.append(_take(mine))
                except Empty:
                    return

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=str) == sorted(range(100), key=str)


def test_half_written_message_is_not_seen(connection: Connection, tmp_path: Path) -> None:
    queue = SimpleQueue(connection, QUEUE)
    queue.put("whole")
    (tmp_path / "deliver" / "00000000000000000001-killed.draft").write_text('{"body": "ha')
    assert _take(queue) == "whole"
    with pytest.raises(Empty):
        queue.get(block=False)


def test_unacknowledged_message_returns_when_its_taker_leaves(connection: Connection) -> None:
    queue = SimpleQueue(connection, QUEUE)
    queue.put("again")
    queue.get(block=False)
    queue.close()
    connection.close()
    assert _take(SimpleQueue(connection, QUEUE)) == "again"


def test_messages_are_closed_to_others(connection: Connection, tmp_path: Path) -> None:
    SimpleQueue(connection, QUEUE).put("secret")
    assert (tmp_path / "deliver").stat().st_mode & 0o077 == 0
