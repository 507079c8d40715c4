"""How a recommendation speaks: quotations cut to fit, entries and lists of names; no word that is not in the record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, timedelta

from incidents.chronology import in_words
from remediation.recommending.record import Mention

LONGEST_QUOTE, LONGEST_NAME = 110, 40
_CITATION = re.compile(r"\s*\[\s*[Ee]\d[^\[\]]{0,60}\]")
_BEGUN_CITATION = re.compile(r"\[(?=\s*[Ee]\d)")
_QUOTES = str.maketrans({"“": "‘", "”": "’", "«": "‹", "»": "›", '"': "'"})


def quote(text: str, most: int = LONGEST_QUOTE) -> str:
    """Words of the record in quotation marks: on one line, not too long, and without citations."""
    words = _CITATION.sub("", " ".join(text.split()).translate(_QUOTES))
    return f"“{short(_BEGUN_CITATION.sub('(', words).rstrip('.'), most)}”"


def short(words: str, most: int = LONGEST_NAME) -> str:
    """The words, cut between two of them where they are too long."""
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + "…"


def label(number: int) -> str:
    """How an entry is cited: ``E12``."""
    return f"E{number}"


def named(entry: Mention) -> str:
    """An entry with its words: ``E12, “Deployed proxy 2.1”``."""
    return f"{label(entry.number)}, {quote(entry.text)}"


def clock(entry: Mention) -> str:
    """``22:52 UTC``."""
    return f"{entry.at.astimezone(UTC):%H:%M} UTC"


def span(minutes: int) -> str:
    """So many minutes as people say them: ``53 min``, ``16 h 54 min``."""
    return in_words(timedelta(minutes=minutes))


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = list(words)
    return f"{', '.join(first)} and {last}" if first else last
