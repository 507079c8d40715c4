"""What changed since a signer last read the text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from governance.models import User
from reviews.enums import CheckCode
from reviews.images import in_words
from reviews.models import Review, Section, Snapshot
from reviews.redline import redline


@dataclass(frozen=True)
class Change:
    """One part of the text that is another by now; ``by`` and ``at`` say who wrote it last, where that is known."""

    name: str
    redline: SafeString
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Difference:
    """Everything that changed since the person last read (or signed) it, and how many parts did not."""

    changes: tuple[Change, ...]
    unchanged: int
    since_signature: bool

    @property
    def by(self) -> list[str]:
        """Who wrote the changes, each once."""
        return list(dict.fromkeys(one.by for one in self.changes if one.by))


def changes_since(review: Review, user: User, since: str, text: str) -> Difference | None:
    """Redlines by part between ``text`` and the one with the SHA-256 ``since``, else that of their latest signature.

    None for somebody who reads the review for the first time.
    """
    looked = Snapshot.objects.filter(review=review, sha256=since).first() if since else None
    signed = (
        Snapshot.objects.filter(review=review, signoffs__signer=user).order_by("-signoffs__signed_at").first()
    )
    last = looked or signed
    if last is None:
        return None
    before, after = dict(_readable(json.loads(last.text))), dict(_readable(json.loads(text)))
    writers = _writers(review)
    names = dict.fromkeys([*after, *before])
    changed = [name for name in names if before.get(name, "") != after.get(name, "")]
    found = [
        Change(name, redline(before.get(name, ""), after.get(name, "")), *writers.get(name, ("", None)))
        for name in changed
    ]
    if not found and last.text != text:
        found.append(_UNSEEN)
    return Difference(tuple(found), len(names) - len(changed), last == signed)


_UNSEEN = Change(
    "Behind the text",
    redline(
        "",
        "Particulars changed that no sentence shows, such as who wrote a passage or how an entry was recorded.",
    ),
)


def _writers(review: Review) -> dict[str, tuple[str, datetime | None]]:
    """Who wrote each section last, and when."""
    rows = Section.objects.filter(review=review, updated_by__isnull=False).select_related("updated_by")
    return {row.get_key_display(): (row.updated_by.name, row.updated_at) for row in rows if row.updated_by}


def _readable(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The signed content as named pieces of text, in the order of the page."""
    for section in content["sections"]:
        yield section["title"], in_words(section["body"])
    for factor in content["factors"]:
        yield f"Factor {factor['number']}", _factor(factor)
    for question in content["questions"]:
        yield question["text"], question["answer"]
    for item in content.get("action_items", []):
        yield f"Action item A{item['number']}", _promise(item)
    for risk in content.get("risks", []):
        yield f"Risk R{risk['number']}", _risk(risk)
    for waiver in content.get("waivers", []):
        yield (
            f"Exception: {CheckCode(waiver['check']).label}",
            f"{waiver['reason']} (until {waiver['ends_on']})",
        )
    if edition := content.get("edition"):
        yield "Edition", f"{edition['number']}: {edition['because']}"
    yield "Incident", _incident(content["incident"])
    yield (
        "Evidence files",
        "\n".join(f"{one['filename']} {one['sha256'][:12]}" for one in content["evidence"]),
    )
    if pictures := content.get("pictures"):
        yield "Pictures", "\n".join(f"{one['name']} {one['sha256'][:12]}" for one in pictures)
    yield "Times without an entry", "\n".join(f"{one['start']} to {one['end']}" for one in content["gaps"])
    yield "Milestones", "\n".join(f"{one['label']} {one['at']}" for one in content["milestones"])
    for entry in content["chronology"]:
        yield f"E{entry['number']}", f"{entry['at']} {entry['text']}"


def _incident(incident: dict[str, Any]) -> str:
    return f"SEV{incident['severity']} {incident['title']}: {', '.join(incident['services'])}"


def _factor(factor: dict[str, Any]) -> str:
    """Everything that a factor says, a line for each."""
    lines = (
        f"{'Trigger. ' if factor['is_trigger'] else ''}{factor['statement']}",
        f"Confidence {factor['confidence']}",
        f"For {_labels(factor['evidence_for'])}. Against {_labels(factor['evidence_against'])}",
        factor["reasoning"],
        factor["would_confirm"],
        f"Nature {factor['nature']}" if factor.get("nature") else "",
        *(f"Why? {answer}" for answer in factor.get("whys", ())),
    )
    return "\n".join(line for line in lines if line)


def _risk(risk: dict[str, Any]) -> str:
    """Everything that a risk says, a line for each."""
    owner = risk["owner"]["name"] if risk["owner"] else "Nobody"
    lines = (
        f"{risk['statement']} Rests on {_labels(risk['citations'])}",
        f"{owner} looks at it again on {risk['review_on'] or 'no day'}",
        f"Accepted because {risk['accepted_because']}" if risk["accepted_because"] else "",
        f"It stays from factor {risk['factor']}" if risk["factor"] else "",
    )
    return "\n".join(line for line in lines if line)


def _labels(numbers: list[int]) -> str:
    return ", ".join(f"E{number}" for number in numbers) or "nothing"


def _promise(item: dict[str, Any]) -> str:
    owner, due = item["owner"]["name"], item["due_on"]
    needs = (
        f" Needs {', '.join(f'A{number}' for number in item['depends_on'])}." if item["depends_on"] else ""
    )
    said = f"{item['title']} ({owner}, SEV{item['severity']}, by {due}). {item['verification_criterion']}"
    looked_at = f" Looked at on {item['verify_on']}." if item.get("verify_on") else ""
    return f"{said}{looked_at}{needs}"
