"""A shop whose ``orders`` service fails at eleven, ten minutes after its deployment: as files of real sources.

``web`` calls ``orders`` and fails with it. Everything comes in by the services that people use.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from governance.models import User
from incidents.enums import MilestoneKind, SourceKind
from incidents.models import Entry, Incident
from incidents.services import import_evidence, set_milestone

ELEVEN = datetime(2026, 3, 5, 11, tzinfo=UTC)
COMMIT = "7a9eb44c0ffee0000000000000000000000000aa"
PATCH = "\n".join(
    [
        "@@ -10,7 +10,7 @@ func NewPool() *Pool {",
        "-\tpool.SetMaxOpenConns(50)",
        "+\tpool.SetMaxOpenConns(2)",
        " \treturn pool",
    ]
)
ERROR = "pq: connection pool exhausted, waited 5s for a connection"
FAILS_FOR = 25
LINES = 1200


def at(minutes: float) -> datetime:
    """So many minutes after eleven."""
    return ELEVEN + timedelta(minutes=minutes)


def files(error: str = ERROR, seed: int = 1) -> dict[tuple[str, SourceKind], bytes]:
    """The files by name and source; ``error`` is what the failing service writes, ``seed`` shuffles rows and files."""
    chance = random.Random(seed)
    made = {
        ("metrics.json", SourceKind.PROMETHEUS): _json(_shuffled(_answers(), chance)),
        ("orders.jsonl", SourceKind.LOG): "\n".join(_lines(error)).encode(),
        ("alerts.json", SourceKind.ALERTMANAGER): _json({"version": "4", "alerts": [_alert()]}),
        ("github.json", SourceKind.GITHUB): _json(_shuffled(_events(), chance)),
        ("traces.json", SourceKind.XRAY): _json({"TraceSummaries": [_trace()]}),
        ("channel.json", SourceKind.SLACK): _json(_messages()),
    }
    return dict(_shuffled(list(made.items()), chance))


def import_shop(incident: Incident, actor: User, *, error: str = ERROR, seed: int = 1) -> None:
    """Import all files and set the milestones; call it inside the organization's scope."""
    for (name, kind), content in files(error, seed).items():
        import_evidence(actor=actor, incident=incident, filename=name, stream=io.BytesIO(content), kind=kind)
    for milestone, words in (
        (MilestoneKind.IMPACT_STARTED, "Checkout is broken"),
        (MilestoneKind.DETECTED, "OrdersErrors"),
        (MilestoneKind.RESOLVED, "All orders go through"),
    ):
        entry = Entry.objects.get(incident=incident, text__startswith=words, folded_into=None)
        set_milestone(actor=actor, incident=incident, kind=milestone, entry=entry)


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


def _shuffled(rows: list[Any], chance: random.Random) -> list[Any]:
    return chance.sample(rows, len(rows))


def _answers() -> list[dict[str, Any]]:
    """An error ratio and requests per second of three services, a value each minute."""
    failing = {"orders": 0.7, "web": 0.5}
    ratios = [(name, 0.002, failing.get(name, 0.002)) for name in ("orders", "web", "stock")]
    rates = [("orders", 40.0, 40.0), ("web", 50.0, 50.0)]
    return [_answer("error_ratio", ratios), _answer("requests_per_second", rates)]


def _answer(title: str, rows: Iterable[tuple[str, float, float]]) -> dict[str, Any]:
    result = [
        {
            "metric": {"service": name},
            "values": [_value(name, minute, usual, then) for minute in range(-60, 60)],
        }
        for name, usual, then in rows
    ]
    answer = {"status": "success", "data": {"resultType": "matrix", "result": result}}
    return {"query": title, "title": title, "unit": "", "answer": answer}


def _value(name: str, minute: int, usual: float, then: float) -> list[Any]:
    level = then if _delay(name) <= minute < FAILS_FOR + _delay(name) else usual
    noise = 1 + 0.05 * (2 * random.Random(f"{name} {minute}").random() - 1)
    return [at(minute).timestamp(), f"{level * noise:.6f}"]


def _delay(name: str) -> int:
    """Whoever calls ``orders`` fails a minute later."""
    return 0 if name == "orders" else 1


def _lines(error: str) -> list[str]:
    """An hour of ordinary lines, and from eleven on an error each two seconds."""
    quiet = [(at(-60) + timedelta(seconds=5 * turn), "info", "order stored") for turn in range(700)]
    loud = [(at(0) + timedelta(seconds=2 + 2 * turn), "error", error) for turn in range(LINES - 700)]
    return [
        json.dumps({"timestamp": when.isoformat(), "level": level, "logger": "orders", "message": words})
        for when, level, words in [*quiet, *loud]
    ]


def _alert() -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "OrdersErrors", "service": "orders", "severity": "critical"},
        "annotations": {"summary": "OrdersErrors: orders fails more than one request in ten"},
        "startsAt": at(4).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "f1",
    }


def _events() -> list[dict[str, Any]]:
    """Two pushes and the deployment of one of them, to the service that fails; another one touches looks only."""
    return [
        _push(COMMIT, "Fewer connections to the database", "orders/pool.go", PATCH, -25),
        _push("b" * 40, "New color of the button", "web/static/button.css", "@@ -1 +1 @@\n-a\n+b", -20),
        {
            "url": "https://api.github.com/repos/northwind/orders/deployments/1",
            "id": 1,
            "sha": COMMIT,
            "ref": "main",
            "environment": "production",
            "description": "",
            "created_at": at(-10).isoformat(),
            "creator": {"login": "ines"},
            "statuses_url": "https://api.github.com/x",
        },
    ]


def _push(commit: str, message: str, path: str, patch: str, minute: int) -> dict[str, Any]:
    return {
        "ref": "refs/heads/main",
        "before": "0" * 40,
        "after": commit,
        "repository": {"full_name": "northwind/orders", "pushed_at": int(at(minute).timestamp())},
        "head_commit": {"id": commit, "message": message, "timestamp": at(minute).isoformat()},
        "commits": [{"id": commit, "modified": [path], "files": [{"filename": path, "patch": patch}]}],
        "pusher": {"name": "ines"},
    }


def _trace() -> dict[str, Any]:
    way = [
        {"Name": "web", "EntityPath": [{"Name": "web"}]},
        {
            "Name": "orders",
            "EntityPath": [{"Name": "orders", "Exceptions": [{"Name": "E", "Message": "no"}]}],
        },
    ]
    return {
        "Id": f"1-{int(at(3).timestamp()):08x}-000000000000000000000001",
        "HasFault": True,
        "Duration": 5.0,
        "EntryPoint": {"Name": "web"},
        "ServiceIds": [{"Name": "web"}, {"Name": "orders"}],
        "FaultRootCauses": [{"Services": way}],
    }


def _messages() -> list[dict[str, Any]]:
    told = [
        (1, "Checkout is broken for 1,200 customers, support says"),
        (6, "I am looking into it"),
        (26, "All orders go through again"),
    ]
    return [
        {
            "type": "message",
            "user": "U1",
            "ts": f"{at(minute).timestamp():.6f}",
            "text": words,
            "user_profile": {"real_name": "Ravi Menon"},
        }
        for minute, words in told
    ]
