"""What a text for customers would give away, or could not be understood; each finding names a way out. Pure.

It warns and a person judges, because a word may be right where a pattern is not. Only blanks hold a text up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reviews.audiences import names_in


class Leak(StrEnum):
    """What a finding is about."""

    BLANK = "blank"
    PERSON = "person"
    SERVICE = "service"
    HOST = "host"
    ADDRESS = "address"
    TICKET = "ticket"
    CITATION = "citation"
    TRACE = "trace"
    BLAME = "blame"
    NUMBER = "number"
    ACRONYM = "acronym"

    @property
    def label(self) -> str:
        return _WORDS[self][0]

    @property
    def way_out(self) -> str:
        return _WORDS[self][1]


_WORDS: dict[str, tuple[str, str]] = {
    "blank": ("Left blank", "Write what the brackets ask for, or take them out."),
    "person": ("A person's name", "Say “we”, or what the team did."),
    "service": ("An internal name", "Use the name that customers know it by."),
    "host": ("An internal address", "Leave it out; customers cannot reach it and attackers can try."),
    "address": ("A network address", "Leave it out."),
    "ticket": ("A ticket", "Say what is being done, without its number."),
    "citation": ("A reference to the record", "Leave it out; customers do not see the record."),
    "trace": ("Output of a program", "Say in plain words what it meant for customers."),
    "blame": ("Words that judge", "Say what happened, and what made it possible."),
    "number": (
        "A figure",
        "Keep it only if your rules let you state it to customers; times and how long it took are fine.",
    ),
    "acronym": ("An acronym", "Write it out at its first use, or say it in plain words."),
}


@dataclass(frozen=True)
class Remark:
    """One finding: its words as they stand, and where they begin (from 0)."""

    leak: Leak
    words: str
    at: int


@dataclass(frozen=True)
class Internal:
    """What is only known inside: names of people and of services."""

    people: frozenset[str]
    services: frozenset[str]

    @classmethod
    def of(
        cls, content: Mapping[str, Any], people: Iterable[str] = (), services: Iterable[str] = ()
    ) -> Internal:
        """Out of a content, and who and what else has to do with it."""
        return cls(
            frozenset({*names_in(content), *people}), frozenset({*content["incident"]["services"], *services})
        )


def remarks(text: str, internal: Internal) -> list[Remark]:
    """Everything found, in the order of the text; of what overlaps, the first kind of ``Leak`` that claims it."""
    found: list[Remark] = []
    taken = bytearray(len(text))
    for leak, finder in _FINDERS:
        for start, end in finder(text, internal):
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(Remark(leak, " ".join(text[start:end].split()), start))
    return sorted(found, key=lambda one: one.at)


Spans = Iterator[tuple[int, int]]
Finder = Callable[[str, Internal], Spans]


def _by(pattern: str, flags: int = 0) -> Finder:
    compiled = re.compile(pattern, flags)
    return lambda text, _internal: (match.span() for match in compiled.finditer(text))


def _people(text: str, internal: Internal) -> Spans:
    """Whole names, and each part of a name that begins with a capital and has three letters or more."""
    parts = {
        part for name in internal.people for part in name.split() if len(part) > 2 and part[:1].isupper()
    }
    names = {name for name in internal.people if len(name) > 2 and name[:1].isupper()}
    yield from _words(text, names | {part for part in parts if part not in _NO_NAMES}, 0)


_NO_NAMES = frozenset(
    {"The", "And", "Bot", "API", "Team", "Alert", "Alerts", "Service", "System", "Status", "Page"}
)


def _services(text: str, internal: Internal) -> Spans:
    yield from _words(text, internal.services, re.IGNORECASE)


def _words(text: str, wanted: Iterable[str], flags: int) -> Spans:
    """Each of the words where it stands by itself; the longest first."""
    rows = sorted({one.strip() for one in wanted if one.strip()}, key=lambda one: (-len(one), one))
    if rows:
        pattern = "|".join(re.escape(one) for one in rows)
        yield from (match.span() for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, flags))


def _blanks(text: str, _internal: Internal) -> Spans:
    """Brackets with words in them that are no citation and no link."""
    for match in re.finditer(r"\[[^\[\]\n]{3,}\](?!\()", text):
        if not _CITED.fullmatch(match.group()):
            yield match.span()


_CITED = re.compile(r"\[\s*[Ee]\d{1,9}(?:\s*,\s*[Ee]\d{1,9})*\s*\]|(?<!\w)E\d{1,9}(?!\w)")
_WELL_KNOWN = frozenset(
    ["UTC", "GMT", "CET", "EST", "PST", "US", "UK", "EU", "OK", "PDF", "FAQ", "CEO", "CTO", "ID", "AM", "PM"]
)
_NO_TICKETS = frozenset(
    {"UTF", "SHA", "AES", "ISO", "RFC", "HTTP", "TLS", "COVID", "MD", "RSA", "IPV", "ECMA"}
)


def _tickets(text: str, _internal: Internal) -> Spans:
    for match in re.finditer(r"(?<![\w-])([A-Z][A-Z0-9]{1,9})-\d+(?:-\d+)?(?![\w-])", text):
        if match.group(1) not in _NO_TICKETS:
            yield match.span()
    yield from (match.span() for match in re.finditer(r"(?<!\w)SEV-?[1-5](?!\w)", text, re.IGNORECASE))


def _acronyms(text: str, _internal: Internal) -> Spans:
    """Capitals that nobody explains in the text, as ``content delivery network (CDN)`` does; each once."""
    seen: set[str] = set()
    for match in re.finditer(r"(?<![\w(])[A-Z][A-Z0-9]{1,5}s?(?!\w|-\d)", text):
        word = match.group().rstrip("s")
        if word not in _WELL_KNOWN and word not in seen and f"({word})" not in text:
            seen.add(word)
            yield match.span()


def _numbers(text: str, _internal: Internal) -> Spans:
    """Shares, money and counts; times, days and how long something took are no figures."""
    told = bytearray(len(text))
    for match in _TIMES.finditer(text):
        told[match.start() : match.end()] = b"\x01" * len(match.group())
    yield from (match.span() for match in _FIGURE.finditer(text) if not told[match.start()])


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT = "|".join(month[:3] for month in _MONTHS.split("|"))
_TIMES = re.compile(
    r"\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS}|{_SHORT})\b\.?(?:,? \d{{4}})?"
    rf"|(?:{_MONTHS}|{_SHORT})\b\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    rf"|(?:{_MONTHS}) \d{{4}}"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d+(?:\.\d+)? ?(?:s|sec|seconds?|min|minutes?|h|hours?|d|days?|weeks?|months?|years?)\b"
)
_FIGURE = re.compile(r"(?<![\w.-])(?:(?:[$€£]\s?)?\d[\d.,  ]*\d(?:\s?%|\b)|(?:[$€£]\s?)?\d+(?:\s?%|\b))")

_FINDERS: tuple[tuple[Leak, Finder], ...] = (
    (Leak.BLANK, _blanks),
    (Leak.CITATION, _by(_CITED.pattern)),
    (
        Leak.TRACE,
        _by(
            r"Traceback \(most recent[^\n]*|^[ \t]*at [\w$.<>]{1,200}\([^)\n]*\)"
            r"|^[ \t]*File \"[^\"\n]+\", line \d+[^\n]*"
            r"|\b[\w.]{1,80}(?:Exception|Error)\b(?=[:\s(]|$)[^\n]{0,80}|\bpanic: [^\n]{0,80}|\b0x[0-9a-fA-F]{4,}\b"
            r"|\b(?:FATAL|ERROR|WARN)\b[^\n]{0,80}|(?<![\w/])/(?:var|etc|usr|opt|home|srv|proc)/[\w./-]+",
            re.MULTILINE,
        ),
    ),
    (
        Leak.ADDRESS,
        _by(
            r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?:\:\d{1,5})?(?![\d.])"
            r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:])|(?<![\w:])[0-9a-fA-F:]*::[0-9a-fA-F:]+"
        ),
    ),
    (
        Leak.HOST,
        _by(
            r"\bhttps?://[^\s)>\]]+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:internal|intern|local|localdomain|lan|corp|svc|cluster|"
            r"private|home|test)(?:\.[\w-]{1,63}){0,8}\b|\blocalhost\b(?::\d+)?|\bip-\d+-\d+-\d+-\d+\b"
            r"|\b[a-z]{1,40}(?:[-.][a-z0-9]{1,40}){0,8}[-.]?\d{1,6}(?:\.[a-z][\w-]{0,62}){1,8}\b"
            r"|\b[a-z]{1,40}(?:-[a-z0-9]{1,40}){0,8}-\d{1,6}[a-z]?\b|\b(?:web|db|app|api|node|host|srv|cache|proxy|worker)\d+\b"
        ),
    ),
    (Leak.TICKET, _tickets),
    (Leak.SERVICE, _services),
    (Leak.PERSON, _people),
    (
        Leak.BLAME,
        _by(
            r"\b(?:human error|careless\w*|negligen\w+|incompeten\w+|stupid\w*|sloppy|lazy|to blame"
            r"|should have|ought to have|could have known|failed to|forgot\w*|mistaken\w*"
            r"|(?:his|her|their|an? (?:engineer|employee|operator|developer|colleague)'s) (?:fault|mistake|error))\b",
            re.IGNORECASE,
        ),
    ),
    (Leak.NUMBER, _numbers),
    (Leak.ACRONYM, _acronyms),
)
