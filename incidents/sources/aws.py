"""AWS: alarms and other notifications through SNS, EventBridge events, and CloudWatch Logs subscriptions."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.aws_alarms import alarm, is_alarm
from incidents.sources.aws_events import event, is_event
from incidents.sources.base import (
    About,
    ParseContext,
    Signal,
    Skipped,
    mapping_of,
    objects,
    read_json,
    text_of,
)
from incidents.sources.values import joined, when, word_of

EXPECTED = "the AWS notifications or events"
LARGEST_LOG = 16 * 1024 * 1024
LISTS = ("Records", "events", "Events", "MetricAlarms")
_JOB = "CodePipeline.job"
_GZIP = 16 + zlib.MAX_WBITS
_HANDSHAKES = {
    "SubscriptionConfirmation": "It asks to confirm a subscription.",
    "UnsubscribeConfirmation": "It says that the subscription to the topic ended.",
}

Found = Iterator[Signal | Skipped]


class Aws:
    """Reads one notification or event, a list of them, and the records that AWS hands to a function."""

    kind = SourceKind.AWS
    label = SourceKind.AWS.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Found:
        document = read_json(stream, EXPECTED)
        where, items = _items(document)
        if not any(isinstance(item, dict) and _is_known(item) for item in items):
            raise EvidenceRefused(
                "This JSON holds nothing that AWS sends. Upload SNS notifications, EventBridge events, alarm messages "
                "or CloudWatch Logs subscription data, one or a list of them."
            )
        for location, item in objects(items, where):
            yield from [item] if isinstance(item, Skipped) else _read(item, location)


def _items(document: Any) -> tuple[str, list[Any]]:
    """The events of a file, and the name of the list that they stand in."""
    if isinstance(document, list):
        return "events", document
    for key in LISTS:
        if isinstance(document, dict) and isinstance(document.get(key), list) and not _is_known(document):
            return key, document[key]
    return "events", [document]


def _is_known(item: Mapping[str, Any]) -> bool:
    return (
        is_event(item)
        or is_alarm(item)
        or _is_message(item)
        or isinstance(item.get("Sns"), dict)
        or any(key in item for key in ("awslogs", "logEvents", _JOB))
    )


def _is_message(item: Mapping[str, Any]) -> bool:
    """An SNS envelope: a notification or a handshake."""
    return "TopicArn" in item and ("Message" in item or text_of(item, "Type") in _HANDSHAKES)


def _read(item: Mapping[str, Any], location: str) -> Found:
    if "Sns" in item:
        yield from _message(mapping_of(item, "Sns"), f"{location}.Sns")
    elif is_event(item):
        yield event(item, location)
    elif is_alarm(item):
        yield alarm(item, location)
    elif _is_message(item):
        yield from _message(item, location)
    elif "awslogs" in item:
        yield from _subscription(item, location)
    elif "logEvents" in item:
        yield from _logs(item, location)
    elif _JOB in item:
        yield _job(mapping_of(item, _JOB), location)
    else:
        yield Skipped(location, "It is no event, alarm, notification or log data of AWS.")


def _message(envelope: Mapping[str, Any], location: str) -> Found:
    """What a notification carries: an alarm, an event, several of them, or plain words."""
    if told := _HANDSHAKES.get(text_of(envelope, "Type")):
        yield Skipped(location, told, expected=True)
        return
    inside = _inside(envelope.get("Message"))
    where, items = _items(inside) if inside is not None else ("", [])
    carried = [(f"{location}.Message.{at}", item) for at, item in objects(items, where)]
    known = [(at, item) for at, item in carried if not isinstance(item, Skipped) and _carries(item)]
    if not known:
        yield _plain(envelope, location)
        return
    for at, item in carried:
        place = f"{location}.Message" if len(carried) == 1 else at
        yield from [item] if isinstance(item, Skipped) else _read(item, place)


def _carries(item: Mapping[str, Any]) -> bool:
    """Whether a message can be read further; an envelope in an envelope is not, so that nothing nests without end."""
    return _is_known(item) and not _is_message(item) and "Sns" not in item


def _inside(message: Any) -> Any:
    if isinstance(message, dict | list):
        return message
    if not isinstance(message, str) or not message.lstrip().startswith(("{", "[")):
        return None
    try:
        return orjson.loads(message)
    except ValueError:
        return None


def _plain(envelope: Mapping[str, Any], location: str) -> Signal | Skipped:
    """A notification that people or programs wrote in words of their own."""
    at = when(envelope, "Timestamp")
    subject, words = text_of(envelope, "Subject"), text_of(envelope, "Message")
    if not at.text:
        return Skipped(location, "The notification has no Timestamp, so nobody can say when it was sent.")
    if not (subject or words):
        return Skipped(location, "The notification has neither a subject nor a message.")
    topic = word_of(envelope, "TopicArn")
    parts = topic.split(":")
    identity = word_of(envelope, "MessageId")
    return Signal(
        time_text=at.text,
        text=joined(subject, words if words != subject else "", mark=": "),
        lane=Lane.ALERT,
        trust=Trust.OBSERVED,
        location=location,
        actor=parts[-1],
        identity=f"sns {identity}" if identity else "",
        zone=at.zone,
        about=About(region=parts[3] if len(parts) > 3 else ""),
    )


def _subscription(item: Mapping[str, Any], location: str) -> Found:
    """Log lines as CloudWatch Logs packs them: base64 of gzip of JSON."""
    try:
        decoded = orjson.loads(_unpacked(word_of(item, "awslogs", "data")))
    except (binascii.Error, zlib.error, ValueError):
        yield Skipped(
            location,
            "Its awslogs.data cannot be unpacked: it is cut off, damaged or too large. Send it again.",
        )
        return
    if not isinstance(decoded, dict):
        yield Skipped(location, "Its awslogs.data holds no object with logEvents.")
        return
    yield from _logs(decoded, f"{location}.awslogs.data")


def _unpacked(data: str) -> bytes:
    """Raises ``ValueError`` for what unpacks to more than ``LARGEST_LOG`` bytes or stops before its end."""
    packer = zlib.decompressobj(_GZIP)
    raw = packer.decompress(base64.b64decode(data, validate=True), LARGEST_LOG)
    if not packer.eof:
        raise ValueError("cut off, or too large")
    return raw


def _logs(item: Mapping[str, Any], location: str) -> Found:
    if text_of(item, "messageType") == "CONTROL_MESSAGE":
        yield Skipped(location, "It only checks that log data arrives.", expected=True)
        return
    lines = item.get("logEvents")
    if not isinstance(lines, list):
        yield Skipped(location, "It has no list of logEvents.")
        return
    group, stream = word_of(item, "logGroup"), word_of(item, "logStream")
    about = About(services=(group.rsplit("/", 1)[-1],) if group.strip("/") else ())
    for where, line in objects(lines, f"{location}.logEvents"):
        yield (
            line if isinstance(line, Skipped) else _line(line, where, joined(group, stream, mark=" "), about)
        )


def _line(line: Mapping[str, Any], location: str, actor: str, about: About) -> Signal | Skipped:
    at, words, identity = when(line, "timestamp"), word_of(line, "message"), word_of(line, "id")
    if not at.text:
        return Skipped(location, "The log line has no timestamp.")
    if not words:
        return Skipped(location, "The log line is empty.")
    key = f"log event {identity}" if identity else ""
    return Signal(at.text, words, Lane.LOG, Trust.OBSERVED, location, actor, key, zone=at.zone, about=about)


def _job(job: Mapping[str, Any], location: str) -> Signal | Skipped:
    """A job that a pipeline hands to a worker; AWS puts no time into it, so it is read only where one was added."""
    at = when(job, "time", "timestamp", "created", "data.time")
    settings = mapping_of(mapping_of(mapping_of(job, "data"), "actionConfiguration"), "configuration")
    name, identity = word_of(settings, "FunctionName"), word_of(job, "id")
    if not at.text:
        return Skipped(
            location,
            f"{joined('CodePipeline job', identity, f'for {name}' if name else '')} carries no time. Send the "
            "pipeline's EventBridge events instead; they do.",
            expected=True,
        )
    return Signal(
        time_text=at.text,
        text=joined("CodePipeline job", identity, f"for {name}" if name else ""),
        lane=Lane.CHANGE,
        trust=Trust.OBSERVED,
        location=location,
        actor="aws.codepipeline",
        identity=f"codepipeline job {identity}" if identity else "",
        zone=at.zone,
        about=About(services=(name,) if name else ()),
    )
