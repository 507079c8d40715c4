"""What every log format shares: making a fact of a line, words for levels, and what a line is about.

These run once for each of a million lines, so a fact is made without the checks of its constructor, and what lines say
over and over (service, region, customer) is made once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from incidents.enums import Lane, Trust
from incidents.sources.base import NOTHING, About, Signal, Skipped

LONGEST_TEXT = 20_000
LONGEST_NAME = 200
ERROR, WARNING, INFO, DEBUG = "error", "warning", "info", "debug"
NO_TEXT = "There is nothing after the time."

_WORDS = {
    ERROR: "error err e fatal f critical crit c emergency emerg alert panic severe failure fail failed",
    WARNING: "warning warn w",
    INFO: "information informational info i notice n log statement",
    DEBUG: "debug d trace t verbose v fine finer finest debug1 debug2 debug3 debug4 debug5",
}
_LEVELS = {word: level for level, words in _WORDS.items() for word in words.split()}
USUAL_LEVELS = {
    written: level for word, level in _LEVELS.items() for written in (word, word.upper(), word.capitalize())
}
"""Levels as most programs write them, for those who look one up for each line."""
# Syslog's severities from 0 (emergency) to 7 (debug), and the tens by which Bunyan and Pino count upwards.
_NUMBERS = {
    **dict.fromkeys(range(4), ERROR), 4: WARNING, 5: INFO, 6: INFO, 7: DEBUG,
    10: DEBUG, 20: DEBUG, 30: INFO, 40: WARNING, 50: ERROR, 60: ERROR,
}  # fmt: skip
_LEVEL_AHEAD = re.compile(
    r"\b(?:(EMERG|ALERT|CRIT|FATAL|PANIC|SEVERE|ERR|WARN|NOTICE|INFO|DEBUG|TRACE)(?:OR|ENCY|ICAL|ING)?\b"
    r"|(?<=[\[:])(emerg|alert|crit|fatal|panic|error|warn|notice|info|debug|trace)(?:ing)?\d?\])"
)
_AHEAD = 80


class Part(NamedTuple):
    """A line of a container's log, which cuts long lines into pieces; ``last`` when the line ends with this one."""

    stream: str
    last: bool
    when: str
    text: str
    number: int


Found = Signal | Skipped | Part | str | None
"""A fact, a piece of one, why there is none, text that continues the line before, or nothing for a blank line."""

Reader = Callable[[bytes, int], Found]
"""Reads one line; gets the line and its number."""

_LOG, _OBSERVED = Lane.LOG, Trust.OBSERVED
_new = tuple.__new__


def fact(
    when: str,
    text: str,
    number: int,
    actor: str = "",
    level: str = "",
    about: About = NOTHING,
    zone: str = "",
    identity: str = "",
) -> Signal | Skipped:
    """The fact of a line; ``Skipped`` when it says nothing."""
    text = text.strip()
    if not text:
        return Skipped(f"line {number}", NO_TEXT)
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
    location = f"line {number}"
    return _new(Signal, (when, text, _LOG, _OBSERVED, location, actor, identity, zone, None, level, about))


@lru_cache(maxsize=1024)
def level_named(word: str) -> str:
    """The level that a word such as ``WARN`` or ``Fatal`` means; empty for any other word."""
    return _LEVELS.get(word.strip(" []<>:").lower(), "")


def level_of(value: object) -> str:
    """The level in a field: a word, or a number of syslog (0 to 7) or of Pino and Bunyan (10 to 60)."""
    if isinstance(value, str):
        return USUAL_LEVELS.get(value) or (level_named(value) if len(value) < 24 else "")
    return _NUMBERS.get(value, "") if type(value) is int else ""


def level_ahead(text: str) -> str:
    """The level that stands in the first words of a plain line, in capitals or in brackets."""
    found = _LEVEL_AHEAD.search(text, 0, _AHEAD)
    return _LEVELS[(found[1] or found[2]).lower()] if found else ""


@lru_cache(maxsize=1024)
def about(service: str, region: str = "", customer: str = "") -> About:
    """What a line is about; the same object for the same names."""
    if not service and not region and not customer:
        return NOTHING
    services = (service[:LONGEST_NAME],) if service else ()
    return About(services, region[:LONGEST_NAME], customer[:LONGEST_NAME])
