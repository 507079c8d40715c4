"""Chronology and evidence: where it starts, what each entry says of itself, silences, order, and what was kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from incidents.chronology import in_words
from incidents.enums import Lane, Precision
from reviews.checks.finding import Finding
from reviews.checks.reading import Reading, listed, moment
from reviews.enums import CheckCode

ORDER = ("impact_started", "detected", "acknowledged", "mitigated", "resolved")
#: A turn of the incident is told by one of each of these groups of lanes.
TURNS = (
    ("how things stood", frozenset({Lane.ALERT, Lane.STATUS, Lane.LOG, Lane.METRIC})),
    ("what was decided and done", frozenset({Lane.CHANGE, Lane.ACTION, Lane.CHAT, Lane.STATEMENT})),
)


def starts_late(read: Reading) -> Iterator[Finding]:
    """The first entry is the trigger or the last known good state, not the first symptom."""
    if not read.entries:
        yield Finding(
            CheckCode.STARTS_LATE,
            "The chronology holds no entry",
            "Import evidence, and highlight what tells how it came about",
        )
        return
    alerts = [entry.at for entry in read.entries.values() if entry.lane == Lane.ALERT]
    first = read.milestones.get("impact_started") or min(alerts, default=None)
    if first and min(entry.at for entry in read.entries.values()) >= first:
        yield Finding(
            CheckCode.STARTS_LATE,
            "The chronology starts with the first symptom",
            "Highlight what came before it: the trigger, or the last time that all was well",
        )


def entry_times(read: Reading) -> Iterator[Finding]:
    """Every entry has a time of its own, the zone that it was read in, a source and a place in it."""
    rows = list(read.rows("chronology"))
    dated = [row for row in rows if row.get("precision") == Precision.DAY]
    bare = [row for row in rows if not row.get("zone", "UTC") or not row.get("source", "-")]
    if dated:
        yield _of_entries(
            CheckCode.ENTRY_TIMES,
            dated,
            "has a date but no time",
            "have a date but no time",
            "Correct the time in the chronology",
        )
    if bare:
        yield _of_entries(
            CheckCode.ENTRY_TIMES,
            bare,
            "has no zone or no source",
            "have no zone or no source",
            "Correct the entry in the chronology",
        )


def entry_origins(read: Reading) -> Iterator[Finding]:
    """Every entry from evidence names the line, message or query that it came from."""
    kept = {row["sha256"] for row in read.rows("evidence")}
    lost = [
        row
        for row in read.rows("chronology")
        if (sha := row.get("evidence_sha256")) and (not row.get("location") or (kept and sha not in kept))
    ]
    if lost:
        yield _of_entries(
            CheckCode.ENTRY_ORIGINS,
            lost,
            "does not name the line, message or query that it came from",
            "do not name the line, message or query that they came from",
            "Import the source again with its places, or say in a statement where it stands",
        )


def unexplained_gap(read: Reading) -> Iterator[Finding]:
    """No silence without words about it by a person, and no turn of the incident untold."""
    explained = {number for one in read.said if one.by_person for number in one.citations}
    longest = max(read.rows("gaps"), key=lambda gap: gap["minutes"], default=None)
    answered = bool(read.answers("gap"))
    silent = [
        gap
        for gap in read.rows("gaps")
        if not ({gap["after"], gap["before"]} & explained or (answered and gap is longest))
    ]
    if silent:
        first = max(silent, key=lambda gap: gap["minutes"])
        length = in_words(timedelta(minutes=first["minutes"]))
        one = len(silent) == 1
        counted = (
            "One silence is not explained:"
            if one
            else f"{len(silent)} silences are not explained, the longest"
        )
        yield Finding(
            CheckCode.UNEXPLAINED_GAP,
            f"{counted} {length} from E{first['after']} to E{first['before']}",
            "Say what happened then in a sentence that cites one of its ends, or import what tells of it",
        )
    lanes = {entry.lane for entry in read.entries.values()}
    if untold := [name for name, those in TURNS if lanes and not lanes & those]:
        yield Finding(
            CheckCode.UNEXPLAINED_GAP,
            f"No highlighted entry tells {listed(untold)}",
            "Highlight the entries that do, or state them",
        )


def milestone_order(read: Reading) -> Iterator[Finding]:
    """The milestones follow each other, and a corrected time keeps the one that it had."""
    known = {row["kind"]: row for row in read.rows("milestones")}
    reached = [known[kind] for kind in ORDER if kind in known]
    for earlier, later in itertools.pairwise(reached):
        if moment(later["at"]) < moment(earlier["at"]):
            yield Finding(
                CheckCode.MILESTONE_ORDER,
                f"“{later['label']}” lies before “{earlier['label']}”",
                "Correct one of the milestones in the chronology",
            )
    lost = [
        row
        for row in read.rows("chronology")
        if row.get("corrections") and not (row.get("original_at") and row.get("original_time"))
    ]
    if lost:
        yield _of_entries(
            CheckCode.MILESTONE_ORDER,
            lost,
            "was corrected without keeping its time",
            "were corrected without keeping their times",
            "Import the source again, so that the original stands beside the correction",
        )


def no_exports(read: Reading) -> Iterator[Finding]:
    """The raw files are kept with their hashes."""
    rows = list(read.rows("evidence"))
    if not rows:
        yield Finding(
            CheckCode.NO_EXPORTS,
            "No file of evidence is kept",
            "Import the exports that the chronology rests on: alerts, the channel, logs, deployments",
        )
    if unkept := [row["filename"] for row in rows if not row["sha256"]]:
        yield Finding(
            CheckCode.NO_EXPORTS, f"{listed(unkept)} is not kept as it was received", "Import the file again"
        )


def _of_entries(code: CheckCode, rows: list[dict[str, Any]], one: str, many: str, way_out: str) -> Finding:
    labels = listed(f"E{row['number']}" for row in rows)
    return Finding(code, f"{labels} {one if len(rows) == 1 else many}", way_out)
