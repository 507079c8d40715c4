"""CloudWatch Logs: the results of an Insights query, waited for while it runs, and fetched page by page."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import httpx2
import orjson

from governance.connections.cloudwatch import call
from governance.errors import OutsideError
from governance.models import Connection
from incidents.pulls.cuts import moment
from incidents.pulls.patience import Sleep, fitting
from incidents.pulls.slack import Pulled, refuse_nothing
from incidents.sources.base import items_of, mapping_of, text_of

MOST_LINES = 10_000
PAGE = 2000
TURNS, PAUSE = 60, 1.0
_WORKING = frozenset({"Scheduled", "Running"})


def insights_document(
    client: httpx2.Client,
    connection: Connection,
    groups: list[str],
    query: str,
    start: datetime,
    end: datetime,
    *,
    sleep: Sleep = time.sleep,
) -> Pulled:
    """Run a query over log groups between two moments and fetch its results; lines beyond 10,000 are told in ``cuts``.

    Raises ``OutsideError``.
    """
    values = {"logGroupNames": groups, "queryString": query, "limit": MOST_LINES}
    times = {"startTime": int(start.timestamp()), "endTime": int(end.timestamp())}
    begun = call(client, connection, "StartQuery", {**values, **times})
    run = _Run(client, connection, text_of(begun, "queryId"))
    answer = run.finished(sleep)
    rows = run.all_rows(answer)
    refuse_nothing(rows, "CloudWatch has no line for this query in this time.")
    cut = _cut(len(rows), mapping_of(answer, "statistics").get("recordsMatched"), start, end)
    name = f"cloudwatch-{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}.json"
    return Pulled(orjson.dumps({"results": rows}), name, cuts=(cut,) if cut else ())


@dataclass
class _Run:
    """A query that was started; ``size`` is how many rows of it fit into one answer."""

    client: httpx2.Client
    connection: Connection
    query: str
    size: int = PAGE

    def finished(self, sleep: Sleep) -> dict[str, Any]:
        """The first page, once the query is complete; asked for every second, for a minute."""
        answer = self._page("")
        for _turn in range(TURNS):
            if answer.get("status") not in _WORKING:
                break
            sleep(PAUSE)
            answer = self._page("")
        if answer.get("status") != "Complete":
            raise OutsideError(_unfinished(answer.get("status")), permanent=True)
        return answer

    def all_rows(self, first: dict[str, Any]) -> list[Any]:
        """The rows of the first page and of those behind it."""
        rows, token = items_of(first, "results"), text_of(first, "nextToken")
        while token and len(rows) < MOST_LINES:
            answer = self._page(token)
            rows = [*rows, *items_of(answer, "results")]
            token = text_of(answer, "nextToken")
        return rows

    def _page(self, token: str) -> dict[str, Any]:
        answer, self.size = fitting(partial(self._asked, token), self.size)
        return answer

    def _asked(self, token: str, most: int) -> dict[str, Any]:
        values: dict[str, Any] = {"queryId": self.query, "maxItems": most}
        return call(
            self.client,
            self.connection,
            "GetQueryResults",
            {**values, "nextToken": token} if token else values,
        )


def _unfinished(status: Any) -> str:
    told = "did not end within a minute" if status in _WORKING else f"ended as “{status}”"
    return f"The query {told}. Narrow its time or its log groups, and fetch again."


def _cut(count: int, matched: Any, start: datetime, end: datetime) -> str:
    """What is missing when the query's limit was reached; nothing when all that it matched is here."""
    known = int(matched) if isinstance(matched, (int, float)) else 0
    if count < MOST_LINES or known == count:
        return ""
    of = f" of {known:,} that the query matched" if known > count else ""
    return (
        f"CloudWatch gave {count:,} lines{of} between {moment(start)} and {moment(end)} UTC, the most of one query. "
        "Fetch a shorter span for the rest."
    )
