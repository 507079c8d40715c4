"""``manage.py up``, run for real: it answers, heals, refuses a second one, and leaves nothing running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.config.running import alive, child, descendants, eventually, free_port, kill, manage, start

PARTS = {
    "database": "bin/postgres -D",
    "web": "gunicorn config.wsgi",
    "worker": "celery --workdir",
    "scheduler": "beat",
}


@dataclass
class Running:
    """An installation that was started for this module."""

    process: subprocess.Popen[str]
    var: Path
    port: int

    def get(self, path: str) -> dict[str, Any]:
        """The JSON at an address; empty while nobody answers well."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except (URLError, ConnectionError, TimeoutError):
            return {}

    def healthy(self) -> bool:
        """Whether all parts are well."""
        return self.get("/readyz").get("status") == "ready"

    def worker_age(self) -> float:
        """Seconds since a task that the scheduler sent was last seen through by the worker."""
        age: float | None = self.get("/readyz").get("checks", {}).get("worker", {}).get("age")
        return float("inf") if age is None else age


def _start(var: Path) -> Running:
    port = free_port()
    process = start(var, "up", AFTERWORD_PORT=str(port), AFTERWORD_DEMO="0")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C stops everything" in line:
            return Running(process, var, port)
    raise AssertionError("up ended at once:\n" + "".join(lines))


@pytest.fixture(scope="module")
def installation() -> Iterator[Running]:
    """One running installation for the module; its path is short, as sockets need."""
    with tempfile.TemporaryDirectory(prefix="aw-up-") as directory:
        running = _start(Path(directory) / "var")
        yield running
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGINT)
            running.process.wait(timeout=30)


def test_up_answers_when_it_says_so(installation: Running) -> None:
    checks = installation.get("/readyz")["checks"]
    assert {name for name, check in checks.items() if check["ok"]} == set(checks)
    assert {"database", "migrations", "worker", "scheduler", "outbox"} == set(checks)
    assert installation.get("/livez") == {"status": "alive"}


def test_state_directory_is_closed_to_others(installation: Running) -> None:
    assert installation.var.stat().st_mode & 0o066 == 0
    for name in ("secret_key", "field_key"):
        assert (installation.var / name).stat().st_mode & 0o777 == 0o600


def test_second_up_says_which_one_runs(installation: Running) -> None:
    second = manage(installation.var, "up")
    assert second.returncode != 0
    assert f"process {installation.process.pid} at http://127.0.0.1:{installation.port}" in second.stdout
    assert "Traceback" not in second.stdout


def test_up_stops_when_its_port_is_taken(installation: Running, tmp_path: Path) -> None:
    other = manage(tmp_path / "var", "up", AFTERWORD_PORT=str(installation.port))
    assert other.returncode != 0
    assert f"Port {installation.port} on 127.0.0.1 cannot be used" in other.stdout


def test_command_beside_up_uses_its_database(installation: Running) -> None:
    before = child(installation.process.pid, PARTS["database"])
    result = manage(installation.var, "showmigrations", "governance")
    assert result.returncode == 0
    assert "[X] 0001_initial" in result.stdout
    assert child(installation.process.pid, PARTS["database"]) == before


@pytest.mark.parametrize("part", PARTS)
def test_killed_part_is_healed(installation: Running, part: str) -> None:
    killed = eventually(lambda: child(installation.process.pid, PARTS[part]))
    kill(killed)
    eventually(lambda: child(installation.process.pid, PARTS[part], other_than=killed))
    since = time.monotonic()
    eventually(installation.healthy)
    eventually(lambda: part == "web" or installation.worker_age() < time.monotonic() - since)


def test_kill_nine_of_up_leaves_nothing_and_next_up_heals(installation: Running) -> None:
    below = descendants(installation.process.pid)
    assert len(below) >= len(PARTS)
    kill(installation.process.pid)
    installation.process.wait()
    eventually(lambda: not alive(below), seconds=20)
    again = _start(installation.var)
    installation.process, installation.port = again.process, again.port
    assert installation.healthy()


def test_interrupt_stops_everything(installation: Running) -> None:
    below = descendants(installation.process.pid)
    os.kill(installation.process.pid, signal.SIGINT)
    assert installation.process.wait(timeout=20) == 0
    assert not alive(below)
    assert not (installation.var / "postgres" / "data" / "postmaster.pid").exists()
