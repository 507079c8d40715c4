"""Notifications of one firing alert each, all different, in the form that Alertmanager and Grafana both send."""

from __future__ import annotations

import json
from itertools import count

from incidents.enums import HookKind
from tests.incidents.intake.signing import SECRET, sign

__all__ = ["SECRET", "body", "proof"]

_numbers = count()


def body() -> bytes:
    """About 900 bytes; no two are alike, so that none is known already."""
    number = next(_numbers)
    labels = {
        "alertname": f"HighLatency{number}", "instance": f"checkout-{number % 40}:9090", "job": "checkout",
        "service": "checkout", "severity": "critical", "region": "eu-west-1",
    }  # fmt: skip
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {
            "summary": "p99 latency of checkout is above 2 s",
            "description": f"The p99 latency of checkout has been {number % 900 / 100 + 2:.2f} s for five minutes.",
        },
        "startsAt": "2026-03-01T10:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=latency",
        "fingerprint": f"{number:016x}",
    }
    notification = {
        "version": "4", "groupKey": f'{{}}:{{alertname="HighLatency{number}"}}', "truncatedAlerts": 0,
        "status": "firing", "receiver": "afterword", "groupLabels": {"alertname": labels["alertname"]},
        "commonLabels": labels, "commonAnnotations": {}, "externalURL": "http://alertmanager.example.com",
        "alerts": [alert],
    }  # fmt: skip
    return json.dumps(notification).encode()


def proof(content: bytes) -> dict[str, str]:
    """The header with the HMAC over these bytes."""
    return sign(HookKind.GRAFANA, content)
