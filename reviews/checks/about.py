"""What a confirmation is about: when that part of the text changes, the point is open again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reviews.enums import CheckCode as C
from reviews.enums import SectionKey as S

Content = Mapping[str, Any]


def about(content: Content, code: C) -> Any:
    """The part of the content that a point speaks about, as plain data; raises ``KeyError`` for a computed point."""
    return {"check": code.value, "about": _PARTS[code](content)}


def _bodies(*keys: S) -> Callable[[Content], Any]:
    """The bodies of these sections (none named: of all), with the answers given in them."""

    def part(content: Content) -> Any:
        wanted = set(keys) or {section["key"] for section in content["sections"]}
        return {
            "sections": {row["key"]: row["body"] for row in content["sections"] if row["key"] in wanted},
            "answers": {
                row["code"]: row["answer"] for row in content["questions"] if row["section"] in wanted
            },
        }

    return part


def _factors(content: Content) -> Any:
    keys = ("number", "statement", "is_trigger", "nature", "whys", "reasoning")
    return [{key: factor.get(key) for key in keys} for factor in content["factors"]]


def _items(*keys: str) -> Callable[[Content], Any]:
    return lambda content: [{key: item.get(key) for key in keys} for item in content.get("action_items", ())]


def _story(content: Content) -> Any:
    """Everything that those who were there could know better."""
    entries = [[row["number"], row["at"], row["text"]] for row in content["chronology"]]
    return {**_bodies()(content), "factors": _factors(content), "chronology": entries}


def _likeness(content: Content) -> Any:
    incident = content["incident"]
    return {"title": incident["title"], "services": incident["services"], "factors": _factors(content)}


def _severity(content: Content) -> Any:
    return {
        **_bodies(S.SUMMARY, S.CUSTOMER_IMPACT, S.LESSONS)(content),
        "severity": content["incident"]["severity"],
    }


def _causes(content: Content) -> Any:
    return {**_bodies(S.CONTRIBUTING_FACTORS)(content), "factors": _factors(content)}


_PARTS: dict[C, Callable[[Content], Any]] = {
    C.OPINIONS: _bodies(),
    C.SEVERITY_WORDS: _severity,
    C.HALVING: _bodies(S.DETECTION),
    C.FEW_FACTORS: _causes,
    C.HUMAN_CAUSE: _causes,
    C.MADE_SENSE: _causes,
    C.SIMILAR: _likeness,
    C.SURPRISES: _bodies(S.SURPRISES, S.LESSONS),
    C.WENT_WELL: _bodies(S.WENT_WELL, S.LESSONS),
    C.PROCESS: _bodies(S.DETECTION, S.MITIGATION, S.LESSONS),
    C.OUTSIDERS: _bodies(),
    C.COVERAGE: _items("number", "title", "kind"),
    C.PRIORITIES: _items("number", "title", "owner", "severity", "due_on"),
    C.ACCOUNTS: _story,
}
