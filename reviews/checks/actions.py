"""Action items: what is done, by whom and until when, how one knows, and what each of them answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from reviews.checks.finding import Around, Finding
from reviews.checks.reading import Reading, listed, named
from reviews.checks.words import DOING, ENDLESS, NO_VERB, SEEN
from reviews.enums import CheckCode

#: As many as are followed through; what goes beyond is better decided not to be done.
MOST_ITEMS = 10
_KINDS = {
    "prevent": "prevents",
    "detect": "detects sooner",
    "lessen": "lessens impact",
    "respond": "helps to respond",
}
_SEEN = re.compile(SEEN, re.IGNORECASE)
_EMPTY = re.compile(
    r"(?:it is |it's |when )?(?:done|works?|working|fixed|improved|better|finished|completed?|implemented|"
    r"tbd|todo|n/?a|"
    r"ok|yes|verified|see (?:ticket|above))[\s.!]*",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?:ing|tion|sion|ment|ness|ity|ance|ence|able|ible|ful|ous)$")
_INITIAL = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


def vague_action(read: Reading) -> Iterator[Finding]:
    """An item begins with a verb and ends somewhere."""
    for item in read.rows("action_items"):
        first = _first_word(item["title"])
        if first in ENDLESS:
            if not _has_end(item):
                yield _finding(
                    CheckCode.VAGUE_ACTION,
                    f"“{first}” has no end",
                    item,
                    "Say what will be different afterwards, or give a criterion that somebody can see: a "
                    "number, an alert "
                    "that fires, a test that passes",
                )
        elif first not in DOING:
            yield _without_verb(item, first)
        elif len(item["title"].split()) < 3:
            yield _finding(CheckCode.VAGUE_ACTION, "It says too little", item, "Say what, and where")


def action_duties(read: Reading, around: Around) -> Iterator[Finding]:
    """An owner, a priority, and a day inside of what its priority allows."""
    for item in read.rows("action_items"):
        if not item.get("owner"):
            yield _finding(CheckCode.ACTION_DUTIES, "It has no owner", item, "Name one person")
        if not item.get("severity"):
            yield _finding(CheckCode.ACTION_DUTIES, "It has no priority", item, "Set one")
        if not item.get("due_on"):
            yield _finding(CheckCode.ACTION_DUTIES, "It has no due day", item, "Set one")
        elif around.today and (days := around.promise_days.get(item.get("severity") or 0)):
            latest = around.today + timedelta(days=days)
            if date.fromisoformat(item["due_on"]) > latest:
                yield _finding(
                    CheckCode.ACTION_DUTIES,
                    f"It is due later than {days} days from now",
                    item,
                    f"Bring it forward to {latest:%-d %b %Y} at the latest, cut it smaller, or lower its priority",
                )


def unverifiable(read: Reading) -> Iterator[Finding]:
    """A criterion that somebody can see, and the day by which it is looked at."""
    for item in read.rows("action_items"):
        criterion = item.get("verification_criterion", "")
        if not criterion.strip() or _EMPTY.fullmatch(criterion.strip()) or len(criterion.split()) < 3:
            yield _finding(
                CheckCode.UNVERIFIABLE,
                "Nobody could tell whether it worked",
                item,
                "Say what somebody will see: a number, an alert that fires, a test that passes",
            )
        elif not item.get("due_on"):
            yield _finding(
                CheckCode.UNVERIFIABLE, "No day is set on which it is checked", item, "Set its due day"
            )


def coverage(read: Reading) -> Iterator[Finding]:
    """A hint: the kinds of action items that there are none of."""
    kinds = {item.get("kind") for item in read.rows("action_items")}
    if missing := [words for kind, words in _KINDS.items() if kind not in kinds]:
        yield Finding(
            CheckCode.COVERAGE,
            f"No action item {listed(missing, most=4).replace(' and ', ' or ')}",
            "Add one where it is worth it; a kind that needs none is fine",
            place="action-items",
            is_hint=True,
        )


def too_many(read: Reading) -> Iterator[Finding]:
    """Only what will be done."""
    count = sum(1 for _item in read.rows("action_items"))
    if count > MOST_ITEMS:
        yield Finding(
            CheckCode.TOO_MANY,
            f"{count} action items are more than will be done",
            f"Keep the {MOST_ITEMS} that matter most, and decide of the others with a reason not to do them",
            place="action-items",
        )


def unmapped(read: Reading, around: Around) -> Iterator[Finding]:
    """Each item answers a factor; each confirmed factor has an item, or its risk is accepted with a reason."""
    items = list(read.rows("action_items"))
    for item in items:
        if item.get("factor") is None:
            yield _finding(
                CheckCode.UNMAPPED, "It answers no factor", item, "Point it at the factor that it is for"
            )
    answered = {item.get("factor") for item in items}
    answered |= {risk.factor for risk in around.risks if risk.accepted}
    for factor in read.rows("factors"):
        if factor["confidence"] == "confirmed" and factor["number"] not in answered:
            yield Finding(
                CheckCode.UNMAPPED,
                f"Nothing is promised for factor {factor['number']}, which is confirmed",
                "Add an action item for it, or accept its risk with a reason",
                "contributing_factors",
                f"factor-{factor['number']}",
            )


def _without_verb(item: dict[str, Any], first: str) -> Finding:
    """Sure of words that are no verbs; of unknown words only a hint."""
    return _finding(
        CheckCode.VAGUE_ACTION,
        "It does not start with a verb" if first else "It says nothing",
        item,
        "Begin with what will be done: “Add …”, “Remove …”, “Alert on …”",
        is_hint=bool(first) and first not in NO_VERB and not _ENDS.search(first),
    )


def _first_word(title: str) -> str:
    match = _INITIAL.search(title)
    return match.group().lower() if match else ""


def _has_end(item: dict[str, Any]) -> bool:
    criterion = item.get("verification_criterion", "")
    return len(criterion.split()) >= 3 and bool(_SEEN.search(criterion))


def _finding(
    code: CheckCode, what: str, item: dict[str, Any], way_out: str, *, is_hint: bool = False
) -> Finding:
    about = f"{what} (A{item['number']} {named(item['title'], 6)})"
    return Finding(code, about, way_out, place="action-items", is_hint=is_hint)
