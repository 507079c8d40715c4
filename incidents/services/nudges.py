"""Telling a worker that something waits; a nudge may be lost, because the sweep looks into the table (invariant 7)."""

from __future__ import annotations

import logging
import threading
import time

from celery import current_app

log = logging.getLogger(__name__)

APART = 0.2
_last = 0.0
_lock = threading.Lock()


def soon() -> None:
    """Wake a worker for whatever waits, at most five times a second: an alert storm needs no storm of nudges."""
    global _last
    now = time.monotonic()
    with _lock:
        if now - _last < APART:
            return
        _last = now
    _send("sweep_intake")


def read(arrival_id: int) -> None:
    """Wake a worker for one arrival."""
    _send("take_in", arrival_id)


def opened(incident_id: int) -> None:
    """Wake a worker to bring in what was kept and belongs to a new incident."""
    _send("gather", incident_id)


def propose(incident_id: int) -> None:
    """Wake a worker to make the proposals of a long chronology anew."""
    _send("propose", incident_id)


def _send(task: str, *arguments: int) -> None:
    try:
        current_app.send_task(f"incidents.tasks.{task}", arguments)
    except Exception:
        log.warning("the broker took no nudge; the sweep will find what waits", exc_info=True)
