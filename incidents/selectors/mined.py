"""The patterns of an incident's long logs, with their counts by minute, as the analysis reads them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, IntegerField, Value, When
from django.db.models.functions import Coalesce

from incidents.analysis.patterns import Pattern
from incidents.analysis.wording import tells_harm
from incidents.models import Incident, LogPattern
from incidents.selectors.naming import plain_name

TROUBLE = ("error", "warning")
MOST_PATTERNS = 4_000
MOST_TROUBLE = 1_000
Clocks = Mapping[str, int]
"""How many seconds the clock of each kind of source ran ahead, where somebody declared it."""

# Counted before it is joined: the lines of a file are read once, however many patterns are asked for.
_COUNTS = """
WITH counted AS MATERIALIZED (
    SELECT evidence_id, pattern, floor(extract(epoch FROM at) / 60)::bigint AS minute, count(*) AS lines
    FROM incidents_logline WHERE evidence_id = ANY(%s::bigint[]) AND pattern = ANY(%s::int[]) GROUP BY 1, 2, 3
)
SELECT wanted.pattern, counted.minute, sum(counted.lines)::bigint
FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS wanted(pattern, evidence, grouped)
JOIN counted ON counted.evidence_id = wanted.evidence AND counted.pattern = wanted.grouped
GROUP BY 1, 2
"""


def patterns_of(incident: Incident, clocks: Clocks) -> list[tuple[Pattern, tuple[int, ...]]]:
    """Log patterns, those of several files joined, each with the numbers of the entries that show it.

    Lines are counted by minute for those in trouble only; nothing else is asked of the others.
    """
    rows = [_Mined(*row) for row in _mined(incident)]
    trouble = [row for row in rows if row.level in TROUBLE or tells_harm(row.template)][:MOST_TROUBLE]
    counts = _counts(trouble)
    alike: defaultdict[tuple[str, str, str], list[Pattern]] = defaultdict(list)
    shown: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
    for row in rows:
        key = row.template, row.actor, row.level
        alike[key].append(_pattern(row, counts[row.pk], clocks.get(row.source, 0)))
        shown[key] |= {row.entry} - {0}
    return [(_joined(alike[key]), tuple(sorted(shown[key]))) for key in sorted(alike)]


class _Mined(NamedTuple):
    """A log pattern as it is stored; ``entry`` is the number of what shows it, 0 for nothing."""

    pk: int
    evidence: int
    source: str
    template: str
    actor: str
    level: str
    lines: int
    first: datetime
    last: datetime
    groups: list[int]
    entry: int


def _mined(incident: Incident) -> Any:
    shown = When(entry__hidden=False, then=Coalesce("entry__folded_into__number", "entry__number"))
    trouble = Case(When(level__in=TROUBLE, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = LogPattern.objects.filter(evidence__incident=incident).annotate(
        number=Case(shown, default=Value(0), output_field=IntegerField())
    )
    fields = (
        "pk",
        "evidence_id",
        "evidence__kind",
        "template",
        "actor",
        "level",
        "count",
        "first_at",
        "last_at",
    )
    ordered = rows.order_by(trouble, "-count", "template", "actor", "first_at", "pk")
    return ordered.values_list(*fields, "groups", "number")[:MOST_PATTERNS]


def _pattern(row: _Mined, per_minute: Mapping[int, int], ahead: int) -> Pattern:
    """The pattern by the time of a clock that was set right; a minute is moved by whole minutes."""
    moved = {minute - round(ahead / 60): count for minute, count in per_minute.items()}
    first, last = row.first.timestamp() - ahead, row.last.timestamp() - ahead
    return Pattern(
        row.template, plain_name(row.actor), row.level, row.lines, first, last, (), tuple(row.groups), moved
    )


def _joined(alike: Sequence[Pattern]) -> Pattern:
    """One pattern of several files, such as a log for each hour."""
    minutes: Counter[int] = Counter()
    for one in alike:
        minutes.update(one.per_minute)
    return replace(
        alike[0],
        count=sum(one.count for one in alike),
        first=min(one.first for one in alike),
        last=max(one.last for one in alike),
        per_minute=minutes,
    )


def _counts(rows: Iterable[_Mined]) -> defaultdict[int, Counter[int]]:
    """Lines per minute since 1970 of each pattern, by its key."""
    wanted = [(row.pk, row.evidence, group) for row in rows for group in row.groups]
    found: defaultdict[int, Counter[int]] = defaultdict(Counter)
    patterns, files, groups = ([one[place] for one in wanted] for place in range(3))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [sorted(set(files)), sorted(set(groups)), patterns, files, groups])
        for pattern, minute, count in cursor:
            found[pattern][minute] += count
    return found
