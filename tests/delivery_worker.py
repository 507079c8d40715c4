"""Workers that a test may kill: real processes of their own, which do nothing but sweep the outbox.

``python -m tests.delivery_worker DATABASE`` loads the application once, then forks a worker for each line of JSON on
its standard input (``{"storage": {...}, "lease": seconds, "settle": seconds}``) and answers with its process id.
The line ``{"reap": pid}`` is answered, when that worker has ended, with the signal that ended it. It ends, and its
workers with it, when its input does.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from typing import Any

PAUSE = 0.02
_PR_SET_PDEATHSIG = 1


def main(database: str) -> None:
    """Serve until the input ends."""
    _load(database)
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "reap" in order:
            _, status = os.waitpid(order["reap"], 0)
            print(os.WTERMSIG(status), flush=True)
            continue
        pid = os.fork()
        if not pid:
            _work(order)
        print(pid, flush=True)


def _load(database: str) -> None:
    """The whole application with what it imports late, so that a fork costs nothing; no connection is open yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.OUTBOUND_PRIVATE_HOSTS = ("127.0.0.1", "localhost")
    django.setup()


def _work(order: dict[str, Any]) -> None:
    """Be a worker; never returns."""
    from django.conf import settings
    from django.test import override_settings

    from governance import outbox

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    override_settings(
        DELIVERY_LEASE_SECONDS=order["lease"],
        DELIVERY_SETTLE_SECONDS=order["settle"],
        STORAGES={**settings.STORAGES, "default": order["storage"]},
    ).enable()
    while True:
        if not outbox.sweep():
            time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1])
