"""From a fresh machine to ``.venv``: built once, healed when broken off, and one sentence where it may not install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that pins nothing, so that building its environment needs no network."""
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config" / "bootstrap.py", tmp_path / "config")
    (tmp_path / "requirements").mkdir()
    for name in ("run", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text("# nothing\n")
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """All the programs of a bare machine, with an ``apt-get`` that only notes what it was asked."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "env").symlink_to("/usr/bin/env")
    _script(folder / "apt-get", f'echo "$@" >> {tmp_path}/asked')
    _script(folder / "sudo", 'shift; exec "$@"')
    return folder


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def _bootstrap(checkout: Path, purpose: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"CHROMIUM", "PDFTOTEXT"}}
    return subprocess.run(
        [sys.executable, checkout / "config" / "bootstrap.py", purpose],
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_environment_is_built_once_and_healed_when_broken_off(checkout: Path) -> None:
    first = _bootstrap(checkout, "run")
    assert first.returncode == 0, first.stderr
    assert "Installing what requirements/run.txt pins" in first.stdout
    python = checkout / ".venv" / "bin" / "python"
    assert python.exists()

    assert _bootstrap(checkout, "run").stdout == ""

    (checkout / "requirements" / "run.txt").write_text("# another lock\n")
    assert "Installing" in _bootstrap(checkout, "run").stdout

    (checkout / ".venv" / ".unfinished").touch()
    (checkout / ".venv" / "left-over").touch()
    assert _bootstrap(checkout, "run").returncode == 0
    assert not (checkout / ".venv" / "left-over").exists()

    python.unlink()
    assert _bootstrap(checkout, "run").returncode == 0
    assert python.exists()


def test_missing_programs_are_installed_where_that_is_allowed(checkout: Path, programs: Path) -> None:
    result = _bootstrap(checkout, "test", PATH=str(programs))
    assert result.returncode == 0, result.stderr
    asked = (checkout / "asked").read_text()
    assert asked.startswith("update\n")
    assert "chromium" in asked
    assert "poppler-utils" in asked


def test_failing_installation_says_in_one_sentence_what_to_install(checkout: Path, programs: Path) -> None:
    _script(programs / "apt-get", "exit 100")
    result = _bootstrap(checkout, "test", PATH=str(programs))
    assert result.returncode != 0
    assert "sudo apt-get install chromium poppler-utils" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_machine_without_apt_says_in_one_sentence_what_to_install(checkout: Path, programs: Path) -> None:
    (programs / "apt-get").unlink()
    result = _bootstrap(checkout, "test", PATH=str(programs))
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1
    assert "chromium" in result.stderr


def test_unknown_purpose_is_refused(checkout: Path) -> None:
    assert "run, check, test" in _bootstrap(checkout, "party").stderr


def test_no_file_of_ours_names_a_registry() -> None:
    for path in (ROOT / "Makefile", ROOT / "config" / "bootstrap.py", *(ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        assert "://" not in text.replace("postgresql://", ""), path
        assert "index-url" not in text.replace("--no-emit-index-url", ""), path
