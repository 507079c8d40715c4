"""What it can lead to that a value goes down or up: limits, durations, counts and shares, known by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from incidents.analysis.symptom_words import Symptom as S


class Value(NamedTuple):
    """What it means when a value of this name goes down, and when it goes up."""

    name: re.Pattern[str]
    what: str
    down: frozenset[S]
    up: frozenset[S]


def _value(name: str, what: str, down: Iterable[S], up: Iterable[S]) -> Value:
    return Value(re.compile(name), what, frozenset(down), frozenset(up))


VALUES: tuple[Value, ...] = (
    _value(
        r"timeout|deadline|time ?limit|budget|grace|watchdog",
        "a time limit",
        {S.TIMEOUT, S.RETRIES, S.REFUSED},
        {S.POOL, S.SLOW, S.BACKLOG, S.TIMEOUT, S.OVERLOAD},
    ),
    _value(
        r"cert|token|jwt|session|credential|leeway|valid",
        "how long something stays valid",
        {S.EXPIRED, S.ACCESS, S.HANDSHAKE},
        {S.ACCESS, S.MEMORY},
    ),
    _value(
        r"ttl|expir|max ?age|lifetime|stale",
        "how long something is kept",
        {S.CACHE, S.QUERIES, S.OVERLOAD, S.POOL},
        {S.CACHE, S.VALUES, S.MEMORY, S.POOL, S.NAMES, S.DISK},
    ),
    _value(
        r"retr|attempt|redeliver",
        "the number of attempts",
        {S.RETRIES, S.TIMEOUT},
        {S.RETRIES, S.OVERLOAD, S.RATE, S.POOL, S.TIMEOUT},
    ),
    _value(
        r"rate|rps|burst|quota|throttle|limit(?:er)? ?per|requests per",
        "a rate or quota",
        {S.RATE, S.ACCESS, S.OVERLOAD},
        {S.OVERLOAD, S.RATE, S.CPU},
    ),
    _value(
        r"idle ?time|idle ?timeout|health ?check|keep ?alive",
        "how long something unused is kept or left unwatched",
        {S.REFUSED, S.SLOW, S.HANDSHAKE},
        {S.REFUSED, S.MEMORY},
    ),
    _value(
        r"pool|conn|idle|workers?|threads?|concurren|parallel|semaphore|in ?flight|max ?open|"
        r"procs",
        "how many can be used at once",
        {S.POOL, S.TIMEOUT, S.BACKLOG, S.OVERLOAD, S.SLOW, S.RACE},
        {S.POOL, S.MEMORY, S.OVERLOAD, S.CPU, S.LOCKS, S.RACE},
    ),
    _value(
        r"memory|heap|xmx|mem\b|gogc|buffer|cache ?size|max ?(?:entries|items|size)|capacity|"
        r"rss",
        "memory or the size of a buffer",
        {S.MEMORY, S.CACHE, S.BACKLOG, S.RATE, S.CPU},
        {S.MEMORY, S.DISK},
    ),
    _value(
        r"cpu|replicas?|instances?|nodes|shards?|partitions?",
        "capacity",
        {S.CPU, S.OVERLOAD, S.SLOW, S.BACKLOG, S.TIMEOUT},
        {S.POOL, S.RATE, S.BACKLOG},
    ),
    _value(
        r"batch|page ?size|limit|chunk|fetch|prefetch|max ?poll|rows",
        "how much is taken at once",
        {S.BACKLOG, S.QUERIES, S.RATE, S.VALUES},
        {S.MEMORY, S.QUERIES, S.SLOW, S.TIMEOUT, S.BACKLOG, S.LOCKS},
    ),
    _value(
        r"interval|period|every|backoff|delay|sleep|poll|jitter|cron|ticker|schedule",
        "how often something is done",
        {S.OVERLOAD, S.RATE, S.CPU, S.RETRIES, S.QUERIES},
        {S.BACKLOG, S.SLOW, S.VALUES},
    ),
    _value(
        r"cost|rounds|iterations|depth|level|complexity",
        "how much work one thing takes",
        {S.VALUES},
        {S.CPU, S.SLOW, S.TIMEOUT},
    ),
    _value(
        r"port|addr|host", "an address", {S.REFUSED, S.TIMEOUT, S.NETWORK}, {S.REFUSED, S.TIMEOUT, S.NETWORK}
    ),
    _value(r"version", "a version", {S.FORMAT, S.MISSING}, {S.FORMAT, S.MISSING}),
    _value(
        r"weight|percent|rollout|ratio|threshold|sampling|sample|traffic|canary",
        "a share or threshold",
        {S.OVERLOAD, S.ACCESS, S.VALUES},
        {S.OVERLOAD, S.VALUES, S.ACCESS, S.DISK},
    ),
    _value(r"disk|retention|segment|log ?size|volume|wal|storage", "storage", {S.DISK, S.VALUES}, {S.DISK}),
)
