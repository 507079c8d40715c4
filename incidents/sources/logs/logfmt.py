"""logfmt: ``time=2026-01-09T11:00:00Z level=info msg="ready to serve" service=checkout``."""

from __future__ import annotations

import re

from incidents.sources.base import Signal, Skipped
from incidents.sources.logs.fields import read_fields

BEGINS = re.compile(r'[A-Za-z_@][\w.@/-]*=[^\s"]*(?:\s|"|$)')
# A name begins a word and nothing is tried twice, so that a line of any length takes no longer than its length.
_PAIR = re.compile(r'(?<!\S)([^\s="]++)=(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^\s"]*+))')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\r"}


def read(line: str, number: int) -> Signal | Skipped:
    """The fact of a line of pairs; without a message of its own the whole line is the text."""
    return read_fields(_pairs(line), number, whole=line)


def inside(text: str, when: str, number: int, actor: str = "") -> Signal | None:
    """The fact of pairs that another format carries as its message; nothing when no pair is a message."""
    if ("msg=" not in text and "message=" not in text) or not BEGINS.match(text):
        return None
    found = read_fields(_pairs(text), number, when, actor)
    return found if isinstance(found, Signal) else None


def _pairs(line: str) -> dict[str, str]:
    """The fields of a line, by name."""
    found = {name: quoted or bare for name, quoted, bare in _PAIR.findall(line)}
    if "\\" not in line:
        return found
    return {name: _ESCAPED.sub(_meant, value) if "\\" in value else value for name, value in found.items()}


def _meant(found: re.Match[str]) -> str:
    return _MEANT.get(found[1], found[1])
