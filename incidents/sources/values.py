"""Leaf values of a payload as text, whatever type a sender gave them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class When(NamedTuple):
    """A time as the payload writes it, and the zone that its format fixes: ``UTC`` for Unix numbers, else nothing."""

    text: str = ""
    zone: str = ""


def value_at(item: Any, *path: str) -> Any:
    """What stands below ``path`` in nested objects; ``None`` when it is missing."""
    for key in path:
        if not isinstance(item, dict):
            return None
        item = item.get(key)
    return item


def word_of(item: Any, *path: str) -> str:
    """The text or number below ``path`` as text; empty for anything else."""
    return as_word(value_at(item, *path))


def as_word(value: Any) -> str:
    """A text or number as text, stripped; empty for anything else, ``true`` and ``false`` too."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def as_state(value: Any) -> str:
    """A value as people say it of a switch: ``on``, ``off``, a number or a text; empty for nothing and for objects."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return as_word(value)


def when(item: Any, *keys: str) -> When:
    """The first of ``keys`` that holds a time, as RFC 3339 or the like, or as a Unix number."""
    for key in keys:
        value = value_at(item, *key.split("."))
        if isinstance(value, str) and value.strip():
            return When(value.strip())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return When(str(value), "UTC")
    return When()


def texts_of(item: Any, *keys: str) -> tuple[str, ...]:
    """Every text below ``keys``, from single values and from lists, each once and in order."""
    found: dict[str, None] = {}
    for key in keys:
        value = item.get(key) if isinstance(item, Mapping) else None
        for one in value if isinstance(value, list) else [value]:
            if word := as_word(one):
                found[word] = None
    return tuple(found)


def joined(*parts: str, mark: str = " ") -> str:
    """The parts that are not empty, with ``mark`` between them."""
    return mark.join(part for part in parts if part)
