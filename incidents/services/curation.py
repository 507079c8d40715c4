"""Choosing what the postmortem shows of the chronology, and correcting what sources got wrong; originals stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance import access
from governance.access import Permission
from governance.models import User
from incidents.enums import CurationKind
from incidents.errors import CurationRefused
from incidents.models import Entry, Incident
from incidents.services import desk
from incidents.services.desk import Act

MOST_REASON = 300
MOST_AT_ONCE = 500
MOST_TAGS = 12
_TAG = re.compile(r"[\w][\w ./:-]{0,39}")
Versions = Mapping[int, int]


@transaction.atomic
def highlight_entries(
    *, actor: User, incident: Incident, numbers: Iterable[int], on: bool, versions: Versions | None = None
) -> int:
    """Mark entries for the postmortem, or take the mark away; gives how many changed."""
    entries = _held(actor, incident, numbers, versions)
    for entry in entries if on else ():
        if entry.hidden:
            raise CurationRefused(f"{entry.label} is hidden. Show it again before you highlight it.")
        if entry.folded_into_id:
            raise CurationRefused(f"{entry.label} stands inside another entry. Highlight that one.")
    kind = CurationKind.HIGHLIGHT if on else CurationKind.UNHIGHLIGHT
    what = "highlighted" if on else "unhighlighted"
    act = Act(kind, f"{named(entries)} {was(entries)} {what}", f"entry.{what}")
    return _changed(actor, incident, entries, lambda _entry: {"highlighted": on}, act)


@transaction.atomic
def hide_entries(
    *, actor: User, incident: Incident, numbers: Iterable[int], reason: str, versions: Versions | None = None
) -> int:
    """Take entries out of the chronology as people read it; raises ``CurationRefused`` without a reason."""
    entries = _held(actor, incident, numbers, versions)
    reason = checked_reason(reason, "Say why this entry is hidden, for those who look for it later.")
    _refuse_under_milestones(entries)
    act = Act(CurationKind.HIDE, f"{named(entries)} {was(entries)} hidden", "entry.hidden")
    wanted = {"hidden": True, "hidden_reason": reason, "highlighted": False}
    return _changed(actor, incident, entries, lambda _entry: wanted, act, reason=reason)


@transaction.atomic
def show_entries(
    *, actor: User, incident: Incident, numbers: Iterable[int], versions: Versions | None = None
) -> int:
    """Bring hidden entries back; those that are shown stay as they are."""
    entries = _held(actor, incident, numbers, versions)
    act = Act(CurationKind.SHOW, f"{named(entries)} {was(entries)} shown again", "entry.shown")
    return _changed(actor, incident, entries, lambda _entry: {"hidden": False, "hidden_reason": ""}, act)


@transaction.atomic
def tag_entries(
    *,
    actor: User,
    incident: Incident,
    numbers: Iterable[int],
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    versions: Versions | None = None,
) -> int:
    """Add words of one's own to entries, or take them away; letters, digits and ``. / : -`` make a tag."""
    added, removed = _tags(add), set(_tags(remove))
    if not added and not removed:
        raise CurationRefused("Type the tag to add, such as customer or rollback.")
    entries = _held(actor, incident, numbers, versions)

    def wanted(entry: Entry) -> dict[str, Any]:
        kept = [tag for tag in entry.tags if tag not in removed]
        return {"tags": [*kept, *(tag for tag in added if tag not in kept)][:MOST_TAGS]}

    act = Act(CurationKind.TAG, f"{named(entries)} {was(entries)} tagged", "entry.tagged")
    return _changed(actor, incident, entries, wanted, act, added=added, removed=sorted(removed))


@transaction.atomic
def merge_entries(
    *,
    actor: User | None,
    incident: Incident,
    numbers: Iterable[int],
    into: int | None = None,
    because: str = "",
    versions: Versions | None = None,
) -> Entry:
    """Let several entries of one event be one: the others stand inside the one that is kept, with their evidence.

    ``into`` names the one that is kept; without it the one under a milestone, else the earliest. Raises
    ``CurationRefused`` for fewer than two, or when milestones rest on several of them. ``actor`` is nobody when the
    chronology recognized them by itself.
    """
    chosen = sorted(set(numbers))
    if len(chosen) < 2:
        raise CurationRefused("Choose at least two entries that tell of the same event.")
    entries = _held(actor, incident, chosen, versions)
    keeper = _keeper(entries, into)
    inside = list(
        Entry.objects.select_for_update(of=("self",)).filter(folded_into__in=[entry.pk for entry in entries])
    )
    others = {entry.pk: entry for entry in (*entries, *inside) if entry.pk != keeper.pk}
    highlighted = any(entry.highlighted for entry in entries)

    def wanted(entry: Entry) -> dict[str, Any]:
        if entry.pk == keeper.pk:
            return {"highlighted": highlighted, "folded_into_id": None}
        return {"folded_into_id": keeper.pk, "highlighted": False}

    told = f": {because}" if because else ""
    act = Act(CurationKind.MERGE, f"{named(entries)} were merged into {keeper.label}{told}", "entry.merged")
    # The others first: an entry inside another one is not highlighted, and the database says so too.
    _changed(actor, incident, [*others.values(), keeper], wanted, act, into=keeper.number)
    return keeper


@transaction.atomic
def split_entry(*, actor: User, incident: Incident, number: int, versions: Versions | None = None) -> int:
    """Take out again what stands inside an entry, or an entry out of the one that it stands in."""
    (entry,) = _held(actor, incident, [number], versions)
    inside = (
        [entry]
        if entry.folded_into_id
        else list(Entry.objects.select_for_update(of=("self",)).filter(folded_into=entry).order_by("number"))
    )
    if not inside:
        raise CurationRefused(f"Nothing stands inside {entry.label}, so there is nothing to split.")
    act = Act(CurationKind.SPLIT, f"{named(inside)} {was(inside)} split from their entry", "entry.split")
    return _changed(actor, incident, inside, lambda _entry: {"folded_into_id": None}, act)


