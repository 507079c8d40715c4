"""How much memory an import takes, by the length of the log: it streams, so that it should stay the same.

Up to 8 MB of a file wait in memory before it goes to the disk, so that 10,000 lines take less than those above.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.bench import importing, logs
from tests.bench.registry import bench

WARM_UP = 2_000
LENGTHS = (10_000, 100_000, 1_000_000)
MEGABYTE = 2**20


@bench
def memory_of_an_import() -> Iterator[str]:
    """Each log goes through a process of its own that has imported a short one before."""
    growths = [_growth(lines) for lines in LENGTHS]
    for place, (lines, growth) in enumerate(zip(LENGTHS, growths, strict=True)):
        compared = (
            f", {growth / growths[place - 1]:.2f} times that of {LENGTHS[place - 1]:,}" if place else ""
        )
        yield f"{growth / MEGABYTE:6.1f} MB      more memory to import {lines:,} mixed log lines{compared}"


def _growth(lines: int) -> int:
    """By how many bytes the most memory that the process ever held went up."""
    with tempfile.TemporaryDirectory(prefix="afterword-bench-") as directory:
        paths = [_written(Path(directory) / f"{count}.log", count) for count in (WARM_UP, lines)]
        evidence = settings.STORAGES["default"]["OPTIONS"]["location"]
        arguments = [
            str(connection.settings_dict["NAME"]),
            str(evidence),
            f"bench-memory-{lines}",
            *map(str, paths),
        ]
        done = subprocess.run(
            [sys.executable, "-m", importing.__name__, *arguments],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return int(done.stdout.split()[-1])


def _written(path: Path, count: int) -> Path:
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in logs.mixed(count, count))
    return path
