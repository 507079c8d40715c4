"""The chronology as rows of words, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from incidents.chronology import elapsed, in_words
from incidents.enums import MilestoneKind, Precision, SourceKind, Trust
from incidents.models import Correction, Entry, Evidence, Incident, IntakePolicy, Milestone
from incidents.models.timeline import ORDER
from incidents.selectors.choosing import View, chosen
from incidents.selectors.drawing import SHAPES, milestone_times
from incidents.selectors.folded import Fold, folds

PAGE = 100
BEFORE_IT = 30
MOST_COUNTED = 20_000
USUAL_GAP = 30
SOURCE_NAMES: dict[str, str] = {kind.value: kind.label for kind in SourceKind} | {
    SourceKind.LOG.value: "Log",
    SourceKind.GRAFANA.value: "Grafana",
    SourceKind.TEAMS.value: "Microsoft Teams",
}
# What nearly every incident has; the absence of these is worth a word where nothing was told for long.
EXPECTED = (
    SourceKind.PAGERDUTY, SourceKind.SLACK, SourceKind.ALERTMANAGER, SourceKind.GITHUB, SourceKind.LOG,
)  # fmt: skip
TRUST_WORDS: dict[str, str] = {
    Trust.OBSERVED: "observed",
    Trust.REPORTED: "reported",
    Trust.INFERRED: "inferred",
}
_ROW_FIELDS = (
    "pk", "number", "version", "at", "text", "lane", "actor", "trust", "precision", "highlighted", "hidden",
    "hidden_reason", "evidence__kind", "original_time", "zone", "services", "region", "customer", "tags", "level",
    "times_seen", "last_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the chronology in words; ``day`` and ``silence`` are set when a heading or a gap comes before it."""

    number: int
    version: int
    label: str
    at: str
    clock: str
    written: str
    elapsed: str
    text: str
    shape: SafeString
    source: str
    actor: str
    trust: str
    about: Sequence[str]
    level: str
    tags: Sequence[str]
    folded: str
    highlighted: bool
    hidden_reason: str
    cited: str
    milestones: Sequence[str]
    corrected: bool
    day: str = ""
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the chronology.

    ``before`` and ``after`` are the numbers by which the stretch before and the one after are asked for, ``None`` where
    there is none. ``total`` counts the whole view, ``MOST_COUNTED`` at most. ``next_day`` is the heading which comes
    behind the last row, when the row that follows it on the person's page stands under another day.
    """

    rows: list[Row]
    before: int | None
    after: int | None
    total: int
    next_day: str = ""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Values in order, with the moments of the entries right before and right behind them, where there are any."""

    found: list[dict[str, Any]]
    previous: datetime | None = None
    following: datetime | None = None
    earlier: bool = False
    later: bool = False


def chronology_page(
    incident: Incident,
    view: View | None = None,
    *,
    after: int | None = None,
    before: int | None = None,
    at: int | None = None,
    limit: int = PAGE,
    times: Mapping[MilestoneKind, datetime] | None = None,
) -> Page:
    """Up to ``limit`` rows in the one UTC order: those after an entry, before one, or around the one numbered ``at``.

    ``times`` are the milestones' when the caller has read them already. Each stretch is found by the place of an entry
    in the order, so that the last page of a long chronology costs what the first does.
    """
    view = view or View()
    stretch = _stretch(incident, view, after=after, before=before, at=at, limit=limit)
    times = milestone_times(incident) if times is None else times
    rows = _rows(stretch, incident, view, times.get(MilestoneKind.IMPACT_STARTED))
    found = stretch.found
    follows = stretch.following if before is not None and found else None
    return Page(
        rows,
        found[0]["number"] if stretch.earlier and found else None,
        found[-1]["number"] if stretch.later and found else None,
        len(found) if not (stretch.earlier or stretch.later) else _count(incident, view),
        _day(follows) if follows and follows.date() != found[-1]["at"].date() else "",
    )


def counts(incident: Incident) -> dict[str, int]:
    """How many entries are shown, highlighted and hidden; what stands inside another entry is not counted."""
    shown = Q(hidden=False, folded_into__isnull=True)
    numbers: dict[str, int] = Entry.objects.filter(incident=incident).aggregate(
        all=Count("pk", filter=shown),
        highlights=Count("pk", filter=shown & Q(highlighted=True)),
        hidden=Count("pk", filter=Q(hidden=True)),
    )
    return numbers


def row_of(entry: Entry) -> Row:
    """One entry as a row on its own, as a fragment needs it."""
    return rows_of(entry.incident, [entry.number])[0]


def rows_of(incident: Incident, numbers: Iterable[int]) -> list[Row]:
    """Entries as rows on their own, in order, without headings between them."""
    found = list(Entry.objects.filter(incident=incident, number__in=numbers).in_order().values(*_ROW_FIELDS))
    times = milestone_times(incident)
    return _rows(_Stretch(found), incident, None, times.get(MilestoneKind.IMPACT_STARTED))


# Stretches --------------------------------------------------------------------------------------------------------


def _stretch(
    incident: Incident, view: View, *, after: int | None, before: int | None, at: int | None, limit: int
) -> _Stretch:
    number = next((one for one in (at, before, after) if one is not None), None)
    place = number and Entry.objects.filter(incident=incident, number=number).values(*ORDER).first()
    if not place:
        return _from_start(incident, view, limit)
    if at is not None:
        return _around(incident, view, place, limit)
    return (
        _before(incident, view, place, limit) if before is not None else _after(incident, view, place, limit)
    )


def _from_start(incident: Incident, view: View, limit: int) -> _Stretch:
    found = _read(chosen(incident, view).in_order(), limit + 1)
    return _Stretch(found[:limit], later=len(found) > limit)


