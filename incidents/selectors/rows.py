"""The chronology as rows of words, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from incidents.chronology import LONG_SILENCE, elapsed, in_words
from incidents.enums import MilestoneKind, Precision, SourceKind, Trust
from incidents.models import Correction, Entry, Evidence, Incident, Milestone
from incidents.selectors.drawing import SHAPES, milestone_times

PAGE = 100
SOURCE_NAMES: dict[str, str] = {
    SourceKind.PAGERDUTY: "PagerDuty",
    SourceKind.SLACK: "Slack",
    SourceKind.ALERTMANAGER: "Alertmanager",
    SourceKind.GITHUB: "GitHub",
    SourceKind.LOG: "Log",
}
STATEMENTS = "statement"
TRUST_WORDS: dict[str, str] = {
    Trust.OBSERVED: "observed",
    Trust.REPORTED: "reported",
    Trust.INFERRED: "inferred",
}
_ROW_FIELDS = (
    "pk", "number", "at", "text", "lane", "actor", "trust", "precision", "highlighted", "hidden", "hidden_reason",
    "evidence__kind", "evidence__filename", "original_at", "evidence__clock_offset",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the chronology in words; ``day`` and ``silence`` are set when a heading or a gap comes before it."""

    number: int
    label: str
    at: str
    clock: str
    elapsed: str
    text: str
    shape: SafeString
    source: str
    actor: str
    trust: str
    highlighted: bool
    hidden_reason: str
    cited: str
    milestones: Sequence[str]
    corrected: bool
    day: str = ""
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the chronology; ``after`` is the number by which the next one is asked for, ``None`` at the end."""

    rows: list[Row]
    after: int | None
    total: int


@dataclass(frozen=True)
class View:
    """What a person chose to see of a chronology."""

    highlights_only: bool = False
    hidden: bool = False
    q: str = ""
    source: str = ""

    @cached_property
    def is_whole(self) -> bool:
        """Whether neighbors in it are neighbors in time, so that a gap between them means silence."""
        return not (self.highlights_only or self.hidden or self.q or self.source)


def chronology_page(
    incident: Incident,
    *,
    highlights_only: bool = False,
    hidden: bool = False,
    q: str = "",
    source: str = "",
    after: int | None = None,
    limit: int = PAGE,
    times: dict[MilestoneKind, datetime] | None = None,
) -> Page:
    """Up to ``limit`` rows after the entry numbered ``after``, in the one UTC order.

    ``q`` looks in text and actor; ``source:slack`` and ``person:mara`` inside it narrow further. ``times`` are the
    milestones' when the caller has read them already.
    """
    view = View(highlights_only, hidden, q.strip(), source)
    entries = _chosen(incident, view)
    before = Entry.objects.filter(incident=incident, number=after).first() if after else None
    if before is not None:
        entries = entries.filter(at__gte=before.at).filter(Q(at__gt=before.at) | Q(number__gt=before.number))
    found = list(entries.in_order().values(*_ROW_FIELDS)[: limit + 1])
    shown, more = found[:limit], len(found) > limit
    times = milestone_times(incident) if times is None else times
    rows = _rows(
        shown, incident, view, before.at if before else None, times.get(MilestoneKind.IMPACT_STARTED)
    )
    return Page(rows, shown[-1]["number"] if more else None, _count(incident, view, len(found), more, after))


def counts(incident: Incident) -> dict[str, int]:
    """How many entries are shown, highlighted and hidden."""
    numbers: dict[str, int] = Entry.objects.filter(incident=incident).aggregate(
        all=Count("pk", filter=Q(hidden=False)),
        highlights=Count("pk", filter=Q(highlighted=True, hidden=False)),
        hidden=Count("pk", filter=Q(hidden=True)),
    )
    return numbers


def row_of(entry: Entry) -> Row:
    """One entry as a row on its own, as a fragment needs it."""
    view = View(hidden=entry.hidden)
    found = list(Entry.objects.filter(pk=entry.pk).values(*_ROW_FIELDS))
    times = milestone_times(entry.incident)
    row = _rows(found, entry.incident, view, entry.at, times.get(MilestoneKind.IMPACT_STARTED))
    return row[0]


def _chosen(incident: Incident, view: View) -> Any:
    entries = Entry.objects.filter(incident=incident)
    if view.hidden:
        entries = entries.filter(hidden=True)
    else:
        entries = entries.highlighted() if view.highlights_only else entries.shown()
    for source in filter(None, (view.source, *_named(view.q, "source:"))):
        entries = entries.filter(_from(source))
    for person in _named(view.q, "person:"):
        entries = entries.filter(actor__icontains=person)
    for word in view.q.split():
        if not word.startswith(("source:", "person:")):
            entries = entries.filter(Q(text__icontains=word) | Q(actor__icontains=word))
    return entries


def _named(q: str, prefix: str) -> list[str]:
    return [word.removeprefix(prefix) for word in q.split() if word.startswith(prefix) and word != prefix]


def _from(source: str) -> Q:
    """Entries of a source kind, or people's statements."""
    wanted = source.lower()
    if STATEMENTS.startswith(wanted):
        return Q(evidence__isnull=True)
    return Q(evidence__kind__in=[kind for kind in SourceKind.values if kind.startswith(wanted)])


