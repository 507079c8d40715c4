"""The access logs of web servers: the common and the combined format, also with a virtual host in front."""

from __future__ import annotations

import re

from incidents.sources.base import Signal, Skipped
from incidents.sources.logs.line import ERROR, INFO, WARNING, fact

_LINE = re.compile(
    r"(?:([\w.-]+:\d{1,5}) )?[\w.:%-]+ \S+ [^\[\"]{1,200}? ?"
    r"\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "
    r'"([^"\\]*+(?:\\.[^"\\]*+)*+)" (\d{3})\b'
)
_LEVELS = {"4": WARNING, "5": ERROR}


def read(line: str, number: int) -> Signal | Skipped | None:
    """The fact of a request, with the virtual host as its actor; nothing for another format."""
    found = _LINE.match(line)
    if not found:
        return None
    host, when, request, status = found.groups()
    level = _LEVELS.get(status[0], INFO)
    asked = request.rpartition(" HTTP/")[0] or request or "-"
    return fact(when, f"{asked} {status}", number, host or "", level)
