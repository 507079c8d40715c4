"""CloudWatch alarms as SNS carries them, and the words that all alarms share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.sources.base import About, Signal, Skipped, mapping_of
from incidents.sources.values import joined, value_at, when, word_of

_STATES = {"ALARM": "is in alarm", "OK": "is OK again", "INSUFFICIENT_DATA": "has insufficient data"}


def is_alarm(item: Mapping[str, Any]) -> bool:
    """Whether it is the message that an alarm publishes to a topic."""
    return "AlarmName" in item and ("NewStateValue" in item or "StateValue" in item)


def alarm(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    """The change of an alarm's state. The name of the region is the source's own ("EU (Ireland)") without an ARN."""
    at = when(item, "StateChangeTime", "StateUpdatedTimestamp")
    if not at.text:
        return Skipped(
            location, "The alarm has no StateChangeTime, so nobody can say when its state changed."
        )
    name, region = word_of(item, "AlarmName"), _region(item)
    key = alarm_fingerprint(word_of(item, "AlarmArn"), word_of(item, "AWSAccountId"), region, name)
    state = word_of(item, "NewStateValue") or word_of(item, "StateValue")
    reason = word_of(item, "NewStateReason") or word_of(item, "StateReason")
    told = state_text(name, word_of(item, "OldStateValue"), state, reason, _metric(item))
    described = word_of(item, "AlarmDescription")
    return Signal(
        time_text=at.text,
        text=f"{told} — {described}" if described and described != name else told,
        lane=Lane.ALERT,
        trust=Trust.OBSERVED,
        location=location,
        actor="aws.cloudwatch",
        identity=joined(key, at.text, state) if name else "",
        zone=at.zone,
        about=About(services=(name,) if name else (), region=region, fingerprint=key),
    )


def alarm_fingerprint(arn: str, account: str, region: str, name: str) -> str:
    """``alarm arn:aws:…``, or account, region and name; empty for an alarm without a name."""
    if arn.startswith("arn:"):
        return f"alarm {arn}"
    return f"alarm {joined(account, region, name, mark='/')}" if name else ""


def state_text(name: str, before: str, state: str, reason: str, metric: str) -> str:
    """One line about a change of state: what, from what to what, of which metric, and why."""
    changed = _STATES.get(state, f"is {state}" if state else "changed")
    was = f" (was {before})" if before and before != state else ""
    what = f" [{metric}]" if metric else ""
    told = f"Alarm {name or 'without a name'} {changed}{was}{what}"
    return f"{told}: {reason}" if reason else told


def metric_of(namespace: str, name: str, dimensions: Iterable[str]) -> str:
    """``AWS/EC2 NetworkOut (InstanceId=i-1)``; empty without a name."""
    told = ", ".join(dimensions)
    return joined(namespace, name, f"({told})" if told else "") if name else ""


def _metric(item: Mapping[str, Any]) -> str:
    trigger = mapping_of(item, "Trigger") or item
    if single := _named(trigger):
        return single
    metrics = value_at(trigger, "Metrics")
    parts = [_one_of_several(one) for one in metrics] if isinstance(metrics, list) else []
    return "; ".join(part for part in parts if part)


def _one_of_several(item: Any) -> str:
    """A metric, or the expression over the others that the alarm watches."""
    named = _named(value_at(item, "MetricStat", "Metric"))
    expression = word_of(item, "Expression")
    return joined(f"{word_of(item, 'Id')} =" if word_of(item, "Id") else "", named or expression)


def _named(metric: Any) -> str:
    dimensions = value_at(metric, "Dimensions")
    pairs = [_dimension(one) for one in dimensions] if isinstance(dimensions, list) else []
    return metric_of(
        word_of(metric, "Namespace"), word_of(metric, "MetricName"), [pair for pair in pairs if pair]
    )


def _dimension(item: Any) -> str:
    """Notifications write ``name`` and ``value``, the answer of DescribeAlarms ``Name`` and ``Value``."""
    name, value = (word_of(item, key) or word_of(item, key.title()) for key in ("name", "value"))
    return joined(name, value, mark="=")


def _region(item: Mapping[str, Any]) -> str:
    """The region's code from the ARN, since ``Region`` is written for people ("EU (Ireland)")."""
    parts = word_of(item, "AlarmArn").split(":")
    coded = parts[3] if len(parts) > 3 and parts[0] == "arn" else ""
    return coded or word_of(item, "Region")
