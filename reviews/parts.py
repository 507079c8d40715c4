"""What rooms above add: panels of the workbench, and what is promised; registered while the application starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from governance.models import User
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


@dataclass(frozen=True)
class Promise:
    """An open action item, as a match among similar incidents shows it; ``label`` is its name there, ``A3``."""

    title: str
    owner: str
    due_on: date
    address: str
    is_overdue: bool
    label: str = ""


Promises = Callable[[User, Collection[int], date], Mapping[int, Sequence[Promise]]]
_promises: list[Promises] = []


def register_promises(provider: Promises) -> None:
    """Let a room above say what is still promised, by the reviews' ids and the day that it is."""
    _promises[:] = [provider]


def promises_of(user: User, reviews: Collection[int], today: date) -> Mapping[int, Sequence[Promise]]:
    """What is still open of the promises of these reviews, as far as the user may see it, by review."""
    return _promises[0](user, reviews, today) if _promises and reviews else {}
