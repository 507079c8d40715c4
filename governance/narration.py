"""The audit trail in words: what stands there as codes and ids, as a person reads it.

What a reader may not see is withheld: the entry keeps its place in the chain, its time, its author and its hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from governance.models import AuditEntry, User
from governance.sight import sight

WITHHELD = "a private incident"
_REFERENCE = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{4}-[0-9]{3,6}")
PERSON_KEYS = frozenset({"user", "person", "owner", "commander", "signer", "author"})


@dataclass(frozen=True)
class Line:
    """One entry: who did what to which subject, and the recorded details as (name, value) pairs.

    ``narrows`` is the subject by which the trail can be narrowed, empty for one that is withheld.
    """

    entry: AuditEntry
    who: str
    what: str
    subject: str
    details: tuple[tuple[str, str], ...]
    narrows: str


def narrate(entries: Iterable[AuditEntry], reader: User) -> list[Line]:
    """The entries in words, in their order; one look each for all people and all subjects that they mention."""
    rows = [(entry, entry.details) for entry in entries]
    hidden = sight(reader, _subjects(rows)).hidden
    shown = [(entry, {} if entry.subject in hidden else data) for entry, data in rows]
    names = _names([(entry, data) for entry, data in shown if entry.subject not in hidden])
    return [_line(entry, data, names, hidden) for entry, data in shown]


def _line(
    entry: AuditEntry, data: Mapping[str, Any], names: Mapping[int, str], hidden: frozenset[str]
) -> Line:
    withheld = entry.subject in hidden
    return Line(
        entry=entry,
        who=str(entry.actor) if entry.actor else "Afterword",
        what=words(entry.action).capitalize(),
        subject=WITHHELD.capitalize() if withheld else _subject(entry.subject, names),
        details=tuple((words(key), _value(key, data[key], names, hidden)) for key in sorted(data)),
        narrows="" if withheld else entry.subject,
    )


def words(code: str) -> str:
    """``member.roles_changed`` reads as "member roles changed"."""
    return code.replace(".", " ").replace("_", " ")


def _subjects(rows: Iterable[tuple[AuditEntry, Mapping[str, Any]]]) -> set[str]:
    """What the entries are about, and the incidents that their details name."""
    found = set()
    for entry, data in rows:
        found |= {entry.subject, *(_named(value) for value in data.values())}
    return found


def _named(value: object) -> str:
    """The subject that a value names by its reference, or nothing."""
    return f"incident:{value}" if isinstance(value, str) and _REFERENCE.fullmatch(value) else ""


def _names(rows: Iterable[tuple[AuditEntry, Mapping[str, Any]]]) -> dict[int, str]:
    wanted = set()
    for entry, data in rows:
        kind, _, reference = entry.subject.partition(":")
        if kind == "user" and reference.isdecimal():
            wanted.add(int(reference))
        wanted |= {value for key, value in data.items() if _is_person(key, value)}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}


def _is_person(key: str, value: object) -> bool:
    return key.removesuffix("_id") in PERSON_KEYS and isinstance(value, int)


def _subject(subject: str, names: Mapping[int, str]) -> str:
    kind, _, reference = subject.partition(":")
    if kind == "user" and reference.isdecimal():
        return names.get(int(reference), f"person {reference}")
    return f"{words(kind)} {reference}".strip()


def _value(key: str, value: object, names: Mapping[int, str], hidden: frozenset[str]) -> str:
    if _named(value) in hidden:
        return WITHHELD
    if _is_person(key, value):
        return names.get(int(str(value)), f"person {value}")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(words(str(item)) for item in value) or "none"
    return "none" if value in (None, "") else str(value)
