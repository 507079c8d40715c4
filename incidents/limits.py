"""How much one sender may deliver: a bucket of tokens for each address, in the memory of each process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BURST = 3000.0
PER_SECOND = 100.0
MOST_BUCKETS = 10_000


class Limiter:
    """Lets a burst through and then a steady rate; what is over it is told how many seconds to wait.

    An alert storm must not be lost, so the limit is far above what a storm brings; it is there so that a broken or
    hostile sender cannot fill the disk.
    """

    def __init__(
        self,
        burst: float = BURST,
        per_second: float = PER_SECOND,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.burst, self.per_second, self._clock = burst, per_second, clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, key: str) -> float:
        """Take one token; 0.0 when there was one, else the seconds until there is."""
        now = self._clock()
        with self._lock:
            level, since = self._buckets.get(key, (self.burst, now))
            level = min(self.burst, level + (now - since) * self.per_second)
            if level < 1:
                self._buckets[key] = (level, now)
                return (1 - level) / self.per_second
            if len(self._buckets) >= MOST_BUCKETS and key not in self._buckets:
                self._buckets.pop(next(iter(self._buckets)))
            self._buckets[key] = (level - 1, now)
            return 0.0
