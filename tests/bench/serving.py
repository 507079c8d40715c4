"""A gunicorn for a measurement, as ``make run`` starts it: two processes with four threads each, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic, sleep

WORKERS, THREADS = 2, 4
PATIENCE = 60.0
"""Seconds within which it must take connections."""


@contextmanager
def served(application: str, environ: Mapping[str, str], python: str = sys.executable) -> Iterator[int]:
    """Serve a WSGI application with another Python if need be; gives the port."""
    port = _free_port()
    command = [
        python, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}", "--worker-class=gthread", "--preload",
        f"--workers={WORKERS}", f"--threads={THREADS}", "--no-control-socket", "--log-level=error",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=os.environ | environ, stdout=said, stderr=subprocess.STDOUT)
        try:
            if not _takes_connections(port, process):
                said.seek(0)
                raise RuntimeError(f"{application} could not be served: {said.read()[-2000:].decode()}")
            yield port
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _takes_connections(port: int, process: subprocess.Popen[bytes]) -> bool:
    until = monotonic() + PATIENCE
    while monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return True
        sleep(0.1)
    return False
