"""Checks of a text against what it cites, and of a review against what a good postmortem holds; pure functions.

``unsupported`` is the test of invariant 1: every quotation, time, date, number and name of a passage stands in the
entries that it cites, and every span of time is the distance between two of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.utils.text import Truncator

from incidents.chronology import in_words
from reviews.enums import CheckCode
from reviews.images import in_words as picture_words


class Told(Protocol):
    """An entry, as far as a check needs it."""

    @property
    def at(self) -> datetime: ...

    @property
    def text(self) -> str: ...

    @property
    def actor(self) -> str: ...


_QUOTATION = re.compile(r"“([^”]*)”")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\b")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(
    rf"\b(\d{{1,2}}) ({'|'.join(f'{month[:3]}|{month}' for month in _MONTHS)})\w*(?: (\d{{4}}))?\b"
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SPAN = re.compile(
    r"\b\d+ (?:d|days?|h|hours?|min|minutes?|s|seconds?)\b(?:(?:,? and|,)? \d+ (?:h|hours?|min|minutes?|s|seconds?)\b)*"
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d.,]*(?![\w-])")
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’'-]*(?: [A-ZÀ-ÖØ-Þ][\w’'-]*)*")
_PLAIN_QUOTES = str.maketrans(dict.fromkeys('‘’“”"‹›«»', "'"))
_COMMON_NAMES = frozenset({"UTC", "I", *_MONTHS, *(month[:3] for month in _MONTHS)})


def unsupported(text: str, entries: Sequence[Told]) -> list[str]:
    """The parts of a passage that nothing among ``entries`` bears; empty when it is supported throughout."""
    bearing = _plain(" ".join(f"{entry.actor} {entry.text}" for entry in entries))
    found = [f"“{words}”" for words in _QUOTATION.findall(text) if _unquoted(words) not in bearing]
    rest = _QUOTATION.sub(" ", text)
    checks: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
        (_DATE, lambda match: _is_date_of(match, entries)),
        (_ISO_DATE, lambda match: _is_date_of(match, entries)),
        (_TIME, lambda match: _is_time_of(match, entries)),
        (_SPAN, lambda match: _is_span_of(match.group(), entries)),
    )
    for pattern, holds in checks:
        found += [
            match.group()
            for match in pattern.finditer(rest)
            if not holds(match) and _plain(match.group()) not in bearing
        ]
        rest = pattern.sub(" ", rest)
    found += [number for number in _numbers(rest) if not _stands(number, bearing)]
    return found + [name for name in _names(rest) if not _stands(_plain(name), bearing)]


def _plain(text: str) -> str:
    """Lower case, one kind of quotation mark, single spaces, no escapes."""
    return " ".join(text.replace("\\", "").translate(_PLAIN_QUOTES).lower().split())


def _unquoted(words: str) -> str:
    return _plain(words).removesuffix("…").rstrip(" .,")


def _stands(part: str, bearing: str) -> bool:
    """Whether the part stands in the text as a whole word; by hand, because a page asks it of thousands of words."""
    part = part.lower()
    start = bearing.find(part)
    while start >= 0:
        before, behind = (
            bearing[max(start - 1, 0) : start],
            bearing[start + len(part) : start + len(part) + 1],
        )
        if not (_in_word(before) or before == "." or _in_word(behind)):
            return True
        start = bearing.find(part, start + 1)
    return False


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_date_of(match: re.Match[str], entries: Sequence[Told]) -> bool:
    first, second, third = match.groups()
    if match.re is _ISO_DATE:
        wanted = (int(third), int(second), int(first))
        return any((at.day, at.month, at.year) == wanted for at in _instants(entries))
    month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(second[:3]))
    return any(
        (at.day, at.month) == (int(first), month) and third in (None, str(at.year))
        for at in _instants(entries)
    )


def _is_time_of(match: re.Match[str], entries: Sequence[Told]) -> bool:
    hour, minute, second = match.groups()
    return any(
        (at.hour, at.minute) == (int(hour), int(minute)) and second in (None, f"{at.second:02}")
        for at in _instants(entries)
    )


def _instants(entries: Iterable[Told]) -> Iterator[datetime]:
    return (entry.at.astimezone(UTC) for entry in entries)


_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def _is_span_of(words: str, entries: Sequence[Told]) -> bool:
    """Whether the words are the distance of two entries, to the minute, or as it is said in short."""
    seconds = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+) ([dhms])", words))
    moments = [at.replace(second=0, microsecond=0) for at in _instants(entries)]
    lengths = [abs(later - earlier) for earlier, later in itertools.combinations(moments, 2)]
    return any(length == timedelta(seconds=seconds) or in_words(length) == words for length in lengths)


def _numbers(text: str) -> Iterator[str]:
    return (number.rstrip(".,") for number in _NUMBER.findall(text))


def _names(text: str) -> Iterator[str]:
    """Capitalized words; the first word of a sentence is capitalized whatever it is, so it does not count."""
    for match in _NAME.finditer(text):
        words = [word for word in match.group().split() if word not in _COMMON_NAMES]
        begins = not text[: match.start()].strip() or text[: match.start()].rstrip().endswith(
            (".", "!", "?", ":")
        )
        if words := words[1:] if begins else words:
            yield " ".join(words)


@dataclass(frozen=True)
class Finding:
    """One thing that is off: which check says so, what, what to do about it, and its section (empty: elsewhere)."""

    code: CheckCode
    what: str
    way_out: str
    section: str = ""


_BLAME = re.compile(
    r"\b(human error|careless\w*|negligen\w+|should have|ought to have|could have known|failed to|incompeten\w+|"
    r"(?:his|her|their) fault|to blame|stupid\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Entry:
    at: datetime
    text: str
    actor: str


def findings(content: dict[str, Any]) -> list[Finding]:
    """What a reader of this content would stumble over, most serious first; for what ``content_of`` gives."""
    entries = {
        row["number"]: _Entry(datetime.fromisoformat(row["at"]), row["text"], row["actor"])
        for row in content["chronology"]
    }
    return [
        *_contradictions(content, entries),
        *_blame(content),
        *_bold_factors(content),
        *_unset(content),
        *_unanswered(content),
    ]


def _contradictions(content: dict[str, Any], entries: dict[int, _Entry]) -> Iterator[Finding]:
    for section in content["sections"]:
        for passage in section["passages"]:
            cited = [entries[number] for number in passage["citations"] if number in entries]
            words = picture_words(passage["text"])
            if cited and (parts := unsupported(words, cited)):
                named = f"{', '.join(parts[:3])} {'is' if len(parts) == 1 else 'are'}"
                yield Finding(
                    CheckCode.UNSUPPORTED,
                    f"{named} in no entry cited by “{Truncator(words).words(8, truncate=' …')}”",
                    "Cite the entry that says so, or correct the sentence",
                    section["key"],
                )


def _blame(content: dict[str, Any]) -> Iterator[Finding]:
    for section in content["sections"]:
        for words in dict.fromkeys(match.lower() for match in _BLAME.findall(section["body"])):
            yield Finding(
                CheckCode.BLAME,
                f"“{words}” judges people",
                "Say what the system allowed or did not show",
                section["key"],
            )


def _bold_factors(content: dict[str, Any]) -> Iterator[Finding]:
    for factor in content["factors"]:
        if factor["confidence"] == "confirmed" and not factor["evidence_for"]:
            yield Finding(
                CheckCode.UNPROVEN_FACTOR,
                f"Factor {factor['number']} is confirmed without evidence",
                "Name the entries that show it, or lower the confidence",
                "contributing_factors",
            )


def _unset(content: dict[str, Any]) -> Iterator[Finding]:
    known = {milestone["kind"]: milestone for milestone in content["milestones"]}
    order = ["impact_started", "detected", "acknowledged", "mitigated", "resolved"]
    reached = [known[kind] for kind in order if kind in known]
    for earlier, later in itertools.pairwise(reached):
        if later["at"] < earlier["at"]:
            yield Finding(
                CheckCode.MILESTONE_ORDER,
                f"“{later['label']}” lies before “{earlier['label']}”",
                "Correct one of the milestones in the chronology",
            )
    if "impact_started" not in known or "resolved" not in known:
        yield Finding(
            CheckCode.IMPACT_UNMARKED,
            "The start or the end of the impact is not marked",
            "Set the milestones “Impact started” and “Resolved”",
        )


def _unanswered(content: dict[str, Any]) -> Iterator[Finding]:
    open_ones = [question for question in content["questions"] if not question["answer"]]
    if open_ones:
        count = len(open_ones)
        yield Finding(
            CheckCode.UNANSWERED,
            "One question has no answer" if count == 1 else f"{count} questions have no answer",
            "Answer them, or say “Unknown, because …”",
            open_ones[0]["section"],
        )
