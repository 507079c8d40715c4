"""The audit trail in words: what stands there as codes and ids, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from governance.models import AuditEntry, User

PERSON_KEYS = frozenset({"user", "person", "owner", "commander", "signer", "author"})


@dataclass(frozen=True)
class Line:
    """One entry: who did what to which subject, and the recorded details as (name, value) pairs."""

    entry: AuditEntry
    who: str
    what: str
    subject: str
    details: tuple[tuple[str, str], ...]


def narrate(entries: Iterable[AuditEntry]) -> list[Line]:
    """The entries in words, in their order; one query finds all the people that they mention."""
    rows = [(entry, entry.details) for entry in entries]
    names = _names(rows)
    return [
        Line(
            entry=entry,
            who=str(entry.actor) if entry.actor else "Afterword",
            what=words(entry.action).capitalize(),
            subject=_subject(entry.subject, names),
            details=tuple((words(key), _value(key, value, names)) for key, value in sorted(data.items())),
        )
        for entry, data in rows
    ]


def words(code: str) -> str:
    """``member.roles_changed`` reads as "member roles changed"."""
    return code.replace(".", " ").replace("_", " ")


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


def _value(key: str, value: object, names: Mapping[int, str]) -> str:
    if _is_person(key, value):
        return names.get(int(str(value)), f"person {value}")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(words(str(item)) for item in value) or "none"
    return "none" if value in (None, "") else str(value)
