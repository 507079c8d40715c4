"""Prometheus: the answer of a range query, with what it was asked and how it is called."""

from __future__ import annotations

import time
from datetime import datetime

import httpx2
import orjson

from incidents.pulls.patience import Patient, Sleep
from incidents.pulls.slack import Pulled

POINTS = 300
SHORTEST_STEP = 15


def range_document(
    client: httpx2.Client,
    query: str,
    start: datetime,
    end: datetime,
    *,
    title: str = "",
    unit: str = "",
    sleep: Sleep = time.sleep,
) -> Pulled:
    """Fetch about 300 points of each series of a query between two moments. Raises ``OutsideError``."""
    answer = Patient(client, sleep).get(
        "api/v1/query_range",
        query=query,
        start=f"{start.timestamp():.3f}",
        end=f"{end.timestamp():.3f}",
        step=f"{step_of(start, end)}s",
    )
    document = {"query": query, "title": title, "unit": unit, "answer": answer}
    name = f"prometheus-{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}.json"
    return Pulled(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), name, ())


def step_of(start: datetime, end: datetime) -> int:
    """Seconds between two points: a 300th of the window, never under a usual scrape interval."""
    return max(int((end - start).total_seconds()) // POINTS, SHORTEST_STEP)
