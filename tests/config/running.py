"""Running ``manage.py`` as a process of its own, as people do, and looking at the processes that come of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from config.env import ROOT
from config.processes import command_line

PATIENCE = 60.0


def manage(var: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; output and errors come together."""
    process = start(var, *arguments, **environ)
    output, _ = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, output)


def start(var: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    """Start a command under development settings with a state directory and an environment of its own."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    given = {"AFTERWORD_VAR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings.development"}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={**kept, **given, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


T = TypeVar("T")


def eventually(look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
    """The first truthy answer; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{look} stayed {found!r}"
        time.sleep(0.05)
    return found


def children() -> dict[int, set[int]]:
    """Which processes each process has started."""
    found: dict[int, set[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        found.setdefault(parent, set()).add(int(entry.parent.name))
    return found


def descendants(pid: int) -> set[int]:
    """All processes below a process."""
    below = children()
    found: set[int] = set()
    waiting = {pid}
    while waiting:
        fresh = below.get(waiting.pop(), set())
        found |= fresh
        waiting |= fresh
    return found


def child(pid: int, words: str, *, other_than: int | None = None) -> int | None:
    """The process that ``pid`` started whose command line has these words."""
    for found in children().get(pid, set()):
        if found != other_than and words in (command_line(found) or ""):
            return found
    return None


def alive(pids: set[int]) -> set[int]:
    """Those that still run."""
    return {pid for pid in pids if command_line(pid)}


def kill(pid: int) -> None:
    """kill -9."""
    os.kill(pid, signal.SIGKILL)
