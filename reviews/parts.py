"""Panels that rooms above add to the workbench; each registers its own while the application starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reviews.models import Review


@dataclass(frozen=True)
class Panel:
    """A template and what it needs of a review."""

    template: str
    context: Callable[[Review], dict[str, Any]]


_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Add a panel below the text of every review."""
    if panel not in _panels:
        _panels.append(panel)


def panels() -> list[Panel]:
    """Every panel, in the order of registration."""
    return list(_panels)