def _after(incident: Incident, view: View, place: dict[str, Any], limit: int) -> _Stretch:
    found = _read(chosen(incident, view).filter(_behind(place)).in_order(), limit + 1)
    return _Stretch(found[:limit], previous=place["at"], earlier=True, later=len(found) > limit)


def _before(incident: Incident, view: View, place: dict[str, Any], limit: int) -> _Stretch:
    found = _read(
        chosen(incident, view).filter(_ahead(place)).order_by(*(f"-{name}" for name in ORDER)), limit + 1
    )
    more = len(found) > limit
    previous = found[limit]["at"] if more else None
    return _Stretch(found[:limit][::-1], previous, following=place["at"], earlier=more, later=True)


def _around(incident: Incident, view: View, place: dict[str, Any], limit: int) -> _Stretch:
    """The stretch that holds an entry, with some of what came before it."""
    early = _before(incident, view, place, min(BEFORE_IT, limit // 2))
    behind = Q(number=place["number"]) | _behind(place)
    room = limit - len(early.found)
    late = _read(chosen(incident, view).filter(behind).in_order(), room + 1)
    found = [*early.found, *late[:room]]
    return _Stretch(found, earlier=early.earlier and bool(found), later=len(late) > room)


def _read(entries: Any, limit: int) -> list[dict[str, Any]]:
    return list(entries.values(*_ROW_FIELDS)[:limit])


def _behind(place: dict[str, Any]) -> Q:
    at, tie, number = (place[name] for name in ORDER)
    return Q(at__gte=at) & (Q(at__gt=at) | Q(tie__gt=tie) | Q(tie=tie, number__gt=number))


def _ahead(place: dict[str, Any]) -> Q:
    at, tie, number = (place[name] for name in ORDER)
    return Q(at__lte=at) & (Q(at__lt=at) | Q(tie__lt=tie) | Q(tie=tie, number__lt=number))


def _count(incident: Incident, view: View) -> int:
    """How many entries the whole view holds, as far as counting is worth the time."""
    total: int = chosen(incident, view).order_by().values("pk")[:MOST_COUNTED].count()
    return total


# Words ------------------------------------------------------------------------------------------------------------


def _rows(
    stretch: _Stretch, incident: Incident, view: View | None, impact_started: datetime | None
) -> list[Row]:
    """The rows, with headings and gaps between them; without a view, each by itself."""
    ids = [values["pk"] for values in stretch.found]
    beside = _Beside(
        folds(stretch.found), _milestones_by_entry(incident), _citations(ids), _corrected(ids), impact_started
    )
    gap, names = (_gap(incident), _source_names(incident)) if view and view.is_whole else (None, "")
    rows, previous = [], stretch.previous
    for values in stretch.found:
        at = values["at"]
        silent = gap and previous and at - previous > gap
        rows.append(
            _row(
                values,
                beside,
                day=_day(at) if view and (previous is None or previous.date() != at.date()) else "",
                silence=f"{in_words(at - previous)} without an entry. {names}" if silent and previous else "",
            )
        )
        previous = at
    return rows


@dataclass(frozen=True, slots=True)
class _Beside:
    """What rows say of their entries beside their own columns, by primary key; milestones by number."""

    folds: Mapping[int, Fold]
    milestones: Mapping[int, Sequence[str]]
    citations: Mapping[int, int]
    corrected: set[int]
    impact_started: datetime | None


def _row(values: dict[str, Any], beside: _Beside, *, day: str, silence: str) -> Row:
    kind, pk = values["evidence__kind"], values["pk"]
    fold = beside.folds.get(pk)
    return Row(
        number=values["number"],
        version=values["version"],
        label=f"E{values['number']}",
        at=values["at"].isoformat(),
        clock=_clock(values["at"], values["precision"]),
        written=f"{values['original_time']} ({values['zone']})",
        elapsed=elapsed(values["at"], beside.impact_started),
        text=values["text"],
        shape=SHAPES[values["lane"]],
        source=SOURCE_NAMES[kind] if kind else "Statement",
        actor=values["actor"],
        trust=TRUST_WORDS[values["trust"]],
        about=[one for one in (*values["services"], values["region"], values["customer"]) if one],
        level=values["level"],
        tags=values["tags"],
        folded=fold.in_words if fold else "",
        highlighted=values["highlighted"],
        hidden_reason=values["hidden_reason"],
        cited=_sentences(beside.citations.get(pk, 0)),
        milestones=beside.milestones.get(values["number"], ()),
        corrected=pk in beside.corrected,
        day=day,
        silence=silence,
    )


def _clock(at: datetime, precision: str) -> str:
    if precision == Precision.DAY:
        return "that day"
    return f"{at:%H:%M:%S}" if precision == Precision.SECOND and at.second else f"{at:%H:%M}"


def _day(at: datetime) -> str:
    return f"{at:%A} {at.day} {at:%B %Y}"


def _gap(incident: Incident) -> timedelta:
    """How long nothing may be told before it is named: what the organization's policy says."""
    policies = IntakePolicy.objects.filter(organization_id=incident.organization_id)
    return timedelta(minutes=policies.values_list("gap_minutes", flat=True).first() or USUAL_GAP)


def _sentences(count: int) -> str:
    return "" if not count else f"cited in {count} {'sentence' if count == 1 else 'sentences'}"


def _corrected(ids: Iterable[int]) -> set[int]:
    return set(Correction.objects.filter(entry__in=ids).values_list("entry_id", flat=True))


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
    absent = ", ".join(SOURCE_NAMES[kind] for kind in EXPECTED if kind not in kinds)
    told = f"Sources imported: {present or 'none'}."
    return f"{told} Not imported: {absent}." if absent else told