@transaction.atomic
def highlight_entry(*, actor: User, entry: Entry, on: bool) -> Entry:
    """Mark one entry for the postmortem, or take the mark away; the same again changes nothing."""
    highlight_entries(actor=actor, incident=entry.incident, numbers=[entry.number], on=on)
    return _now(entry)


@transaction.atomic
def hide_entry(*, actor: User, entry: Entry, reason: str) -> Entry:
    """Take one entry out of the chronology as people read it; raises ``CurationRefused`` without a reason."""
    hide_entries(actor=actor, incident=entry.incident, numbers=[entry.number], reason=reason)
    return _now(entry)


@transaction.atomic
def show_entry(*, actor: User, entry: Entry) -> Entry:
    """Bring a hidden entry back; one that is shown stays as it is."""
    show_entries(actor=actor, incident=entry.incident, numbers=[entry.number])
    return _now(entry)


@transaction.atomic
def correct_entry(
    *,
    actor: User,
    entry: Entry,
    reason: str,
    at: datetime | None = None,
    text: str | None = None,
    version: int | None = None,
) -> Entry:
    """Correct time, text or both, with a reason; what the source said stays beside it.

    Raises ``CurationRefused`` without a reason, when nothing would change, for a time without a zone, or when somebody
    changed the entry since ``version``.
    """
    versions = {} if version is None else {entry.number: version}
    (current,) = _held(actor, entry.incident, [entry.number], versions)
    reason = checked_reason(reason, "Say why the entry is corrected; the reason stands beside the original.")
    new_at = current.at if at is None else at
    new_text = current.text if text is None else text.strip()
    if new_at.tzinfo is None:
        raise CurationRefused("The corrected time has no zone. Give it in UTC.")
    if not new_text:
        raise CurationRefused("The corrected text is empty. To take the entry out, hide it instead.")
    act = Act(CurationKind.CORRECT, f"{current.label} was corrected", "entry.corrected", reason)
    wanted = {"at": new_at, "text": new_text}
    if not _changed(actor, entry.incident, [current], lambda _entry: wanted, act, at=new_at.isoformat()):
        raise CurationRefused(
            "Time and text are the same as before. Change one of them, or leave the entry as it is."
        )
    return current


def named(entries: list[Entry]) -> str:
    """``E12``, ``E12 and E15``, or ``E12 and 4 more``."""
    labels = [entry.label for entry in entries]
    if len(labels) > 2:
        return f"{labels[0]} and {len(labels) - 1} more"
    return " and ".join(labels)


def was(entries: list[Entry]) -> str:
    return "was" if len(entries) == 1 else "were"


def checked_reason(reason: str, otherwise: str) -> str:
    """The reason, stripped; refused when it is missing or too long."""
    reason = reason.strip()
    if not reason:
        raise CurationRefused(otherwise)
    if len(reason) > MOST_REASON:
        raise CurationRefused(f"Keep the reason to {MOST_REASON} characters; this one has {len(reason)}.")
    return reason


def _held(
    actor: User | None, incident: Incident, numbers: Iterable[int], versions: Versions | None
) -> list[Entry]:
    """The entries as they are now, held against others who curate at the same time."""
    if actor is not None:
        access.require(actor, Permission.CURATE_CHRONOLOGY, incident)
    chosen = list(numbers)
    if not chosen:
        raise CurationRefused("Choose the entries first.")
    if len(chosen) > MOST_AT_ONCE:
        raise CurationRefused(f"Choose {MOST_AT_ONCE} entries at most; narrow the filter first.")
    entries = desk.locked(incident, chosen)
    desk.require_seen(entries, versions or {})
    return entries


def _changed(
    actor: User | None,
    incident: Incident,
    entries: list[Entry],
    wanted: desk.Wanted,
    act: Act,
    **data: Any,
) -> int:
    done = desk.change(actor=actor, incident=incident, entries=entries, wanted=wanted, act=act, data=data)
    return len(done.after["entries"]) if done else 0


def _refuse_under_milestones(entries: list[Entry]) -> None:
    under = [entry for entry in entries if entry.milestones.exists()]
    if under:
        raise CurationRefused(
            f"A milestone rests on {under[0].label}. Move the milestone to another entry first."
        )


def _keeper(entries: list[Entry], into: int | None) -> Entry:
    under = [entry for entry in entries if entry.milestones.exists()]
    if len(under) > 1:
        raise CurationRefused(
            f"Milestones rest on {named(under)}. Let them rest on one entry before these are merged."
        )
    if into is not None and under and under[0].number != into:
        raise CurationRefused(f"A milestone rests on {under[0].label}. Keep that one, or move the milestone.")
    if into is None:
        return under[0] if under else min(entries, key=lambda entry: (entry.at, entry.number))
    kept = next((entry for entry in entries if entry.number == into), None)
    if kept is None:
        raise CurationRefused("The entry that is kept must be one of those that are merged.")
    return kept


def _tags(typed: Iterable[str]) -> list[str]:
    tags = list(dict.fromkeys(" ".join(tag.split()).lower() for tag in typed if tag.strip()))
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise CurationRefused(
                f"“{tag[:60]}” cannot be a tag. Use up to 40 letters, digits, spaces and . / : - only."
            )
    return tags


def _now(entry: Entry) -> Entry:
    current: Entry = Entry.objects.select_related("incident").get(pk=entry.pk)
    return current
