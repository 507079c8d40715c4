"""syslog: RFC 5424, and RFC 3164 as daemons and rsyslog write it, with or without a priority.

A priority counts the facility times eight and the severity; the severity gives the level.
"""

from __future__ import annotations

import re
from functools import lru_cache

from incidents.sources.base import NOTHING, About, Signal, Skipped
from incidents.sources.logs.dated import dated
from incidents.sources.logs.fields import first, layout
from incidents.sources.logs.line import LONGEST_NAME, about, fact, level_of

_NIL = "-"
_MARK = "\ufeff"
_HIGHEST = 191
_HEAD = re.compile(r"<(\d{1,3})>")
_DATA = re.compile(r'(?:\[[^"\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\]]*+)*+\])+')
_PARAMETER = re.compile(r' ([^\s="\]]{1,64})="([^"\\]*+(?:\\.[^"\\]*+)*+)"')
_ESCAPED = re.compile(r'\\(["\\\]])')
_NAMED = re.compile(r"service|app|region|tenant|customer|account", re.IGNORECASE)
_TAG = re.compile(
    r"(?:([^\s\[\]]{1,255})(?<!:) )?([^\s:\[\]]{1,128})(?:\[([^\]\s]{0,64})\])?: ?(.*)", re.DOTALL
)
_STRICT_TAG = re.compile(r"([^\s\[\]:]{1,255}) ([^\s:\[\]]{1,128})\[(\d{1,10})\]: ?(.*)", re.DOTALL)


def read(line: str, number: int) -> Signal | Skipped | None:
    """The fact of a line that begins with a priority; nothing for another line."""
    head = _HEAD.match(line)
    if not head or (priority := int(head[1])) > _HIGHEST:
        return None
    level = level_of(priority & 7)
    after = line[head.end() :]
    if after[:2] == "1 ":
        return _rfc5424(after, number, level)
    found = dated(after)
    if not found:
        return Skipped(f"line {number}", "There is no time behind the priority.")
    when, rest = found
    actor, text = tagged(rest)
    return fact(when, text or rest, number, actor, level)


def tagged(text: str) -> tuple[str, str]:
    """The program and what it says, of ``host program[123]: words``; no program and the whole text for other words."""
    found = _TAG.match(text)
    return (found[2], found[4]) if found else ("", text)


def surely_tagged(text: str) -> tuple[str, str]:
    """The same where a line could also be something else, so that host, program and process id must all be there."""
    found = _STRICT_TAG.match(text) if "]:" in text[:400] else None
    return (found[2], found[4]) if found else ("", text)


def _rfc5424(line: str, number: int, level: str) -> Signal | Skipped:
    parts = line.split(" ", 6)
    if len(parts) < 7:
        return Skipped(f"line {number}", "The line ends inside its syslog header.")
    _, when, host, app, process, kind, rest = parts
    if when == _NIL:
        return Skipped(f"line {number}", "Its time is “-”: the sender did not know it.")
    data, text = _data(rest)
    if text[:1] == _MARK:
        text = text[1:]
    if not text:
        text = data if data else f"{kind} {process}".strip("- ")
    actor = app if app != _NIL else host if host != _NIL else ""
    return fact(when, text, number, actor[:LONGEST_NAME], level, _about(data) if data else NOTHING)


def _data(rest: str) -> tuple[str, str]:
    """The structured data and the message behind it."""
    if rest[:1] == _NIL:
        return "", rest[2:]
    found = _DATA.match(rest)
    return (found[0], rest[found.end() + 1 :]) if found else ("", rest)


@lru_cache(maxsize=1024)
def _about(data: str) -> About:
    """What the structured data says about service, region and customer."""
    if not _NAMED.search(data):
        return NOTHING
    values = {name: _ESCAPED.sub(r"\1", value) for name, value in _PARAMETER.findall(data)}
    plan = layout(values)
    service, region, customer = (
        first(values, names) or "" for names in (plan.services, plan.regions, plan.customers)
    )
    return about(service, region, customer)
