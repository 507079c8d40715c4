"""Deployments, as the last step of a pipeline posts them to us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from incidents.enums import Lane, SourceKind, Trust
from incidents.sources.base import About, ParseContext, Signal, Skipped
from incidents.sources.posted import NO_TIME, posted
from incidents.sources.values import joined, when, word_of

EXPECTED = "deployments: objects with “service”, “version”, “environment”, “status” and “at”"
_STARTING = {"started", "start", "running", "in_progress", "pending", "queued"}


class Deploy:
    """Reads one deployment, a list of them, or a list below ``events``."""

    kind = SourceKind.DEPLOY
    label = SourceKind.DEPLOY.label

    def parse(self, stream: BinaryIO, context: ParseContext) -> Iterator[Signal | Skipped]:
        return posted(stream, EXPECTED, _is_deployment, _deployment)


def _is_deployment(item: Mapping[str, Any]) -> bool:
    return bool(word_of(item, "service") or word_of(item, "version"))


def _deployment(item: Mapping[str, Any], location: str) -> Signal | Skipped:
    status, service = word_of(item, "status").lower(), word_of(item, "service")
    starting = status in _STARTING
    at = when(
        item, *(("at", "started_at", "finished_at") if starting else ("at", "finished_at", "started_at"))
    )
    if not at.text:
        return Skipped(location, NO_TIME)
    if not _is_deployment(item):
        return Skipped(location, "It names neither a service nor a version. Set “service”.")
    identity = word_of(item, "id")
    return Signal(
        time_text=at.text,
        text=_text(item, status),
        lane=Lane.CHANGE,
        trust=Trust.OBSERVED,
        location=location,
        actor=word_of(item, "actor"),
        identity=joined("deployment", identity, status) if identity else "",
        zone=at.zone,
        about=About(
            services=(service,) if service else (),
            region=word_of(item, "region"),
            fingerprint=f"deployment {identity}" if identity else "",
        ),
    )


def _text(item: Mapping[str, Any], status: str) -> str:
    environment, commit = word_of(item, "environment"), word_of(item, "commit")
    told = joined(
        "Deployment of",
        joined(word_of(item, "service"), word_of(item, "version")),
        f"({commit[:12]})" if commit else "",
        f"to {environment}" if environment else "",
    )
    return joined(joined(told, status.replace("_", " "), mark=": "), word_of(item, "description"), mark=" — ")
