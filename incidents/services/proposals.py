"""What a chronology proposes (milestones, clocks), made anew whenever people change what it rests on.

A short chronology's proposals are made right after the change is committed, so that the next page shows them; a long
one's by a worker, and a sweep finds what its nudge lost (invariant 7). ``asked`` counts the changes of a chronology:
proposals from facts that changed in the meantime are dropped, because whoever changed them makes newer ones. So nobody
waits for a lock.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django_scopes import scope, scopes_disabled

from incidents.analysis import milestones, offsets
from incidents.analysis.facts import Fact
from incidents.enums import CurationKind
from incidents.models import ClockOffset, Entry, Incident, Milestone
from incidents.services import nudges

log = logging.getLogger(__name__)

AT_ONCE = 1_000  # takes a tenth of a second; 20,000 take two
MOST_FACTS = 20_000
MOST_PAIRS = 50
MOST_SWEPT = 50
# What changes which entries there are, when they were, what they say, or what they are needed for.
TELLING = frozenset(
    {
        CurationKind.HIDE,
        CurationKind.SHOW,
        CurationKind.CORRECT,
        CurationKind.MERGE,
        CurationKind.SPLIT,
        CurationKind.MILESTONE,
    }
)
_FIELDS = (
    "number", "at", "text", "lane", "actor", "trust", "precision", "evidence__kind", "evidence_id", "fingerprint",
    "services", "highlighted",
)  # fmt: skip
_COUNT = "coalesce((insights->>'asked')::bigint, 0)"
_CHANGED = f"""
UPDATE incidents_incident SET insights = insights || %s::jsonb || jsonb_build_object('asked', {_COUNT} + 1)
WHERE id = %s
"""  # noqa: S608 - nothing but our own words
_KEEP = "UPDATE incidents_incident SET insights = insights || %s::jsonb WHERE id = %s"
_KEEP_UNLESS_CHANGED = f"{_KEEP} AND {_COUNT} = %s"


def outdate(incident: Incident) -> None:
    """Remember that proposals rest on what a person has just changed, and have them made anew after the commit."""
    changed(incident, outdated=True)
    transaction.on_commit(lambda: _renew(incident.pk), robust=True)


def changed(incident: Incident, **values: bool) -> None:
    """Count a change of the chronology, and keep ``values`` beside the proposals."""
    _write(_CHANGED, values, incident.pk)


def keep(incident: Incident, **values: Any) -> None:
    """Keep values beside what is known of a chronology; what others keep at the same time stays."""
    _write(_KEEP, values, incident.pk)


def kept(incident: Incident) -> dict[str, Any]:
    """Everything that is kept, as it is now."""
    found: dict[str, Any] = Incident.objects.values_list("insights", flat=True).get(pk=incident.pk)
    return found


def propose(incident: Incident) -> bool:
    """Make and keep the proposals; gives whether they were kept, and not dropped for newer ones."""
    asked = int(kept(incident).get("asked", 0))
    made = {
        "outdated": False,
        "milestones": _milestones(incident, facts_of(incident)),
        "offsets": _offsets(incident, facts_of(incident, with_folded=True)),
    }
    return _write(_KEEP_UNLESS_CHANGED, made, incident.pk, asked)


def propose_for(incident_id: int) -> None:
    """Make the proposals of an incident when they are outdated; what a worker does."""
    with scopes_disabled():
        incident = (
            Incident.objects.select_related("organization")
            .filter(pk=incident_id, insights__outdated=True)
            .first()
        )
    if incident is not None:
        with scope(organization=incident.organization):
            propose(incident)


def sweep() -> int:
    """Make the proposals that a lost nudge left outdated; gives for how many incidents."""
    with scopes_disabled():
        outdated = Incident.objects.filter(insights__outdated=True).order_by("pk")
        found = list(outdated.values_list("pk", flat=True)[:MOST_SWEPT])
    for pk in found:
        try:
            propose_for(pk)
        except Exception:
            log.exception("the proposals of incident %s broke", pk)
    return len(found)


def facts_of(incident: Incident, *, with_folded: bool = False) -> list[Fact]:
    """What is shown; with what stands inside other entries where two clocks are compared."""
    entries = Entry.objects.filter(incident=incident, hidden=False)
    chosen = entries if with_folded else entries.shown()
    rows = chosen.in_order().values_list(*_FIELDS)[:MOST_FACTS]
    return [_fact(*row) for row in rows.iterator()]


def _renew(incident_id: int) -> None:
    """What follows a commit: the scope of whoever changed something may have ended by then."""
    with scopes_disabled():
        is_long = Entry.objects.filter(incident=incident_id)[: AT_ONCE + 1].count() > AT_ONCE
    (nudges.propose if is_long else propose_for)(incident_id)


def _write(statement: str, values: Mapping[str, Any], *parameters: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values), *parameters])
        return bool(cursor.rowcount)


def _fact(*row: Any) -> Fact:
    values = dict(zip(Fact._fields, row, strict=True))
    values |= {"source": values["source"] or "", "evidence": values["evidence"] or 0}
    return Fact(**values | {"services": tuple(values["services"])})


def _milestones(incident: Incident, facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """Milestones that nobody has set yet, each with its entry, why, and what speaks against it."""
    standing = set(Milestone.objects.filter(incident=incident).values_list("kind", flat=True))
    return {
        kind.value: {"entry": proposal.number, "why": proposal.why, "doubt": proposal.doubt}
        for kind, proposal in milestones.propose(facts).items()
        if kind.value not in standing
    }


def _offsets(incident: Incident, facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Clock offsets of sources for which nobody has declared one."""
    declared = set(
        ClockOffset.objects.filter(incident=incident, withdrawn_at=None).values_list("source", flat=True)
    )
    return [
        {
            "source": proposal.source,
            "against": proposal.against,
            "seconds": proposal.seconds,
            "pairs": [list(pair) for pair in proposal.pairs[:MOST_PAIRS]],
            "why": proposal.why,
        }
        for proposal in offsets.propose(facts)
        if proposal.source not in declared and proposal.source
    ]
