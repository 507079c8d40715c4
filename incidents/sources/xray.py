"""AWS X-Ray: trace summaries as ``GetTraceSummaries`` answers them, one answer, a list of them, or bare summaries."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    About,
    ParseContext,
    Signal,
    Skipped,
    first_text,
    mapping_of,
    objects,
    read_json,
    text_of,
)
from incidents.sources.logs.fields import CUSTOMERS, first, name_of, picked
from incidents.sources.logs.line import ERROR, INFO, LONGEST_TEXT, WARNING

EXPECTED = "the trace summaries of X-Ray"
_TRACE = re.compile(r"1-([0-9a-f]{8})-[0-9a-f]{24}")
_ZONE_OF_REGION = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]?")
_CAUSES = ("FaultRootCauses", "ErrorRootCauses")
_MOST_SERVICES = 20


class XRay:
    """One fact a trace; one that failed stands out by its level."""

    kind = SourceKind.XRAY
    label = SourceKind.XRAY.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        for location, item in _summaries(read_json(stream, EXPECTED)):
            yield item if isinstance(item, Skipped) else _fact(item, location)


def _summaries(document: Any) -> Iterator[tuple[str, Mapping[str, Any] | Skipped]]:
    """Each summary with its location, over all answers of the file."""
    single = not isinstance(document, list)
    known = False
    for where, item in objects([document] if single else document, "items"):
        if isinstance(item, Skipped):
            yield where, item
        elif isinstance(found := item.get("TraceSummaries"), list):
            known = True
            yield from objects(found, "TraceSummaries" if single else f"{where}.TraceSummaries")
        elif text_of(item, "Id") and not single:
            known = True
            yield where, item
        else:
            yield where, Skipped(where, "It is no trace summary: it has no Id.")
    if not known:
        raise EvidenceRefused(
            "This JSON holds no trace summaries. Upload what “aws xray get-trace-summaries” prints; it has a list "
            "“TraceSummaries”."
        )


def _fact(trace: Mapping[str, Any], location: str) -> Signal | Skipped:
    key = text_of(trace, "Id")
    when, zone = _start(trace, key)
    if not when:
        return Skipped(location, "It has neither a StartTime nor an Id that tells when the trace began.")
    identity = f"xray trace {key[:200]}" if key else ""
    return Signal(
        time_text=when,
        text=_text(trace, key)[:LONGEST_TEXT],
        lane=Lane.LOG,
        trust=Trust.OBSERVED,
        location=location,
        actor=name_of(first_text(text_of(trace, "EntryPoint", "Name"), *_services(trace))),
        identity=identity,
        zone=zone,
        level=_level(trace),
        about=About(_services(trace), _region(trace), _customer(trace), identity),
    )


def _start(trace: Mapping[str, Any], key: str) -> tuple[str, str]:
    """When the trace began, and the zone of that; a trace's id holds its second since 1970 in hexadecimal digits."""
    when = trace.get("StartTime")
    if isinstance(when, str) and when.strip():
        return when.strip(), ""
    if (seconds := _number(when)) is not None and seconds > 0:
        return f"{seconds:.6f}".rstrip("0").rstrip("."), "UTC"
    found = _TRACE.fullmatch(key)
    return (str(int(found[1], 16)), "UTC") if found else ("", "")


def _number(value: Any) -> float | None:
    """A finite number, or nothing."""
    if type(value) not in (int, float) or not math.isfinite(value):
        return None
    return float(value)


def _level(trace: Mapping[str, Any]) -> str:
    if trace.get("HasFault") is True:
        return ERROR
    return WARNING if trace.get("HasError") is True or trace.get("HasThrottle") is True else INFO


def _text(trace: Mapping[str, Any], key: str) -> str:
    """What was asked, how it ended, why, and how long it took."""
    parts = [_request(trace, key), _ending(trace), _cause(trace), _took(trace)]
    return "; ".join(part for part in parts if part)


def _request(trace: Mapping[str, Any], key: str) -> str:
    http = mapping_of(trace, "Http")
    status = http.get("HttpStatus")
    asked = [
        text_of(http, "HttpMethod"),
        text_of(http, "HttpURL"),
        str(status) if type(status) is int else "",
    ]
    named = " ".join(part for part in asked if part)
    entry = first_text(text_of(trace, "EntryPoint", "Name"), *_services(trace))
    return named or (f"Trace through {entry}" if entry else f"Trace {key}".strip())


def _ending(trace: Mapping[str, Any]) -> str:
    words = (
        ("HasFault", "fault"),
        ("HasError", "error"),
        ("HasThrottle", "throttled"),
        ("IsPartial", "incomplete"),
    )
    return ", ".join(word for key, word in words if trace.get(key) is True)


def _cause(trace: Mapping[str, Any]) -> str:
    """The first root cause that X-Ray names: the service and the exception in it."""
    for service in _root_services(trace):
        for entity in reversed(_list(service, "EntityPath")):
            for exception in _list(entity, "Exceptions"):
                name, message = text_of(exception, "Name"), text_of(exception, "Message")
                if what := ": ".join(part for part in (name, message) if part):
                    return f"{what} in {text_of(service, 'Name')}" if text_of(service, "Name") else what
    failed = next((name for service in _root_services(trace) if (name := text_of(service, "Name"))), "")
    return f"caused in {failed}" if failed else ""


def _root_services(trace: Mapping[str, Any]) -> list[Any]:
    """The services on the way to each root cause, the one that failed first."""
    causes = [cause for key in _CAUSES for cause in _list(trace, key)]
    return [service for cause in causes for service in reversed(_list(cause, "Services"))]


def _took(trace: Mapping[str, Any]) -> str:
    seconds = _number(trace.get("Duration"))
    if seconds is None:
        seconds = _number(trace.get("ResponseTime"))
    return f"took {seconds:.3g} s" if seconds is not None else ""


def _services(trace: Mapping[str, Any]) -> tuple[str, ...]:
    """The services that the trace went through, each once, in the order that X-Ray gives."""
    found = dict.fromkeys(name_of(text_of(service, "Name")) for service in _list(trace, "ServiceIds"))
    return tuple(name for name in found if name)[:_MOST_SERVICES]


def _region(trace: Mapping[str, Any]) -> str:
    """The region of the trace's availability zones, when they all lie in one."""
    names = [text_of(zone, "Name") for zone in _list(trace, "AvailabilityZones")]
    found = {match[1] for name in names if (match := _ZONE_OF_REGION.fullmatch(name))}
    return name_of(found.pop()) if len(found) == 1 else ""


def _customer(trace: Mapping[str, Any]) -> str:
    """The customer whom an annotation names."""
    annotations = mapping_of(trace, "Annotations")
    values = first(annotations, picked(annotations, CUSTOMERS))
    if not isinstance(values, list) or not values:
        return ""
    value = mapping_of(values[0], "AnnotationValue")
    return name_of(first(value, tuple(value)))


def _list(item: Any, key: str) -> list[Any]:
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, list) else []
