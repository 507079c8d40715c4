"""Pictures in a text: a line of its own, ``![What it shows](image:12)``, where 12 is an attachment of the incident.

Pure functions; nothing here knows the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_CAPTION = 300
_IMAGE = re.compile(rf"!\[([^\]\n]{{0,{LONGEST_CAPTION}}})\]\(image:([0-9]{{1,18}})\)")


@dataclass(frozen=True)
class Picture:
    """A picture as a text names it: the attachment's id, and what it shows in words."""

    pk: int
    caption: str


def picture_of(line: str) -> Picture | None:
    """The picture that a line consists of, if it is one."""
    match = _IMAGE.fullmatch(line.strip())
    return Picture(int(match.group(2)), " ".join(match.group(1).split())) if match else None


def written(pk: int, caption: str) -> str:
    """How a text names a picture; what would end the caption early is left out of it."""
    words = " ".join(re.sub(r"[\[\]()\\`*_]", " ", caption).split())[:LONGEST_CAPTION]
    return f"![{words}](image:{pk})"


def in_words(text: str) -> str:
    """The text with words in the place of every picture that it names: ``Picture: What it shows``."""
    return _IMAGE.sub(lambda match: _spoken(" ".join(match.group(1).split())), text)


def _spoken(caption: str) -> str:
    return f"Picture: {caption}" if caption else "Picture"
