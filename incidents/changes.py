"""Who wants to know when a chronology changes.

The rooms above subscribe in ``AppConfig.ready()``; the call is explicit and runs inside the service's transaction, so a
subscriber may refuse the change by raising.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from governance.models import User
    from incidents.models import Incident


class Listener(Protocol):
    """Hears of one change; ``what`` is a clause that reads on after "because": "entry E12 was corrected"."""

    def __call__(self, *, incident: Incident, actor: User | None, what: str) -> None: ...


_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Add a listener; adding it again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(*, incident: Incident, actor: User | None, what: str) -> None:
    """Tell every listener, in the order of subscription."""
    for listener in _listeners:
        listener(incident=incident, actor=actor, what=what)
