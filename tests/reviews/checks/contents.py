"""A content and what stands around it in which every check holds, to be spoiled in one place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from reviews.checks import CONFIRMABLE, Around, Confirmed, RiskState

MARA = {"id": 1, "name": "Mara Okafor"}
PRIYA = {"id": 2, "name": "Priya Nair"}
CONFIRMED = Confirmed(by="Priya Nair", at=datetime(2026, 11, 21, tzinfo=UTC))
Spoil = Callable[[dict[str, Any]], None]

_ENTRIES = [
    (1, "2026-11-20T13:40:00Z", "Deployed proxy 2.1", "change"),
    (2, "2026-11-20T14:00:00Z", "Checkout returns errors to 4,000 customers", "log"),
    (3, "2026-11-20T14:07:00Z", "Error rate of checkout is over its limit", "alert"),
    (4, "2026-11-20T14:09:00Z", "Looking at it", "chat"),
    (5, "2026-11-20T15:00:00Z", "Rolled back proxy 2.1", "change"),
    (6, "2026-11-20T15:15:00Z", "All is well again", "status"),
]
_MILESTONES = [
    ("impact_started", "Impact started", 2),
    ("detected", "Detected", 3),
    ("acknowledged", "Acknowledged", 4),
    ("mitigated", "Mitigated", 5),
    ("resolved", "Resolved", 6),
]
_SECTIONS = {
    "summary": (
        "Summary",
        [("The impact started at 14:00 UTC.", [2]), ("It was mitigated at 15:00 UTC.", [5])],
    ),
    "customer_impact": (
        "Customer impact",
        [("The checkout returned errors, and 4,000 customers were affected.", [2])],
    ),
    "detection": ("Detection", [("An alert detected the incident at 14:07 UTC.", [3])]),
    "contributing_factors": ("Contributing factors", []),
    "mitigation": ("Mitigation", [("The deployment was rolled back at 15:00 UTC.", [5])]),
    "lessons": ("Lessons", []),
}


def sound() -> dict[str, Any]:
    """A content in which nothing is off."""
    at = {number: instant for number, instant, _text, _lane in _ENTRIES}
    return {
        "incident": {"title": "Checkout", "severity": 2, "services": ["checkout"], "declared_at": at[3]},
        "milestones": [
            {"kind": kind, "label": label, "at": at[entry], "entry": entry}
            for kind, label, entry in _MILESTONES
        ],
        "sections": [section(key, title, said) for key, (title, said) in _SECTIONS.items()],
        "factors": [factor(1, is_trigger=True), factor(2, "suspected", "A change of traffic contributed")],
        "questions": [
            question("halve_detection", "detection", "By an alert on the share of failed payments."),
            question("why_sense", "contributing_factors", "The change had passed every test that existed."),
        ],
        "chronology": [entry(*row) for row in _ENTRIES],
        "evidence": [{"filename": "alerts.json", "sha256": "ab" * 32, "size": 10}],
        "gaps": [],
        "action_items": [
            item(1),
            item(2, "Alert on failed payments", "detect"),
            item(3, "Shed load when checkout fails", "lessen"),
            item(4, "Rehearse the rollback of the proxy", "respond"),
        ],
    }


def spoiled(*spoils: Spoil) -> dict[str, Any]:
    """A sound content after these changes."""
    content = copy.deepcopy(sound())
    for spoil in spoils:
        spoil(content)
    return content


def around(**values: Any) -> Around:
    """What stands around a sound content that was published well."""
    fields: dict[str, Any] = {
        "today": date(2026, 11, 21),
        "is_submitted": True,
        "is_published": True,
        "reviewers": ("Priya Nair",),
        "promise_days": {1: 30, 2: 30, 3: 60, 4: 60},
        "risks": (RiskState(1, has_owner=True, review_on=date(2026, 12, 21)),),
        "confirmations": dict.fromkeys(CONFIRMABLE, CONFIRMED),
    }
    return Around(**{**fields, **values})


def passage(text: str, citations: list[int], author: dict[str, Any] | None = None) -> dict[str, Any]:
    provenance = "person" if author else "evidence"
    return {
        "text": text,
        "paragraph": 0,
        "citations": citations,
        "provenance": provenance,
        "author": author,
    }


def section(key: str, title: str, said: list[tuple[str, list[int]]]) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "body": " ".join(text for text, _cited in said),
        "passages": [passage(text, cited) for text, cited in said],
    }


def says(key: str, text: str, citations: list[int] | None = None, author: Any = None) -> Spoil:
    """Another sentence in a section."""

    def spoil(content: dict[str, Any]) -> None:
        (its,) = [row for row in content["sections"] if row["key"] == key]
        its["passages"].append(passage(text, citations or [], author))
        its["body"] += f" {text}"

    return spoil


def factor(
    number: int,
    confidence: str = "confirmed",
    statement: str = "The proxy dropped every connection",
    *,
    is_trigger: bool = False,
) -> dict[str, Any]:
    return {
        "number": number,
        "statement": statement,
        "confidence": confidence,
        "is_trigger": is_trigger,
        "reasoning": "The log shows it.",
        "would_confirm": "The same failure when the change is made again.",
        "provenance": "person",
        "author": MARA,
        "evidence_for": [1, 2],
        "evidence_against": [],
    }


def question(code: str, key: str, answer: str) -> dict[str, Any]:
    return {
        "code": code,
        "section": key,
        "text": "Why?",
        "answer": answer,
        "answered_by": MARA if answer else None,
        "answered_at": None,
    }


def item(
    number: int, title: str = "Reject a proxy that drops connections", kind: str = "prevent", **fields: Any
) -> dict[str, Any]:
    return {
        "number": number,
        "title": title,
        "kind": kind,
        "owner": PRIYA,
        "severity": 2,
        "due_on": "2026-12-10",
        "verification_criterion": "A release that drops connections fails in the test of the proxy",
        "factor": 1,
        "depends_on": [],
        **fields,
    }


def entry(number: int, at: str, text: str, lane: str, **fields: Any) -> dict[str, Any]:
    return {
        "number": number,
        "at": at,
        "text": text,
        "lane": lane,
        "actor": "",
        "source": "Alerts",
        "precision": "second",
        "original_time": at,
        "original_at": at,
        "zone": "UTC",
        "location": f"line {number}",
        "evidence_sha256": "ab" * 32,
        "author": None,
        "corrections": [],
        **fields,
    }
