"""What of a subject a person may see, for everything in this room that names subjects: notices and the audit trail.

Subjects are words such as ``incident:INC-2026-0012``. Which of them are confidential is known in the rooms above, and
governance looks down the stairs only: those rooms register a rule while the application starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from governance.models import User


@dataclass(frozen=True)
class Sight:
    """Of some subjects: ``hidden`` ones a person may know nothing of, ``private`` ones do not leave the building."""

    hidden: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()

    def __or__(self, other: Sight) -> Sight:
        return Sight(self.hidden | other.hidden, self.private | other.private)


Rule = Callable[[User, frozenset[str]], Sight]
_rules: list[Rule] = []


def register(rule: Rule) -> None:
    """Add a rule; called while the application starts. It gets a person and subjects of the active organization."""
    if rule not in _rules:
        _rules.append(rule)


def sight(person: User, subjects: Iterable[str]) -> Sight:
    """What the person may see of these subjects of the active organization; one look for any number of them."""
    asked = frozenset(subject for subject in subjects if subject)
    found = Sight()
    for rule in _rules if asked else ():
        found |= rule(person, asked)
    return found
