"""Signs of life for supervisors and load balancers, open to all and free of secrets.

``/livez`` says that this process answers. ``/readyz`` answers 200 when it can serve people (database reached,
migrations applied) and 503 when it cannot; beside that it tells how the work behind the scenes is doing. A dead worker
makes the installation "degraded", which is no reason to take its web server out of service.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from governance import outbox
from governance.models import Heartbeat

HEARTBEAT_LATE = timedelta(seconds=45)
NO_DATABASE = "The database does not answer. See the log of the web process."
OUTBOX_LATE = timedelta(minutes=5)

Check = dict[str, Any]
_known = {"migrated": False}


@login_not_required
@never_cache
@require_GET
def livez(request: HttpRequest) -> JsonResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """``{"status": "ready"|"degraded"|"not ready", "checks": {name: {"ok": bool, ...}}}``; ages are in seconds."""
    checks = _checks(timezone.now())
    serves = checks["database"]["ok"] and checks.get("migrations", {}).get("ok", False)
    healthy = all(check["ok"] for check in checks.values())
    status = "ready" if healthy else "degraded" if serves else "not ready"
    return JsonResponse({"status": status, "checks": checks}, status=200 if serves else 503)


def _checks(now: datetime) -> dict[str, Check]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks: dict[str, Check] = {"database": {"ok": True}, "migrations": {"ok": _migrated()}}
        if checks["migrations"]["ok"]:
            checks |= _background(now)
        return checks
    except DatabaseError:
        return {"database": {"ok": False, "advice": NO_DATABASE}}


def _migrated() -> bool:
    """Only success is remembered: a deployment applies its migrations while this process runs."""
    if not _known["migrated"]:
        executor = MigrationExecutor(connection)
        _known["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _known["migrated"]


def _background(now: datetime) -> dict[str, Check]:
    """Ages of the last signs of life and of the oldest outbox row that is due."""
    checks: dict[str, Check] = {}
    seen = dict(Heartbeat.objects.values_list("process", "at"))
    for process in ("worker", "scheduler"):
        silence = now - seen[process] if process in seen else None
        checks[process] = {"ok": silence is not None and silence < HEARTBEAT_LATE, "age": _seconds(silence)}
    age = outbox.oldest_due_age()
    checks["outbox"] = {"ok": age < OUTBOX_LATE, "age": _seconds(age)}
    return checks


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 1)
