"""GitHub: deployments, pushes, releases, merged pull requests and runs, from webhooks or the REST API."""

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
from incidents.sources.github_events import about, kind_of, repository_of, tell
from incidents.sources.values import when, word_of

EXPECTED = "the GitHub events"
_IN_STATUS = "deployment_status"
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
    """Reads one event, a list of events, or releases, pull requests and deployments as the REST API lists them."""

    kind = SourceKind.GITHUB
    label = SourceKind.GITHUB.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        events = _events(read_json(stream, EXPECTED), context.headers.get("x-github-event", ""))
        for location, item in objects(events, "events"):
            yield from [item] if isinstance(item, Skipped) else _signals(item, location)


def _events(document: Any, delivered: str) -> list[Any]:
    """What to read; a webhook that names its event is never refused, so an event of another kind is only skipped."""
    events = [document] if isinstance(document, dict) else document
    if not isinstance(events, list) or not (any(map(_is_event, events)) or (delivered and events)):
        raise EvidenceRefused(
            "This JSON holds no GitHub deployment, push, release, pull request or run. Upload events as GitHub "
            "delivers them, one or a list of them, or a list of releases, pull requests or deployments from its API."
        )
    return events


def _is_event(item: Any) -> bool:
    return isinstance(item, dict) and (_is_deployment(item) or bool(kind_of(item)))


def _is_deployment(item: Mapping[str, Any]) -> bool:
    # Workflow and check runs name the deployment that they belong to, but are told as runs.
    return isinstance(item.get("deployment"), dict) or ("statuses_url" in item and "environment" in item)


def _signals(event: Mapping[str, Any], location: str) -> Iterator[Signal | Skipped]:
    kind = kind_of(event)
    if _IN_STATUS in event or (_is_deployment(event) and not kind):
        yield from _deployment_and_statuses(event, location)
    elif kind:
        yield tell(kind, event, location)
    else:
        yield Skipped(location, "It is no deployment, push, release, pull request or run.", expected=True)


def _deployment_and_statuses(event: Mapping[str, Any], location: str) -> Iterator[Signal | Skipped]:
    """A deployment, and where a list of its statuses was put beside it, each of them."""
    yield _signal(event, location)
    statuses = event.get("statuses")
    for where, status in objects(statuses if isinstance(statuses, list) else [], f"{location}.statuses"):
        if isinstance(status, Skipped):
            yield status
        else:
            yield _signal({"deployment": event, "url": event.get("url"), _IN_STATUS: status}, where)


def _signal(event: Mapping[str, Any], location: str) -> Signal | Skipped:
    deployment = mapping_of(event, "deployment") or (event if "statuses_url" in event else {})
    status = mapping_of(event, _IN_STATUS)
    subject = status or deployment
    created = when(subject, "created_at")
    if not deployment:
        return Skipped(location, "It is neither a deployment nor a deployment status.")
    if not created.text:
        return Skipped(location, "It has no created_at, so nobody can say when it happened.")
    what = _IN_STATUS if status else "deployment"
    identity, number = word_of(subject, "id"), word_of(deployment, "id")
    return Signal(
        time_text=created.text,
        text=_status_text(event, status, deployment) if status else _deployment_text(event, deployment),
        lane=Lane.CHANGE,
        trust=Trust.OBSERVED,
        location=location,
        actor=first_text(text_of(subject, "creator", "login"), text_of(event, "sender", "login")),
        identity=f"{what} {identity}" if identity else "",
        zone=created.zone,
        about=about(event, f"deployment {number}" if number else ""),
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
    repository = repository_of(event)
    ref, sha = text_of(deployment, "ref"), text_of(deployment, "sha")[:7]
    version = "@".join(part for part in (ref, sha if sha != ref[:7] else "") if part)
    environment = text_of(deployment, "environment")
    where = f"to {environment}" if environment else ""
    return " ".join(part for part in (repository, version, where) if part) or "an unnamed target"
