"""A question to a model: our instructions, and the chronology as data behind a fence that it cannot leave.

Each entry is one line of JSON in which ``<`` and ``>`` are written as escapes, without characters that nobody sees. So
no text of an entry can hold the fence, begin a line or hide an instruction, and the same chronology always gives the
same question.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from incidents.enums import Precision
from incidents.masking import mask
from reviews.enums import SectionKey
from reviews.modeling.prompts import INSTRUCTIONS, TASKS

OPENING, CLOSING = "<<<CHRONOLOGY", "CHRONOLOGY>>>"
LONGEST_TEXT = 600
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MOMENTS = {
    Precision.SECOND.value: "%Y-%m-%d %H:%M:%S",
    Precision.MINUTE.value: "%Y-%m-%d %H:%M",
    Precision.DAY.value: "%Y-%m-%d",
}
_ANGLES = str.maketrans({"<": "\\u003c", ">": "\\u003e"})


@dataclass(frozen=True)
class Line:
    """One entry of the chronology as it stands there; ``actor`` is who or what is named beside it.

    ``precision`` is how exact its time is: "second", "minute" or "day".
    """

    number: int
    at: datetime
    text: str
    actor: str = ""
    lane: str = ""
    precision: str = Precision.SECOND


@dataclass(frozen=True)
class Question:
    """What is asked: for which section, over which entries, with the number of the entry of each milestone."""

    section: SectionKey
    lines: Sequence[Line]
    milestones: Mapping[str, int] = field(default_factory=dict)


def messages(question: Question) -> list[dict[str, str]]:
    """The messages for a model, the same for the same question."""
    marked = {number: kind for kind, number in question.milestones.items()}
    rows = [_row(line, marked.get(line.number, "")) for line in question.lines]
    told = "\n".join([TASKS[question.section], "", OPENING, *rows, CLOSING])
    return [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": told}]


def sha256_of(asked: list[dict[str, str]]) -> str:
    """The SHA-256 of exactly what was asked, in hexadecimal."""
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _row(line: Line, milestone: str) -> str:
    """One line of JSON; secrets and personal data are masked once more, whoever wrote them."""
    told = {
        "entry": line.number,
        "at": f"{line.at.astimezone(UTC):{_MOMENTS[line.precision]}} UTC",
        "kind": line.lane,
        "by": seen(line.actor),
        "milestone": milestone,
        "text": seen(line.text),
    }
    kept = {name: value for name, value in told.items() if value}
    return json.dumps(kept, ensure_ascii=False).translate(_ANGLES)


def seen(text: str) -> str:
    """A text on one line, masked, without characters that nobody sees, cut at 600 characters."""
    visible = "".join(" " if unicodedata.category(one) in _UNSEEN else one for one in text)
    words = " ".join(mask(" ".join(visible.split())).split())
    return words if len(words) <= LONGEST_TEXT else f"{words[:LONGEST_TEXT]}…"
