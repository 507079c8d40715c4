"""What a metric's name says: which way is bad, and what sort of trouble its rise or fall would be."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Measure(StrEnum):
    """What a series measures. ``ERRORS``, ``LATENCY``, ``SATURATION`` and ``HEALTH`` can show that something fails."""

    ERRORS = "errors"
    LATENCY = "latency"
    SATURATION = "saturation"
    HEALTH = "health"
    TRAFFIC = "traffic"
    LIMIT = "limit"
    COUNTDOWN = "countdown"
    OTHER = "other"


FAILING = frozenset({Measure.ERRORS, Measure.LATENCY, Measure.SATURATION, Measure.HEALTH})

_RULES: tuple[tuple[Measure, str], ...] = (
    (Measure.COUNTDOWN, r"expir|until_|remaining|days_left"),
    (
        Measure.LIMIT,
        r"limit(?!er|ed)|(?:^|_)max(?:imum)?(?:_|$)(?!.*(?:ms|seconds))|capacity|quota(?!.*used)|replicas",
    ),
    (
        Measure.ERRORS,
        r"error|5xx|4xx|fail|fault|reject|cancel|time_?outs?(?:_|$)|drop|oom|restart|panic|exception|denied|"
        r"unauthor|deadlock|dead_?letter|crash|evicted|abort|throttl|rate_limited|retr(?:y|ies)|stale|mismatch|invalid",
    ),
    (Measure.HEALTH, r"availab|success|healthy|uptime|hit_(?:ratio|rate)|ready|_up$|apdex|conversion"),
    (
        Measure.LATENCY,
        r"latency|duration|_ms(?:_|$)|(?:response|wait|queue|processing)_(?:time|seconds)|_p\d\d|wait|lag|delay|_age",
    ),
    (
        Measure.SATURATION,
        r"cpu|memory|rss|heap|pool|queue|depth|in_use|utili[sz]ation|disk|inode|connections?|conns|threads?|"
        r"goroutines?|backlog|load|pending|saturation|file_desc|fds|bytes_used|inflight|in_flight|gc_|pause|locks?",
    ),
    (
        Measure.TRAFFIC,
        r"requests?|rps|qps|throughput|calls|messages|hits|sessions|visitors|ingress|traffic|volume|_rate$",
    ),
)
_COMPILED = tuple((measure, re.compile(pattern, re.IGNORECASE)) for measure, pattern in _RULES)
_CALLS_FOR_EACH = re.compile(r"per_(?:request|call|order|item|page)", re.IGNORECASE)
_SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[.\-\s/]+")


@lru_cache(maxsize=4096)
def measure_of(metric: str) -> Measure:
    """What the metric of this name measures; a count for each request is work, hence saturation."""
    name = _SNAKE.sub("_", metric).casefold()
    if _CALLS_FOR_EACH.search(name):
        return Measure.SATURATION
    return next((measure for measure, pattern in _COMPILED if pattern.search(name)), Measure.OTHER)


def is_bad(measure: Measure, rises: bool) -> bool:
    """Whether moving this way is trouble: less health, more of everything else that can fail."""
    return measure in FAILING and rises != (measure == Measure.HEALTH)


def in_words(metric: str) -> str:
    """``http_server_duration_p99_ms`` as people read it."""
    return _SNAKE.sub("_", metric).replace("_", " ").strip()
