"""Loki: the log lines of a query between two moments, page by page in order of time."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
import orjson

from governance.errors import OutsideError
from incidents.pulls.cuts import moment, too_many
from incidents.pulls.patience import Patient, Sleep, fitting
from incidents.pulls.slack import Pulled, refuse_nothing
from incidents.sources.base import items_of, mapping_of

PAGE = 1000
MOST_OF_A_MOMENT = 5000  # what Loki gives at most for one request, unless its operator sets another limit
MOST_LINES = 50_000
MOST_BYTES = 64 * 2**20
BILLION = 10**9


def range_document(
    client: httpx2.Client, query: str, start: datetime, end: datetime, *, sleep: Sleep = time.sleep
) -> Pulled:
    """Fetch up to 50,000 lines or 64 MB; each page begins at the last moment of the one before.

    What a limit kept out is told in ``cuts``. Raises ``OutsideError``.
    """
    fetch = _Fetch(Patient(client, sleep), query, start, end)
    fetch.run()
    refuse_nothing(fetch.lines.count, "Loki has no line for this query in this time.")
    result = {"resultType": "streams", "result": list(fetch.lines.streams.values())}
    document = {"status": "success", "data": result}
    name = f"loki-{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}.json"
    return Pulled(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), name, (), tuple(fetch.cuts()))


@dataclass
class _Lines:
    """The lines of all pages, joined by their labels; a line at a page's edge came twice and stands once.

    ``size`` is in bytes of JSON.
    """

    streams: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    size: int = 0

    @property
    def count(self) -> int:
        return len(self.seen)

    def add(self, streams: list[Any]) -> tuple[int, int]:
        """Take a page in; gives how many lines it holds, and the last moment in nanoseconds."""
        moments = [self._take(stream, row) for stream in streams for row in items_of(stream, "values")]
        return len(moments), max(moments, default=0)

    def _take(self, stream: Any, row: Any) -> int:
        labels = mapping_of(stream, "stream")
        key, line = orjson.dumps(labels, option=orjson.OPT_SORT_KEYS), orjson.dumps(row)
        digest = hashlib.blake2b(key + line, digest_size=16).digest()
        if digest not in self.seen:
            self.seen.add(digest)
            self.size += len(line)
            self.streams.setdefault(key, {"stream": labels, "values": []})["values"].append(row)
        return _nanoseconds(row)


@dataclass
class _Fetch:
    """One fetch; ``stopped`` is the moment at which a limit ended it, ``crowded`` are those of too many lines."""

    calls: Patient
    query: str
    start: datetime
    end: datetime
    lines: _Lines = field(default_factory=_Lines)
    stopped: int = 0
    crowded: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Page by page; one that was too long is halved, and those that follow grow again."""
        since, until, size = _since_epoch(self.start), _since_epoch(self.end), PAGE
        while since < until:
            streams, size = fitting(partial(self._page, since, until), size)
            count, last = self.lines.add(streams)
            if count < size:
                return
            if self._is_full():
                self.stopped = last
                return
            since = last if last > since else self._past(since, last)
            size = min(2 * size, PAGE)

    def cuts(self) -> list[str]:
        """What was left out, as sentences."""
        told = []
        if self.stopped:
            what = f"{MOST_LINES:,} lines" if self.lines.count > MOST_LINES else f"{MOST_BYTES // 2**20} MB"
            told.append(too_many("Loki", what, self.start, self.end, _at(self.stopped)))
        if self.crowded:
            others = len(self.crowded) - 1
            more = f" and at {others} other moment{'s' if others > 1 else ''}" if others else ""
            told.append(
                f"Loki had more lines at {moment(_at(self.crowded[0]))} UTC{more} than it gives for one moment. "
                "Narrow the query, such as by another label, and fetch again for the rest."
            )
        return told

    def _is_full(self) -> bool:
        return self.lines.count > MOST_LINES or self.lines.size > MOST_BYTES

    def _past(self, since: int, last: int) -> int:
        """Where to go on when a whole page lies in one moment: behind it, with all of it that Loki gives at once."""
        if last < since:
            raise OutsideError(
                "The answer is not what Loki would say. Correct the address of the connection.",
                permanent=True,
            )
        streams, size = fitting(partial(self._page, since, since + 1), MOST_OF_A_MOMENT)
        count, _last = self.lines.add(streams)
        if count >= size:
            self.crowded.append(since)
        return since + 1

    def _page(self, since: int, until: int, most: int) -> list[Any]:
        answer = self.calls.get(
            "loki/api/v1/query_range",
            query=self.query, start=str(since), end=str(until), limit=str(most), direction="forward",
        )  # fmt: skip
        return items_of(mapping_of(answer, "data"), "result")


def _since_epoch(at: datetime) -> int:
    return int(at.timestamp()) * BILLION


def _at(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds // BILLION, UTC)


def _nanoseconds(row: Any) -> int:
    first = row[0] if isinstance(row, list) and row else None
    is_moment = isinstance(first, str) and first.isascii() and first.isdigit() and len(first) < 20
    return int(first) if isinstance(first, str) and is_moment else 0
