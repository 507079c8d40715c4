"""The embedded broker: Celery messages as files, one folder for each queue, for an installation on one machine.

Kombu's own filesystem transport writes a message where its reader already looks, so that a reader can meet half of
one and ends; and a process killed while it writes the table of exchanges leaves a table that nobody can read again.
Here a message appears whole or not at all, whoever removes its file owns it, and the table stays in memory (each
process declares its queues before it uses them). A message may still be lost with the process that took it: messages
only nudge, the outbox holds the truth.
"""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, virtual

from config.files import private_directory

SCHEME = "files"


class Channel(virtual.Channel):
    """Queues as folders; the names of the files sort by the time of their sending."""

    supports_fanout = False

    def _folder(self, queue: str) -> Path:
        options: dict[str, Any] = self.connection.client.transport_options
        return private_directory(Path(options["folder"]) / queue)

    def _waiting(self, queue: str) -> list[Path]:
        return sorted(self._folder(queue).glob("*.json"))

    def _put(self, queue: str, payload: Any, **_details: Any) -> None:
        folder = self._folder(queue)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        draft = folder / f"{name}.draft"
        draft.write_text(json.dumps(payload), encoding="utf-8")
        draft.replace(folder / f"{name}.json")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in self._waiting(queue):
            try:
                text = path.read_text(encoding="utf-8")
                path.unlink()
            except FileNotFoundError:
                continue  # another thread or worker was quicker
            return json.loads(text)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        paths = self._waiting(queue)
        for path in paths:
            path.unlink(missing_ok=True)
        return len(paths)


class Transport(virtual.Transport):
    """``files://`` with the transport option ``folder``."""

    Channel = Channel
    global_state = virtual.BrokerState()
    default_port = 0
    driver_type = driver_name = SCHEME
    polling_interval = 0.25

    def __init__(self, client: Any, **details: Any) -> None:
        super().__init__(client, **details)
        self.state = self.global_state

    def driver_version(self) -> str:
        """Kombu asks for one."""
        return "1"


def register() -> None:
    """Make ``files://`` known to Kombu."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
