"""EventBridge events: what AWS services tell about deployments, pipelines, capacity, health and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.sources.aws_alarms import alarm_fingerprint, metric_of, state_text
from incidents.sources.base import About, Signal, Skipped, first_text, mapping_of, text_of
from incidents.sources.values import joined, texts_of, value_at, when, word_of

ALARM = "CloudWatch Alarm State Change"
_ALERTS = {"aws.health", "aws.guardduty", "aws.cloudwatch"}
_STATES = {
    "SUCCESS": "succeeded",
    "SUCCEEDED": "succeeded",
    "FAILURE": "failed",
    "FAILED": "failed",
    "START": "started",
    "STARTED": "started",
    "STOP": "stopped",
    "STOPPED": "stopped",
    "STOPPING": "is stopping",
    "READY": "is ready",
    "RESUMED": "resumed",
    "CANCELED": "was canceled",
    "SUPERSEDED": "was superseded",
    "ABANDONED": "was abandoned",
    "RUNNING": "is running",
    "PENDING": "is pending",
    "ACTIVE": "is active",
    "DRAINING": "is draining",
}


def is_event(item: Mapping[str, Any]) -> bool:
    """Whether it is an EventBridge event: it names what it is, where it comes from, and has a detail."""
    return bool(text_of(item, "detail-type")) and "source" in item


def event(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    """The fact of one EventBridge event; one of an unknown kind is told by its kind and its resources."""
    at = when(item, *(["detail.state.timestamp"] if text_of(item, "detail-type") == ALARM else []), "time")
    if not at.text:
        return Skipped(location, "The event has no time, so nobody can say when it happened.")
    detail, source = mapping_of(item, "detail"), text_of(item, "source")
    return Signal(
        time_text=at.text,
        text=_text(item, detail),
        lane=Lane.ALERT if source in _ALERTS else Lane.CHANGE,
        trust=Trust.OBSERVED,
        location=location,
        actor=source,
        identity=joined("event", word_of(item, "id")) if word_of(item, "id") else "",
        zone=at.zone,
        about=_about(item, detail),
    )


def _text(item: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    kind, source = text_of(item, "detail-type"), text_of(item, "source")
    if kind == ALARM:
        return _alarm(item, detail)
    teller = {
        "aws.autoscaling": _autoscaling,
        "aws.codedeploy": _codedeploy,
        "aws.codepipeline": _codepipeline,
        "aws.ecs": _ecs,
        "aws.health": _health,
    }.get(source)
    return (teller(kind, detail) if teller and detail else "") or _generic(item)


def _alarm(item: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    return state_text(
        word_of(detail, "alarmName") or _last(item),
        word_of(detail, "previousState", "value"),
        word_of(detail, "state", "value"),
        word_of(detail, "state", "reason"),
        _configured_metric(detail),
    )


def _configured_metric(detail: Mapping[str, Any]) -> str:
    """``AWS/ELB Errors (LoadBalancer=app/shop/1)``, of the first metric that has a name."""
    metrics = value_at(detail, "configuration", "metrics")
    named = (value_at(one, "metricStat", "metric") for one in metrics) if isinstance(metrics, list) else ()
    for metric in named:
        dimensions = mapping_of(metric, "dimensions")
        pairs = [f"{name}={word_of(dimensions, name)}" for name in dimensions]
        if found := metric_of(word_of(metric, "namespace"), word_of(metric, "name"), pairs):
            return found
    return ""


def _autoscaling(kind: str, detail: Mapping[str, Any]) -> str:
    instance = word_of(detail, "EC2InstanceId")
    # The description names the instance already, and tells what was done to it.
    what = word_of(detail, "Description") or instance
    why = joined(word_of(detail, "StatusMessage"), word_of(detail, "Cause"), mark=" ")
    group = word_of(detail, "AutoScalingGroupName")
    hook = word_of(detail, "LifecycleHookName")
    return joined(
        joined(kind, f"in {group}" if group else ""),
        what,
        f"hook {hook}" if hook else "",
        why,
        mark=": ",
    )


def _codedeploy(kind: str, detail: Mapping[str, Any]) -> str:
    deployment, instance = word_of(detail, "deploymentId"), word_of(detail, "instanceId")
    target = joined(word_of(detail, "application"), word_of(detail, "deploymentGroup"), mark=" / ")
    return joined(
        "CodeDeploy deployment",
        deployment,
        f"of {target}" if target else "",
        f"on instance {instance}" if instance else "",
        _state(word_of(detail, "state")),
    )


def _codepipeline(kind: str, detail: Mapping[str, Any]) -> str:
    stage, action = word_of(detail, "stage"), word_of(detail, "action")
    execution = word_of(detail, "execution-id")
    failed = word_of(detail, "execution-result", "external-execution-summary")
    told = joined(
        "CodePipeline",
        word_of(detail, "pipeline"),
        f"stage {stage}" if stage else "",
        f"action {action}" if action else "",
        _state(word_of(detail, "state")),
        f"(execution {execution})" if execution else "",
    )
    return joined(told, failed, mark=": ")


def _ecs(kind: str, detail: Mapping[str, Any]) -> str:
    """Tasks, container instances, services and deployments: all name their cluster and a state of some kind."""
    thing = first_text(
        word_of(detail, "group"),
        _tail(word_of(detail, "taskArn")),
        word_of(detail, "ec2InstanceId"),
        _tail(word_of(detail, "containerInstanceArn")),
        word_of(detail, "deploymentId"),
    )
    state = first_text(word_of(detail, "lastStatus"), word_of(detail, "status"), word_of(detail, "eventName"))
    agent = value_at(detail, "agentConnected")
    cluster = _tail(word_of(detail, "clusterArn"))
    return joined(
        joined(kind, f"in cluster {cluster}" if cluster else ""),
        joined(thing, _state(state)),
        "agent disconnected" if agent is False else "",
        first_text(word_of(detail, "stoppedReason"), word_of(detail, "reason")),
        mark=": ",
    )


def _health(kind: str, detail: Mapping[str, Any]) -> str:
    described = value_at(detail, "eventDescription")
    first = described[0] if isinstance(described, list) and described else None
    return joined(
        joined("AWS Health", word_of(detail, "service"), word_of(detail, "eventTypeCode")),
        word_of(detail, "statusCode"),
        word_of(first, "latestDescription"),
        mark=": ",
    )


def _generic(item: Mapping[str, Any]) -> str:
    resources = ", ".join(texts_of(item, "resources"))
    told = joined(text_of(item, "source"), text_of(item, "detail-type"), mark=": ")
    return f"{told} ({resources})" if resources else told


def _about(item: Mapping[str, Any], detail: Mapping[str, Any]) -> About:
    name = first_text(
        word_of(detail, "alarmName"),
        word_of(detail, "application"),
        word_of(detail, "pipeline"),
        word_of(detail, "AutoScalingGroupName"),
        word_of(detail, "group").removeprefix("service:"),
        word_of(detail, "service"),
    )
    region = first_text(word_of(item, "region"), word_of(detail, "region"))
    return About(
        services=(name,) if name else (), region=region, fingerprint=_fingerprint(item, detail, region)
    )


def _fingerprint(item: Mapping[str, Any], detail: Mapping[str, Any], region: str) -> str:
    if text_of(item, "detail-type") == ALARM:
        arn = next((one for one in texts_of(item, "resources") if ":alarm:" in one), "")
        return alarm_fingerprint(arn, word_of(item, "account"), region, word_of(detail, "alarmName"))
    for what, key in (
        ("codedeploy deployment", "deploymentId"),
        ("codepipeline execution", "execution-id"),
        ("autoscaling activity", "ActivityId"),
        ("ecs task", "taskArn"),
        ("ecs container instance", "containerInstanceArn"),
        ("health event", "eventArn"),
    ):
        if found := word_of(detail, key):
            return f"{what} {found}"
    return ""


def _state(written: str) -> str:
    return _STATES.get(written.upper(), written)


def _last(item: Mapping[str, Any]) -> str:
    return next((_tail(one, ":") for one in texts_of(item, "resources")), "")


def _tail(arn: str, mark: str = "/") -> str:
    return arn.rsplit(mark, 1)[-1]
