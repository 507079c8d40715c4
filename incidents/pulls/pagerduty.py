"""PagerDuty: one incident with its log entries, alerts and notes, in one document."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

import httpx2
import orjson

from incidents.pulls.patience import Patient, Sleep
from incidents.pulls.slack import Pulled
from incidents.sources.base import items_of

PAGE = 100
MOST_PAGES = 100  # PagerDuty refuses an offset over 10,000


def incident_document(client: httpx2.Client, incident: str, *, sleep: Sleep = time.sleep) -> Pulled:
    """Fetch what PagerDuty knows about an incident; ``incident`` is its id. Raises ``OutsideError``."""
    calls, path = Patient(client, sleep), f"incidents/{quote(incident, safe='')}"
    document = {
        "incident": calls.get(path).get("incident"),
        "log_entries": _all(calls, f"{path}/log_entries", "log_entries", {"include[]": "channels"}),
        "alerts": _all(calls, f"{path}/alerts", "alerts", {}),
        "notes": items_of(calls.get(f"{path}/notes"), "notes"),
    }
    return Pulled(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), f"pagerduty-{incident}.json", ())


def _all(calls: Patient, url: str, key: str, params: dict[str, str]) -> list[Any]:
    found: list[Any] = []
    for page in range(MOST_PAGES):
        answer = calls.get(url, limit=str(PAGE), offset=str(page * PAGE), **params)
        found += items_of(answer, key)
        if answer.get("more") is not True:
            break
    return found
