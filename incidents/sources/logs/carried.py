"""A program's own line inside of what another format, a runtime or a log service wraps around it."""

from __future__ import annotations

from incidents.sources.base import Signal, Skipped
from incidents.sources.logs import json_lines, logfmt
from incidents.sources.logs.line import fact, level_ahead


def carried(text: str, when: str, number: int, actor: str = "") -> Signal | Skipped:
    """The fact of a line whose time is known: by its fields when it is JSON or logfmt, else as it stands."""
    text = text.strip()
    inside = json_lines.inside if text[:1] == "{" else logfmt.inside
    return inside(text, when, number, actor) or fact(when, text, number, actor, level_ahead(text))
