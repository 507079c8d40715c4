"""Loki: the log lines of a query between two moments, page by page in order of time."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import httpx2
import orjson

from incidents.pulls.patience import Patient, Sleep
from incidents.pulls.slack import Pulled, refuse_nothing
from incidents.sources.base import items_of, mapping_of

PAGE = 5000
MOST_LINES = 50_000
BILLION = 10**9


def range_document(
    client: httpx2.Client, query: str, start: datetime, end: datetime, *, sleep: Sleep = time.sleep
) -> Pulled:
    """Fetch up to 50,000 lines; each page begins at the last moment of the one before. Raises ``OutsideError``."""
    calls, streams = Patient(client, sleep), []
    since, until = int(start.timestamp()) * BILLION, int(end.timestamp()) * BILLION
    count = 0
    while since < until and count < MOST_LINES:
        answer = calls.get(
            "loki/api/v1/query_range",
            query=query, start=str(since), end=str(until), limit=str(PAGE), direction="forward",
        )  # fmt: skip
        found = items_of(mapping_of(answer, "data"), "result")
        lines, last = _counted(found)
        streams += found
        count += lines
        if lines < PAGE or last <= since:
            break
        since = last
    refuse_nothing(count, "Loki has no line for this query in this time.")
    document = {"status": "success", "data": {"resultType": "streams", "result": _each_once(streams)}}
    name = f"loki-{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}.json"
    return Pulled(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), name, ())


def _counted(streams: list[Any]) -> tuple[int, int]:
    """How many lines a page holds, and the last moment in nanoseconds."""
    moments = [_moment(row) for stream in streams for row in items_of(stream, "values")]
    return len(moments), max(moments, default=0)


def _moment(row: Any) -> int:
    first = row[0] if isinstance(row, list) and row else None
    return (
        int(first)
        if isinstance(first, str) and first.isascii() and first.isdigit() and len(first) < 20
        else 0
    )


def _each_once(streams: list[Any]) -> list[dict[str, Any]]:
    """The streams of all pages joined by their labels; a line at a page's edge came twice and stands once."""
    joined: dict[bytes, dict[str, Any]] = {}
    seen: set[bytes] = set()
    for stream in streams:
        labels = mapping_of(stream, "stream")
        key = orjson.dumps(labels, option=orjson.OPT_SORT_KEYS)
        rows = joined.setdefault(key, {"stream": labels, "values": []})["values"]
        for row in items_of(stream, "values"):
            line = key + orjson.dumps(row)
            if line not in seen:
                seen.add(line)
                rows.append(row)
    return list(joined.values())
