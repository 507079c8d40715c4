"""Deliveries as the senders make them: bodies, and headers signed with a secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from incidents.enums import HookKind

SECRET = "a secret of this address"
Body = bytes
Headers = dict[str, str]


def mac(secret: str, data: bytes) -> str:
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


def sign(
    kind: HookKind, body: bytes, secret: str = SECRET, *, age: int = 0, extra: Headers | None = None
) -> Headers:
    """The headers with which a sender of this kind proves a body."""
    stamp = str(int(time.time()) - age)
    made: dict[HookKind, Headers] = {
        HookKind.PAGERDUTY: {"X-PagerDuty-Signature": f"v1={mac(secret, body)}"},
        HookKind.ALERTMANAGER: {"Authorization": f"Bearer {secret}"},
        HookKind.GRAFANA: {"X-Grafana-Alerting-Signature": mac(secret, body)},
        HookKind.AWS_EVENTBRIDGE: {"X-Api-Key": secret},
        HookKind.OPSGENIE: {
            "Authorization": "Basic " + base64.b64encode(f"opsgenie:{secret}".encode()).decode()
        },
        HookKind.SLACK: {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={mac(secret, b'v0:' + stamp.encode() + b':' + body)}",
        },
        HookKind.GITHUB: {"X-Hub-Signature-256": f"sha256={mac(secret, body)}"},
        HookKind.DEPLOY: ours(secret, body, stamp),
        HookKind.FLAGS: ours(secret, body, stamp),
        HookKind.JSON: ours(secret, body, stamp),
        HookKind.STATUSPAGE: {},
        HookKind.AWS_SNS: {},
    }
    return {**made[kind], **(extra or {})}


def ours(secret: str, body: bytes, stamp: str) -> Headers:
    return {
        "X-Afterword-Timestamp": stamp,
        "X-Afterword-Signature": f"sha256={mac(secret, stamp.encode() + b'.' + body)}",
    }


def fired(started: str = "2026-01-09T11:00:00Z", name: str = "HighLatency", **labels: str) -> bytes:
    """An Alertmanager notification of one alert."""
    alert: dict[str, Any] = {
        "status": "firing",
        "labels": {"alertname": name, "service": "checkout", "severity": "critical", **labels},
        "annotations": {"summary": f"{name}: p99 above 2 s"},
        "startsAt": started,
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": hashlib.sha256(name.encode()).hexdigest()[:16],
    }
    return json.dumps({"version": "4", "status": "firing", "alerts": [alert]}).encode()


def deployed(at: str = "2026-01-09T10:55:00Z", sha: str = "7a9eb44") -> bytes:
    """A GitHub deployment."""
    return json.dumps(
        {
            "action": "created",
            "deployment": {"id": 7, "sha": sha, "ref": "main", "environment": "production", "created_at": at},
            "repository": {"full_name": "acme/checkout", "name": "checkout"},
            "sender": {"login": "octocat"},
        }
    ).encode()
