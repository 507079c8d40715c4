"""Statuspage: the page's incidents of a time, with every update that was posted."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx2
import orjson

from incidents.errors import TimeNotCertain, TimeUnreadable
from incidents.pulls.patience import Patient, Sleep
from incidents.pulls.slack import Pulled, refuse_nothing
from incidents.sources.base import text_of
from incidents.times import read_time

PAGE = 100
MOST_PAGES = 20
APART = 1.0  # one request a second is all that Statuspage allows


def incidents_document(
    client: httpx2.Client, page: str, start: datetime, end: datetime, *, sleep: Sleep = time.sleep
) -> Pulled:
    """Fetch the incidents that were posted or changed between two moments, newest first. Raises ``OutsideError``."""
    calls, found = Patient(client, sleep), []
    for number in range(1, MOST_PAGES + 1):
        rows = calls.get_list(f"v1/pages/{quote(page, safe='')}/incidents", limit=str(PAGE), page=str(number))
        found += [row for row in rows if _overlaps(row, start, end)]
        if len(rows) < PAGE or (_moment(rows[-1], "updated_at") or end) < start:
            break
        sleep(APART)
    refuse_nothing(found, "The status page told nothing in this time.")
    name = f"statuspage-{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}.json"
    return Pulled(orjson.dumps({"incidents": found}, option=orjson.OPT_SORT_KEYS), name, ())


def _overlaps(row: Any, start: datetime, end: datetime) -> bool:
    begun, changed = _moment(row, "created_at"), _moment(row, "updated_at")
    return begun is not None and begun <= end and (changed or begun) >= start


def _moment(row: Any, key: str) -> datetime | None:
    try:
        return read_time(text_of(row, key), "UTC").at.astimezone(UTC)
    except (TimeNotCertain, TimeUnreadable):
        return None
