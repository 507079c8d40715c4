"""What the demo's intake shows: addresses, a rule, and arrivals of every sort; all of it synthetic, and so named."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from io import BytesIO

import orjson

from governance.models import Organization, User
from incidents.enums import HookKind, Severity, SourceKind
from incidents.models import Hook, Incident
from incidents.services import arrivals, create_hook, receiving
from incidents.services.rules import save_rule

HOOKS = (
    (HookKind.ALERTMANAGER, "Monitoring (synthetic)"),
    (HookKind.GITHUB, "Deployments (synthetic)"),
    (HookKind.JSON, "Scripts (synthetic)"),
)
WITHOUT_A_ZONE = b"""2020-02-04 12:31:07 synthetic: disk of a tile server at 91 percent
2020-02-04 12:44:40 synthetic: disk of a tile server at 97 percent
"""


def seed_intake(organization: Organization, people: dict[str, User], now: datetime) -> None:
    """Open addresses, set a rule that asks for critical alerts, and let a few things arrive."""
    administrator = people["ada@demo.test"]
    hooks = {
        kind: create_hook(actor=administrator, organization=organization, kind=kind, name=name)
        for kind, name in HOOKS
    }
    save_rule(
        actor=administrator,
        organization=organization,
        name="Critical alerts",
        severity=Severity.SEV2,
        words="critical",
    )
    _deliver(hooks[HookKind.ALERTMANAGER], SourceKind.ALERTMANAGER, _warning(now - timedelta(hours=3)))
    _deliver(hooks[HookKind.GITHUB], SourceKind.GITHUB, _deployment(now - timedelta(hours=5)))
    _deliver(
        hooks[HookKind.JSON], SourceKind.HOOK, {"text": "Synthetic: a fact whose sender forgot its time"}
    )
    _upload_without_a_zone(people["jon@demo.test"])


def _deliver(hook: Hook, kind: SourceKind, body: object) -> None:
    """As if the sender had proven it: stored, then read."""
    raw = orjson.dumps(body)
    pk = receiving.receive(hook=hook, kind=kind, delivery="", headers={}, body=raw)
    if pk is not None:
        arrivals.take_in(pk)


def _upload_without_a_zone(actor: User) -> None:
    """A log that waits in the intake until somebody declares its zone."""
    incident = Incident.objects.real().filter(review__isnull=True).order_by("declared_at").last()
    if incident is not None:
        arrival = receiving.upload(
            actor=actor,
            incident=incident,
            filename="tile-server-disk.log",
            stream=BytesIO(WITHOUT_A_ZONE),
            kind=SourceKind.LOG,
        )
        arrivals.take_in(arrival.pk)


def _warning(at: datetime) -> dict[str, object]:
    name = "SyntheticQueueDepth"
    alert = {
        "status": "firing",
        "labels": {"alertname": name, "service": "webhooks", "severity": "warning"},
        "annotations": {"summary": "Synthetic: the webhook queue is deeper than usual"},
        "startsAt": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": hashlib.sha256(name.encode()).hexdigest()[:16],
    }
    return {"version": "4", "status": "firing", "alerts": [alert]}


def _deployment(at: datetime) -> dict[str, object]:
    return {
        "action": "created",
        "deployment": {
            "id": 1,
            "sha": "5f2c1b7",
            "ref": "main",
            "environment": "production",
            "description": "Synthetic: release 4.18",
            "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        },
        "repository": {"full_name": "northwind-demo/webhooks", "name": "webhooks"},
        "sender": {"login": "jon-vik"},
    }
