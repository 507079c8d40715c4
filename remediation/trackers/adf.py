"""Small pieces of the Atlassian Document Format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Node = dict[str, Any]

TEXT_LIMIT = 32_000


def text(words: str, *, strong: bool = False, href: str = "") -> Node:
    """A run of text; ADF allows no empty one."""
    node: Node = {"type": "text", "text": words[:TEXT_LIMIT] or " "}
    marks: list[Node] = []
    if strong:
        marks.append({"type": "strong"})
    if href:
        marks.append({"type": "link", "attrs": {"href": href}})
    return {**node, "marks": marks} if marks else node


def paragraph(*nodes: Node) -> Node:
    return {"type": "paragraph", "content": list(nodes)}


def facts(pairs: Iterable[tuple[str, str]]) -> Node:
    """A bullet list of ``name: value``."""
    items = [
        {"type": "listItem", "content": [paragraph(text(f"{name}: ", strong=True), text(value))]}
        for name, value in pairs
    ]
    return {"type": "bulletList", "content": items}


def document(*nodes: Node) -> Node:
    return {"type": "doc", "version": 1, "content": list(nodes)}
