"""Other programs that read logs or take alerts: timed on the same work when they stand in ``PATH``, never required."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.bench.registry import Measured, seconds

PATIENCE = 900.0
"""Seconds after which another program is given up."""

Command = Callable[[str, Path], Sequence[str]]
LOG_READERS: dict[str, tuple[str, Command]] = {
    "mr-autopsy": ("autopsy", lambda program, log: [program, "--file", str(log), "--output", "json"]),
    "plaso": (
        "log2timeline",
        lambda program, log: [
            program, "--unattended", "--quiet", "--status-view=none", "--parsers=text,jsonl", "--workers=2",
            f"--storage-file={log.parent / 'bench.plaso'}", f"--logfile={log.parent / 'plaso.log.gz'}", str(log),
        ],
    ),
}  # fmt: skip


def left_out(name: str) -> str:
    return f"               {name} is not installed: left out"


def reading(content: bytes, what: str, ours: float) -> Iterator[Measured | str]:
    """Our time for a log against that of each program that is there; it reads the same bytes from a file."""
    for name, (command, arguments) in LOG_READERS.items():
        program = shutil.which(command)
        yield Measured(what, name, ours, _timed(content, program, arguments)) if program else left_out(name)


def _timed(content: bytes, program: str, arguments: Command) -> float:
    with tempfile.TemporaryDirectory(prefix="afterword-bench-") as directory:
        log = Path(directory) / "bench.log"
        log.write_bytes(content)
        return seconds(
            lambda: subprocess.run(
                arguments(program, log), cwd=directory, check=True, capture_output=True, timeout=PATIENCE
            )
        )
