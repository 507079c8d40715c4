"""Incident windows of root-cause-bench, read from the folder that ``AFTERWORD_TELEMETRY`` names."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from incidents.analysis.observed import Alarm, Call, Change, Note, Observed, Ref, RefKind, Series
from incidents.analysis.patterns import Miner, Pattern

LEVELS = {"ERROR": "error", "FATAL": "error", "CRITICAL": "error", "WARN": "warning", "WARNING": "warning"}


@dataclass(frozen=True, slots=True)
class Window:
    """One window and what is true of it; ``culprit`` is empty when no change is to blame."""

    name: str
    observed: Observed
    culprit: str
    first_failing: str
    decoys: frozenset[str]


def windows(root: Path) -> Iterator[Window]:
    """All windows below the folder, by name."""
    for folder in sorted(path.parent for path in root.glob("*/ground_truth.json")):
        yield _window(folder)


def _read(path: Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else []


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _window(folder: Path) -> Window:
    truth = _read(folder / "ground_truth.json")
    culprit = str(truth["root_cause_commit"])
    return Window(
        folder.name,
        observed(folder),
        "" if culprit == "none" else culprit,
        str(truth["first_failing_service"]),
        frozenset(truth.get("decoy_deploy_commits", ())),
    )


def observed(folder: Path) -> Observed:
    """What an analyst may see; the truth is not among it."""
    spans = _read(folder / "traces.json")
    return Observed(
        series=tuple(_series(folder / "metrics.csv")),
        patterns=tuple(_patterns(folder / "logs.ndjson")),
        changes=tuple(_changes(folder / "context")),
        alarms=(_alarm(_read(folder / "alert.json")),),
        calls=tuple(_calls(spans)),
        notes=(*_signatures(_read(folder / "patterns.json")), *_span_errors(spans)),
    )


def _series(path: Path) -> Iterator[Series]:
    values: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            points = values.setdefault((row["service"], row["metric"]), [])
            points.append((_at(row["timestamp"]), float(row["value"])))
    for (service, metric), points in values.items():
        yield Series(service, metric, tuple(points))


def _patterns(path: Path) -> list[Pattern]:
    miner = Miner()
    for ordinal, line in enumerate(path.read_text().splitlines(), start=1):
        found = json.loads(line)
        level = LEVELS.get(str(found.get("severity_text", "")).upper(), "info")
        miner.add(_text(found), str(found.get("service", "")), level, _at(found["timestamp"]), ordinal)
    return miner.patterns()


_NOT_TEXT = {"timestamp", "service", "severity_text", "msg", "trace_id", "span_id"}


def _text(line: dict[str, Any]) -> str:
    """The message and what else the line carries in words: a statement, an error, a stack."""
    words = [
        str(value)
        for key, value in line.items()
        if key not in _NOT_TEXT and isinstance(value, str) and " " in value
    ]
    return " | ".join([str(line.get("msg", "")), *words])


def _changes(folder: Path) -> Iterator[Change]:
    deployed = {one["commit_sha"]: one for one in _read(folder / "deploys.json")}
    for commit in _read(folder / "commits.json"):
        deploy = deployed.get(commit["sha"])
        yield Change(
            key=commit["sha"],
            at=_at((deploy or commit)["timestamp"]),
            service=str(deploy["service"]) if deploy else "",
            text=commit["message"],
            kind="deployment" if deploy else "commit",
            files=tuple(commit.get("files_changed") or ()),
            diff=commit.get("diff") or "",
            is_live=deploy is not None,
        )
    for flag in _read(folder / "flags.json"):
        text = f"feature flag {flag['flag']} {flag['change']}"
        yield Change(f"flag {flag['flag']}", _at(flag["timestamp"]), flag["service"], text, kind="flag")


def _alarm(alert: dict[str, Any]) -> Alarm:
    text = " ".join(str(alert[key]) for key in ("summary", "detail") if alert.get(key))
    return Alarm(
        "alert", _at(alert["fired_at"]), alert["service"], text, alert["metric"], alert.get("monitor", "")
    )


def _calls(spans: Iterable[dict[str, Any]]) -> Iterator[Call]:
    by_id: dict[str, dict[str, Any]] = {}
    for span in spans:
        by_id.setdefault(span["span_id"], span)
    for span in spans:
        parent = by_id.get(span.get("parent_id") or "")
        if parent and parent["service"] != span["service"]:
            yield Call(parent["service"], span["service"], str(span.get("error", "")))


def _signatures(patterns: Iterable[dict[str, Any]]) -> Iterator[Note]:
    for one in patterns:
        ref = Ref(RefKind.TEMPLATE, f"{one['service']}: {one['signature']}")
        yield Note(one["service"], one["signature"], one.get("sentiment") == "negative", ref)


def _span_errors(spans: Iterable[dict[str, Any]]) -> Iterator[Note]:
    for span in spans:
        if span.get("error"):
            yield Note(
                span["service"],
                str(span["error"]),
                True,
                Ref(RefKind.TRACE, f"{span['service']}: {span['name']}"),
            )
