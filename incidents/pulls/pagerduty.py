"""PagerDuty: one incident with its log entries, alerts and notes, in one document."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx2
import orjson

from incidents.pulls.patience import Patient, Sleep, fitting
from incidents.pulls.slack import Pulled
from incidents.sources.base import items_of

PAGE = 100
MOST_ROWS = 10_000  # PagerDuty refuses an offset beyond


def incident_document(client: httpx2.Client, incident: str, *, sleep: Sleep = time.sleep) -> Pulled:
    """Fetch what PagerDuty knows about an incident; ``incident`` is its id. Raises ``OutsideError``."""
    calls, path = Patient(client, sleep), f"incidents/{quote(incident, safe='')}"
    about = calls.get(path).get("incident")
    log, log_goes_on = _all(calls, f"{path}/log_entries", "log_entries", {"include[]": "channels"})
    alerts, alerts_go_on = _all(calls, f"{path}/alerts", "alerts", {})
    notes = items_of(calls.get(f"{path}/notes"), "notes")
    document = {"incident": about, "log_entries": log, "alerts": alerts, "notes": notes}
    cuts = [
        _cut(incident, what)
        for what, more in (("log entries", log_goes_on), ("alerts", alerts_go_on))
        if more
    ]
    name = f"pagerduty-{incident}.json"
    return Pulled(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), name, cuts=tuple(cuts))


def _all(calls: Patient, url: str, key: str, params: dict[str, str]) -> tuple[list[Any], bool]:
    """The rows of a list as far as PagerDuty gives them, and whether there are more."""
    found: list[Any] = []
    offset, size = 0, PAGE
    while offset < MOST_ROWS:
        ask = partial(_page, calls, url, params, offset)
        answer, size = fitting(ask, min(size, MOST_ROWS - offset))
        found += items_of(answer, key)
        offset += size
        if answer.get("more") is not True:
            return found, False
    return found, True


def _page(calls: Patient, url: str, params: dict[str, str], offset: int, most: int) -> dict[str, Any]:
    return calls.get(url, limit=str(most), offset=str(offset), **params)


def _cut(incident: str, what: str) -> str:
    return (
        f"PagerDuty has more than {MOST_ROWS:,} {what} of the incident {incident} and gives no more of them. "
        "Read the rest in PagerDuty, and add what matters as entries."
    )
