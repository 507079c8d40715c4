"""What each kind of sender delivers, in its vendor's shape: the ground that damaged deliveries are made from."""

from __future__ import annotations

import json
from typing import Any

from incidents.enums import HookKind
from tests.incidents.hooks.test_sns import CERTIFICATES, TOPIC, message
from tests.incidents.intake.signing import Headers, sign
from tests.incidents.sources.test_aws import ALARM, ALARM_EVENT, EVENT
from tests.incidents.sources.test_github import EVENTS as GITHUB_EVENTS
from tests.incidents.sources.test_posted import DEPLOYMENT, FACT, FLAG, FLAGSMITH, LAUNCHDARKLY, UNLEASH
from tests.incidents.sources.test_slack_events import SAMPLES as SLACK_EVENTS

_PERSON = {"id": "PUSR7", "type": "user_reference", "summary": "Lena Brandt"}
_PAGED: dict[str, Any] = {
    "id": "QINC7",
    "type": "incident",
    "number": 418,
    "status": "triggered",
    "title": "Payments are refused in Frankfurt",
    "created_at": "2026-03-01T12:00:00Z",
    "service": {"id": "PSVC7", "type": "service_reference", "summary": "checkout"},
    "assignees": [_PERSON],
    "priority": {"id": "PPR1", "type": "priority_reference", "summary": "P1"},
    "urgency": "high",
    "resolve_reason": None,
}


def _pagerduty(event: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "event": {
            "id": f"01E{event}",
            "event_type": event,
            "resource_type": "incident",
            "occurred_at": "2026-03-01T12:00:05.000Z",
            "agent": _PERSON,
            "client": None,
            "data": data,
        }
    }


_ALERT: dict[str, Any] = {
    "status": "resolved",
    "labels": {"alertname": "PaymentsRefused", "service": "checkout", "region": "eu-central-1"},
    "annotations": {
        "summary": "Every third payment is refused",
        "runbook_url": "https://runbooks.example.test/7",
    },
    "startsAt": "2026-03-01T12:00:00.5Z",
    "endsAt": "2026-03-01T12:20:00Z",
    "generatorURL": "https://prometheus.example.test/graph?g0.expr=up",
    "fingerprint": "c0ffee0123456789",
}
_NOTIFIED: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="PaymentsRefused"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "afterword",
    "groupLabels": {"alertname": "PaymentsRefused"},
    "commonLabels": {"service": "checkout"},
    "commonAnnotations": {},
    "externalURL": "https://alerts.example.test",
    "alerts": [_ALERT, {**_ALERT, "status": "firing", "endsAt": "0001-01-01T00:00:00Z"}],
}
_PANEL = {
    **_ALERT,
    "values": {"A": 41.5, "B": 1},
    "valueString": "[ var='A' labels={} value=41.5 ]",
    "dashboardURL": "https://grafana.example.test/d/pay",
    "panelURL": "https://grafana.example.test/d/pay?viewPanel=2",
    "silenceURL": "https://grafana.example.test/alerting/silence/new",
    "orgId": 1,
    "ruleUID": "payrule7",
}
_OPSGENIE: dict[str, Any] = {
    "action": "Create",
    "alert": {
        "alertId": "70413a06-38d6-4c85-92b8-5ebc900d42e2",
        "message": "Payments are refused",
        "tags": ["payments", "frankfurt"],
        "tinyId": "418",
        "alias": "payments-refused",
        "createdAt": 1772366400000,
        "updatedAt": 1772366460000000000,
        "username": "System",
        "entity": "checkout",
        "priority": "P1",
        "details": {"service": "checkout", "region": "eu-central-1"},
    },
    "source": {"name": "monitor", "type": "API"},
    "integrationName": "Afterword",
    "integrationId": "37c8f316-17c6-49d7-899b-9c7e540c048d",
}
_UPDATE = {
    "id": "upd7",
    "status": "investigating",
    "body": "We look into refused payments.",
    "created_at": "2026-03-01T12:10:00Z",
    "display_at": "2026-03-01T12:10:00Z",
    "incident_id": "spinc7",
}
_STATUSPAGE: list[Any] = [
    {
        "meta": {"unsubscribe": "https://status.example.test/u", "generated_at": "2026-03-01T12:10:01Z"},
        "page": {"id": "page7", "status_indicator": "major", "status_description": "Partial outage"},
        "incident": {
            "id": "spinc7",
            "name": "Payments are refused",
            "status": "investigating",
            "impact": "major",
            "created_at": "2026-03-01T12:10:00Z",
            "updated_at": "2026-03-01T12:10:00Z",
            "shortlink": "https://stspg.example.test/7",
            "incident_updates": [_UPDATE],
            "components": [{"id": "comp7", "name": "checkout", "status": "partial_outage"}],
        },
    },
    {
        "page": {"id": "page7", "status_indicator": "minor", "status_description": "Slow"},
        "component": {"id": "comp7", "name": "checkout", "status": "operational"},
        "component_update": {
            "id": "cu7",
            "component_id": "comp7",
            "old_status": "partial_outage",
            "new_status": "operational",
            "created_at": "2026-03-01T12:40:00Z",
        },
    },
]
SAMPLES: dict[HookKind, list[Any]] = {
    HookKind.PAGERDUTY: [
        _pagerduty("incident.triggered", _PAGED),
        _pagerduty("incident.resolved", {**_PAGED, "status": "resolved"}),
        _pagerduty("incident.annotated", {"id": "N1", "type": "incident_note", "content": "é", "incident": _PAGED}),
        _pagerduty("pagey.ping", {"type": "ping", "message": "Hello"}),
    ],
    HookKind.ALERTMANAGER: [_NOTIFIED],
    HookKind.GRAFANA: [
        {**_NOTIFIED, "version": "1", "orgId": 1, "title": "[FIRING:1]", "state": "alerting", "alerts": [_PANEL]}
    ],
    HookKind.AWS_SNS: [ALARM, ALARM_EVENT, EVENT],
    HookKind.AWS_EVENTBRIDGE: [ALARM_EVENT, EVENT],
    HookKind.OPSGENIE: [
        _OPSGENIE,
        {**_OPSGENIE, "action": "AddNote", "alert": {**_OPSGENIE["alert"], "note": "On it"}},
    ],
    HookKind.SLACK: SLACK_EVENTS,
    HookKind.GITHUB: GITHUB_EVENTS,
    HookKind.DEPLOY: [DEPLOYMENT, {"events": [DEPLOYMENT]}],
    HookKind.FLAGS: [FLAG, LAUNCHDARKLY, UNLEASH, FLAGSMITH],
    HookKind.STATUSPAGE: _STATUSPAGE,
    HookKind.JSON: [FACT, [FACT, {**FACT, "id": "t-2", "at": "2026-03-01 12:00:00"}]],
}  # fmt: skip

TOPIC_OPTIONS = {"topic_arn": TOPIC, "certificates": CERTIFICATES}


def bytes_of(sample: Any) -> bytes:
    """A sample as it travels."""
    return json.dumps(sample, ensure_ascii=False).encode(errors="surrogatepass")


def delivered(kind: HookKind, body: bytes) -> bytes:
    """The body with which a sender of this kind delivers these bytes: a topic puts them into a signed envelope."""
    if kind != HookKind.AWS_SNS:
        return body
    return json.dumps(message(Message=body.decode(errors="replace"))).encode()


def proven(kind: HookKind, body: bytes) -> Headers:
    """The headers that prove a body, and say what it is where the kind does that in headers."""
    told = {"X-GitHub-Event": "deployment"} if kind == HookKind.GITHUB else {}
    return {**sign(kind, body), **told}
