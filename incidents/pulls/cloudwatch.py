"""CloudWatch Logs: the results of an Insights query, waited for while it runs."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import httpx2
import orjson

from governance.connections.cloudwatch import call
from governance.errors import OutsideError
from governance.models import Connection
from incidents.pulls.patience import Sleep
from incidents.pulls.slack import Pulled, refuse_nothing

MOST_LINES = 10_000
TURNS, PAUSE = 60, 1.0
_OVER = frozenset({"Complete", "Failed", "Cancelled", "Timeout", "Unknown"})


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
    """Run a query over log groups between two moments and fetch its results. Raises ``OutsideError``."""
    begun = call(
        client,
        connection,
        "StartQuery",
        {
            "logGroupNames": groups,
            "queryString": query,
            "startTime": int(start.timestamp()),
            "endTime": int(end.timestamp()),
            "limit": MOST_LINES,
        },
    )
    answer: dict[str, Any] = {"status": "Running"}
    for _turn in range(TURNS):
        answer = call(client, connection, "GetQueryResults", {"queryId": str(begun.get("queryId", ""))})
        if answer.get("status") in _OVER:
            break
        sleep(PAUSE)
    if answer.get("status") != "Complete":
        raise OutsideError(
            f"The query ended as “{answer.get('status')}”. Narrow its time or its log groups, and fetch again.",
            permanent=True,
        )
    refuse_nothing(answer.get("results"), "CloudWatch has no line for this query in this time.")
    name = f"cloudwatch-{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}.json"
    return Pulled(orjson.dumps({"results": answer.get("results", [])}), name, ())
