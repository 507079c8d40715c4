"""Statuspage: the page's incidents of a time, with every update that was posted."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx2
import orjson

from governance.errors import OutsideError
from incidents.errors import TimeNotCertain, TimeUnreadable
from incidents.pulls.cuts import moment
from incidents.pulls.patience import Patient, Sleep, fitting
from incidents.pulls.slack import Pulled, refuse_nothing
from incidents.sources.base import text_of
from incidents.times import read_time

PAGE = 64  # halved when an answer is too long; a power of two, so that the halves begin at whole pages too
MOST_ROWS = 2048
LONGEST_INCIDENT = timedelta(days=365)  # one that was opened this long before may still be told about
APART = 1.0  # one request a second is all that Statuspage allows


def incidents_document(
    client: httpx2.Client, page: str, start: datetime, end: datetime, *, sleep: Sleep = time.sleep
) -> Pulled:
    """Fetch the incidents that were posted or changed between two moments, as the page lists them.

    The list is ordered by when incidents were opened, so an old one with a new update stands far down in it: the
    reading goes on until a page holds only incidents that were over, and opened a year before. Raises
    ``OutsideError``.
    """
    rows, is_cut = _listed(Patient(client, sleep), f"v1/pages/{quote(page, safe='')}/incidents", start)
    found = [row for row in rows if _overlaps(row, start, end)]
    cuts = [_cut(rows)] if is_cut else []
    if cuts and not found:
        raise OutsideError(f"{cuts[0]} None of them lies in this time. Choose a later one.", permanent=True)
    refuse_nothing(found, "The status page told nothing in this time.")
    name = f"statuspage-{start:%Y%m%dT%H%M}-{end:%Y%m%dT%H%M}.json"
    document = orjson.dumps({"incidents": found}, option=orjson.OPT_SORT_KEYS)
    return Pulled(document, name, cuts=tuple(cuts))


def _listed(calls: Patient, url: str, start: datetime) -> tuple[list[Any], bool]:
    """The rows that can concern the time from ``start`` on, and whether a limit ended the reading before the list."""
    listed: list[Any] = []
    offset, size = 0, PAGE
    while offset < MOST_ROWS:
        rows, size = fitting(partial(_page, calls, url, offset), size)
        listed += rows
        offset += size
        if len(rows) < size or all(_is_long_over(row, start) for row in rows):
            return listed, False
    return listed, True


def _page(calls: Patient, url: str, offset: int, most: int) -> list[Any]:
    """The rows from ``offset`` on, which is a multiple of ``most``."""
    if offset:
        calls.sleep(APART)
    return calls.get_list(url, limit=str(most), page=str(offset // most + 1))


def _is_long_over(row: Any, start: datetime) -> bool:
    begun, changed = _moment(row, "created_at"), _moment(row, "updated_at")
    return begun is not None and begun < start - LONGEST_INCIDENT and (changed or begun) < start


def _cut(rows: list[Any]) -> str:
    opened = [begun for row in rows if (begun := _moment(row, "created_at"))]
    until = f"; those opened before {moment(min(opened))} UTC were not" if opened else ""
    return f"Only the first {len(rows):,} incidents that the status page lists were looked at{until}."


def _overlaps(row: Any, start: datetime, end: datetime) -> bool:
    begun, changed = _moment(row, "created_at"), _moment(row, "updated_at")
    return begun is not None and begun <= end and (changed or begun) >= start


def _moment(row: Any, key: str) -> datetime | None:
    try:
        return read_time(text_of(row, key), "UTC").at.astimezone(UTC)
    except (TimeNotCertain, TimeUnreadable):
        return None
