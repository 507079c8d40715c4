"""How far the reading of a file is, told and asked on a connection of its own while the reading transaction is open."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from django.db import connections, router
from django.utils import timezone

from incidents.models import Arrival

EVERY = 0.5
LARGE = 2 * 2**20
_TELL = """
UPDATE incidents_arrival SET done = %s, lease_until = %s + interval '10 minutes' WHERE id = %s RETURNING cancel
"""


class Cancelled(Exception):
    """A person asked to stop; the transaction of the reading is rolled back."""


class Progress:
    """Tells every half second how many bytes are read, and stops when a person asked for it.

    A small file is read before anybody could look, so it gets no connection.
    """

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival
        self._connection: Any = None
        self._next = time.monotonic() + EVERY

    def __enter__(self) -> Progress:
        if self._arrival.size > LARGE:
            self._connection = connections.create_connection(router.db_for_write(Arrival))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def saw(self, position: int) -> None:
        """Called every few hundred facts; raises ``Cancelled``."""
        if self._connection is None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        with self._connection.cursor() as cursor:
            cursor.execute(_TELL, [position, timezone.now(), self._arrival.pk])
            row = cursor.fetchone()
        if row and row[0]:
            raise Cancelled