def _count(incident: Incident, view: View, found: int, more: bool, after: int | None) -> int:
    """How many entries the whole view holds; counted only when this page does not show it."""
    if after is None and not more:
        return found
    total: int = _chosen(incident, view).count()
    return total


# Words ------------------------------------------------------------------------------------------------------------


def _rows(
    found: Sequence[dict[str, Any]],
    incident: Incident,
    view: View,
    previous: datetime | None,
    impact_started: datetime | None,
) -> list[Row]:
    badges = _milestones_by_entry(incident)
    cited = _citations([values["pk"] for values in found])
    corrected = set(
        Correction.objects.filter(entry__in=[values["pk"] for values in found]).values_list(
            "entry_id", flat=True
        )
    )
    names = _source_names(incident) if view.is_whole else ""
    rows = []
    for values in found:
        at = values["at"]
        silent = previous is not None and view.is_whole and at - previous > LONG_SILENCE
        rows.append(
            _row(
                values,
                elapsed(at, impact_started),
                cited.get(values["pk"], 0),
                badges.get(values["number"], ()),
                corrected=values["pk"] in corrected,
                day=""
                if previous is not None and previous.date() == at.date()
                else f"{at:%A} {at.day} {at:%B %Y}",
                silence=f"{in_words(at - previous)} without an entry. {names}" if silent and previous else "",
            )
        )
        previous = at
    return rows


def _row(
    values: dict[str, Any],
    since: str,
    citations: int,
    badges: Sequence[str],
    *,
    corrected: bool,
    day: str,
    silence: str,
) -> Row:
    kind = values["evidence__kind"]
    return Row(
        number=values["number"],
        label=f"E{values['number']}",
        at=values["at"].isoformat(),
        clock=_clock(values["at"], values["precision"]),
        elapsed=since,
        text=values["text"],
        shape=SHAPES[values["lane"]],
        source=SOURCE_NAMES[kind] if kind else "Statement",
        actor=values["actor"],
        trust=TRUST_WORDS[values["trust"]],
        highlighted=values["highlighted"],
        hidden_reason=values["hidden_reason"],
        cited=_sentences(citations),
        milestones=badges,
        corrected=corrected,
        day=day,
        silence=silence,
    )


def _clock(at: datetime, precision: str) -> str:
    if precision == Precision.DAY:
        return "that day"
    return f"{at:%H:%M:%S}" if precision == Precision.SECOND and at.second else f"{at:%H:%M}"


def _sentences(count: int) -> str:
    return "" if not count else f"cited in {count} {'sentence' if count == 1 else 'sentences'}"


def _milestones_by_entry(incident: Incident) -> dict[int, list[str]]:
    badges: dict[int, list[str]] = {}
    for kind, number in Milestone.objects.filter(incident=incident).values_list("kind", "entry__number"):
        badges.setdefault(number, []).append(MilestoneKind(kind).label)
    return badges


def _citations(ids: Iterable[int]) -> dict[int, int]:
    """How many passages cite each entry, by the reverse relation that the room above gives entries."""
    rows = Entry.objects.filter(pk__in=list(ids), citations__isnull=False).annotate(times=Count("citations"))
    return dict(rows.order_by().values_list("pk", "times"))


def _source_names(incident: Incident) -> str:
    kinds = set(
        Evidence.objects.filter(incident=incident).order_by().values_list("kind", flat=True).distinct()
    )
    present = ", ".join(name for kind, name in SOURCE_NAMES.items() if kind in kinds)
    absent = ", ".join(name for kind, name in SOURCE_NAMES.items() if kind not in kinds)
    told = f"Sources imported: {present or 'none'}."
    return f"{told} Not imported: {absent}." if absent else told
