"""Choosing what the postmortem shows of the chronology, and correcting what sources got wrong; originals stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import User
from incidents import changes
from incidents.errors import CurationRefused
from incidents.models import Correction, Entry

MOST_REASON = 300


@transaction.atomic
def highlight_entry(*, actor: User, entry: Entry, on: bool) -> Entry:
    """Mark an entry for the postmortem, or take the mark away; the same again changes nothing."""
    current = _locked(actor, entry)
    if current.highlighted == on:
        return current
    if on and current.hidden:
        raise CurationRefused(f"{current.label} is hidden. Show it again before you highlight it.")
    current.highlighted = on
    current.save(update_fields=["highlighted"])
    _told(
        actor,
        current,
        "highlighted" if on else "unhighlighted",
        f"{current.label} was {'' if on else 'un'}highlighted",
    )
    return current


@transaction.atomic
def hide_entry(*, actor: User, entry: Entry, reason: str) -> Entry:
    """Take an entry out of the chronology as people read it; raises ``CurationRefused`` without a reason."""
    current = _locked(actor, entry)
    reason = _reason(reason, "Say why this entry is hidden, for those who look for it later.")
    if current.milestones.exists():
        raise CurationRefused(
            f"A milestone rests on {current.label}. Move the milestone to another entry first."
        )
    if current.hidden and current.hidden_reason == reason:
        return current
    current.hidden, current.hidden_reason, current.highlighted = True, reason, False
    current.save(update_fields=["hidden", "hidden_reason", "highlighted"])
    _told(actor, current, "hidden", f"{current.label} was hidden", reason=reason)
    return current


@transaction.atomic
def show_entry(*, actor: User, entry: Entry) -> Entry:
    """Bring a hidden entry back; one that is shown stays as it is."""
    current = _locked(actor, entry)
    if not current.hidden:
        return current
    current.hidden, current.hidden_reason = False, ""
    current.save(update_fields=["hidden", "hidden_reason"])
    _told(actor, current, "shown", f"{current.label} was shown again")
    return current


@transaction.atomic
def correct_entry(
    *, actor: User, entry: Entry, reason: str, at: datetime | None = None, text: str | None = None
) -> Entry:
    """Correct time, text or both, with a reason; what the source said stays beside it.

    Raises ``CurationRefused`` without a reason, when nothing would change, or for a time without a zone.
    """
    current = _locked(actor, entry)
    reason = _reason(reason, "Say why the entry is corrected; the reason stands beside the original.")
    new_at = current.at if at is None else at
    new_text = current.text if text is None else text.strip()
    if new_at.tzinfo is None:
        raise CurationRefused("The corrected time has no zone. Give it in UTC.")
    if not new_text:
        raise CurationRefused("The corrected text is empty. To take the entry out, hide it instead.")
    if (new_at, new_text) == (current.at, current.text):
        raise CurationRefused(
            "Time and text are the same as before. Change one of them, or leave the entry as it is."
        )
    Correction(
        organization_id=current.organization_id,
        entry=current,
        at_before=current.at,
        at_after=new_at,
        text_before=current.text,
        text_after=new_text,
        reason=reason,
        corrected_by=actor,
    ).save(force_insert=True)
    current.at, current.text = new_at, new_text
    current.save(update_fields=["at", "text"])
    _told(actor, current, "corrected", f"{current.label} was corrected", at=new_at.isoformat())
    return current


def _locked(actor: User, entry: Entry) -> Entry:
    """The entry as it is now, held against others who curate at the same time."""
    access.require(actor, Permission.CURATE_CHRONOLOGY, entry)
    current: Entry = Entry.objects.select_for_update(of=("self",)).select_related("incident").get(pk=entry.pk)
    return current


def _reason(reason: str, otherwise: str) -> str:
    reason = reason.strip()
    if not reason:
        raise CurationRefused(otherwise)
    if len(reason) > MOST_REASON:
        raise CurationRefused(f"Keep the reason to {MOST_REASON} characters; this one has {len(reason)}.")
    return reason


def _told(actor: User, entry: Entry, what: str, clause: str, **data: Any) -> None:
    changes.announce(incident=entry.incident, actor=actor, what=clause)
    audit.record(
        organization=entry.organization_id,
        actor=actor,
        action=f"entry.{what}",
        subject=f"incident:{entry.incident.reference}",
        entry=entry.number,
        **data,
    )
