"""Review and sharing: who read it, when, who signed, what went out, and which risks stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviews.checks.finding import Around, Finding
from reviews.checks.reading import Reading, listed
from reviews.enums import CheckCode

_INSIDE = re.compile(
    r"\[\s?[Ee]\d{1,9}|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[A-Z][A-Z0-9]{0,20}-\d{4}-\d{3,6}\b|"
    r"\b[\w.+-]{1,64}@[\w-]{1,64}\.\w|"
    r"\b[\w-]{1,60}\.(?:internal|local|corp|lan|svc)\b|#[a-z][\w-]{2,60}\b"
)


def reviewed_alone(_read: Reading, around: Around) -> Iterator[Finding]:
    """People other than the author read it; before it is submitted that is still to come."""
    if around.is_submitted and not around.reviewers:
        yield Finding(
            CheckCode.REVIEWED_ALONE,
            "Nobody but the author commented, answered, edited or signed",
            "Ask somebody who was not there to read it",
        )


def late(_read: Reading, around: Around) -> Iterator[Finding]:
    """Draft and review by their days, and no open comment."""
    for sentence in around.late:
        yield Finding(
            CheckCode.LATE,
            sentence,
            "What is late stays late: let a manager make an exception with the reason",
        )
    if around.open_comments:
        counted = "One comment is" if around.open_comments == 1 else f"{around.open_comments} comments are"
        yield Finding(CheckCode.LATE, f"{counted} open", "Answer and resolve them")


def unsigned(_read: Reading, around: Around) -> Iterator[Finding]:
    """The commander and the owners on the exact text; before it is submitted that is still to come."""
    if around.is_submitted and around.unsigned:
        verb = "has" if len(around.unsigned) == 1 else "have"
        named = listed(around.unsigned)
        yield Finding(
            CheckCode.UNSIGNED,
            f"{named[:1].upper()}{named[1:]} {verb} yet to sign",
            "Remind them, or name somebody who stands in",
        )


def outside_message(read: Reading, around: Around) -> Iterator[Finding]:
    """What customers are told, if anything, is a text of its own, without what is only ours, and approved."""
    message = around.message
    if not message.strip():
        return
    inside = list(dict.fromkeys(match.group().strip("[ ") for match in _INSIDE.finditer(message)))
    inside += [name for name in sorted(read.people) if " " in name and name in message]
    if inside:
        yield Finding(
            CheckCode.OUTSIDE_MESSAGE,
            f"The text for customers holds {listed(f'“{one}”' for one in inside)}",
            "Take out names, addresses, references and citations, and approve the text again",
        )
    if not around.message_approved:
        yield Finding(
            CheckCode.OUTSIDE_MESSAGE,
            "The text for customers is not approved as it stands",
            "Let a person read and approve it",
        )


def unpublished(read: Reading, around: Around) -> Iterator[Finding]:
    """Everywhere that it should be, and found by trigger, cause and service; to come before it is published."""
    if not around.is_published:
        return
    if around.undelivered:
        verb = "has" if len(around.undelivered) == 1 else "have"
        yield Finding(
            CheckCode.UNPUBLISHED,
            f"{listed(around.undelivered)} {verb} not gone out",
            "Look at the publication, and retry what failed",
        )
    if not read.content.get("incident", {}).get("services"):
        yield Finding(
            CheckCode.UNPUBLISHED, "No service is named", "Name the affected services of the incident"
        )


def unwatched_risk(_read: Reading, around: Around) -> Iterator[Finding]:
    """Each risk that stays has an owner and a day on which it is looked at again."""
    for risk in around.risks:
        wants = [] if risk.has_owner else ["no owner"]
        wants += [] if risk.review_on else ["no day on which it is looked at again"]
        if wants:
            yield Finding(
                CheckCode.UNWATCHED_RISK,
                f"R{risk.number} has {' and '.join(wants)}",
                "Name who watches it, and when it is looked at again; or close it with a reason",
                "unresolved_risks",
            )
        elif around.today and risk.review_on and risk.review_on < around.today:
            yield Finding(
                CheckCode.UNWATCHED_RISK,
                f"R{risk.number} was to be looked at again on {risk.review_on:%-d %b %Y}",
                "Look at it, then set the next day or close it with a reason",
                "unresolved_risks",
            )


def unwritten(read: Reading, around: Around) -> Iterator[Finding]:
    """A section that the template requires has words."""
    for title in around.required_empty:
        yield Finding(
            CheckCode.UNWRITTEN,
            f"“{title}” is required and empty",
            "Write it, or say in one sentence why there is nothing to say",
            read.keys.get(title, ""),
        )
