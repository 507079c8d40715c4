"""What the analysis of a chronology proposes, as it is offered to people: each proposal with why it is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from incidents.enums import MilestoneKind, SourceKind
from incidents.models import ClockOffset, Entry, Incident, Milestone

MOST_PAIRS = 3


class MilestoneProposal(NamedTuple):
    """A milestone that is not set, and the entry that it would rest on."""

    kind: str
    label: str
    number: int
    entry: str
    why: str
    doubt: str


class OffsetProposal(NamedTuple):
    """A clock that seems to be wrong by ``seconds`` (ahead when positive)."""

    source: str
    name: str
    seconds: int
    told: str
    why: str
    reason: str
    shown: list[Any]
    pairs_json: str


class Insights(NamedTuple):
    """Everything that is proposed and not settled yet."""

    milestones: list[MilestoneProposal]
    offsets: list[OffsetProposal]
    cascades: list[str]
    silences: list[str]

    @property
    def is_any(self) -> bool:
        """Whether anything is proposed."""
        return any(self)


def insights_of(incident: Incident) -> Insights:
    """What is proposed and still open: milestones that are not set, clocks that nobody declared."""
    found = incident.insights if isinstance(incident.insights, dict) else {}
    return Insights(
        list(_milestones(incident, found.get("milestones"))),
        list(_offsets(incident, found.get("offsets"))),
        _sentences(found.get("cascades")),
        _sentences(found.get("silences")),
    )


def _milestones(incident: Incident, found: Any) -> Iterator[MilestoneProposal]:
    if not isinstance(found, dict) or not found:
        return
    taken = set(Milestone.objects.filter(incident=incident).values_list("kind", flat=True))
    wanted = {
        kind: one
        for kind in MilestoneKind
        if kind.value not in taken and isinstance(one := found.get(kind.value), dict)
    }
    numbers = [one.get("entry") for one in wanted.values() if isinstance(one.get("entry"), int)]
    there = set(
        Entry.objects.filter(incident=incident, number__in=numbers).shown().values_list("number", flat=True)
    )
    for kind, one in wanted.items():
        if one.get("entry") in there:
            number = one["entry"]
            why, doubt = str(one.get("why", "")), str(one.get("doubt", ""))
            yield MilestoneProposal(kind.value, kind.label, number, f"E{number}", why, doubt)


def _offsets(incident: Incident, found: Any) -> Iterator[OffsetProposal]:
    if not isinstance(found, list) or not found:
        return
    declared = set(
        ClockOffset.objects.filter(incident=incident, withdrawn_at=None).values_list("source", flat=True)
    )
    for one in found:
        source = one.get("source") if isinstance(one, dict) else None
        if source in SourceKind.values and source not in declared and one.get("seconds"):
            yield _offset(SourceKind(source), one)


def _offset(source: SourceKind, one: dict[str, Any]) -> OffsetProposal:
    seconds, why = round(one["seconds"]), str(one.get("why", ""))
    pairs = one.get("pairs") if isinstance(one.get("pairs"), list) else []
    told = f"{abs(seconds)} s {'ahead' if seconds > 0 else 'behind'}"
    shown = [pair for pair in pairs or [] if isinstance(pair, list) and len(pair) == 3][:MOST_PAIRS]
    reason = why[:300] or f"It ran {told} in {len(pairs or [])} pairs of entries."
    return OffsetProposal(source.value, source.label, seconds, told, why, reason, shown, json.dumps(pairs))


def _sentences(found: Any) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
