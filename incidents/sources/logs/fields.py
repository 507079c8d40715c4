"""Named fields of one log line, from JSON or logfmt: which of them is the time, the text, the level and the rest.

Programs write the same fields in each line. Which of them says what is therefore decided once for each set of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from incidents.sources.base import NOTHING, About, Signal, Skipped
from incidents.sources.logs.line import LONGEST_NAME, USUAL_LEVELS, about, fact, level_of

TIMES = (
    "timestamp", "time", "ts", "datetime", "date", "eventtime", "t", "asctime", "event_time", "date_time", "created_at",
    "timestamp_utc", "time_utc", "logged_at", "occurred_at", "when",
)  # fmt: skip
TEXTS = (
    "message", "msg", "text", "event", "log", "summary", "error", "short_message", "textpayload", "body", "line",
    "log_message", "jsonpayload", "description", "details", "mt",
)  # fmt: skip
ACTORS = (
    "service", "service_name", "servicename", "app", "application", "app_name", "appname", "unit", "component",
    "logger", "logger_name", "loggername", "program", "container", "container_name", "kubernetes", "name", "module",
    "host", "hostname", "source",
)  # fmt: skip
LEVELS = (
    "level",
    "severity",
    "loglevel",
    "log_level",
    "lvl",
    "levelname",
    "severity_text",
    "severitytext",
    "l",
    "s",
)
SERVICES = ("service", "service_name", "servicename", "app", "application", "app_name", "appname")
REGIONS = ("region", "aws_region", "awsregion", "cloud_region")
CUSTOMERS = (
    "tenant", "tenant_id", "tenantid", "customer", "customer_id", "customerid", "customer_name", "account",
    "account_id", "accountid",
)  # fmt: skip
CAUSES = ("error", "err", "exception")
NO_TIME = "It has no time: none of timestamp, time, @timestamp, ts is set."
NO_TEXT = "It has no text: none of message, msg, text, event is set."
_MOST_KNOWN, _LONGEST_NAMES = 512, 2048


class Layout(NamedTuple):
    """The fields of a line by what they say: the likeliest name by itself, and all of them in order."""

    time: str | None
    text: str | None
    actor: str | None
    level: str | None
    tells: bool
    """Whether a field says a service, a region or a customer."""
    times: tuple[str, ...]
    texts: tuple[str, ...]
    actors: tuple[str, ...]
    levels: tuple[str, ...]
    causes: tuple[str, ...]
    services: tuple[str, ...]
    regions: tuple[str, ...]
    customers: tuple[str, ...]
    rest: tuple[str, ...]


_KNOWN: dict[tuple[str, ...], Layout] = {}


def layout(names: Iterable[str]) -> Layout:
    """Which field says what."""
    found = tuple(names)
    return _KNOWN.get(found) or _learned(found)


def _learned(names: tuple[str, ...]) -> Layout:
    """A layout that was not seen yet; sets of names of a usual size are remembered, up to a number of them."""
    plan = _planned(names)
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    if sum(map(len, names)) <= _LONGEST_NAMES:
        _KNOWN[names] = plan
    return plan


def _planned(names: tuple[str, ...]) -> Layout:
    groups = [
        picked(names, wanted)
        for wanted in (TIMES, TEXTS, ACTORS, LEVELS, CAUSES, SERVICES, REGIONS, CUSTOMERS)
    ]
    time, text, actor, level = (next(iter(group), None) for group in groups[:4])
    told = {name for group in groups for name in group}
    rest = tuple(name for name in names if name not in told)
    times, texts, actors, levels, causes, services, regions, customers = groups
    tells = bool(services or regions or customers)
    return Layout(
        time, text, actor, level, tells,
        times, texts, actors, levels, causes, services, regions, customers, rest,
    )  # fmt: skip


def picked(names: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are wanted, in the order of the wish, however they are spelled."""
    plain = {_plain(name): name for name in reversed(tuple(names))}
    return tuple(plain[name] for name in wanted if name in plain)


def _plain(name: str) -> str:
    return name.strip().lstrip("@_").lower().replace("-", "_").replace(".", "_").replace(" ", "_")


def read_fields(
    record: Mapping[Any, Any], number: int, when: str = "", actor: str = "", whole: str = ""
) -> Signal | Skipped:
    """The fact that the fields of a line tell.

    ``when`` and ``actor`` are known already when another format carries the fields; ``whole`` is what the line says
    when no field is its message. The likeliest fields are looked up first and without a call, since nearly every line
    of a log goes no further.
    """
    names = tuple(record)
    plan = _KNOWN.get(names) or _learned(names)
    zone = ""
    if not when:
        value = record.get(plan.time)
        if value.__class__ is str and value:
            when = value
        else:
            when, zone = _moment(first(record, plan.times))
            if not when:
                return Skipped(f"line {number}", NO_TIME)
    text = record.get(plan.text)
    if text.__class__ is not str or not text:
        text = whole if whole and not plan.texts else _said(record, plan)
        if not text:
            return Skipped(f"line {number}", NO_TEXT)
    if plan.causes and (cause := _cause(record, plan)) and cause not in text:
        text = f"{text}: {cause}"
    if not actor and plan.actor is not None:
        actor = record[plan.actor]
        if actor.__class__ is not str or not actor or len(actor) > LONGEST_NAME:
            actor = name_of(first(record, plan.actors))
    level = record.get(plan.level)
    level = (USUAL_LEVELS.get(level) if level.__class__ is str else "") or _level(record, plan)
    return fact(when, text, number, actor, level, _about(record, plan) if plan.tells else NOTHING, zone)


def first(record: Mapping[Any, Any], names: tuple[str, ...]) -> Any:
    """The first of the fields that is set."""
    for name in names:
        value = record[name]
        if value is not None and value != "":
            return value
    return None


def name_of(value: Any) -> str:
    """A field as a name: its text, its number, or the name inside of an object."""
    if value.__class__ is str:
        return value[:LONGEST_NAME]
    if value.__class__ is int:
        return str(value)
    if isinstance(value, dict):
        inner = value.get("name") or value.get("container_name") or value.get("id")
        return inner[:LONGEST_NAME] if isinstance(inner, str) else ""
    return ""


def written(value: Any) -> str:
    """A value as text: words as they are, everything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _moment(value: Any) -> tuple[str, str]:
    """A time and its zone, when it is text or a number: Unix numbers are UTC. MongoDB wraps its times."""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, dict) and isinstance(inner := value.get("$date"), str):
        return inner, ""
    return ("", "") if value is None else (written(value), "UTC")


def _said(record: Mapping[Any, Any], plan: Layout) -> str:
    """The text of a line whose message is an object, or that has none: then its other fields are what it says."""
    value = first(record, plan.texts)
    if isinstance(value, dict) and isinstance(inner := value.get("message"), str) and inner:
        return inner
    if value is not None:
        return written(value)
    return " ".join(f"{name}={written(record[name])}" for name in plan.rest)


def _cause(record: Mapping[Any, Any], plan: Layout) -> str:
    """The error that a message goes with."""
    cause = first(record, plan.causes)
    if isinstance(cause, dict):
        cause = cause.get("message")
    return cause if isinstance(cause, str) else ""


def _level(record: Mapping[Any, Any], plan: Layout) -> str:
    return level_of(first(record, plan.levels)) if plan.levels else ""


def _about(record: Mapping[Any, Any], plan: Layout) -> About:
    return about(_named(record, plan.services), _named(record, plan.regions), _named(record, plan.customers))


def _named(record: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    if not names:
        return ""
    value = record[names[0]]
    return value if value.__class__ is str and value else name_of(first(record, names))
