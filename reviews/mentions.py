"""People who are named in a text as ``@Full Name``; pure functions.

A name counts whatever its capitals and the white space inside it are, and the longest name that fits is the one that is
meant. Who shares their name with somebody is mentioned together with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Protocol, TypeVar

from django.utils.safestring import SafeString, mark_safe


class Named(Protocol):
    """A person, as far as a mention needs them."""

    @property
    def name(self) -> str: ...


P = TypeVar("P", bound=Named)


def mentioned(text: str, people: Iterable[P]) -> list[P]:
    """Those of the people whom the text mentions, in the order of ``people``."""
    if "@" not in text:
        return []
    everybody = list(people)
    pattern = _pattern(frozenset(person.name for person in everybody))
    found = {_folded(match.group(1)) for match in pattern.finditer(text)} if pattern else set()
    return [person for person in everybody if _folded(person.name) in found]


def marked(html: SafeString, names: Iterable[str]) -> SafeString:
    """Safe HTML with every mention of one of these names in ``<span class="mention">``.

    ``html`` holds elements without attributes only, as ``rendering.inline`` makes it.
    """
    if "@" not in html:
        return html
    pattern = _pattern(frozenset(escape(name, quote=False) for name in names))
    if pattern is None:
        return html
    return mark_safe(pattern.sub(r'<span class="mention">\g<0></span>', html))  # noqa: S308 - safe, and safe words added


@lru_cache(maxsize=64)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    """``@`` and one of the names, the longest first; neither an address nor the beginning of a longer word."""
    written = sorted(
        (name.split() for name in names if name.strip()), key=lambda words: (-len(" ".join(words)), words)
    )
    choices = "|".join(r"\s+".join(map(re.escape, words)) for words in written)
    return re.compile(rf"(?<![\w@])@({choices})(?!\w)", re.IGNORECASE) if choices else None


def _folded(name: str) -> str:
    return " ".join(name.lower().split())
