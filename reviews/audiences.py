"""Three audiences of one record: the technical text as it is, a page for executives, and a start for customers' words.

Pure functions of a content (``reviews.content``). The page for executives takes sentences out of the content word by
word and computes nothing but spans between milestones, so that it says no more than people signed. Entries, logs and
citations stay behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from incidents.enums import Lane, MilestoneKind
from reviews.enums import Confidence, FactorNature
from reviews.exemptions import PrintedWaiver
from reviews.rendering import plain

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Room:
    """How much a page holds: rows of each table, sentences, and characters of one text."""

    rows: int
    sentences: int
    characters: int


#: From what reads best to what fits on one page whatever is in the record; the first that fits is printed.
ROOMS = (
    Room(8, 5, 260),
    Room(6, 4, 200),
    Room(5, 3, 150),
    Room(4, 2, 110),
    Room(3, 1, 70),
    Room(2, 1, 40),
    Room(1, 1, 24),
)


@dataclass(frozen=True)
class Cause:
    """A factor with how sure people are of it; ``sort`` is its nature in words, empty where nobody said it."""

    statement: str
    confidence: str
    sort: str
    is_trigger: bool


@dataclass(frozen=True)
class Promise:
    """What is being done, by whom, until when."""

    title: str
    owner: str
    due: str


@dataclass(frozen=True)
class OpenRisk:
    """What remains; ``owner`` and ``day`` are empty where nobody is named."""

    statement: str
    owner: str
    day: str
    accepted_because: str


@dataclass(frozen=True)
class Excepted:
    """What was let be, by whom and why."""

    title: str
    reason: str
    granted_by: str


@dataclass(frozen=True)
class Left:
    """How many of each there was no room for; the record has them all."""

    causes: int = 0
    promises: int = 0
    risks: int = 0
    exceptions: int = 0


@dataclass(frozen=True)
class Executive:
    """One page for people who decide about money and people."""

    reference: str
    title: str
    severity: int
    services: str
    is_synthetic: bool
    window: str
    figures: tuple[tuple[str, str], ...]
    happened: tuple[str, ...]
    customers: tuple[str, ...]
    causes: tuple[Cause, ...]
    promises: tuple[Promise, ...]
    risks: tuple[OpenRisk, ...]
    exceptions: tuple[Excepted, ...]
    left: Left


def executive(content: Content, waivers: Sequence[PrintedWaiver], room: Room = ROOMS[0]) -> Executive:
    """The page for executives of one content, within some room.

    ``waivers`` are the exceptions that the publication rests on. What is cut ends with an ellipsis.
    """
    incident, factors = content["incident"], _by_weight(content["factors"])
    items, risks = content.get("action_items", []), content.get("risks", [])
    lanes = {entry["number"]: entry["lane"] for entry in content["chronology"]}

    def cut(text: str) -> str:
        return _cut(plain(text), room.characters)

    return Executive(
        reference=incident["reference"],
        title=cut(incident["title"]),
        severity=incident["severity"],
        services=cut(", ".join(incident["services"])),
        is_synthetic=incident["is_synthetic"],
        window=_window(_moments(content)),
        figures=tuple(_figures(_moments(content))),
        happened=tuple(map(cut, _told(content, "summary", lanes)[: room.sentences])),
        customers=tuple(map(cut, _impact(content, lanes)[: room.sentences])),
        causes=tuple(_cause(one, cut(one["statement"])) for one in factors[: room.rows]),
        promises=tuple(
            Promise(cut(one["title"]), cut(one["owner"]["name"]), _day(one["due_on"]))
            for one in items[: room.rows]
        ),
        risks=tuple(
            OpenRisk(
                cut(one["statement"]),
                cut(one["owner"]["name"]) if one["owner"] else "",
                _day(one["review_on"]) if one["review_on"] else "",
                cut(one["accepted_because"]),
            )
            for one in risks[: room.rows]
        ),
        exceptions=tuple(
            Excepted(cut(one.title), cut(one.reason), cut(one.granted_by)) for one in waivers[: room.rows]
        ),
        left=Left(*(max(0, len(rows) - room.rows) for rows in (factors, items, risks, waivers))),
    )


def _by_weight(factors: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The surest first; those of one confidence in their order."""
    order = [confidence.value for confidence in Confidence]
    return sorted(factors, key=lambda factor: order.index(factor["confidence"]))


