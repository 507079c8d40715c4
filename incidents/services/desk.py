"""The one way to change entries: held against others, remembered so that it can be undone, announced and audited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance import audit
from governance.models import User
from incidents import changes
from incidents.enums import CurationKind
from incidents.errors import CurationRefused
from incidents.models import Correction, Curation, Entry, Incident
from incidents.services import proposals

# What people may change of an entry; everything else stays as it came.
FIELDS = ("highlighted", "hidden", "hidden_reason", "tags", "folded_into_id", "at", "text")
State = dict[str, Any]
Wanted = Callable[[Entry], State]


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does: its kind, the clause that reads on after "because", its name in the audit trail."""

    kind: CurationKind
    clause: str
    action: str
    reason: str = ""


def locked(incident: Incident, numbers: Iterable[int]) -> list[Entry]:
    """These entries as they are now, held until the transaction ends; a number that is not there is refused."""
    wanted = sorted(set(numbers))
    found = list(
        Entry.objects.select_for_update(of=("self",))
        .filter(incident=incident, number__in=wanted)
        .order_by("number")
    )
    if len(found) < len(wanted):
        missing = sorted(set(wanted) - {entry.number for entry in found})
        raise CurationRefused(f"{incident.reference} has no entry E{missing[0]}. Reload the page.")
    return found


def require_seen(entries: Iterable[Entry], versions: Mapping[int, int]) -> None:
    """Refuse to change what was changed since the person saw it; entries without a version are taken as seen."""
    for entry in entries:
        if versions.get(entry.number, entry.version) != entry.version:
            raise CurationRefused(
                f"{entry.label} was changed by somebody else since you opened this page. "
                "Look at what it says now, then decide again."
            )


def change(
    *,
    actor: User | None,
    incident: Incident,
    entries: Iterable[Entry],
    wanted: Wanted,
    act: Act,
    data: Mapping[str, Any] | None = None,
) -> Curation | None:
    """Bring locked entries into the state that ``wanted`` gives for each; nothing happens when they are in it."""
    before: dict[str, State] = {}
    after: dict[str, State] = {}
    for entry in entries:
        new = {name: value for name, value in wanted(entry).items() if getattr(entry, name) != value}
        if new:
            before[str(entry.number)] = {name: _plain(getattr(entry, name)) for name in new}
            after[str(entry.number)] = {name: _plain(value) for name, value in new.items()}
            _write(actor, entry, new, act.reason)
    if not after:
        return None
    return remember(
        actor=actor,
        incident=incident,
        act=act,
        before={"entries": before},
        after={"entries": after},
        data=data,
    )


def remember(
    *,
    actor: User | None,
    incident: Incident,
    act: Act,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    data: Mapping[str, Any] | None = None,
) -> Curation:
    """Keep what was before and after, tell who listens, and audit it last.

    What a person did may outdate the proposals; what the chronology merged by itself is followed by new ones anyway.
    """
    curation = Curation(
        organization_id=incident.organization_id,
        incident=incident,
        kind=act.kind,
        clause=act.clause[:300],
        before=dict(before),
        after=dict(after),
        actor=actor,
    )
    curation.save(force_insert=True)
    if actor is not None and act.kind in proposals.TELLING:
        proposals.outdate(incident)
    changes.announce(incident=incident, actor=actor, what=act.clause)
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action=act.action,
        subject=f"incident:{incident.reference}",
        **_audited(after),
        **(data or {}),
    )
    return curation


def restore(actor: User, curation: Curation, entries: Iterable[Entry]) -> None:
    """Give locked entries back what they had before; refused when something changed them since."""
    for entry in entries:
        after = curation.after["entries"][str(entry.number)]
        before = curation.before["entries"][str(entry.number)]
        if any(_plain(getattr(entry, name)) != value for name, value in after.items()):
            raise CurationRefused(f"{entry.label} was changed again since. Undo the later change first.")
        if before.get("folded_into_id") and entry.highlighted:
            raise CurationRefused(f"{entry.label} is highlighted now. Take the highlight away first.")
        _write(actor, entry, {name: _read(name, value) for name, value in before.items()}, "Undone")


def _write(actor: User | None, entry: Entry, new: State, reason: str) -> None:
    """Change one entry; a new time or text leaves a correction that keeps the one before (invariant 2)."""
    if "at" in new or "text" in new:
        Correction(
            organization_id=entry.organization_id,
            entry=entry,
            at_before=entry.at,
            at_after=new.get("at", entry.at),
            text_before=entry.text,
            text_after=new.get("text", entry.text),
            reason=reason,
            corrected_by=actor,
        ).save(force_insert=True)
    for name, value in new.items():
        setattr(entry, name, value)
    entry.version += 1
    entry.save(update_fields=[*(name.removesuffix("_id") for name in new), "version"])


def _audited(after: Mapping[str, Any]) -> dict[str, Any]:
    numbers = [int(number) for number in after.get("entries", {})]
    return {"entry": numbers[0]} if len(numbers) == 1 else {"entries": numbers} if numbers else {}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "at" else value
