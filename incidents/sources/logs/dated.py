"""The time at the beginning of a line, in every way that logs write it."""

from __future__ import annotations

import re

from incidents.zones import ABBREVIATIONS, UNCERTAIN_ABBREVIATIONS

_NAMES = "|".join(sorted(ABBREVIATIONS.keys() | UNCERTAIN_ABBREVIATIONS, key=len, reverse=True))
_NAME = rf"\s(?:{_NAMES})\b"
_ZONE = rf"(?:Z\b|\s?[+-]\d\d:?\d\d\b|[+-]\d\d\b|{_NAME})?"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
_SECONDS = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATED = re.compile(
    rf"\[?(?P<when>\d{{4}}[-/]\d\d[-/]\d\d(?:[T ]{_CLOCK}{_ZONE})?"
    rf"|\d{{1,2}}[/ -]{_MONTH}[/ -]\d{{4}}[: ]{_SECONDS}{_ZONE}"
    rf"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?{_MONTH}\s{{1,2}}\d{{1,2}}"
    rf"(?: \d{{4}} {_SECONDS}(?:{_NAME})?| {_SECONDS}(?:(?:{_NAME})?\s\d{{4}}(?=[\s\]:])|{_NAME})?)"
    r"|\d{1,2}(?P<mark>[/.-])\d{1,2}(?P=mark)\d{2,4}(?!\.?\d)"
    rf"(?:(?:T|,? ){_CLOCK}(?: [AP]M\b)?{_ZONE})?"
    r"|\d{10}(?:\.\d{1,9})?(?=[\s\]])|\d{13}(?=[\s\]]))"
    r"\]?[\s:,|-]*(?P<rest>.*)",
    re.DOTALL,
)


def dated(line: str) -> tuple[str, str] | None:
    """The time as it is written and what stands behind it; nothing when the line begins with something else."""
    found = _DATED.match(line)
    return (found["when"], found["rest"]) if found else None
