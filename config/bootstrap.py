"""From a fresh machine to a virtual environment in ``.venv``: what ``make`` calls before anything else.

Uses the standard library alone. Installs only what is missing: Python packages from the hash-locked files in
``requirements/``, and from Debian's archive the few system libraries and programs that pip cannot bring. Where it may
not install (neither root nor sudo without a password), it says in one sentence what to install, and stops.

    python3 config/bootstrap.py run      what the application needs
    python3 config/bootstrap.py check    and what the checks need
    python3 config/bootstrap.py test     and what the tests need (a browser, pdftotext)
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / ".unfinished"
OLDEST_PYTHON = (3, 11)

LOCK_OF = {"run": "run", "check": "dev", "test": "dev"}
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# What the driver of the browser tests is linked against.
TEST_LIBRARIES = {"libatomic.so.1": "libatomic1", "libstdc++.so.6": "libstdc++6"}
PROGRAMS = {"chromium": "chromium", "pdftotext": "poppler-utils"}


class CannotInstall(Exception):
    """Something is missing that we may not install; the message says what to do."""


def main(purpose: str) -> None:
    """Make everything ready for ``run``, ``check`` or ``test``."""
    if sys.version_info < OLDEST_PYTHON:
        raise CannotInstall(
            f"Python {sys.version.split()[0]} is too old. Install Python 3.11 or newer and try again."
        )
    with _one_at_a_time():
        install_system_packages(missing_system_packages(purpose))
        build_environment(LOCK_OF[purpose])


class _one_at_a_time:
    """Two terminals that start at once: the second waits for the first."""

    def __enter__(self) -> None:
        self._directory = os.open(ROOT, os.O_RDONLY)
        fcntl.flock(self._directory, fcntl.LOCK_EX)

    def __exit__(self, *_error: object) -> None:
        os.close(self._directory)


# Debian's packages


def missing_system_packages(purpose: str) -> list[str]:
    """The Debian packages without which ``purpose`` would fail."""
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if purpose == "test":
        missing += [package for library, package in TEST_LIBRARIES.items() if not _loads(library)]
        missing += [package for program, package in PROGRAMS.items() if not _finds(program)]
    return missing


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        # Where libraries have other names, WeasyPrint's own message is the better one.
        return sys.platform != "linux"
    return True


def _finds(program: str) -> bool:
    named = os.environ.get(program.upper())
    return bool(named and Path(named).exists()) or shutil.which(program) is not None


def install_system_packages(packages: list[str]) -> None:
    """Install Debian packages; raises ``CannotInstall`` with the command to type where that is not allowed."""
    if not packages:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    by_hand = f"Install what is missing and try again: sudo {' '.join(command[:2])} {' '.join(packages)}"
    as_root = _as_root()
    if as_root is None or shutil.which("apt-get") is None:
        raise CannotInstall(by_hand)
    print(f"Installing from Debian's archive: {', '.join(packages)} ...", flush=True)
    for words in (["apt-get", "update"], command):
        prefix = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive"]
        if subprocess.run([*prefix, *words], check=False, stdout=subprocess.DEVNULL).returncode:
            raise CannotInstall(f"`{' '.join(words)}` failed. {by_hand}")


def _as_root() -> list[str] | None:
    """What to put before a command to run it as root; ``None`` when that needs a password or is not possible."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


# Python's packages


def build_environment(lock: str) -> None:
    """Make ``.venv`` hold exactly what ``requirements/<lock>.txt`` pins; quick when it already does."""
    requirements = ROOT / "requirements" / f"{lock}.txt"
    wanted = _fingerprint(requirements)
    if not _works():
        _make_environment()
    stamp = VENV / f".installed-{lock}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing what requirements/{lock}.txt pins into .venv (once, about a minute) ...", flush=True)
    UNFINISHED.touch()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    install = [
        *pip,
        "install",
        "-qq",
        "--require-hashes",
        "--only-binary=:all:",
        "--requirement",
        str(requirements),
    ]
    if subprocess.run(install, check=False).returncode:
        raise CannotInstall(
            "pip could not install the pinned packages. Check the network, or pip's settings, and try again."
        )
    for name in _covered_by(lock):
        (VENV / f".installed-{name}").write_text(_fingerprint(ROOT / "requirements" / f"{name}.txt"))
    UNFINISHED.unlink()


def _covered_by(lock: str) -> Iterable[str]:
    """The development lock holds everything that the other one holds."""
    return ("run", "dev") if lock == "dev" else ("run",)


def _fingerprint(requirements: Path) -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor} {hashlib.sha256(requirements.read_bytes()).hexdigest()}"


def _works() -> bool:
    """Whether ``.venv`` was finished, for this Python, and still starts."""
    if not PYTHON.exists() or UNFINISHED.exists():
        return False
    question = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([str(PYTHON), "-c", question], check=False, capture_output=True, text=True)
    return answer.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"


def _make_environment() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True
    )
    if made.returncode:
        raise CannotInstall(f"Python could not make .venv: {made.stdout.strip() or made.stderr.strip()}")


if __name__ == "__main__":
    try:
        if len(sys.argv) != 2 or sys.argv[1] not in LOCK_OF:
            raise CannotInstall(f"Say what to prepare for: {', '.join(LOCK_OF)}.")
        main(sys.argv[1])
    except CannotInstall as error:
        sys.exit(str(error))
