"""What AWS sends: alarms, events, notifications and log data."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.enums import Lane
from incidents.errors import EvidenceRefused
from incidents.sources import Skipped
from incidents.sources.aws import LARGEST_LOG
from tests.incidents.sources.changed_json import changed
from tests.incidents.sources.helpers import entries, parse, signals

ARN = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:checkout-5xx"
ALARM: dict[str, Any] = {
    "AlarmName": "checkout-5xx",
    "AlarmDescription": "Too many errors at the till",
    "AWSAccountId": "111122223333",
    "NewStateValue": "ALARM",
    "OldStateValue": "OK",
    "NewStateReason": "Threshold Crossed: 1 datapoint was greater than 5",
    "StateChangeTime": "2026-03-01T12:00:04.123+0000",
    "Region": "EU (Ireland)",
    "AlarmArn": ARN,
    "Trigger": {
        "MetricName": "HTTPCode_Target_5XX_Count",
        "Namespace": "AWS/ApplicationELB",
        "Dimensions": [{"name": "LoadBalancer", "value": "app/shop/1"}],
    },
}
ENVELOPE: dict[str, Any] = {
    "Type": "Notification",
    "MessageId": "m-1",
    "TopicArn": "arn:aws:sns:eu-west-1:111122223333:alarms",
    "Subject": "ALARM",
    "Message": json.dumps(ALARM),
    "Timestamp": "2026-03-01T12:00:05.000Z",
}
EVENT: dict[str, Any] = {
    "version": "0",
    "id": "e-1",
    "detail-type": "CodeDeploy Deployment State-change Notification",
    "source": "aws.codedeploy",
    "account": "111122223333",
    "time": "2026-03-01T12:01:00Z",
    "region": "eu-west-1",
    "resources": ["arn:aws:codedeploy:eu-west-1:111122223333:application:shop"],
    "detail": {"application": "shop", "deploymentGroup": "live", "deploymentId": "d-7", "state": "FAILURE"},
}
ALARM_EVENT: dict[str, Any] = {
    **EVENT,
    "detail-type": "CloudWatch Alarm State Change",
    "source": "aws.cloudwatch",
    "resources": [ARN],
    "detail": {
        "alarmName": "checkout-5xx",
        "state": {"value": "OK", "reason": "calm", "timestamp": "2026-03-01T12:09:00.000+0000"},
        "previousState": {"value": "ALARM"},
        "configuration": {
            "metrics": [
                {
                    "id": "m1",
                    "metricStat": {
                        "metric": {"namespace": "Shop", "name": "Errors", "dimensions": {"Till": "1"}}
                    },
                }
            ]
        },
    },
}
LINES: dict[str, Any] = {
    "messageType": "DATA_MESSAGE",
    "logGroup": "/aws/lambda/till",
    "logStream": "2026/03/01",
    "logEvents": [
        {"id": "l-1", "timestamp": 1772366400123, "message": "[ERROR] no change left"},
        {"id": "l-2", "timestamp": 1772366401123, "message": "closing"},
    ],
}
JOB = {
    "CodePipeline.job": {
        "id": "j-1",
        "data": {"actionConfiguration": {"configuration": {"FunctionName": "f"}}},
    }
}


def packed(document: Any) -> dict[str, Any]:
    """Log data as CloudWatch Logs sends it."""
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(document).encode())).decode()}}


def event(source: str, kind: str, **detail: Any) -> dict[str, Any]:
    """An event of some service."""
    return {**EVENT, "source": source, "detail-type": kind, "detail": detail}


@pytest.mark.parametrize("content", [ALARM, ENVELOPE, [ENVELOPE], {"Records": [{"Sns": ENVELOPE}]}])
def test_alarm_is_the_same_fact_however_it_is_wrapped(content: Any) -> None:
    [found] = signals("aws", content)
    assert found.text == (
        "Alarm checkout-5xx is in alarm (was OK) [AWS/ApplicationELB HTTPCode_Target_5XX_Count "
        "(LoadBalancer=app/shop/1)]: Threshold Crossed: 1 datapoint was greater than 5 — Too many errors at the till"
    )
    assert (found.lane, found.time_text) == (Lane.ALERT, "2026-03-01T12:00:04.123+0000")
    assert found.identity == f"alarm {ARN} 2026-03-01T12:00:04.123+0000 ALARM"
    assert (found.about.fingerprint, found.about.region, found.about.services) == (
        f"alarm {ARN}",
        "eu-west-1",
        ("checkout-5xx",),
    )


def test_alarm_without_arn_is_known_by_account_region_and_name() -> None:
    [found] = signals("aws", {**ALARM, "AlarmArn": None, "Region": "eu-west-1"})
    assert found.about.fingerprint == "alarm 111122223333/eu-west-1/checkout-5xx"


def test_alarm_over_several_metrics_names_its_expression() -> None:
    metrics = [
        {"Id": "e1", "Expression": "m1*2"},
        {
            "Id": "m1",
            "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "Errors", "Dimensions": []}},
        },
    ]
    [found] = signals("aws", {**ALARM, "Trigger": {"Metrics": metrics}})
    assert "[e1 = m1*2; m1 = Shop Errors]" in found.text


def test_alarm_event_happens_when_the_state_changed_and_shares_the_fingerprint() -> None:
    [found] = entries("aws", ALARM_EVENT)
    assert found.at.isoformat() == "2026-03-01T12:09:00+00:00"
    assert found.signal.text == "Alarm checkout-5xx is OK again (was ALARM) [Shop Errors (Till=1)]: calm"
    assert (found.signal.lane, found.signal.about.fingerprint) == (Lane.ALERT, f"alarm {ARN}")


@pytest.mark.parametrize(
    ("content", "text", "lane"),
    [
        (EVENT, "CodeDeploy deployment d-7 of shop / live failed", Lane.CHANGE),
        (
            event("aws.codepipeline", "x", pipeline="shop", stage="Live", action="Go", state="STARTED"),
            "CodePipeline shop stage Live action Go started",
            Lane.CHANGE,
        ),
        (
            event(
                "aws.autoscaling",
                "EC2 Instance Launch Successful",
                AutoScalingGroupName="web",
                Description="Launching",
            ),
            "EC2 Instance Launch Successful in web: Launching",
            Lane.CHANGE,
        ),
        (
            event(
                "aws.ecs",
                "ECS Task State Change",
                clusterArn="arn:aws:ecs:eu-west-1:1:cluster/live",
                group="service:till",
                lastStatus="STOPPED",
                stoppedReason="OutOfMemory",
            ),
            "ECS Task State Change in cluster live: service:till stopped: OutOfMemory",
            Lane.CHANGE,
        ),
        (
            event(
                "aws.health",
                "AWS Health Event",
                service="EC2",
                eventTypeCode="AWS_EC2_ISSUE",
                statusCode="open",
                eventDescription=[{"language": "en_US", "latestDescription": "We look into it."}],
            ),
            "AWS Health EC2 AWS_EC2_ISSUE: open: We look into it.",
            Lane.ALERT,
        ),
        (
            event("shop.till", "Till Opened"),
            "shop.till: Till Opened (arn:aws:codedeploy:eu-west-1:111122223333:application:shop)",
            Lane.CHANGE,
        ),
    ],
)
def test_event_is_told_by_its_kind(content: Any, text: str, lane: Lane) -> None:
    [found] = signals("aws", content)
    assert (found.text, found.lane, found.identity) == (text, lane, "event e-1")
    assert found.about.region == "eu-west-1"


def test_deployment_is_recognized_over_its_events() -> None:
    started = {**EVENT, "id": "e-0", "detail": {**EVENT["detail"], "state": "START"}}
    found = signals("aws", [started, EVENT])
    assert {item.about.fingerprint for item in found} == {"codedeploy deployment d-7"}
    assert len({item.identity for item in found}) == 2


@pytest.mark.parametrize("content", [LINES, packed(LINES)])
def test_log_lines_are_read_packed_and_unpacked(content: Any) -> None:
    found = entries("aws", content)
    assert [one.at.isoformat(timespec="milliseconds") for one in found] == [
        "2026-03-01T12:00:00.123+00:00",
        "2026-03-01T12:00:01.123+00:00",
    ]
    first = found[0].signal
    assert (first.text, first.lane, first.identity) == ("[ERROR] no change left", Lane.LOG, "log event l-1")
    assert (first.actor, first.about.services) == ("/aws/lambda/till 2026/03/01", ("till",))


def test_log_data_that_unpacks_to_too_much_is_skipped() -> None:
    [found] = parse("aws", packed({"logEvents": [], "filler": " " * LARGEST_LOG}))
    assert isinstance(found, Skipped)
    assert "too large" in found.reason


@pytest.mark.parametrize("data", ["", "not base64!", "H4sIAAAA", 7, None, "é"])
def test_damaged_log_data_is_skipped(data: Any) -> None:
    [found] = parse("aws", {"awslogs": {"data": data}})
    assert isinstance(found, Skipped)
    assert "cannot be unpacked" in found.reason


@pytest.mark.parametrize("words", ["The till is on fire", "{broken", '{"other": 1}', "[1, 2]"])
def test_notification_in_plain_words_is_a_fact(words: str) -> None:
    [found] = signals("aws", {**ENVELOPE, "Message": words})
    assert (found.text, found.identity, found.actor) == (f"ALARM: {words}", "sns m-1", "alarms")
    assert found.time_text == "2026-03-01T12:00:05.000Z"


def test_event_that_comes_through_a_topic_is_read() -> None:
    [found] = signals("aws", {**ENVELOPE, "Message": json.dumps(EVENT)})
    assert found.identity == "event e-1"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            {**ENVELOPE, "Type": "SubscriptionConfirmation", "Token": "t"},
            "It asks to confirm a subscription.",
        ),
        (
            {**ENVELOPE, "Type": "UnsubscribeConfirmation"},
            "It says that the subscription to the topic ended.",
        ),
        (
            JOB,
            "CodePipeline job j-1 for f carries no time. Send the pipeline's EventBridge events instead; they do.",
        ),
        ({"messageType": "CONTROL_MESSAGE", "logEvents": []}, "It only checks that log data arrives."),
    ],
)
def test_what_is_no_fact_is_skipped_as_expected(content: Any, told: str) -> None:
    assert parse("aws", content) == [Skipped("events[0]", told, expected=True)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({**EVENT, "time": None}, "no time"),
        ({**ALARM, "StateChangeTime": {}}, "no StateChangeTime"),
        ({**ENVELOPE, "Message": "x", "Timestamp": None}, "no Timestamp"),
        ({**ENVELOPE, "Message": "", "Subject": ""}, "neither a subject nor a message"),
        ({"logEvents": 3}, "no list of logEvents"),
    ],
)
def test_what_lacks_something_is_skipped_with_the_reason(content: Any, told: str) -> None:
    [found] = parse("aws", content)
    assert isinstance(found, Skipped)
    assert told in found.reason
    assert not found.expected


@pytest.mark.parametrize("content", [[], {}, [1], {"Records": []}, "text", None, {"detail": {}}])
def test_other_json_is_refused(content: Any) -> None:
    with pytest.raises(EvidenceRefused, match="nothing that AWS sends"):
        parse("aws", content)


SAMPLES = [
    ALARM,
    ENVELOPE,
    {"Records": [{"Sns": ENVELOPE}]},
    EVENT,
    ALARM_EVENT,
    LINES,
    packed(LINES),
    JOB,
    [EVENT, ALARM],
]


@given(changed(SAMPLES))
def test_changed_json_is_read_skipped_or_refused(document: Any) -> None:
    try:
        parse("aws", document)
    except EvidenceRefused:
        return


@given(changed([ALARM, ALARM_EVENT, EVENT]), st.booleans())
def test_changed_message_of_a_topic_is_read_or_skipped(inside: Any, as_text: bool) -> None:
    assert parse("aws", {**ENVELOPE, "Message": json.dumps(inside) if as_text else inside})
