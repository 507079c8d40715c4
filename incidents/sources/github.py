"""GitHub: deployment and deployment status events, as webhooks deliver them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.errors import EvidenceRefused
from incidents.sources.base import (
    ParseContext,
    Signal,
    Skipped,
    first_text,
    mapping_of,
    objects,
    read_json,
    text_of,
)

EXPECTED = "the GitHub deployment events"
_STATES = {
    "success": "succeeded",
    "failure": "failed",
    "error": "ended in an error",
    "in_progress": "is in progress",
    "queued": "is queued",
    "pending": "is pending",
    "inactive": "became inactive",
    "waiting": "is waiting",
}


class GitHub:
    """Reads one event, a list of events, or a bare list of deployments as the REST API answers it."""

    kind = SourceKind.GITHUB
    label = SourceKind.GITHUB.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        for location, item in objects(_events(read_json(stream, EXPECTED)), "events"):
            yield item if isinstance(item, Skipped) else _signal(item, location)


def _events(document: Any) -> list[Any]:
    events = [document] if isinstance(document, dict) else document
    if not isinstance(events, list) or not any(map(_is_event, events)):
        raise EvidenceRefused(
            "This JSON holds no GitHub deployment. Upload “deployment” or “deployment_status” events as GitHub "
            "delivers them, one or a list of them."
        )
    return events


def _is_event(item: Any) -> bool:
    return isinstance(item, dict) and ("deployment" in item or "statuses_url" in item)


def _signal(event: Mapping[str, Any], location: str) -> Signal | Skipped:
    deployment = mapping_of(event, "deployment") or (event if "statuses_url" in event else {})
    status = mapping_of(event, "deployment_status")
    subject = status or deployment
    created = text_of(subject, "created_at")
    if not deployment:
        return Skipped(location, "It is neither a deployment nor a deployment status.")
    if not created:
        return Skipped(location, "It has no created_at, so nobody can say when it happened.")
    what = "deployment_status" if status else "deployment"
    identity = subject.get("id")
    return Signal(
        time_text=created,
        text=_status_text(event, status, deployment) if status else _deployment_text(event, deployment),
        lane=Lane.CHANGE,
        trust=Trust.OBSERVED,
        location=location,
        actor=first_text(text_of(subject, "creator", "login"), text_of(event, "sender", "login")),
        identity=f"{what} {identity}" if identity else "",
    )


def _deployment_text(event: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    described = text_of(deployment, "description")
    return (
        f"{described} ({_target(event, deployment)})"
        if described
        else f"Deployment of {_target(event, deployment)}"
    )


def _status_text(event: Mapping[str, Any], status: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    state = text_of(status, "state")
    told = first_text(text_of(status, "description"), text_of(deployment, "description"))
    outcome = f"deployment {_STATES.get(state, state or 'changed')}"
    target = _target(event, deployment)
    return f"{told} ({target}: {outcome})" if told else f"{outcome.capitalize()}: {target}"


def _target(event: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    """What was deployed where: ``northwind/site main@7a9eb44 to production``."""
    repository = text_of(event, "repository", "full_name")
    ref, sha = text_of(deployment, "ref"), text_of(deployment, "sha")[:7]
    version = "@".join(part for part in (ref, sha if sha != ref[:7] else "") if part)
    environment = text_of(deployment, "environment")
    where = f"to {environment}" if environment else ""
    return " ".join(part for part in (repository, version, where) if part) or "an unnamed target"
