"""A start for what customers are told: what may be said without asking anybody, and blanks for the rest.

Pure, and the same content always gives the same text. It names no person, host, ticket or service, and no number but
times and how long it took; what only people can put into customers' words is left blank, in brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from incidents.enums import MilestoneKind
from reviews.audiences import in_hours
from reviews.enums import Confidence

_DONE = {
    "prevent": "We are changing what failed, so that it does not fail in this way again.",
    "detect": "We are adding checks, so that we notice such a problem sooner.",
    "lessen": "We are changing our systems, so that such a problem reaches fewer of you.",
    "respond": "We are changing how we respond, so that such a problem ends sooner.",
}


def start_of(content: Mapping[str, Any]) -> str:
    """The text in Markdown, ready to be edited."""
    moments = {
        MilestoneKind(one["kind"]): datetime.fromisoformat(one["at"]).astimezone(UTC)
        for one in content["milestones"]
    }
    parts = (
        ("What happened", [_what(moments), *_noticed(moments)]),
        (
            "What you may have noticed",
            ["[Say in your customers' words what they could not do, and who of them.]"],
        ),
        ("Why it happened", [_why(content)]),
        ("What we are doing", list(_doing(content))),
    )
    body = "\n\n".join(f"## {title}\n\n{' '.join(said)}" for title, said in parts)
    return f"{body}\n\n[Say that you are sorry, and where customers can ask.]\n"


def _what(moments: Mapping[MilestoneKind, datetime]) -> str:
    start, end = moments.get(MilestoneKind.IMPACT_STARTED), moments.get(MilestoneKind.RESOLVED)
    about = "[name the part of your product as customers know it]"
    if start is None:
        return f"{about[:-1]}, and say when it was affected.]"
    if end is None or end < start:
        return f"From {_moment(start)} UTC on, {about} was disturbed. [Say when it ended.]"
    return (
        f"From {_moment(start)} to {_until(start, end)} UTC ({in_hours(end - start)}), {about} was disturbed."
    )


def _noticed(moments: Mapping[MilestoneKind, datetime]) -> Iterator[str]:
    start, seen = moments.get(MilestoneKind.IMPACT_STARTED), moments.get(MilestoneKind.DETECTED)
    if start is not None and seen is not None and seen > start:
        yield f"We noticed it after {in_hours(seen - start)}."


def _why(content: Mapping[str, Any]) -> str:
    sure = {Confidence.CONFIRMED.value, Confidence.PROBABLE.value}
    if any(factor["confidence"] in sure for factor in content["factors"]):
        return "[Say in one or two plain sentences what made this possible; more than one thing may have.]"
    return "We do not know for certain yet. We will say so when we do."


def _doing(content: Mapping[str, Any]) -> Iterator[str]:
    kinds = {item["kind"] for item in content.get("action_items", [])}
    said = [sentence for kind, sentence in _DONE.items() if kind in kinds]
    yield from said or ["[Say what you are doing so that it does not happen again.]"]


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}, {at:%H:%M}"


def _until(start: datetime, end: datetime) -> str:
    return f"{end:%H:%M}" if start.date() == end.date() else _moment(end)
