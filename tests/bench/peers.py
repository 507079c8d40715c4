"""Other programs that read logs: timed on the same file when they stand in ``PATH``, never required.

A program that skips most of a file is quick, so each figure says how many events it found.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from tests.bench.registry import Measured

PATIENCE = 900.0
"""Seconds after which another program is given up."""

_EVENTS = re.compile(r"([\d,]+) events")
_STORED = re.compile(r"Total : (\d+)")

Reader = Callable[[str, Path], str]
"""Lets the program read the file; gives what it printed."""


def _run(directory: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=directory,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        text=True,
    )
    return done.stdout


def _autopsy(program: str, log: Path) -> str:
    return _run(log.parent, program, "--file", log.name, "--output", "json")


def _plaso(program: str, log: Path) -> str:
    return _run(
        log.parent, program, "--unattended", "--quiet", "--status-view=none", "--parsers=text,jsonl", "--workers=2",
        "--storage-file=bench.plaso", "--logfile=plaso.log.gz", log.name,
    )  # fmt: skip


def _in_words(_log: Path, printed: str) -> int:
    return sum(int(found.replace(",", "")) for found in _EVENTS.findall(printed)[:1])


def _in_storage(log: Path, _printed: str) -> int:
    """What plaso stored, as its own ``pinfo`` counts it."""
    counted = _run(log.parent, shutil.which("pinfo") or "pinfo", "bench.plaso")
    return sum(int(found) for found in _STORED.findall(counted.partition("per parser")[2])[:1])


LOG_READERS: dict[str, tuple[str, Reader, Callable[[Path, str], int]]] = {
    "mr-autopsy": ("autopsy", _autopsy, _in_words),
    "plaso": ("log2timeline", _plaso, _in_storage),
}


def reading(content: bytes, what: str, ours: float) -> Iterator[Measured | str]:
    """Our time for a log against that of each program that is there."""
    with tempfile.TemporaryDirectory(prefix="afterword-bench-") as directory:
        log = Path(directory) / "bench.log"
        log.write_bytes(content)
        for name, (command, read, count) in LOG_READERS.items():
            program = shutil.which(command)
            if not program:
                yield f"               {name} is not installed: left out"
                continue
            started = perf_counter()
            printed = read(program, log)
            taken = perf_counter() - started
            yield _against(name, count(log, printed), what, ours, taken)


def _against(name: str, events: int, what: str, ours: float, taken: float) -> Measured | str:
    if not events:
        return f"               {name} found no event in this file: left out"
    return Measured(what, f"{name}, which found {events:,} events in it", ours, taken)
