"""Who has to do with an incident in the rooms above: they are named at once when it becomes private.

The rooms above subscribe in ``AppConfig.ready()``, as they do for ``incidents.changes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.models import User
    from incidents.models import Incident

Involved = Callable[["Incident"], Iterable["User"]]
_sources: list[Involved] = []


def subscribe(source: Involved) -> None:
    """Add a source of people; adding it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def people(incident: Incident) -> list[User]:
    """Everybody whom the rooms above name for the incident."""
    return [person for source in _sources for person in source(incident)]
