"""Lines of text: each is given to the format that its beginning shows, so that one file may hold several."""

from __future__ import annotations

import re

from incidents.sources.base import Skipped
from incidents.sources.logs import access, containers, json_lines, logfmt, syslog
from incidents.sources.logs.dated import dated
from incidents.sources.logs.feed import OVERLONG, TOO_LONG
from incidents.sources.logs.line import NO_TEXT, Found, fact, level_ahead

_POD = re.compile(r"\[pod/[^\s/\]]{1,253}/([^\s/\]]{1,253})\] ")
_GOES_ON = re.compile(
    r"\s|Caused by: |Traceback \(most recent call last\)"
    r"|[A-Za-z_][\w.$]{0,200}(?:Error|Exception|Throwable)(?::|$)"
)


def read(raw: bytes, number: int) -> Found:
    """What a line is that does not begin like a JSON object."""
    try:
        line = raw.decode().rstrip("\r")
    except UnicodeDecodeError:
        return Skipped(f"line {number}", "It is not UTF-8 text.")
    if not line or line.isspace():
        return Skipped(f"line {number}", TOO_LONG) if raw == OVERLONG else None
    if (line[4:5] != "-" or not line[0].isdigit()) and (found := _by_beginning(line, number)):
        return found
    return _dated(line, number)


def _by_beginning(line: str, number: int) -> Found:
    """The formats that show themselves before the time."""
    if line[0] == "<":
        return syslog.read(line, number)
    if line[0] == "[" and (pod := _POD.match(line)):
        return _dated(line[pod.end() :], number, pod[1])
    if line.find(" [", 0, 400) > 0 and (found := access.read(line, number)):
        return found
    return logfmt.read(line, number) if logfmt.BEGINS.match(line) else None


def _dated(line: str, number: int, actor: str = "") -> Found:
    """A line that begins with its time."""
    found = dated(line)
    if not found:
        return line if _GOES_ON.match(line) else Skipped(f"line {number}", "It does not begin with a time.")
    when, rest = found
    if not rest:
        return Skipped(f"line {number}", NO_TEXT)
    if rest.startswith(containers.STREAMS):
        return containers.read(when, rest, number)
    if rest[0] == "{" and (inner := json_lines.inside(rest, when, number, actor)):
        return inner
    program, text = syslog.tagged(rest) if line[0].isalpha() else syslog.surely_tagged(rest)
    return fact(when, text or rest, number, actor or program, level_ahead(text))
