"""What raw files say beyond their entries: which files and lines a change touches, and which service calls which.

Raw payloads may hold secrets, so every line that is kept is masked. Only files that a change or a trace came in are
read, few of them and only small ones: an analysis that somebody waits for must not read a store empty.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, BinaryIO, NamedTuple, cast

import orjson

from incidents.analysis.observed import Call
from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.masking import mask
from incidents.models import Evidence
from incidents.sources.unpacked import unpacked

log = logging.getLogger(__name__)

CHANGES = (SourceKind.GITHUB, SourceKind.DEPLOY, SourceKind.FLAGS)
MOST_FILES = 40
LARGEST_FILE = 2 * 2**20
MOST_BYTES = 8 * 2**20
MOST_PATHS = 200
LONGEST_DIFF = 60_000
LONGEST_PATH = 300
SHORT_COMMIT = 7
_PLACE = re.compile(r"^events\[(\d+)\]")


class Detail(NamedTuple):
    """What a change touches: paths, a unified diff (or nothing), and the commit that it is about (or nothing)."""

    files: tuple[str, ...] = ()
    diff: str = ""
    commit: str = ""


class Payloads(NamedTuple):
    """The details of changes by evidence and position in it, and the calls between services."""

    details: Mapping[tuple[int, int], Detail]
    calls: tuple[Call, ...]

    def detail(self, evidence: int, location: str) -> Detail:
        """The detail of the change at a location; one without lines takes those of the commit that it names."""
        found = _PLACE.match(location)
        own = self.details.get((evidence, int(found[1])), Detail()) if found else Detail()
        if own.files or own.diff or not own.commit:
            return own
        same = (one for one in self.details.values() if one.commit == own.commit and (one.files or one.diff))
        return min(same, default=own)


def payloads_of(files: Iterable[Evidence]) -> Payloads:
    """Read the raw files of changes and traces; one that is gone or damaged tells nothing."""
    details: dict[tuple[int, int], Detail] = {}
    calls: set[Call] = set()
    for evidence in _few(files):
        document = _document(evidence)
        if evidence.kind == SourceKind.XRAY:
            calls.update(_calls(document))
        else:
            details |= {(evidence.pk, place): _detail(item) for place, item in enumerate(_events(document))}
    return Payloads(details, tuple(sorted(calls)))


def _few(files: Iterable[Evidence]) -> Iterator[Evidence]:
    left = MOST_BYTES
    told = (one for one in files if one.kind in (*CHANGES, SourceKind.XRAY) and one.size <= LARGEST_FILE)
    for _, evidence in zip(range(MOST_FILES), sorted(told, key=lambda one: one.sha256), strict=False):
        left -= evidence.size
        if left >= 0:
            yield evidence


def _document(evidence: Evidence) -> Any:
    try:
        with evidence.file.storage.open(str(evidence.file.name)) as raw:
            return orjson.loads(unpacked(cast(BinaryIO, raw)).read().removeprefix(b"\xef\xbb\xbf"))
    except (OSError, EvidenceRefused, orjson.JSONDecodeError) as error:
        log.info("the raw file of evidence %s tells nothing: %s", evidence.pk, error)
        return None


def _events(document: Any) -> list[Any]:
    if isinstance(document, dict):
        return document["events"] if isinstance(document.get("events"), list) else [document]
    return document if isinstance(document, list) else []


def _detail(item: Any) -> Detail:
    """The paths and lines of one event: of its own, or of the commits that it pushed."""
    if not isinstance(item, dict):
        return Detail()
    commits = [one for one in _list(item, "commits") if isinstance(one, dict)]
    rows = [*_list(item, "files"), *(row for one in commits for row in _list(one, "files"))]
    paths = [_path(row) for row in rows]
    for commit in commits:
        paths += [str(path) for name in ("added", "modified", "removed") for path in _list(commit, name)]
    diff = item.get("diff") if isinstance(item.get("diff"), str) else "\n".join(_patches(rows))
    told = "\n".join(dict.fromkeys(path[:LONGEST_PATH] for path in paths[:MOST_PATHS] if path))
    files = tuple(mask(told).splitlines())
    return Detail(files, mask(str(diff)[:LONGEST_DIFF]) if diff else "", _commit(item))


def _path(row: Any) -> str:
    if isinstance(row, str):
        return row
    return row["filename"] if isinstance(row, dict) and isinstance(row.get("filename"), str) else ""


def _patches(rows: Iterable[Any]) -> Iterator[str]:
    """The patch of each file, with the head that a unified diff has."""
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("patch"), str):
            yield f"--- a/{_path(row)}\n+++ b/{_path(row)}\n{row['patch']}"


def _commit(item: Mapping[str, Any]) -> str:
    """The beginning of the commit's hash, wherever this kind of event has it."""
    pull = item.get("pull_request")
    deployment = item.get("deployment")
    candidates = (
        item.get("after"),
        deployment.get("sha") if isinstance(deployment, dict) else None,
        pull.get("merge_commit_sha") if isinstance(pull, dict) else None,
        item.get("sha"),
        item.get("merge_commit_sha"),
        item.get("commit"),
    )
    found = next((one for one in candidates if isinstance(one, str) and len(one) >= SHORT_COMMIT), "")
    return found[:SHORT_COMMIT].lower()


def _calls(document: Any) -> Iterator[Call]:
    """Who calls whom, by the way from the entry point of a trace to where its root cause lies."""
    for trace in _traces(document):
        for name in ("FaultRootCauses", "ErrorRootCauses", "ResponseTimeRootCauses"):
            for cause in _list(trace, name):
                way = [service for service in _list(cause, "Services") if _name(service)]
                for caller, callee in pairwise(way):
                    if _name(caller) != _name(callee):
                        yield Call(_name(caller), _name(callee))


def _traces(document: Any) -> Iterator[Any]:
    for one in document if isinstance(document, list) else [document]:
        if isinstance(one, dict):
            yield from _list(one, "TraceSummaries") if "TraceSummaries" in one else [one]


def _name(service: Any) -> str:
    name = service.get("Name") if isinstance(service, dict) else None
    return " ".join(mask(name[:120]).split()) if isinstance(name, str) else ""


def _list(item: Any, key: str) -> list[Any]:
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, list) else []
