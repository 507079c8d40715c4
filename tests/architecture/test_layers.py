"""The stairs between the rooms and the order inside them, as ``pyproject.toml`` states them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from config.env import ROOT


def test_layers_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout
