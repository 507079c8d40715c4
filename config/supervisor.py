"""Keeps the parts of a running installation alive, and ends them together.

A part is a child process. One that ends unexpectedly is started again after a pause that grows with each repetition.
Parts end with their supervisor however it ends: on a signal in order, on kill -9 by the kernel (``config.processes``).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.postgres import Cluster
from config.processes import spawn

Say = Callable[[str], None]

POLL_SECONDS = 0.25
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
LOG_BYTES = 20 * 1024 * 1024
_WARNING = re.compile(
    rb"\[(?:warning|error|critical)\s*\]|\"level\": ?\"(?:warning|error|critical)\"", re.IGNORECASE
)


@dataclass
class Part:
    """A child process that is to run as long as its supervisor.

    ``stop_by`` asks it to finish what it does, within ``patience`` seconds; ``dies_by`` is what the kernel sends it
    when the supervisor is gone.
    """

    name: str
    command: Sequence[str]
    log: Path
    environ: Mapping[str, str]
    stop_by: signal.Signals = signal.SIGTERM
    dies_by: signal.Signals = signal.SIGKILL
    patience: float = 8.0
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    _read: int = 0

    def start(self) -> None:
        """Start it; from now on its warnings are news."""
        self._read = self.log.stat().st_size if self.log.exists() else 0
        self.process = spawn(
            self.command, log=self.log, dies_by=self.dies_by, environ=self.environ, pass_fds=self.pass_fds
        )

    def ended(self) -> str | None:
        """How it ended, in words; ``None`` while it runs."""
        code = self.process.poll() if self.process else 0
        if code is None:
            return None
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def ask_to_stop(self) -> None:
        """Begin the end."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_by)

    def finish(self, patience: float) -> None:
        """Wait for the end; after that, nothing of its session is left."""
        if not self.process:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(patience, 0))
        self.clear_away()
        self.process.wait()

    def clear_away(self) -> None:
        """End whatever its process left running."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def warnings(self) -> list[str]:
        """Lines of its log since the last call that are warnings or worse; a log that grew too long is set aside."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as file:
            file.seek(self._read)
            fresh = file.read()
        whole = fresh.rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        if self._read > LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)
            self._read = 0
        return [line.decode(errors="replace") for line in whole.splitlines() if _WARNING.search(line)]


@dataclass
class DatabasePart(Part):
    """The embedded server; it may also be one that another command started, which is then only watched."""

    cluster: Cluster = field(kw_only=True)

    def start(self) -> None:
        self.process = self.cluster.start_as_child()

    def ended(self) -> str | None:
        if self.process is not None:
            return super().ended()
        return None if self.cluster.pid() else "its owner stopped it"

    def ask_to_stop(self) -> None:
        """Nothing to ask: ``finish`` leaves the server, which ends it unless others use it."""

    def finish(self, patience: float) -> None:
        self.cluster.leave()

    def clear_away(self) -> None:
        """The server's own children end by themselves; its next start waits for them."""

    def warnings(self) -> list[str]:
        return []


@dataclass
class _Health:
    started: float = 0.0
    failures: int = 0
    due: float | None = None


class Supervisor:
    """Runs parts until ``stop`` is set; ``say`` prints one line to the person in front of the terminal."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.stopping = threading.Event()
        self.parts: list[Part] = []
        self._health: dict[str, _Health] = {}

    def start(self, part: Part) -> None:
        """Start a part and keep it running from now on."""
        self.parts.append(part)
        self._health[part.name] = _Health(started=time.monotonic())
        part.start()

    def watch(self) -> None:
        """One look at every part: pass on its warnings, start it again when it has ended and its pause is over."""
        now = time.monotonic()
        for part in self.parts:
            for line in part.warnings():
                self.say(f"{part.name}: {line}")
            health = self._health[part.name]
            how = part.ended()
            if how is None:
                if now - health.started > STEADY_SECONDS:
                    health.failures = 0
            elif health.due is None:
                self._plan_restart(part, how, now)
            elif now >= health.due:
                self._restart(part, now)

    def run(self) -> None:
        """Watch until asked to stop."""
        while not self.stopping.wait(POLL_SECONDS):
            self.watch()

    def stop(self) -> None:
        """End all parts: those that use the database first, together; the database last."""
        users, databases = self._split()
        for part in users:
            part.ask_to_stop()
        deadline = time.monotonic() + max((part.patience for part in users), default=0)
        for part in [*users, *databases]:
            part.finish(deadline - time.monotonic())

    def _split(self) -> tuple[list[Part], list[Part]]:
        databases: list[Part] = [part for part in self.parts if isinstance(part, DatabasePart)]
        return [part for part in self.parts if part not in databases], databases

    def _plan_restart(self, part: Part, how: str, now: float) -> None:
        part.clear_away()
        health = self._health[part.name]
        pause = min(0.5 * 2**health.failures, LONGEST_PAUSE)
        health.due = now + pause
        health.failures += 1
        self.say(f"{part.name} ended unexpectedly ({how}). It starts again in {pause:g} s; see {part.log}")

    def _restart(self, part: Part, now: float) -> None:
        health = self._health[part.name]
        try:
            part.start()
        except Exception as error:  # whatever it is, the other parts go on and this one is tried again
            health.due = now + min(0.5 * 2**health.failures, LONGEST_PAUSE)
            health.failures += 1
            self.say(f"{part.name} did not start: {error}")
        else:
            health.due, health.started = None, now
            self.say(f"{part.name} runs again")