def _cause(factor: Content, statement: str) -> Cause:
    nature = factor.get("nature", "")
    sort = str(FactorNature(nature).label) if nature else ""
    return Cause(statement, factor["confidence"], sort, factor["is_trigger"])


def _told(content: Content, key: str, lanes: Mapping[int, str]) -> list[str]:
    """The sentences of a section that do not speak in a machine's words."""
    passages = [
        one for section in content["sections"] if section["key"] == key for one in section["passages"]
    ]
    return [one["text"] for one in passages if not _speaks_machine(one, lanes)]


_MACHINES = {Lane.LOG.value, Lane.ALERT.value, Lane.CHANGE.value}


def _speaks_machine(passage: Content, lanes: Mapping[int, str]) -> bool:
    """Whether a sentence quotes a log, an alert or a change, or shows a picture."""
    if "](image:" in passage["text"]:
        return True
    return "“" in passage["text"] and any(lanes.get(number) in _MACHINES for number in passage["citations"])


def _impact(content: Content, lanes: Mapping[int, str]) -> list[str]:
    """What is said about the impact on customers, and the answers to what was asked about it."""
    answers = [
        one["answer"] for one in content["questions"] if one["section"] == "customer_impact" and one["answer"]
    ]
    return [*_told(content, "customer_impact", lanes), *answers]


def _moments(content: Content) -> dict[MilestoneKind, datetime]:
    return {
        MilestoneKind(one["kind"]): datetime.fromisoformat(one["at"]).astimezone(UTC)
        for one in content["milestones"]
    }


def _window(moments: Mapping[MilestoneKind, datetime]) -> str:
    """``21 Oct 2018, 22:52 to 22 Oct 2018, 00:07 UTC``; what is not marked is called unknown."""
    start, end = moments.get(MilestoneKind.IMPACT_STARTED), moments.get(MilestoneKind.RESOLVED)
    if start is None:
        return "When the impact started is not marked"
    if end is None:
        return f"From {_moment(start)} UTC; the end is not marked"
    until = f"{end:%H:%M}" if start.date() == end.date() else _moment(end)
    return f"{_moment(start)} to {until} UTC"


def _figures(moments: Mapping[MilestoneKind, datetime]) -> Iterator[tuple[str, str]]:
    start = moments.get(MilestoneKind.IMPACT_STARTED)
    labels = (
        (MilestoneKind.RESOLVED, "of impact"),
        (MilestoneKind.DETECTED, "until it was noticed"),
        (MilestoneKind.MITIGATED, "until it was mitigated"),
    )
    for kind, label in labels:
        if start is not None and kind in moments and moments[kind] >= start:
            yield in_hours(moments[kind] - start), label


def in_hours(span: timedelta) -> str:
    """``1 h 15 min``, ``43 min``; seconds are left out."""
    hours, minutes = divmod(round(span / timedelta(minutes=1)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M}"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _cut(text: str, most: int) -> str:
    """The text on one line, with at most so many characters; a word without an end is cut inside."""
    words = " ".join(text.split())
    if len(words) <= most:
        return words
    kept = words[: most - 1]
    at_word = kept.rsplit(" ", 1)[0]
    return f"{at_word if len(at_word) > most // 2 else kept}…"


def names_in(content: Content) -> set[str]:
    """Everybody whom the content names, as it names them."""
    return {one for one in _names(content) if one}


def _names(content: Content) -> Iterator[str]:
    for section in content["sections"]:
        yield from (one["author"]["name"] for one in section["passages"] if one["author"])
    people: Iterable[dict[str, Any] | None] = [
        *(one["author"] for one in content["factors"]),
        *(one["answered_by"] for one in content["questions"]),
        *(one["author"] for one in content["chronology"]),
        *(one["owner"] for one in content.get("action_items", [])),
        *(one["owner"] for one in content.get("risks", [])),
    ]
    yield from (one["name"] for one in people if one)
    yield from (one["actor"] for one in content["chronology"])
