"""What changed since a signer last stood behind the text."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString

from governance.models import User
from reviews.models import Review, SignOff
from reviews.redline import redline

Change = tuple[str, SafeString]


def last_read(user: User, review: Review, text: str) -> list[Change] | None:
    """Redlines by part between the text of the person's latest signature, voided or not, and ``text``.

    None when the person never signed this review; empty when nothing changed.
    """
    latest = (
        SignOff.objects.filter(review=review, signer=user)
        .select_related("snapshot")
        .order_by("-signed_at")
        .first()
    )
    if latest is None:
        return None
    before, after = _readable(json.loads(latest.snapshot.text)), _readable(json.loads(text))
    names = dict.fromkeys([*after, *before])
    return [
        (name, redline(before.get(name, ""), after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def _readable(content: dict[str, Any]) -> dict[str, str]:
    """The signed content as named pieces of text, in the order of the page."""
    pieces = {section["title"]: section["body"] for section in content["sections"]}
    for factor in content["factors"]:
        evidence = ", ".join(f"E{number}" for number in factor["evidence_for"])
        pieces[f"Factor {factor['number']}"] = f"{factor['statement']} ({factor['confidence']}; {evidence})"
    for question in content["questions"]:
        pieces[question["text"]] = question["answer"]
    for item in content.get("action_items", []):
        owner, due = item["owner"]["name"], item["due_on"]
        pieces[f"Action item A{item['number']}"] = (
            f"{item['title']} ({owner}, by {due}). {item['verification_criterion']}"
        )
    pieces["Milestones"] = "\n".join(f"{one['label']} {one['at']}" for one in content["milestones"])
    pieces["Chronology"] = "\n".join(
        f"E{one['number']} {one['at']} {one['text']}" for one in content["chronology"]
    )
    return pieces
